from odoo import api, models

from .crm_lead_status import TECHNICAL_FIELDS

# What the guards, the histories and the lists of a new prospect look at. Not the
# salesperson: the rotation looks at what was handed over.
GUARDED = frozenset(
    {"active", "list_ids", "probability", "stage_id", "status_id", "type"}
)
HISTORIES = frozenset({"assignment_ids", "membership_ids", "status_change_ids"})


class CrmLead(models.Model):
    """What defaults say about a new prospect is guarded like what is handed over.

    A default may come from the context, which the client sends, or from ``ir.default``,
    where every employee may have their own.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_get_undefaulted(self):
        """What only the model itself sets has no default of anybody's."""
        names = super()._prospect_get_undefaulted()
        return names | TECHNICAL_FIELDS | HISTORIES

    @api.model
    def _prospect_resolve_create(self, vals_list):
        """Values of new leads with the defaults that guards and reactions look at."""
        return self._prospect_resolve(vals_list, GUARDED)
