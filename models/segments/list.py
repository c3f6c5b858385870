from odoo import fields, models


class ProspectList(models.Model):
    """A list may be synced from a segment: see ``prospect.segment.sync``."""

    _inherit = "prospect.list"

    # one at most
    sync_ids = fields.One2many(
        comodel_name="prospect.segment.sync",
        inverse_name="list_id",
        string="Synced from",
        readonly=True,
    )

    def action_sync(self):
        """Ask by which segment the list is synced, and how."""
        self.ensure_one()
        if self.sync_ids:
            return self.sync_ids.action_edit()
        action = self.env["prospect.segment"]._get_sync_action()
        action["context"] = {"default_list_id": self.id}
        return action
