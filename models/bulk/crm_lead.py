from odoo import api, models


class CrmLead(models.Model):
    """Bulk operations are offered on the Prospects pages alone."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_get_hidden_actions(self, view_id, view_type):
        hidden = super()._prospect_get_hidden_actions(view_id, view_type)
        if self._prospect_is_other_page(view_id, view_type):
            get_id = self.env["ir.model.data"]._xmlid_to_res_id
            hidden.add(get_id("prospect.prospect_bulk_action"))
        return hidden
