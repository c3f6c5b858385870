from odoo import api, models

from ...tools.trusted import read_trusted


class MailBlacklist(models.Model):
    """Addresses on Odoo's blacklist are opt-outs."""

    _inherit = "mail.blacklist"

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
        """Call the hook, unless mails that came back are the reason."""
        if read_trusted(self.env.context, "prospect_bouncing"):
            return
        # sudo: what follows from a change that was allowed
        listed = self.sudo().filtered("active")
        leads = self.env["crm.lead"].sudo()
        leads._prospect_opt_out("email", listed.mapped("email"))
