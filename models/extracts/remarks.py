"""Sentences about reports."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "extracts.stopped": _lt("Stopped after %(count)s tries. Details: %(error)s"),
        "extracts.server_stopped": _lt(
            "The server was stopped %(count)s times while preparing this report."
            " Choose fewer columns or fewer prospects, or the text format (CSV),"
            " which is far faster."
        ),
        "extracts.no_columns": _lt(
            "None of its columns exists any more: choose others."
        ),
        "extracts.person_left": _lt("The person who requested this report has left."),
    }
)
