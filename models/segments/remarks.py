"""Sentences about segments and lists that are synced from them."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "segments.broken": _lt(
            "The filter of the segment %(segment)s cannot be used: %(reason)s. Choose"
            " its conditions again."
        ),
        "segments.custom_field": _lt("a custom field was deleted"),
        "segments.unreadable": _lt("“%(part)s” cannot be read"),
        "segments.person_left": _lt(
            "The list was synced with the rights of %(person)s, who has left."
            " Somebody else has to sync it."
        ),
        "segments.person": _lt("The person"),
        "segments.other_company": _lt(
            "%(person)s does not work in %(company)s, which the list belongs to. Let"
            " somebody else sync it."
        ),
        "segments.changed": _lt(
            "Somebody else has changed the filter of the segment. The list waits"
            " until %(person)s or a sales administrator agrees."
        ),
    }
)
