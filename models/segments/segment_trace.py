from odoo import api, models
from odoo.fields import Domain
from odoo.tools.date_utils import parse_iso_date

from ...tools.domains import TIMELY

# Made of the prospect's own texts, though not stored.
OWN_TEXTS = frozenset({"display_name", "phone_mobile_search", "prospect_text"})
# Stored, but written in the background without a new date of the last change.
SILENT = frozenset(
    {"undeliverable_address_id", "is_flagged", "message_bounce", "flag_reasons"}
)
# What never changes about another record: the kind of a status is fixed once used.
FIXED_PATHS = frozenset({"status_id.kind"})
RELATIONAL = frozenset({"many2many", "many2one", "one2many"})


class ProspectSegment(models.Model):
    """What in a filter can be followed by looking at what changed.

    Only for ``prospect.segment``. A change of a prospect's own row, of its lists or of
    its status leaves a date. Nothing does when time passes, when another record
    changes, or when the database itself empties a field whose record was deleted: the
    first two are found here, the last is left to the daily rebuild.
    """

    _name = "prospect.segment"
    _inherit = ["prospect.segment"]

    def _get_untraced(self):
        """What in the filter changes without a trace on the prospect.

        :return: list of labels, without repetition; empty where all can be followed
        :raises UserError: when the filter cannot be read
        """
        self.ensure_one()
        domain, used = self._read_domain()
        found = []
        if used & TIMELY:
            found.append(self.env._("the day"))
        for condition in domain.iter_conditions():
            label = self._get_untraced_label(condition)
            if label and label not in found:
                found.append(label)
        return found

    @api.model
    def _get_untraced_label(self, condition):
        """The label of the field of one condition, where it cannot be followed."""
        path = condition.field_expr
        fname, _dot, rest = path.partition(".")
        field = self.env["crm.lead"]._fields[fname]
        if path in FIXED_PATHS or fname in OWN_TEXTS:
            return None
        if (
            fname in SILENT
            or not field.store
            or field.type == "one2many"
            or (rest and field.type != "properties")
            or (field.type in RELATIONAL and self._is_about_other(condition))
            or (field.type in ("date", "datetime") and self._is_relative(condition))
        ):
            return field._description_string(self.env) or fname
        return None

    @api.model
    def _is_about_other(self, condition):
        """Whether it asks for something of the other record, its name for example."""
        value = condition.value
        if condition.operator not in ("in", "not in", "=", "!="):
            return True
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        if isinstance(value, Domain):
            return True
        return any(isinstance(one, str) for one in values)

    @api.model
    def _is_relative(self, condition):
        """Whether its date is one that moves: ``today -7d``."""
        value = condition.value
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        for one in values:
            if isinstance(one, str):
                try:
                    parse_iso_date(one)
                except ValueError:
                    return True
        return False
