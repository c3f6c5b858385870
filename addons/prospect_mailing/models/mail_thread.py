from odoo import api, models

from odoo.addons.prospect.tools.mails import automatic_header
from odoo.addons.prospect.tools.trusted import trusted


class MailThread(models.AbstractModel):
    """A mailing that came back, or that a program answered."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Odoo blacklists an address by itself when mails come back too often."""
        thread = self.with_context(**trusted(prospect_bouncing=True))
        return super(MailThread, thread)._routing_handle_bounce(
            email_message, message_dict
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Odoo counts whatever refers to a mailing as a reply: an out-of-office note
        says neither that anybody has read it, nor that they answer.
        """
        thread = self
        if automatic_header(message):
            thread = self.with_context(**trusted(prospect_by_program=True))
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )
