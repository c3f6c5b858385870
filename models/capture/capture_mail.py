import email
import email.policy

from odoo import SUPERUSER_ID, fields, models

# As no browser shows it: a mail is a stranger's, and may look like a page.
MAIL_TYPE = "message/rfc822"


class ProspectCapture(models.Model):
    """Mails in the inbox, with all that they brought.

    Only for ``prospect.capture``. The payload is what people read, cut where it is
    long; the source of the mail (RFC 822) is kept beside it, in a file. A mail that is
    replayed becomes a message of its prospect, with its attachments, as if the gateway
    had taken it in.
    """

    _name = "prospect.capture"
    _inherit = ["prospect.capture"]

    mail = fields.Binary(
        string="Original",
        attachment=True,
        readonly=True,
        help="The e-mail as it arrived, with its attachments.",
    )
    mail_name = fields.Char(
        compute="_compute_mail_name", export_string_translation=False
    )

    def _compute_mail_name(self):
        for capture in self:
            capture.mail_name = f"mail-{capture.id}.eml"

    def _attach_mail(self, source):
        """Keep the source of a mail.

        :param bytes source: as it came (RFC 822)
        """
        self.ensure_one()
        # sudo: people read the inbox, only the machine writes it
        self.env["ir.attachment"].sudo().create(
            {
                "name": self.mail_name,
                "res_model": self._name,
                "res_field": "mail",
                "res_id": self.id,
                "raw": source,
                "mimetype": MAIL_TYPE,
            }
        )
        self.invalidate_recordset(["mail"])

    def _find_mails(self):
        """The files of the mails of ``self``."""
        # sudo: the caller may read or forget the messages, and so their files
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "mail"),
                    ("res_id", "in", self.ids),
                ]
            )
        )

    def _forget_mails(self):
        self._find_mails().unlink()

    def _post_mails(self):
        """Give prospects the replayed mails that they come from, as the gateway does.

        With attachments and date; followers hear of it. A mail changes no field.
        """
        files = self._find_mails().grouped("res_id")
        for message in self:
            if message.lead_id and message.id in files:
                message._post_mail(files[message.id].raw)

    def _post_mail(self, source):
        """The same for one mail."""
        mail = email.message_from_bytes(source, policy=email.policy.SMTP)
        thread = self.env["mail.thread"]
        values = thread.message_parse(mail)
        self.lead_id._prospect_mail_set_writer(mail, values)
        route = (self.lead_id._name, self.lead_id.id, {}, SUPERUSER_ID, None)
        values.update(thread._message_parse_post_process(mail, values, [route]))
        thread._message_route_process(mail, values, [route])
