from odoo import Command, api, fields, models


class ProspectLeadsMixin(models.AbstractModel):
    """A dialog about the prospects that were selected on a page, or are open."""

    _name = "prospect.leads.mixin"
    _description = "Dialog about prospects"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead",
        string="Prospects",
        context={"active_test": False},
        default=lambda self: self._get_default_leads(),
    )

    @api.model
    def _get_default_leads(self):
        """The prospects that the dialog was opened for."""
        if self.env.context.get("active_model") != "crm.lead":
            return []
        return [Command.set(self.env.context.get("active_ids") or [])]
