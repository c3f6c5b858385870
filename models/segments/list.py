from odoo import fields, models


class ProspectList(models.Model):
    """A list may be fed by a segment: see ``prospect.segment.feed``."""

    _inherit = "prospect.list"

    # one at most
    feed_ids = fields.One2many(
        comodel_name="prospect.segment.feed",
        inverse_name="list_id",
        string="Fed by",
        readonly=True,
    )

    def action_feed(self):
        """Ask by which segment the list is fed, and how."""
        self.ensure_one()
        if self.feed_ids:
            return self.feed_ids.action_edit()
        action = self.env["prospect.segment"]._get_feed_action()
        action["context"] = {"default_list_id": self.id}
        return action
