Mailings go to lists, segments and follow-ups, have a type, and figures that add up: deliverability, errors, openings and clicks by people and by programs, answers and how fast, who unsubscribed.
