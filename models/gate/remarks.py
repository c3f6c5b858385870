"""Sentences about rows that come in."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "gate.nobody": _lt("No e-mail, phone or name: give one of them."),
        "gate.no_such_number": _lt(
            "There is no prospect number %(number)s that you may see."
        ),
        "gate.comes_back": _lt("Exists as a converted or junk prospect."),
        "gate.exists": _lt("Already exists."),
        "gate.exists_elsewhere": _lt(
            "Already exists as a prospect that you cannot change: ask your team leader."
        ),
        "gate.properties_left_out": _lt(
            "Some properties are left out: the prospect belongs to a team that does"
            " not have them."
        ),
        "gate.left_to_contact": _lt("Unchanged, as on the contact: %(fields)s."),
        "gate.may_not_make": _lt("You may not create some of these prospects."),
        "gate.no_number": _lt("“%(text)s” is not the number of a prospect."),
        "gate.too_long": _lt(
            "%(field)s: %(count)s characters; the limit is %(limit)s. Put long"
            " texts in the notes."
        ),
        "gate.several_emails": _lt(
            "Several e-mail addresses in one cell: %(email)s is used, all are in the"
            " notes."
        ),
        "gate.several_records": _lt("%(field)s “%(text)s” is ambiguous: left empty."),
        "gate.no_record": _lt("%(field)s “%(text)s” does not exist: left empty."),
    }
)
