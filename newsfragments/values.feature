Addresses with a blank, numbers that lost digits, two phones in a cell, titles with names, placeholders, dates and countries are read by one set of rules in files, forms, the inbox and webhooks.
