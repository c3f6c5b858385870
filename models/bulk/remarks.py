"""Sentences about mass changes."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)


def _say_activity(env, type, summary, day):
    what = ": ".join(filter(None, (type, summary)))
    return f"{what} ({day})"


add_remarks(
    {
        "bulk.activity": _say_activity,
        "bulk.nobody_left": _lt(
            "None of the selected prospects is still available. Select them again."
        ),
        "bulk.gone": _lt("The prospect was deleted or merged since."),
        "bulk.nothing_changed": _lt(
            "Nothing was changed, because of %(prospect)s: %(reason)s"
        ),
        "bulk.may_not_change": _lt(
            "You may not change this prospect: ask your team leader."
        ),
        "bulk.other_company": _lt("Belongs to another company than the list %(list)s."),
        "bulk.converted": _lt("Converted: its status stays."),
        "bulk.name_one": _lt("Change 1 prospect"),
        "bulk.name": _lt("Change %(count)s prospects"),
    }
)
