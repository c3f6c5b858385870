from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ...tools.remarks import choice_label, remark
from ...tools.rights import Facts

# How many prospects a refusal names.
NAMED = 3


class ProspectRight(models.Model):
    """What ``prospect.right`` says to people: refusals, and why somebody may or not."""

    _name = "prospect.right"
    _inherit = ["prospect.right"]

    def _get_role_label(self):
        """Who has the right, in words."""
        self.ensure_one()
        if self.role == "group":
            # sudo: the name of a group, for whoever is told
            group = self.group_id.sudo()
            return remark(
                self.env,
                "rights.group",
                group_id=group.id,
                name=group.with_context(lang="en_US").full_name or "",
            )
        return choice_label(self.env, self._name, "role", self.role)

    def _get_why(self):
        """Why somebody whom the rule allows something may do it, as a sentence."""
        self.ensure_one()
        if self.role == "group":
            return remark(self.env, "rights.why_group", group=self._get_role_label())
        return remark(self.env, f"rights.why_{self.role}")

    @api.model
    def _get_holders(self, operation):
        """Who has a right, in words, for those who are refused."""
        # sudo: the table says who to ask
        rights = self.sudo().browse(rule.id for rule in self._get_rules(operation))
        labels = dict.fromkeys(
            right._get_role_label() for right in rights._sort_for_people()
        )
        return list(labels) or remark(self.env, "rights.nobody")

    @api.model
    def _make_error(self, operation, names=()):
        """The refusal: the right that is missing, on what, and who has it.

        :param names: of the records that it is about, none: no record
        """
        values = {
            "right": choice_label(self.env, self._name, "operation", operation),
            "holders": self._get_holders(operation),
        }
        if not names:
            return AccessError(
                remark(
                    self.env,
                    "rights.refused_all",
                    **values,
                )
            )
        shown = ", ".join(names[:NAMED])
        if len(names) > NAMED:
            shown = remark(
                self.env, "rights.and_more", names=shown, count=len(names) - NAMED
            )
        return AccessError(
            remark(
                self.env,
                "rights.refused_some",
                names=shown,
                **values,
            )
        )

    @api.model
    def _explain(self, operation, user, lead):
        """Why somebody may, or may not, do something, rule by rule.

        :param user: a ``res.users``
        :param lead: the prospect, or none where the operation is about none
        :return: (whether they may, the deciding right or none, [sentences])
        """
        rights = self.with_user(user)
        rights = rights.with_context(allowed_company_ids=user.company_ids.ids)
        obstacle = rights._describe_obstacle(operation, lead)
        if obstacle:
            return False, self.browse(), [obstacle]
        # a question without a prospect is about the person's own doing
        facts = lead._prospect_get_facts()[0] if lead else Facts(user.id, user.id)
        deciding = rights._get_deciding(operation, facts)
        if deciding:
            deciding = self.browse(deciding.id)
            return True, deciding, [rights._describe_granted(deciding, facts, lead)]
        # sudo: the table decides, whoever asks
        others = self.sudo().browse(rule.id for rule in self._get_rules(operation))
        if not others:
            return (
                False,
                self.browse(),
                [self.env._("Nobody has this right at present.")],
            )
        return (
            False,
            self.browse(),
            [
                self.env._(
                    "Who has the right, and why it is not %(user)s:", user=user.name
                ),
                *(
                    f"- {rights._describe_refused(right, facts)}"
                    for right in others._sort_for_people()
                ),
            ],
        )

    def _sort_for_people(self):
        """Relations to the prospect first, then groups."""
        return self.sorted(lambda right: (right.role == "group", right.role))

    @api.model
    def _describe_obstacle(self, operation, lead):
        """What stops the current user before any right is asked about, in words."""
        user = self.env.user
        if not user.active:
            return self.env._("%(user)s is archived.", user=user.name)
        leads = self.env["crm.lead"]
        access = {"export": "read", "import": "create", "undo": "read"}.get(
            operation, "write"
        )
        if not leads.has_access(access):
            return self.env._(
                "Odoo gives %(user)s no access to prospects: add one of the groups of"
                " Sales to the user.",
                user=user.name,
            )
        if lead and not lead.with_env(self.env).has_access(access):
            return self.env._(
                "Odoo does not let %(user)s work on this prospect: it belongs to a"
                " colleague, or to a company that is not theirs.",
                user=user.name,
            )
        return ""

    @api.model
    def _describe_granted(self, right, facts, lead):
        """Why a right gives something to the current user, in words."""
        return getattr(self, f"_describe_{right.role}")(right, facts, lead)

    @api.model
    def _describe_creator(self, _right, _facts, lead):
        return self.env._(
            "%(user)s added it on %(date)s.",
            user=self.env.user.name,
            # sudo: when it was added, to whoever asks about it
            date=format_date(self.env, lead.sudo().create_date),
        )

    @api.model
    def _describe_assigned(self, _right, _facts, _lead):
        return self.env._("%(user)s is its salesperson.", user=self.env.user.name)

    @api.model
    def _describe_supervisor(self, _right, facts, _lead):
        user = self.env.user.name
        if not facts.creator_id:
            return self.env._(
                "No employee added it, and %(user)s leads its sales team.", user=user
            )
        return self.env._(
            "%(user)s manages %(creator)s, who added it.",
            user=user,
            creator=self._get_user_name(facts.creator_id),
        )

    @api.model
    def _describe_group(self, right, _facts, _lead):
        names = {"user": self.env.user.name, "group": right._get_role_label()}
        if right.scope == "own":
            return self.env._(
                "%(user)s belongs to the group “%(group)s”, which has the right on "
                "the prospects that they added or that are assigned to them.",
                **names,
            )
        if right.scope == "team":
            return self.env._(
                "%(user)s belongs to the group “%(group)s”, which has the right on "
                "the prospects of their team.",
                **names,
            )
        return self.env._(
            "%(user)s belongs to the group “%(group)s”, which has the right on all "
            "prospects that they see.",
            **names,
        )

    @api.model
    def _describe_refused(self, right, facts):
        """Why a right gives nothing to the current user, in words."""
        companies = [facts.company_id] if facts.company_id else self.env.companies.ids
        if right.company_id and right.company_id.id not in companies:
            return self.env._(
                "%(right)s: only in the company %(company)s.",
                right=right._get_role_label(),
                company=right.company_id.name,
            )
        return getattr(self, f"_describe_not_{right.role}")(right, facts)

    @api.model
    def _describe_not_creator(self, _right, facts):
        if not facts.creator_id:
            return self.env._("Creator: not an employee.")
        return self.env._(
            "Creator: %(creator)s.",
            creator=self._get_user_name(facts.creator_id),
        )

    @api.model
    def _describe_not_assigned(self, _right, facts):
        if not facts.user_id:
            return self.env._("Its salesperson: none.")
        return self.env._(
            "Its salesperson: %(salesperson)s.",
            salesperson=self._get_user_name(facts.user_id),
        )

    @api.model
    def _describe_not_supervisor(self, _right, facts):
        user = self.env.user.name
        if not facts.creator_id:
            return self.env._(
                "Creator's manager: no employee added it, and %(user)s does not "
                "lead its sales team.",
                user=user,
            )
        return self.env._(
            "Creator's manager: %(user)s does not manage %(creator)s, who added it.",
            user=user,
            creator=self._get_user_name(facts.creator_id),
        )

    @api.model
    def _describe_not_group(self, right, _facts):
        names = {"user": self.env.user.name, "group": right._get_role_label()}
        if right.group_id.id not in self.env.user._get_group_ids():
            return self.env._(
                "Group “%(group)s”: %(user)s does not belong to it.", **names
            )
        return self.env._(
            "Group “%(group)s”: only on what %(user)s, or their team, added or is"
            " assigned to.",
            **names,
        )

    @api.model
    def _get_user_name(self, user_id):
        # sudo: the name of a colleague
        return self.env["res.users"].sudo().browse(user_id).name
