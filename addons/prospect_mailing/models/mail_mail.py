from odoo import models

from odoo.addons.prospect.tools.flags import is_hard_bounce


class MailMail(models.Model):
    """A mail of a mailing that no server took."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Collect addresses that are none; not those of a day when our own server was
        down, which says nothing about them [IY-19].
        """
        text = failure_reason or ""
        is_hard = bool(failure_type) and is_hard_bounce("", text)
        if is_hard or failure_type == "mail_email_invalid":
            # sudo: whoever sends; the trace says which address it was
            traces = self.sudo().mailing_trace_ids
            self.env["prospect.undeliverable.address"]._record_failures(
                traces, is_hard, text
            )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
