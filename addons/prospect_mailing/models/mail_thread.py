from odoo import api, models

from odoo.addons.prospect.tools.trusted import trusted


class MailThread(models.AbstractModel):
    """A mailing that came back."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Odoo blacklists an address by itself when mails come back too often."""
        thread = self.with_context(**trusted(prospect_bouncing=True))
        return super(MailThread, thread)._routing_handle_bounce(
            email_message, message_dict
        )
