from odoo import api, models
from odoo.tools.mail import email_normalize

from ...tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signals of what arrives: messages of the inbox, mails and replies."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        # bridges name channels of their own
        channels = self.env["utm.source"]._fields["prospect_channel"]
        outcomes = self.env["prospect.capture"]._fields["outcome"]
        return [
            *super()._prospect_signal_list(),
            Signal(
                "lead.captured",
                self.env._("A message brings in a prospect"),
                (
                    Fact(
                        "channel",
                        self.env._("Channel"),
                        "selection",
                        choices=tuple(channels._description_selection(self.env)),
                    ),
                    Fact(
                        "outcome",
                        self.env._("Outcome"),
                        "selection",
                        choices=tuple(outcomes._description_selection(self.env)),
                    ),
                    Fact(
                        "capture_id",
                        self.env._("Message"),
                        "many2one",
                        "prospect.capture",
                    ),
                ),
                again=EACH,
                sentence=self.env._("a message comes in by {channel}"),
            ),
            Signal(
                "lead.replied",
                self.env._("A prospect sends an e-mail"),
                (
                    Fact(
                        "message_id", self.env._("E-mail"), "many2one", "mail.message"
                    ),
                    Fact("subject", self.env._("Subject")),
                ),
                again=EACH,
                sentence=self.env._("a prospect sends an e-mail"),
            ),
        ]

    def _prospect_on_replied(self, messages):
        result = super()._prospect_on_replied(messages)
        code = "lead.replied"
        if code in self._prospect_signal_heard():
            self._prospect_signal_emit(
                code,
                [
                    {
                        "lead_id": message.res_id,
                        "key": f"{code}:{message.id}",
                        "at": message.date,
                        "facts": {
                            "message_id": message.id,
                            "subject": message.subject or "",
                        },
                    }
                    for message in messages
                ],
            )
        return result

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        lead = super().message_new(msg_dict, custom_values=custom_values)
        code = "lead.captured"
        if lead.status_id and code in self._prospect_signal_heard():
            self._prospect_signal_emit(
                code,
                [
                    {
                        "lead_id": lead.id,
                        "key": f"{code}:mail:{msg_dict['message_id']}:{lead.id}",
                        "at": self.env.cr.now(),
                        "facts": {
                            "channel": "email",
                            "outcome": "repeat" if lead.is_repeat else "created",
                            "capture_id": False,
                        },
                    }
                ],
            )
        return lead

    @api.model
    def _prospect_find_replies(self, message_dict, routes):
        """Call :meth:`_prospect_on_replied` for a mail that prospects have got.

        :param dict message_dict: what Odoo has read of the mail
        :param routes: those of it, as Odoo has gone through them
        """
        lead_ids = [route[1] for route in routes or () if route[0] == self._name]
        lead_ids = [lead_id for lead_id in lead_ids if lead_id]
        email = email_normalize(message_dict.get("email_from"), strict=False)
        if not lead_ids or not email or self._prospect_mail_is_ours(email):
            return
        # sudo: a mail server has no rights
        messages = self.env["mail.message"].sudo()
        messages = messages.search(
            [
                ("message_id", "=", message_dict["message_id"]),
                ("model", "=", self._name),
                ("res_id", "in", lead_ids),
            ],
            order="id",
        )
        # sudo: the same
        leads = self.sudo().browse(messages.mapped("res_id")).filtered("status_id")
        messages = messages.filtered(lambda message: message.res_id in leads.ids)
        if messages:
            leads._prospect_on_replied(messages)
