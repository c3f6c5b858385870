from odoo import api, fields, models

from .prospect_status import OPEN_KINDS


class ResConfigSettings(models.TransientModel):
    """The settings page of Prospects."""

    _inherit = "res.config.settings"

    prospect_default_status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Status of New Prospects",
        domain=[("kind", "in", OPEN_KINDS)],
        help="The status that prospects get when they arrive, whatever the channel.",
    )

    @api.model
    def get_values(self):
        """The settings as they are, the default status among them."""
        default = self.env["prospect.status"].search([("is_default", "=", True)])
        return {**super().get_values(), "prospect_default_status_id": default.id}

    def set_values(self):
        """Apply the settings; an empty default status leaves the present one."""
        result = super().set_values()
        status = self.prospect_default_status_id
        if status and not status.is_default:
            status.is_default = True
        return result
