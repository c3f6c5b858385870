from odoo import fields, models


class UtmSource(models.Model):
    """Webhooks are a channel."""

    _inherit = "utm.source"

    prospect_channel = fields.Selection(
        selection_add=[("webhook", "Webhook")], ondelete={"webhook": "set null"}
    )
