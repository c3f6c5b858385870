from odoo import fields, models


class ProspectTombstoneLift(models.TransientModel):
    """Asks why erased people may be entered again."""

    _name = "prospect.tombstone.lift"
    _description = "Let Erased People Come Back"

    tombstone_ids = fields.Many2many(
        comodel_name="prospect.tombstone",
        string="Erased People",
        default=lambda self: self._get_default_tombstones(),
    )
    reason = fields.Char(required=True)

    def _get_default_tombstones(self):
        """Those of the page or of the selection it was opened from."""
        tombstones = self.env["prospect.tombstone"]
        if self.env.context.get("active_model") != tombstones._name:
            return tombstones
        return tombstones.browse(self.env.context.get("active_ids") or [])

    def action_lift(self):
        """Lift them, with all addresses and numbers that the same people had."""
        self.ensure_one()
        self.tombstone_ids._lift(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
