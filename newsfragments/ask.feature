Who may not convert a prospect sees whom to ask, and asks with a click; the request is done by itself with the conversion.
