from odoo import api, models

from ...tools.mails import NOT_FAILED, read_bounce


class MailThread(models.AbstractModel):
    """The mail gateway: the address of a mail that came back is noted."""

    _name = "mail.thread"
    _inherit = ["mail.thread"]

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Note the address of a mail that came back, before Odoo counts it.

        A mail that is only late, or has arrived, has not come back.
        """
        if read_bounce(email_message).action in NOT_FAILED:
            return None
        # sudo: a mail server has no rights
        errors = self.env["prospect.undeliverable.address"].sudo()
        errors._receive_bounce(email_message, message_dict)
        return super()._routing_handle_bounce(email_message, message_dict)
