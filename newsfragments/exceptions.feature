Addresses, domains and phone numbers can be named whose mails and calls make no prospect.
