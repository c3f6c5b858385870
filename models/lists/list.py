import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ProspectList(models.Model):
    """People put together: guests, members, a file from a fair [IE-02].

    Members join and leave by hand, import, form or rule; each time a row of
    ``prospect.membership`` says who, when and why. A list is shared with all
    sales people, with some of them, or private to its owner [IE-44].
    """

    _name = "prospect.list"
    _inherit = ["prospect.named.mixin"]
    _description = "Prospect List"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, index="trigram")
    description = fields.Text(help="What the list is for and who belongs in it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    visibility = fields.Selection(
        selection=[
            ("shared", "All salespeople"),
            ("restricted", "Some groups or people"),
            ("private", "Only the owner"),
        ],
        required=True,
        default="shared",
        help="Who sees the list and its members: all salespeople, those who are named, "
        "or only its owner. Sales administrators see all lists.",
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="prospect_list_group_rel",
        column1="list_id",
        column2="group_id",
        string="Groups",
        help="Their members see the list.",
    )
    allowed_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="prospect_list_user_rel",
        column1="list_id",
        column2="user_id",
        string="People",
        domain=[("share", "=", False)],
        help="They see the list.",
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
    can_edit = fields.Boolean(
        compute="_compute_can_edit",
        export_string_translation=False,
        help="Whether the person may change the list, for the page to show it.",
    )
    member_count = fields.Integer(
        string="Members",
        readonly=True,
        copy=False,
        help="Kept up to date as prospects join and leave, and recounted every hour: "
        "junk counts, archived prospects do not. Everybody sees the same number, even "
        "if some members are hidden from them.",
    )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_can_edit(self):
        editable = self._origin._filtered_access("write")
        for prospect_list in self:
            prospect_list.can_edit = (
                not prospect_list._origin or prospect_list._origin in editable
            )

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
        self.env["prospect.membership"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_membership
                      SET private_user_id = prospect_list.user_id
                     FROM prospect_list
                    WHERE prospect_list.id = prospect_membership.list_id
                      AND prospect_list.visibility != 'shared'
                      AND prospect_list.id IN %s""",
                tuple(self.ids),
            )
        )

    def action_view_members(self):
        """Open the prospects of the list; new ones made there join it."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            Domain("list_ids", "in", self.ids),
            {"default_list_ids": [(4, self.id)], "prospect_list_id": self.id},
            name=self.name,
        )

    def _shift_member_counts(self, deltas):
        """Add to the kept counts, without ever making anybody wait.

        A list that another transaction is counting is left to the hourly recount,
        which is asked to run soon: two imports into one list must not wait for each
        other, nor fail for a number on a card.

        :param dict deltas: {list id: members more or, below zero, fewer}
        """
        deltas = {list_id: delta for list_id, delta in deltas.items() if delta}
        if not deltas:
            return
        shifted = set()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        """WITH free AS (
                               SELECT id FROM prospect_list WHERE id IN %s
                                ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                           )
                           UPDATE prospect_list
                              SET member_count = COALESCE(member_count, 0) + delta
                             FROM free
                             JOIN unnest(%s, %s) AS shift (id, delta) USING (id)
                            WHERE prospect_list.id = free.id
                        RETURNING prospect_list.id""",
                        tuple(deltas),
                        list(deltas),
                        list(deltas.values()),
                    ),
                    log_exceptions=False,
                )
                shifted = {list_id for (list_id,) in self.env.cr.fetchall()}
        except SerializationFailure:
            _logger.debug("Members of lists counted elsewhere at the same time")
        self.browse(deltas).invalidate_recordset(["member_count"])
        if shifted != set(deltas):
            # sudo: whoever changes members may not plan jobs
            self.env.ref("prospect.ir_cron_member_count").sudo()._trigger()

    @api.model
    def _cron_refresh_member_counts(self):
        """Recount the members of all lists, and write those that differ."""
        self.env["crm.lead"].flush_model(["is_listed"])
        self.env.cr.execute(
            """UPDATE prospect_list
                  SET member_count = counted.members
                 FROM (SELECT prospect_list.id, COUNT(crm_lead.id) AS members
                         FROM prospect_list
                    LEFT JOIN prospect_list_crm_lead_rel AS rel
                           ON rel.list_id = prospect_list.id
                    LEFT JOIN crm_lead
                           ON crm_lead.id = rel.lead_id AND crm_lead.is_listed
                        GROUP BY prospect_list.id) AS counted
                WHERE prospect_list.id = counted.id
                  AND prospect_list.member_count IS DISTINCT FROM counted.members"""
        )
        self.invalidate_model(["member_count"])
