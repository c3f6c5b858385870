"""Sentences about values that a prospect cannot have."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)


def _say_constraint(env, model, name, text):
    """What a rule of the database says, as its add-on has translated it."""
    # sudo: what a rule says is no secret
    rules = env["ir.model.constraint"].sudo()
    rule = rules.search([("name", "=", name), ("model.model", "=", model)], limit=1)
    return rule.message or text


add_remarks(
    {
        "lead.constraint": _say_constraint,
        "lead.database_refused": _lt("The database refused these values: %(error)s"),
        "lead.needs_status": _lt(
            "%(prospect)s needs a status: choose one instead of clearing it."
        ),
        "lead.technical_fields": _lt(
            "%(fields)s: Prospect fills this in by itself. Change the status instead."
        ),
    }
)
