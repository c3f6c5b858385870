from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.notifying import WAYS

FREQUENCIES = [
    ("now", "At once"),
    ("hourly", "Every hour, together"),
    ("daily", "Every morning, together"),
]


class ProspectNotificationRule(models.Model):
    """Who hears of which new prospects, how and when [MO-27].

    People are named one by one, by groups, or both; sources and teams narrow, empty
    ones are all. Whoever has the prospect assigned, or added it, is not told of it by a
    rule; nor is anybody who may not see it, or who has muted it.
    """

    _name = "prospect.notification.rule"
    _inherit = ["prospect.cached.mixin"]
    _description = "Notification Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Prospects of this company and of none. Empty: of all companies.",
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Roles",
        help="Everybody who has one of these roles, including through another role "
        "that contains it.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="People",
        domain=[("share", "=", False)],
    )
    source_ids = fields.Many2many(
        comodel_name="utm.source",
        string="Sources",
        domain=[("prospect_channel", "!=", False)],
        # an archived one still narrows: without any it would be about all sources
        context={"active_test": False},
        help="Empty: whatever the source.",
    )
    team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Sales Teams",
        context={"active_test": False},
        help="Empty: whatever the team.",
    )
    by_email = fields.Boolean(string="E-mail")
    by_inbox = fields.Boolean(
        string="Inbox",
        default=True,
        help="A message in the Discuss inbox; people who handle their messages by "
        "e-mail get an e-mail.",
    )
    by_popup = fields.Boolean(
        string="Pop-up", help="A pop-up in the corner of the screen, if Odoo is open."
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="When", required=True, default="now"
    )
    people_count = fields.Integer(string="Recipients", compute="_compute_people_count")

    @api.depends("group_ids", "user_ids")
    def _compute_people_count(self):
        for rule in self:
            rule.people_count = len(rule._get_people())

    @api.constrains("group_ids", "user_ids")
    def _check_people(self):
        for rule in self:
            if not rule.group_ids and not rule.user_ids:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” has no recipients: choose roles, people or both.",
                        rule=rule.name,
                    )
                )

    @api.constrains("by_email", "by_inbox", "by_popup")
    def _check_ways(self):
        for rule in self:
            if not rule._get_ways():
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” has no channel: tick e-mail, inbox or pop-up.",
                        rule=rule.name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _has_any(self):
        """Whether there is a rule at all: asked for each new prospect."""
        # sudo: rules count whoever adds a prospect
        return bool(self.sudo().search_count([], limit=1))

    def _get_ways(self):
        """The ways of one rule, as a set of ``WAYS``."""
        self.ensure_one()
        return {way for way in WAYS if self[f"by_{way}"]}

    def _get_people(self):
        """The colleagues whom one rule names, those who have muted it too."""
        self.ensure_one()
        # sudo: who has a role is known whoever looks at the rule
        rule = self.sudo()
        people = rule.user_ids | rule.group_ids.all_user_ids
        return people.filtered(lambda user: user.active and not user.share)

    def _matches(self, lead):
        """Whether one rule is about a prospect.

        :param dict lead: its ``source_id``, ``team_id`` and ``company_id``
        """
        self.ensure_one()
        return (
            (not self.source_ids or lead["source_id"] in self.source_ids.ids)
            and (not self.team_ids or lead["team_id"] in self.team_ids.ids)
            and (
                not self.company_id
                or lead["company_id"] in (None, False, self.company_id.id)
            )
        )

    def action_view_people(self):
        """Show whom the rule names."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recipients"),
            "res_model": "res.users",
            "view_mode": "list",
            "views": [(self.env.ref("prospect.res_users_view_list_told").id, "list")],
            "domain": [("id", "in", self._get_people().ids)],
            "context": {"create": False},
        }
