"""Sentences of a stranger's add-on, which are kept and said as those of Prospect."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.prospect.tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "test_prospect.no_seat": _lt(
            "%(field)s: of %(seats)s seats, none is left. Choose another day."
        ),
    }
)
