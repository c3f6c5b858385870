from odoo import fields, models


class MailActivity(models.Model):
    """What is to be done for a prospect, and rests while it is junk."""

    _inherit = "mail.activity"

    prospect_closed = fields.Boolean(
        string="Closed With the Prospect",
        default=False,
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="Closed because its prospect went to junk; opened again when the"
        " prospect is restored.",
    )
