from odoo import api, fields, models
from odoo.fields import Domain


class ProspectList(models.Model):
    """People put together: guests, members, a file from a fair [IE-02].

    Members join and leave by hand, import, form or rule; each time a row of
    ``prospect.membership`` says who, when and why. A list is shared with all
    sales people, or private to its owner.
    """

    _name = "prospect.list"
    _description = "Prospect List"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, index="trigram")
    description = fields.Text(help="What the list is for and who belongs in it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    visibility = fields.Selection(
        selection=[("shared", "All sales people"), ("private", "Only the owner")],
        required=True,
        default="shared",
        help="Who sees the list and its members: all sales people, or its owner and"
        " the sales administrators.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="May change and delete the list, like the sales administrators.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Leave empty to share the list between companies.",
    )
    member_count = fields.Integer(string="Members", compute="_compute_member_count")

    def _compute_member_count(self):
        counts = self.env["crm.lead"]._prospect_count_by("list_ids", self)
        for prospect_list in self:
            prospect_list.member_count = counts.get(prospect_list._origin, 0)

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=prospect_list.name)}
            if "name" not in (default or {})
            else vals
            for prospect_list, vals in zip(
                self, super().copy_data(default), strict=True
            )
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_with_leaves(self):
        """The members leave first, so that their history says why it ends."""
        # sudo: members that the owner of the list may not see leave it as well
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search([("list_ids", "in", self.ids)])
        )
        leads._prospect_lists_change(remove=self, cause="list_deleted")

    def action_view_members(self):
        """Open the prospects of the list; new ones made there join it."""
        self.ensure_one()
        action = self.env["crm.lead"]._prospect_action(
            Domain("list_ids", "in", self.ids),
            {"default_list_ids": [(4, self.id)], "prospect_list_id": self.id},
        )
        return {**action, "display_name": self.name}
