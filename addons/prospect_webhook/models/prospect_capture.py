from odoo import api, fields, models

from odoo.addons.prospect.tools.trusted import read_trusted


class ProspectCapture(models.Model):
    """Messages of webhooks in the inbox.

    They are read by the fields of their webhook each time that they are processed: who
    corrects these replays what has waited.
    """

    _inherit = "prospect.capture"

    channel = fields.Selection(
        selection_add=[("webhook", "Webhook")],
        # what was received stays, as something that programs have sent
        ondelete={"webhook": lambda messages: messages.write({"channel": "api"})},
    )
    webhook_id = fields.Many2one(
        comodel_name="prospect.webhook", readonly=True, ondelete="set null"
    )

    _webhook_idx = models.Index(
        "(webhook_id, received_at DESC) WHERE webhook_id IS NOT NULL"
    )

    @api.model
    def _prepare_message(
        self, channel, event_key, payload, values, policy, defaults, company
    ):
        message = super()._prepare_message(
            channel, event_key, payload, values, policy, defaults, company
        )
        webhook_id = read_trusted(self.env.context, "prospect_webhook_id")
        return {**message, "webhook_id": webhook_id} if webhook_id else message

    def _prospect_map_webhook(self, payload):
        """Values as the webhook's fields say; by the names of the keys when the webhook
        was deleted.

        :raises UserError: when they cannot be used, for people
        """
        if not self.webhook_id:
            return self._prospect_map(payload)
        # the language and the company are those in which the message is processed
        return self.webhook_id._read_payload(payload)
