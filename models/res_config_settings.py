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
    prospect_operation_days = fields.Integer(
        string="Keep Lines of Operations",
        help="How many days after its last change an operation keeps its lines, which"
        " undo and the download of rejected rows need. 0: for ever.",
    )

    @api.model
    def get_values(self):
        """The settings as they are, the default status among them."""
        default = self.env["prospect.status"].search([("is_default", "=", True)])
        # sudo: read by whoever opens the settings
        parameters = self.env["ir.config_parameter"].sudo()
        return {
            **super().get_values(),
            "prospect_default_status_id": default.id,
            "prospect_operation_days": int(
                parameters.get_param("prospect.operation_days", 180)
            ),
        }

    def set_values(self):
        """Apply the settings; an empty default status leaves the present one.

        Not by ``config_parameter``, for which 0 is the same as nothing.
        """
        result = super().set_values()
        # sudo: written by whoever may save the settings
        self.env["ir.config_parameter"].sudo().set_param(
            "prospect.operation_days", str(max(0, self.prospect_operation_days))
        )
        status = self.prospect_default_status_id
        if status and not status.is_default:
            status.is_default = True
        return result
