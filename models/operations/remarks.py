"""Sentences about operations, and what an undo says of their lines."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "operations.stopped": _lt(
            "Stopped after %(count)s failures of one batch. What was done before it"
            " is kept and can be undone. Details: %(error)s"
        ),
        "operations.person_left": _lt(
            "The person who started this operation has left: it cannot go on in their"
            " name. Start it again yourself."
        ),
        "operations.no_rotation": _lt(
            "The rotation was deleted. Change the settings and choose another."
        ),
        "operations.nobody_in_rotation": _lt(
            "Nobody in the rotation %(rotation)s can take prospects now. Choose"
            " people instead, or change the rotation."
        ),
        "operations.its_values": _lt("its values"),
        "operations.left_so": _lt("Changed since, and left as is: %(fields)s."),
        "operations.gone": _lt("The prospect was deleted or merged since."),
        "operations.may_not_change": _lt("You may not change this prospect any more."),
        "operations.worked_on": _lt("Worked on since: %(what)s."),
    }
)
