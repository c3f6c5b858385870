"""Sentences about answers to forms."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.prospect.tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "form.no_template": _lt(
            "The mail template was deleted: choose another one in the form."
        ),
        "form.mail_failed": _lt(
            "The mail could not be written; check its template. Details: %(error)s"
        ),
        "form.no_email": _lt(
            "The form asks to confirm the e-mail address, and none was given."
        ),
        "form.honeypot": _lt(
            "Probably a robot: a field that people do not see was filled in."
        ),
        "form.token": _lt(
            "Probably a robot: it was sent without opening the form's page."
        ),
        "form.fast": _lt(
            "Probably a robot: it was sent faster than anybody could fill it in."
        ),
        "form.captcha": _lt("Probably a robot: the captcha was not passed."),
        "form.reused": _lt("Probably a robot: the same page was sent again and again."),
        "form.address": _lt(
            "Too many answers from one machine within an hour. Replay it if they are"
            " people's."
        ),
        "form.many": _lt(
            "Too many answers to the form within an hour. Replay it if they are"
            " people's."
        ),
        "form.yes": _lt("Yes"),
        "form.no": _lt("No"),
        "form.flooded": _lt("Not sent: the address gets many mails of forms today."),
        "form.no_file": _lt("The file could not be kept."),
    }
)
