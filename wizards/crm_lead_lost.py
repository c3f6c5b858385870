from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    junk_status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Junk Status",
        domain=[("kind", "=", "junk")],
        help="Where the prospects go when there are several statuses for junk.",
    )

    def action_lost_reason_apply(self):
        # The status is chosen where the model turns lost into junk, so that one row
        # of the history tells it.
        wizard = self
        if self.junk_status_id:
            wizard = self.with_context(prospect_junk_status_id=self.junk_status_id.id)
        return super(CrmLeadLost, wizard).action_lost_reason_apply()
