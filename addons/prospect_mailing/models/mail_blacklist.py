from odoo import api, fields, models

from odoo.addons.prospect.tools.trusted import read_trusted


class MailBlacklist(models.Model):
    """Who put an address on the blacklist: mails that came back, or somebody.

    Who has asked for no mails stays on it, whatever becomes of the address.
    """

    _inherit = "mail.blacklist"

    is_bounced = fields.Boolean(
        string="Because of Bounces",
        readonly=True,
        help="Blacklisted because of bounced e-mails, not by a person: clearing the "
        "error takes it off again.",
    )

    @api.model
    def _add(self, email, message=None):
        """Remember whether mails that came back were the only reason."""
        listed = self.search([("email", "=", email)], limit=1)
        was_asked = bool(listed) and not listed.is_bounced
        record = super()._add(email, message=message)
        record.is_bounced = not was_asked and bool(
            read_trusted(self.env.context, "prospect_bouncing")
        )
        return record

    def write(self, vals):
        """Who is taken off comes back for a new reason, not for the last one."""
        if "active" in vals and "is_bounced" not in vals:
            vals = {**vals, "is_bounced": False}
        return super().write(vals)
