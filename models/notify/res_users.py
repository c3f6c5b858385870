from odoo import fields, models

SWITCHES = ["prospect_notify_assigned", "prospect_notify_new"]


class ResUsers(models.Model):
    """What each person wants to hear of prospects [MO-27]."""

    _inherit = "res.users"

    prospect_notify_assigned = fields.Boolean(
        string="Prospects Assigned to Me",
        default=True,
        help="An e-mail when a prospect is assigned to you, with a link to it.",
    )
    prospect_notify_new = fields.Boolean(
        string="New Prospects",
        default=True,
        help="What the notification rules of your administrators send you.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + SWITCHES

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + SWITCHES
