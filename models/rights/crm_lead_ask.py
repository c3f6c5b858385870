from odoo import api, fields, models

# How many colleagues are named, and how many members of groups are looked at.
NAMED = 3
LOOKED_AT = 30


class CrmLead(models.Model):
    """Whom to ask for what one may not do with a prospect oneself."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_convert_hint = fields.Char(
        compute="_compute_prospect_convert_hint",
        compute_sudo=False,
        export_string_translation=False,
        help="Whom to ask, where the current user has no right to convert it.",
    )

    @api.depends("prospect_convert_ok")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_prospect_convert_hint(self):
        for lead in self:
            lead.prospect_convert_hint = (
                False
                if lead.prospect_convert_ok or not lead._origin
                else lead._origin._prospect_describe_who_may("convert")
            )

    def _prospect_find_who_may(self, operation):
        """Colleagues who may do something with one prospect, the nearest ones first.

        :param str operation: one of ``prospect.right``
        :return: [(``res.users``, the ``prospect.right`` that gives it)]
        """
        self.ensure_one()
        found = []
        for user in self._prospect_find_nearest(operation):
            right = self._prospect_explain_right(operation, user)
            if right and self.with_user(user).has_access("write"):
                found.append((user, right))
                if len(found) == NAMED:
                    break
        return found

    def _prospect_find_nearest(self, operation):
        """Active employees who could have a right on one prospect, in the order in
        which one would ask them: the creator, the salesperson, those who lead their
        teams, and members of the groups that have the right.
        """
        # sudo: who works with whom, for the names of those to ask
        lead = self.sudo()
        creator, owner = lead.create_uid, lead.user_id
        teams = creator.crm_team_ids | lead.team_id | owner.crm_team_ids
        users = creator | owner | teams.user_id
        rules = self.env["prospect.right"]._get_rules(operation)
        group_ids = [rule.group_id for rule in rules if rule.role == "group"]
        if group_ids:
            company = lead.company_id or self.env.company
            # sudo: who belongs to a group
            users |= (
                self.env["res.users"]
                .sudo()
                .search(
                    [
                        ("all_group_ids", "in", group_ids),
                        ("share", "=", False),
                        ("company_ids", "in", company.ids),
                    ],
                    limit=LOOKED_AT,
                    order="id",
                )
            )
        users = users.filtered(
            lambda user: user.active and not user.share and user != self.env.user
        )
        return users.with_env(self.env)

    def _prospect_describe_who_may(self, operation):
        """Whom to ask, in one sentence.

        :param str operation: one of ``prospect.right``
        """
        people = [
            self._prospect_describe_asked(user, right)
            for user, right in self._prospect_find_who_may(operation)
        ]
        if not people:
            return self.env._("Nobody who works on it may. Ask an administrator.")
        if len(people) == 1:
            return self.env._("Ask %s.", people[0])
        return self.env._(
            "Ask %(people)s or %(last)s.",
            people="; ".join(people[:-1]),
            last=people[-1],
        )

    def _prospect_describe_asked(self, user, right):
        """A colleague, and what they have to do with one prospect, in words."""
        # sudo: a colleague's name, whether they have added it, which rule it is
        name, creator, right = user.sudo().name, self.sudo().create_uid, right.sudo()
        if right.role == "creator":
            return self.env._("%s, who created it", name)
        if right.role == "assigned":
            return self.env._("%s, its salesperson", name)
        if right.role == "supervisor" and creator.active and not creator.share:
            return self.env._(
                "%(user)s, who manages %(creator)s", user=name, creator=creator.name
            )
        if right.role == "supervisor":
            return self.env._("%s, who leads its sales team", name)
        return self.env._(
            "%(user)s (%(group)s)", user=name, group=right._get_role_label()
        )
