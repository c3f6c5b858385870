"""Sentences about what values mean, or do not."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "gate.phone_not_in_country": _lt(
            "“%(phone)s” is not valid in %(country)s: kept, and not used to identify"
            " people."
        ),
        "gate.phone_lost_digits": _lt(
            "“%(phone)s” has lost digits in a spreadsheet: kept, and not used to"
            " identify people."
        ),
        "gate.several_phones": _lt(
            "More than one number in a cell: %(phone)s is used, the rest is in the"
            " notes."
        ),
        "gate.archived_record": _lt("%(field)s “%(text)s” is archived: left empty."),
    }
)
