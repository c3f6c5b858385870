"""Sentences about answers to forms."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.prospect.tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "form.no_template": _lt(
            "The e-mail template was deleted: choose another one in the form."
        ),
        "form.mail_failed": _lt(
            "The e-mail could not be prepared; check its template. Details: %(error)s"
        ),
        "form.no_email": _lt(
            "The form asks to confirm the e-mail address, and none was given."
        ),
        "form.honeypot": _lt("Probably a robot: a hidden field was filled in."),
        "form.token": _lt(
            "Probably a robot: it was sent without opening the form's page."
        ),
        "form.fast": _lt(
            "Probably a robot: it was sent faster than anybody could fill it in."
        ),
        "form.captcha": _lt("Probably a robot: the captcha was not passed."),
        "form.reused": _lt("Probably a robot: the same page was sent again and again."),
        "form.address": _lt(
            "Too many answers from one device within an hour. Replay the message"
            " if it comes from a person."
        ),
        "form.many": _lt(
            "Too many answers to the form within an hour. Replay the message if"
            " it comes from a person."
        ),
        "form.yes": _lt("Yes"),
        "form.no": _lt("No"),
        "form.flooded": _lt(
            "Not sent: the address has had too many form e-mails today."
        ),
        "form.no_file": _lt("The file could not be saved."),
    }
)
