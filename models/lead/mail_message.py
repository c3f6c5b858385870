from odoo import api, models
from odoo.tools import SQL

# Kinds of messages that may be a contact; see ``tools.lifecycles.CONTACT``.
KINDS = {"comment", "email_outgoing", "sms"}


class MailMessage(models.Model):
    """A message to a prospect is a contact with it."""

    _name = "mail.message"
    _inherit = ["mail.message"]

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        contacts = messages.filtered(
            lambda message: (
                message.model == "crm.lead"
                and message.res_id
                and (message.message_type in KINDS or message.mail_activity_type_id)
            )
        )
        if contacts:
            contacts.flush_recordset()
            self.env["crm.lead"]._prospect_update_contacts(
                SQL("message.id = ANY(%s)", contacts.ids)
            )
        return messages
