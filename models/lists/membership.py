from odoo import fields, models


class ProspectMembership(models.Model):
    """One prospect joining or leaving one list.

    ``crm.lead.list_ids`` is the present state, these rows are its history. The
    list's name is kept, so that the history can be read when the list is gone.
    """

    _name = "prospect.membership"
    _inherit = ["prospect.log.mixin"]
    _description = "Membership of a Prospect List"
    _log_access = False

    list_id = fields.Many2one(
        comodel_name="prospect.list",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    list_name = fields.Char(readonly=True)
    private_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner of the Private List",
        readonly=True,
        index="btree_not_null",
        help="Set when a private list is deleted, whose name stays its owner's.",
    )
    action = fields.Selection(
        selection=[("join", "Joined"), ("leave", "Left")],
        required=True,
        readonly=True,
    )
    expires_at = fields.Datetime(
        string="Until",
        readonly=True,
        help="When the prospect leaves the list automatically, as set when it joined. "
        "Empty: never.",
    )
