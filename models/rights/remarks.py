"""Sentences about rights that somebody has not."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)


def _say_group(env, group_id, name):
    """What a group of users is called."""
    # sudo: the name alone, of who has a right
    return env["res.groups"].sudo().browse(group_id).exists().full_name or name


add_remarks(
    {
        "rights.group": _say_group,
        "rights.refused": _lt(
            "You do not have the right to do this with it. Who has it: %(holders)s."
        ),
        "rights.prospect_number": _lt("prospect number %(number)s"),
        "rights.why_group": _lt("You may do it as one of: %(group)s."),
        "rights.why_creator": _lt("You may do it because you created it."),
        "rights.why_assigned": _lt("You may do it because you are its salesperson."),
        "rights.why_supervisor": _lt(
            "You may do it because you are the manager of who created it."
        ),
        "rights.nobody": _lt("nobody at present"),
        "rights.and_more": _lt("%(names)s and %(count)s more"),
        "rights.refused_all": _lt(
            "You do not have the right “%(right)s” on prospects.\nWho has it:"
            " %(holders)s.\nAsk one of them to do it, or an administrator to give it"
            " to you (Configuration > Prospect Rights)."
        ),
        "rights.refused_some": _lt(
            "You do not have the right “%(right)s” on: %(names)s.\nWho has it:"
            " %(holders)s.\nAsk one of them to do it, or an administrator to give it"
            " to you (Configuration > Prospect Rights). Nothing was changed."
        ),
    }
)
