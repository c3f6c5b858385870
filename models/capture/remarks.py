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
        "capture.automatic_mail": _lt("An automatic e-mail (header %(header)s)."),
        "capture.own_address": _lt(
            "Sent from one of our own addresses, %(email)s. To create a prospect"
            " from an e-mail that a colleague forwarded, enter the customer's"
            " address."
        ),
        "capture.exception_mail": _lt(
            "Left out: exception. %(email)s is on the list of exceptions, so its"
            " e-mails create no prospect."
        ),
    }
)
