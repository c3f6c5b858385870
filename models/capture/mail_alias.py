import sys

from odoo import models

from ...tools.transactions import CONCURRENCY_ERRORS


class MailAlias(models.Model):
    """A mail that met another transaction is tried again, not sent back."""

    _inherit = "mail.alias"

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        # Odoo calls this while it handles any error of a creation, on a connection
        # of its own: the sender would read that the mail was refused, and the alias
        # would be marked as broken, because two mails came at once.
        if isinstance(sys.exc_info()[1], CONCURRENCY_ERRORS):
            return None
        return super()._alias_bounce_incoming_email(
            message, message_dict, set_invalid=set_invalid
        )
