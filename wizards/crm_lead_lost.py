from odoo import fields, models

from ..tools.trusted import trusted


class CrmLeadLost(models.TransientModel):
    """Odoo's dialog that asks why a lead is lost, or a prospect junk."""

    _inherit = "crm.lead.lost"

    junk_status_id = fields.Many2one(
        comodel_name="prospect.status",
        domain=[("kind", "=", "junk")],
        default=lambda self: self._default_junk_status_id(),
        help="Where the prospects go when there are several statuses for junk.",
    )

    def _default_junk_status_id(self):
        if self.env.context.get("prospect_junk"):
            return self.env["prospect.status"]._get_main("junk")
        return False

    def action_lost_reason_apply(self):
        # The status is chosen where the model turns lost into junk, so that one row
        # of the history says it.
        wizard = self
        if self.junk_status_id:
            wizard = self.with_context(
                **trusted(prospect_junk_status_id=self.junk_status_id.id)
            )
        result = super(CrmLeadLost, wizard).action_lost_reason_apply()
        if self.junk_status_id:
            # a lost opportunity stays converted, unless junk was asked for in so many
            # words
            self.lead_ids.filtered(
                lambda lead: lead.status_kind not in (False, "junk")
            ).status_id = self.junk_status_id
        return result
