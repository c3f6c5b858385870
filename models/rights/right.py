from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.rights import SCOPES, Person, Rule, applies, find_rule, may_hold

# Operations that are not about prospects that exist: only groups can have the right.
GROUPS_ONLY = ("import", "undo")


class ProspectRight(models.Model):
    """Who may do what with prospects: one cell of a matrix [BX-19, BX-20, BX-44..49].

    A row gives one *operation* to one *role*: a group of users, or a relation to the
    prospect. The widest right of all that somebody has wins; a right never takes
    away what another one gives. It comes on top of the right to write the prospect.

    - *creator*: who added it. What a public form or the mail gateway made has none
    - *assigned*: its salesperson
    - *supervisor*: the leader of a sales team that the creator is a member of; of
      what has no creator, the leader of its team
    - a group, on *own* prospects (added by or assigned to the person), on those of
      the *team* (of the person's teams, or of their members), or on *all* that they
      see

    Ask with :meth:`crm.lead._prospect_check_right` and its sisters, or, where no
    prospect is known yet, with :meth:`_check`.
    """

    _name = "prospect.right"
    _description = "Right on Prospects"
    _order = "operation, role, group_id, company_id, id"

    operation = fields.Selection(
        selection=[
            ("convert", "Convert"),
            ("import", "Import a file"),
            ("bulk", "Change in bulk"),
            ("export", "Export"),
            ("merge", "Merge prospects"),
            ("undo", "Undo an operation"),
            ("approve", "Approve"),
            ("delete", "Delete"),
        ],
        required=True,
    )
    role = fields.Selection(
        selection=[
            ("group", "Members of a group"),
            ("creator", "Creator"),
            ("assigned", "Its salesperson"),
            ("supervisor", "Creator's manager"),
        ],
        required=True,
        default="group",
    )
    group_id = fields.Many2one(
        comodel_name="res.groups", index="btree_not_null", ondelete="cascade"
    )
    scope = fields.Selection(
        selection=[("own", "Own"), ("team", "Team"), ("all", "All")],
        required=True,
        default="own",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: in all companies.",
    )
    active = fields.Boolean(default=True)

    _one_idx = models.UniqueIndex(
        "(operation, role, COALESCE(group_id, 0), COALESCE(company_id, 0))",
        "There is already a right for this operation and role: change that one.",
    )

    @api.depends("operation", "role", "group_id", "scope")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for right in self:
            right.display_name = self.env._(
                "%(operation)s: %(role)s",
                operation=operations.get(right.operation, ""),
                role=right._get_role_label(),
            )

    @api.constrains("operation", "role", "group_id", "scope")
    def _check_cell(self):
        for right in self:
            if (right.role == "group") != bool(right.group_id):
                raise ValidationError(
                    self.env._("Choose a group, or a role that is no group.")
                )
            if right.scope not in self._get_scopes(right.operation, right.role):
                raise ValidationError(
                    self.env._(
                        "%(right)s: this role cannot have this scope.",
                        right=right.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rights = super().create(vals_list)
        rights._note_change({})
        return rights

    def write(self, vals):
        before = self._get_cells()
        result = super().write(vals)
        self._note_change(before)
        return result

    def unlink(self):
        before = self._get_cells()
        result = super().unlink()
        self.browse()._note_change(before)
        return result

    def _note_change(self, before):
        """Let a change be in force at once, in all workers, and remember it.

        :param dict before: what :meth:`_get_cells` gave before it
        """
        self.env.registry.clear_cache()
        # installing and upgrading are nobody's change
        if self.env.uid != SUPERUSER_ID:
            self.env["prospect.right.change"]._append(before, self._get_cells())

    def _get_cells(self):
        """{(operation, role, group id, company id): scope} of those in force."""
        return {right._get_cell(): right.scope for right in self if right.active}

    def _get_cell(self):
        """The place of a row in the matrix; 0: no group, all companies."""
        return (
            self.operation,
            self.role,
            self.group_id.id or 0,
            self.company_id.id or 0,
        )

    @api.model
    def _get_scopes(self, operation, role):
        """The scopes that a role can have for an operation; none: it cannot have it."""
        if role != "group":
            return () if operation in GROUPS_ONLY else ("own",)
        return ("all",) if operation == "import" else SCOPES

    # --- Questions ----------------------------------------------------------------

    @api.model
    def _may(self, operation):
        """Whether the current user has a right in any scope at all."""
        return self.env.su or bool(self._get_held(operation, self._get_person()))

    @api.model
    def _check(self, operation):
        """Refuse who has a right in no scope at all.

        For what begins without prospects: an import, a bulk change, an export.

        :raises AccessError: naming the right and who has it
        """
        if not self._may(operation):
            raise self._make_error(operation)

    @api.model
    def _get_granted(self, operation, facts_list):
        """Which of some records the current user has a right on, as booleans.

        :param facts_list: a function that gives one ``Facts`` a record, called only
            where the rules have to look at them
        :return: True for all of them, else a list of booleans
        """
        rules = self._get_held(operation, self._get_person())
        if any(rule.scope == "all" and not rule.company_id for rule in rules):
            return True
        facts_list = facts_list()
        if not rules:
            return [False] * len(facts_list)
        person = self._get_person(rules)
        return [
            any(applies(rule, person, facts) for rule in rules) for facts in facts_list
        ]

    @api.model
    def _get_deciding(self, operation, facts):
        """The right by which the current user may do something, empty: none."""
        rules = self._get_held(operation, self._get_person())
        rule = find_rule(rules, self._get_person(rules), facts)
        return self.browse(rule.id if rule else [])

    # --- The matrix ---------------------------------------------------------------

    @api.model
    @tools.ormcache("operation")
    def _get_rules(self, operation):
        """The active rows of an operation as plain :class:`Rule`."""
        # sudo: the table decides, whoever asks
        return tuple(
            Rule(right.id, right.role, right.scope, right.group_id.id or 0, company)
            for right in self.sudo().search(
                # also where archived records are looked at
                [("operation", "=", operation), ("active", "=", True)]
            )
            for company in [right.company_id.id or 0]
        )

    @api.model
    def _get_held(self, operation, person):
        """The rules that can speak for a person."""
        return [rule for rule in self._get_rules(operation) if may_hold(rule, person)]

    @api.model
    @tools.ormcache()
    def _get_seeing_roles(self):
        """The relations that some operation on prospects is given to, as a set.

        Groups are not among them: what they may do, they may do with what they see.
        """
        # sudo: the table decides, whoever asks
        rights = self.sudo().search(
            [("role", "in", ("creator", "supervisor")), ("active", "=", True)]
        )
        return frozenset(rights.mapped("role"))

    # --- The person ---------------------------------------------------------------

    @api.model
    def _get_person(self, rules=()):
        """The current user, with as much as some rules ask for.

        :param rules: none: groups and companies alone, which costs no query
        """
        user = self.env.user
        supervises = any(rule.role == "supervisor" for rule in rules)
        teams = any(rule.scope == "team" for rule in rules)
        return Person(
            user.id,
            frozenset(user._get_group_ids()),
            frozenset(self.env.companies.ids),
            *((self._get_supervised_user_ids(), self._get_led_team_ids()))
            if supervises
            else (frozenset(), frozenset()),
            *self._get_teams_and_mates() if teams else (frozenset(), frozenset()),
        )

    @api.model
    def _get_supervised_user_ids(self):
        """Ids of the users whom the current user supervises. Bridges add theirs.

        Active members of the active sales teams that they lead.
        """
        # sudo: who is in which team, for the decision alone
        members = (
            self.env["crm.team.member"]
            .sudo()
            .search_fetch(
                [
                    ("active", "=", True),
                    ("crm_team_id.active", "=", True),
                    ("crm_team_id.user_id", "=", self.env.uid),
                ],
                ["user_id"],
                order="id",
            )
        )
        return frozenset(members.user_id.ids)

    @api.model
    def _get_led_team_ids(self):
        """Ids of the active sales teams that the current user leads."""
        # sudo: which teams, for the decision alone
        teams = (
            self.env["crm.team"]
            .sudo()
            .search([("user_id", "=", self.env.uid), ("active", "=", True)])
        )
        return frozenset(teams.ids)

    @api.model
    def _get_teams_and_mates(self):
        """The current user's teams, led or joined, and their members, as numbers."""
        # sudo: who is in which team, for the decision alone
        teams = (
            self.env["crm.team"]
            .sudo()
            .search(
                [
                    ("active", "=", True),
                    "|",
                    ("user_id", "=", self.env.uid),
                    (
                        "crm_team_member_ids",
                        "any",
                        [("user_id", "=", self.env.uid), ("active", "=", True)],
                    ),
                ]
            )
        )
        members = teams.crm_team_member_ids.filtered("active")
        return frozenset(teams.ids), frozenset(members.user_id.ids)

    @api.model
    def _get_creator_ids(self, user_ids):
        """Those of some users who can have added a prospect: active employees."""
        # sudo: whether they work here, whoever asks
        users = self.env["res.users"].sudo().browse(user_ids)
        return {user.id for user in users if user.active and not user.share}
