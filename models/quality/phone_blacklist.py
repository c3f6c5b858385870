from odoo import api, models


class PhoneBlacklist(models.Model):
    """Numbers on Odoo's blacklist are opt-outs."""

    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._prospect_notify_listed()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._prospect_notify_listed()
        return result

    def _prospect_notify_listed(self):
        """Call the hook for the numbers that are on the blacklist."""
        # sudo: what follows from a change that was allowed
        listed = self.sudo().filtered("active")
        leads = self.env["crm.lead"].sudo()
        leads._prospect_opt_out("sms", listed.mapped("number"))
