from odoo import models


class ProspectCapture(models.Model):
    """The signal of messages that have become something."""

    _name = "prospect.capture"
    _inherit = ["prospect.capture"]

    def _emit_captured(self):
        """Emit ``lead.captured`` for those of ``self`` that have a prospect."""
        code, leads = "lead.captured", self.env["crm.lead"]
        if code not in leads._prospect_signal_heard():
            return
        leads._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": message.lead_id.id,
                    "key": f"{code}:{message.id}",
                    "at": message.processed_at,
                    "facts": {
                        "channel": message.channel,
                        "outcome": message.outcome or False,
                        "capture_id": message.id,
                    },
                }
                for message in self
                if message.state == "done" and message.lead_id
            ],
        )
