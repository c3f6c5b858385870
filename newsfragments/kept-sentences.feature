Reasons, remarks and errors that are kept (receipts, lines, the inbox, reports, answers of forms) are shown in the language of who reads them, whoever ran.
