from odoo import models


class MailMail(models.Model):
    """E-mails that notify people of prospects say whether they left."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # before Odoo deletes what has left
        self.env["prospect.notification"]._mails_ended(
            self, failure_type, failure_reason
        )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
