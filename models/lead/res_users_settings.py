from odoo import fields, models


class ResUsersSettings(models.Model):
    """How a person has sorted the columns of the board."""

    _name = "res.users.settings"
    _inherit = ["res.users.settings"]

    prospect_sorts = fields.Json(export_string_translation=False)

    def _format_settings(self, fields_to_format):
        """With what counts where the person has chosen nothing."""
        result = super()._format_settings(fields_to_format)
        if "prospect_sorts" in fields_to_format:
            usual = {
                str(number): "arrival"
                for number in self.env["prospect.status"]._get_new_ids()
            }
            result["prospect_sorts"] = {**usual, **(self.prospect_sorts or {})}
        return result
