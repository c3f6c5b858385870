from odoo import api, fields, models


class ProspectFormField(models.Model):
    """What a consent box of a form is for. Only for ``prospect.form.field``."""

    _name = "prospect.form.field"
    _inherit = ["prospect.form.field"]

    purpose_id = fields.Many2one(
        comodel_name="prospect.consent.purpose",
        string="Agrees To",
        compute="_compute_purpose_id",
        store=True,
        readonly=False,
        copy=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What the visitor agrees to, for the register of consents.",
    )
    consent_email = fields.Boolean(string="By E-mail", default=True)
    consent_sms = fields.Boolean(string="By SMS")
    consent_phone = fields.Boolean(string="By Phone")

    @api.depends("type", "purpose")
    def _compute_purpose_id(self):
        """The purpose of the name that was written, made where there is none."""
        for field in self:
            if field.type != "consent":
                field.purpose_id = False
            elif field.purpose or not field.purpose_id:
                purposes = self.env["prospect.consent.purpose"]
                field.purpose_id = purposes._find(field.purpose)

    def _get_consent_channels(self):
        """By which ways somebody agrees to be reached; by e-mail where none is said."""
        channels = [
            channel
            for channel in ("email", "sms", "phone")
            if self and self[f"consent_{channel}"]
        ]
        return channels or ["email"]
