"""Cells that say more than one thing. Not a model: a part of the reader of files."""

from odoo.tools.translate import LazyTranslate

from ...tools.cells import read_name_beside
from ...tools.names import join_name, split_name
from ...tools.opt_outs import read_opt_out
from ...tools.remarks import add_remarks, remark

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "gate.opt_out_unclear": _lt(
            "“%(text)s” does not say whether the person has opted out: left alone."
        ),
    }
)
NAMES = ("contact_name", "first_name", "last_name")


class CellReader:
    """Adds to ``ImportReader``: who opted out, and the name beside an address.

    :ivar bool opted_out: whether the row that is read says so
    """

    opted_out = False

    def _read_opted_out(self, text, _values, remarks):
        said = read_opt_out(text)
        if said is None:
            remarks.append(remark(self.env, "gate.opt_out_unclear", text=text))
        self.opted_out = bool(self.opted_out or said)

    def _keep_name(self, cells, values):
        """The name of ``Name <address>``, where nothing else names the person."""
        for position, target, _read in self.special:
            if target == "email_from" and not any(map(values.get, NAMES)):
                name = read_name_beside(cells[position])
                if "," in name:
                    name = join_name(*split_name(name))
                if name:
                    values["contact_name"] = name
