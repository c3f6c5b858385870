"""Sentences about messages of the inbox."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "capture.tried": _lt(
            "Tried %(count)s times without success. Details: %(error)s"
        ),
        "capture.failed": _lt("Processing failed. Details: %(error)s"),
        "capture.automatic_mail": _lt(
            "An automatic mail, as its header %(header)s says."
        ),
        "capture.own_address": _lt(
            "Sent from one of our own addresses, %(email)s. To make a prospect of a"
            " mail that a colleague has passed on, put in the customer's address."
        ),
    }
)
