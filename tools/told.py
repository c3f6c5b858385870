"""What the gate says of rows: sentences by their codes, and which of them count."""

from odoo.tools.translate import LazyTranslate

from .remarks import add_remarks

_lt = LazyTranslate(__name__)

# Codes that are told: a count of their own, and a note on the prospect.
TOLD = frozenset(
    """
    gate.assistant_address gate.later_row gate.matched_by_phone gate.name_differs
    gate.other_extension gate.other_person gate.other_person_hidden
    gate.several_people
    """.split()  # noqa: SIM905 - read as words
)
# Codes of two people, of whom one is a record of its own.
PAIRS = frozenset(
    ("gate.other_extension", "gate.other_person", "gate.other_person_hidden")
)
# The one that people may answer by keeping the two apart.
SHARED = "gate.name_differs"

add_remarks(
    {
        "gate.address_no_persons": _lt(
            "“%(email)s” is the address of a program or of a mailing list: kept, and"
            " not used to identify people."
        ),
        "gate.address_ours": _lt(
            "“%(email)s” is one of our own addresses: kept, and not used to identify"
            " people."
        ),
        "gate.phone_ours": _lt(
            "“%(phone)s” is one of our own numbers: kept, and not used to identify"
            " people."
        ),
        "gate.phone_exception": _lt(
            "“%(phone)s” is on the list of exceptions: kept, and not used to identify"
            " people."
        ),
        "gate.assistant_address": _lt(
            "%(key)s is the address of an assistant: taken for %(known)s."
        ),
        "gate.later_row": _lt(
            "A later row about the same person has the last word: line %(line)s."
        ),
        "gate.matched_by_phone": _lt(
            "Matched by the phone number %(key)s: %(known)s had no e-mail address."
        ),
        "gate.name_differs": _lt(
            "%(key)s is the address of %(known)s, and another name is given here:"
            " %(name)s. Taken for the same person."
        ),
        "gate.name_differs_kept": _lt(
            "Nothing about the person was changed: what was said is in a note."
        ),
        "gate.other_extension": _lt(
            "%(known)s has the same number, %(key)s, with another extension or none:"
            " taken for somebody else."
        ),
        "gate.other_person": _lt(
            "%(known)s has the same address or number, %(key)s: taken for somebody"
            " else."
        ),
        "gate.other_person_hidden": _lt(
            "Somebody whom you may not see has the same address or number, %(key)s:"
            " taken for somebody else."
        ),
        "gate.several_people": _lt(
            "Several people share %(key)s: taken for %(known)s."
        ),
        "gate.similar_name": _lt("The names are similar: %(known)s and %(name)s."),
        "gate.note_pair": _lt(
            "Another prospect has the same address or number, %(key)s."
        ),
        "gate.note_renamed": _lt("%(key)s: was %(was)s, is %(now)s."),
        "gate.note_said": _lt(
            "Somebody called %(name)s used the address %(key)s. This is what was said;"
            " nothing about %(known)s was changed."
        ),
        "gate.note_mail": _lt(
            "A mail from %(key)s has joined, signed by %(name)s and not by %(known)s."
        ),
    }
)
