Salespeople see their own rates first; an administrator may keep the rates of colleagues from them.
