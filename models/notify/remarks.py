"""Sentences about notifications that were not sent."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "notify.no_template": _lt(
            "The e-mail template of these messages was deleted: update the add-on"
            " Prospect to get it back, or stop the e-mails."
        ),
    }
)
