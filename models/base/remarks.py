"""Sentences about values that are refused, and about how prospects are written."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "base.hidden_choice": _lt(
            "%(field)s: you may not see what is chosen there. Choose something else,"
            " or ask who may see it."
        ),
        "write_path.extended": _lt("the add-on %(addon)s extends %(name)s."),
        "write_path.rule": _lt("the automation rule “%(rule)s” watches."),
        "write_path.asked_for": _lt("asked for."),
        "write_path.announced": _lt("each prospect is announced."),
        "write_path.page_defaults": _lt("the page gives default values: %(names)s."),
        "write_path.replaced": _lt("%(name)s is replaced at run time."),
        "write_path.default": _lt("a default value is set for %(field)s."),
        "write_path.computed": _lt("the field %(field)s of your own is computed."),
        "write_path.trigger": _lt("the database has a trigger, %(name)s."),
    }
)
