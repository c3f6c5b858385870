"""Sentences about merges."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)


def _say_counted(env, name, count):
    return f"{name} ({count})"


add_remarks(
    {
        "merge.counted": _say_counted,
        "merge.may_not_change": _lt("You may not change all of them."),
        "merge.hidden_fields": _lt(
            "Some of their fields are hidden from you: %(fields)s. Ask an"
            " administrator to merge them."
        ),
        "merge.gone": _lt("One of them was deleted or merged since."),
        "merge.too_few": _lt("Choose at least two prospects to merge."),
        "merge.hidden": _lt(
            "You may not see all of them: ask an administrator to merge them."
        ),
        "merge.done_by": _lt("They were already merged, by %(user)s."),
        "merge.by_hand": _lt("To be merged by hand:"),
        "merge.conflict": _lt("%(field)s: %(values)s."),
        "merge.address": _lt("Address"),
        "merge.name": _lt("Name"),
        "merge.opportunity_name": _lt("Opportunity Name"),
        "merge.salespeople": _lt("They have different salespeople."),
        "merge.statuses": _lt("They have different statuses."),
        "merge.not_open": _lt("Not all of them are open prospects."),
        "merge.yes": _lt("Yes"),
        "merge.back": _lt(
            "The merged prospects are back. Changed since, and left as is: %(what)s."
        ),
        "merge.survivor_gone": _lt(
            "The remaining prospect no longer exists: it was deleted, or merged"
            " again. Undo that merge first."
        ),
        "merge.name_groups": _lt("Merge of duplicates: %(count)s groups"),
        "merge.name_of": _lt("Merge of %(prospects)s"),
    }
)
