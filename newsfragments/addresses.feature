Duplicates are found by name and postal address as well, without e-mail and phone.
