from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.remarks import remark
from ...tools.rights import Facts

# What a write may convert by, or take a conversion back.
CONVERTING_FIELDS = frozenset(
    {"active", "probability", "stage_id", "status_id", "type"}
)
# What the rules look at, of a new prospect.
FACT_FIELDS = frozenset({"company_id", "team_id", "user_id"})
# Where the context says which prospects were checked for a conversion already.
CHECKED = "prospect_conversion_checked"


class Checked(frozenset):
    """Ids of prospects whose conversion was allowed, at the start of a longer work.

    Believed by its class, which nothing that comes by a request can have.
    """


class CrmLead(models.Model):
    """Who may do what with a prospect, as ``prospect.right`` says.

    The superuser may do everything, so that whoever acts for a person does it
    ``with_user``, never in ``sudo()``.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_convert_ok = fields.Boolean(
        compute="_compute_prospect_convert_ok",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user has the right to convert it.",
    )
    prospect_act_ok = fields.Boolean(
        compute="_compute_prospect_act_ok",
        search="_search_prospect_act_ok",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user sees it because they, or somebody whom they"
        " supervise, added it.",
    )

    @api.depends("create_uid", "user_id", "team_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_prospect_convert_ok(self):
        allowed = self._prospect_filter_right("convert")
        allowed.prospect_convert_ok = True
        (self - allowed).prospect_convert_ok = False

    @api.depends("create_uid", "team_id")
    @api.depends_context("uid")
    def _compute_prospect_act_ok(self):
        # sudo: the field is what a rule of access looks at
        found = self.sudo().filtered_domain(self._prospect_get_act_domain())
        for lead in self:
            lead.prospect_act_ok = lead.id in found._ids

    @api.model
    def _search_prospect_act_ok(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._prospect_get_act_domain()

    @api.model
    def _prospect_get_act_domain(self):
        """Prospects that the current user sees because of who added them.

        Who may act also sees: while some operation is given to creators, what the
        person has added, whoever works on it now; to supervisors, what those have
        whom the person supervises, and what nobody has added in the teams that the
        person leads. Numbers, asked at each search: the planner knows what they are
        worth, and who leaves a team sees no more.
        """
        rights = self.env["prospect.right"]
        roles = rights._get_seeing_roles()
        user_ids = {self.env.uid} if "creator" in roles else set()
        domain = Domain.FALSE
        if "supervisor" in roles:
            user_ids |= rights._get_supervised_user_ids()
            team_ids = rights._get_led_team_ids()
            if team_ids:
                domain = Domain("team_id", "in", list(team_ids)) & Domain.OR(
                    [
                        Domain("create_uid", "=", False),
                        Domain("create_uid.active", "=", False),
                        Domain("create_uid.share", "=", True),
                    ]
                )
        return domain | Domain("create_uid", "in", sorted(user_ids))

    def _prospect_check_right(self, operation):
        """Refuse who may not do something with all of ``self``.

        :param str operation: one of ``prospect.right``
        :raises AccessError: naming the right, some of the prospects and who has it
        """
        refused = self - self._prospect_filter_right(operation)
        if refused:
            raise self.env["prospect.right"]._make_error(
                operation, refused._prospect_get_names()
            )

    def _prospect_filter_right(self, operation):
        """Those of ``self`` with which the current user may do something.

        As many queries for one prospect as for thousands; none where the person has
        the right on all of them.
        """
        if self.env.su or not self:
            return self
        granted = self.env["prospect.right"]._get_granted(
            operation, self._prospect_get_facts
        )
        if granted is True:
            return self
        return self.browse(
            lead.id
            for lead, is_granted in zip(self, granted, strict=True)
            if is_granted
        )

    def _prospect_explain_right(self, operation, user):
        """Why somebody may, or may not, do something with one prospect.

        :param user: a ``res.users``
        :return: the right (``prospect.right``) that gives it; empty: they may not
        """
        self.ensure_one()
        rights = self.env["prospect.right"].with_user(user)
        rights = rights.with_context(allowed_company_ids=user.company_ids.ids)
        return rights._get_deciding(operation, self._prospect_get_facts()[0])

    @api.model
    def _prospect_describe_right(self, operation):
        """Why the person may not do something to a prospect, in words."""
        return remark(
            self.env,
            "rights.refused",
            holders=self.env["prospect.right"]._get_holders(operation),
        )

    def _prospect_refuse_deletion(self, refusal):
        """What a check of access to delete ``self`` answers, with the table's answer.

        :param refusal: what Odoo has answered: None, or (refused, function that
            makes the error)
        """
        rights = self.env["prospect.right"]
        if not self:
            if refusal or rights._may("delete"):
                return refusal
            return self, lambda: rights._make_error("delete")
        refused = self - self._prospect_filter_right("delete")
        if refusal:
            return refused | refusal[0], refusal[1]
        if not refused:
            return None
        return refused, lambda: rights._make_error(
            "delete", refused._prospect_get_names()
        )

    def _prospect_get_facts(self):
        """What the rules look at, of each of ``self``."""
        # sudo: the decision looks at facts, also of what the person may not see
        leads = self.sudo()
        creators = self.env["prospect.right"]._get_creator_ids(leads.create_uid.ids)
        return [
            Facts(
                lead.create_uid.id if lead.create_uid.id in creators else 0,
                lead.user_id.id or 0,
                lead.team_id.id or 0,
                lead.company_id.id or 0,
            )
            for lead in leads
        ]

    def _prospect_get_names(self):
        """Titles of ``self``, for a message; a number of what may not be seen."""
        readable = self._filtered_access("read")
        names = [lead.display_name for lead in readable]
        return names + [
            remark(self.env, "rights.prospect_number", number=lead.id)
            for lead in self - readable
        ]

    # --- Conversion -----------------------------------------------------------------

    def _prospect_check_conversion(self, vals):
        """Refuse a write by which prospects are converted, or are so no more.

        Asked before anything is written, because some of Odoo's pages swallow
        errors and keep what was done before them. Only about prospects that really
        change.

        :param dict vals: as for ``write``
        :raises AccessError: naming the right, some of the prospects and who has it
        """
        if self.env.su or CONVERTING_FIELDS.isdisjoint(vals):
            return
        # sudo: what they are at present; the write itself checks who may write them
        leads = self.sudo()._prospect_find_conversions(vals).sudo(False)
        leads._prospect_unchecked()._prospect_check_right("convert")

    def _prospect_unchecked(self):
        """Those of ``self`` whose conversion was not allowed already in this work."""
        checked = self.env.context.get(CHECKED)
        if not isinstance(checked, Checked):
            return self
        return self.browse(number for number in self.ids if number not in checked)

    def _prospect_with_checked(self, leads):
        """``self`` in a work in which the conversion of ``leads`` has been allowed."""
        known = self.env.context.get(CHECKED)
        ids = leads.ids
        if isinstance(known, Checked):
            ids = known.union(ids)
        return self.with_context(**{CHECKED: Checked(ids)})

    def _prospect_find_conversions(self, vals):
        """Those of ``self`` that a write converts, or that are converted no more."""
        # sudo: kinds and stages are read whoever may read them
        status = self.env["prospect.status"].sudo().browse(vals.get("status_id") or [])
        stage = self.env["crm.stage"].sudo().browse(vals.get("stage_id") or [])
        found = self.filtered(
            lambda lead: (
                lead._prospect_changes_type(vals)
                or lead._prospect_changes_kind(vals, status.kind)
                or lead._prospect_changes_end(vals, stage.is_won)
            )
        )
        if "status_id" not in vals:
            found |= (self - found)._prospect_find_restored(vals)
        return found

    def _prospect_changes_type(self, vals):
        """Whether a lead becomes an opportunity, or a converted one goes back."""
        if self.type == vals.get("type", self.type):
            return False
        return self.type == "lead" or self.status_kind == "converted"

    def _prospect_changes_kind(self, vals, kind):
        """Whether the status goes to, or leaves, the kind converted.

        An opportunity without a status is no prospect, and gets one by a merge.

        :param kind: of the status that is given
        """
        if "status_id" not in vals:
            return False
        if not self.status_kind and vals.get("type", self.type) != "lead":
            return False
        return (kind == "converted") != (self.status_kind == "converted")

    def _prospect_changes_end(self, vals, wins):
        """Whether a lead is won, or one that is converted is lost.

        :param bool wins: whether a won stage is given
        """
        if vals.get("type", self.type) != "lead":
            return False
        if self.status_kind == "converted":
            return self.won_status != "lost" and self._prospect_is_lost_by(vals)
        stage = self.stage_id if "stage_id" not in vals else None
        wins = wins or bool(stage and stage.is_won and vals.get("probability") == 100)
        return wins and self.won_status != "won"

    def _prospect_is_lost_by(self, vals):
        """Whether it is lost, as Odoo understands it, after a write."""
        return not vals.get("active", self.active) and not vals.get(
            "probability", self.probability
        )

    def _prospect_find_restored(self, vals):
        """Junk that a write restores to what it was before: converted."""
        junk = self.filtered(
            lambda lead: (
                lead.status_kind == "junk"
                and vals.get("active", lead.active)
                and not lead._prospect_is_lost_by(vals)
            )
        )
        if not junk:
            return junk
        before = junk._prospect_get_status_before_junk()
        return junk.filtered(
            lambda lead: before.get(lead.id, lead.status_id).kind == "converted"
        )

    @api.model
    def _prospect_check_create(self, vals_list, default_type):
        """Refuse converted prospects from who may not convert what they add.

        :param list vals_list: complete values, as for ``create``
        :param str default_type: the type of leads that name none
        :raises AccessError: naming the right, some of the prospects and who has it
        """
        if self.env.su:
            return
        converted = [
            vals
            for vals in vals_list
            if self._prospect_is_born_converted(vals, default_type)
        ]
        if not converted:
            return
        # whose they are is asked of what they will be, defaults among it
        converted = self._prospect_resolve(converted, FACT_FIELDS)
        rights = self.env["prospect.right"]
        creator_id = next(iter(rights._get_creator_ids(self.env.uid)), 0)
        granted = rights._get_granted(
            "convert",
            lambda: [
                Facts(
                    creator_id,
                    vals.get("user_id", self.env.uid) or 0,
                    vals.get("team_id") or 0,
                    vals.get("company_id") or 0,
                )
                for vals in converted
            ],
        )
        if granted is True or all(granted):
            return
        raise rights._make_error(
            "convert",
            [
                vals.get("name") or ""
                for vals, is_granted in zip(converted, granted, strict=True)
                if not is_granted
            ],
        )

    def _prospect_is_born_converted(self, vals, default_type):
        """Whether values of a new lead make it a converted prospect."""
        # sudo: kinds and stages are read whoever may read them
        env = self.sudo().env
        if vals.get("status_id"):
            status = env["prospect.status"].browse(vals["status_id"])
            if status.kind == "converted":
                return True
        if vals.get("type", default_type) != "lead":
            return False
        return env["crm.stage"].browse(vals.get("stage_id") or []).is_won

    def _check_access(self, operation):
        """Who may delete is what the table of rights says, whatever the way."""
        result = super()._check_access(operation)
        if operation != "unlink":
            return result
        return self._prospect_refuse_deletion(result)

    def export_data(self, fields_to_export):
        self.env["prospect.right"]._check("export")
        self._prospect_check_right("export")
        return super().export_data(fields_to_export)
