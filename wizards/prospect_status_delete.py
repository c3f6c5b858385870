from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.trusted import trusted


class ProspectStatusDelete(models.TransientModel):
    """Asks where the prospects of a status go, then deletes it."""

    _name = "prospect.status.delete"
    _description = "Delete a Prospect Status"

    status_id = fields.Many2one(
        comodel_name="prospect.status", required=True, readonly=True
    )
    target_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Move the prospects to",
        domain="[('id', '!=', status_id)]",
        required=True,
    )
    lead_count = fields.Integer(
        string="Prospects to move", compute="_compute_lead_count"
    )

    @api.depends("status_id")
    def _compute_lead_count(self):
        counts = self.status_id._count_all_leads()
        for wizard in self:
            wizard.lead_count = counts.get(wizard.status_id, 0)

    def action_delete(self):
        """Move all prospects of the status, then delete it, in one transaction."""
        self.ensure_one()
        if self.target_id == self.status_id:
            raise UserError(self.env._("Choose another status than the deleted one."))
        self.status_id.check_access("unlink")
        self.status_id._unlink_except_protected()
        # sudo: all prospects must leave the status, also those of other companies
        # and people; the right to configure was checked above
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search([("status_id", "=", self.status_id.id)])
        )
        leads.with_context(
            tracking_disable=True, **trusted(prospect_cause="status_deleted")
        ).status_id = self.target_id
        self.status_id.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
