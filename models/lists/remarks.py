"""Sentences about lists that cannot be joined."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "lists.closed": _lt(
            "The list %(list)s took new members until %(date)s. Choose another list,"
            " or ask its owner to move the date."
        ),
        "lists.other_company": _lt(
            "%(prospect)s belongs to %(company)s and cannot join the list %(list)s of"
            " %(other_company)s."
        ),
    }
)
