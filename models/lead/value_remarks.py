"""Sentences about what custom fields can hold."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "lead.property_misfit": _lt(
            "%(field)s: “%(text)s” does not fit this field; it is in the notes."
        ),
        "lead.property_unknown": _lt(
            "“%(text)s” is of a property that the team does not have; it is in the"
            " notes."
        ),
    }
)
