"""The cells of the table that says who is the same person (docs/identity.rst)."""

ANA, BOB = {"contact_name": "Ana Roux"}, {"contact_name": "Bob Blanc"}
PERSONAL = {"email_from": "ana@cells.example.com"}
OTHER = {"email_from": "other@cells.example.com"}
ROLE = {"email_from": "info@cells.example.com"}
ASSISTANT = {
    "email_from": "eve@cells.example.com",
    "assistant_email": "eve@cells.example.com",
}
OF_ASSISTANT = {"email_from": "eve@cells.example.com"}
PHONE = {"phone": "+33 1 99 00 12 34"}
AT_101 = {"phone": "+33 1 99 00 12 34 ext. 101"}
AT_102 = {"phone": "+33 1 99 00 12 34 ext. 102"}
ACME, GLOBEX = {"partner_name": "Acme"}, {"partner_name": "Globex"}

# (what it is, who is known, the row, whom it is about or None, what is told)
CELLS = [
    ("personal, same", [ANA | PERSONAL], ANA | PERSONAL, 0, []),
    ("personal, silent", [ANA | PERSONAL], PERSONAL, 0, []),
    (
        "personal, another last name",
        [ANA | PERSONAL],
        {"contact_name": "Ana Blanc"} | PERSONAL,
        0,
        [],
    ),
    ("personal, other", [ANA | PERSONAL], BOB | PERSONAL, 0, ["name_differs"]),
    ("role, same", [ANA | ROLE, BOB | ROLE], BOB | ROLE, 1, []),
    ("role, silent, one", [ANA | ROLE], ROLE, 0, []),
    ("role, silent, one without name", [ANA | ROLE, ROLE], ROLE, 1, []),
    ("role, silent", [ANA | ROLE, BOB | ROLE], ROLE, 0, ["several_people"]),
    ("role, other", [ANA | ROLE], BOB | ROLE, None, ["other_person"]),
    ("role, companies", [ACME | ROLE], GLOBEX | ROLE, None, ["other_person"]),
    ("role, same company", [ACME | ROLE], ACME | ROLE, 0, []),
    ("assistant, same", [ANA | ASSISTANT], ANA | OF_ASSISTANT, 0, []),
    ("assistant, silent", [ANA | ASSISTANT], OF_ASSISTANT, 0, ["assistant_address"]),
    (
        "assistant, other",
        [ANA | ASSISTANT],
        BOB | OF_ASSISTANT,
        None,
        ["other_person"],
    ),
    (
        "assistant of the row, other",
        [ANA | OF_ASSISTANT],
        BOB | ASSISTANT,
        None,
        ["other_person"],
    ),
    ("phone, same", [ANA | PHONE], ANA | PHONE, 0, []),
    ("phone, silent", [ANA | PHONE], PHONE, 0, []),
    ("phone, silent, with e-mail", [ANA | PHONE | PERSONAL], PHONE, 0, []),
    (
        "phone, silent, several",
        [ANA | PHONE | PERSONAL, BOB | PHONE | OTHER],
        PHONE,
        0,
        ["several_people"],
    ),
    (
        "phone, silent, one without name",
        [ANA | PHONE | PERSONAL, PHONE | OTHER],
        PHONE,
        1,
        ["several_people"],
    ),
    ("phone, other", [ANA | PHONE], BOB | PHONE, None, ["other_person"]),
    ("extension, same", [ANA | AT_101], ANA | AT_101, 0, []),
    ("extension on one side, same", [ANA | AT_101], ANA | PHONE, 0, []),
    ("extension on one side, silent", [ANA | AT_101], PHONE, None, ["other_extension"]),
    (
        "extension on one side, other",
        [ANA | AT_101],
        BOB | PHONE,
        None,
        ["other_person"],
    ),
    ("extensions differ", [ANA | AT_101], ANA | AT_102, None, []),
    ("e-mail is new, same", [ANA | PHONE], ANA | PHONE | PERSONAL, 0, []),
    (
        "e-mail is new, silent",
        [ANA | PHONE],
        PHONE | PERSONAL,
        0,
        ["matched_by_phone"],
    ),
    (
        "e-mail is new, other",
        [ANA | PHONE],
        BOB | PHONE | OTHER,
        None,
        ["other_person"],
    ),
    ("e-mails differ", [ANA | PHONE | PERSONAL], ANA | PHONE | OTHER, None, []),
    ("nothing", [ANA | PERSONAL], ANA, None, []),
]
