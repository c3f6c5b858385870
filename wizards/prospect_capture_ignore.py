from odoo import fields, models


class ProspectCaptureIgnore(models.TransientModel):
    """Asks why messages of the inbox are to be ignored."""

    _name = "prospect.capture.ignore"
    _description = "Ignore Messages"

    capture_ids = fields.Many2many(
        comodel_name="prospect.capture",
        string="Messages",
        default=lambda self: self._get_default_messages(),
    )
    reason = fields.Char(required=True)

    def _get_default_messages(self):
        """The messages of the page or of the selection it was opened from."""
        if self.env.context.get("active_model") != "prospect.capture":
            return self.env["prospect.capture"]
        return self.env["prospect.capture"].browse(
            self.env.context.get("active_ids") or []
        )

    def action_ignore(self):
        """Ignore them; those that have become prospects stay as they are."""
        self.ensure_one()
        self.capture_ids._ignore(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
