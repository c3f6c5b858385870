from odoo import api, fields, models

from ..tools.rights import Facts


class ProspectLeadRightMixin(models.AbstractModel):
    """Who may do what with a prospect, as ``prospect.right`` says.

    Only for ``crm.lead``. The superuser may do everything, so that whoever acts for a
    person does it ``with_user``, never in ``sudo()``.
    """

    _name = "prospect.lead.right.mixin"
    _description = "Rights on a prospect"

    prospect_convert_ok = fields.Boolean(
        compute="_compute_prospect_convert_ok",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user has the right to convert it.",
    )

    @api.depends("create_uid", "user_id", "team_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_prospect_convert_ok(self):
        allowed = self._prospect_filter_right("convert")
        allowed.prospect_convert_ok = True
        (self - allowed).prospect_convert_ok = False

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
            lead.id for lead, is_granted in zip(self, granted, strict=True) if is_granted
        )

    def _prospect_explain_right(self, operation, user):
        """Why somebody may, or may not, do something with one prospect.

        :param user: a ``res.users``
        :return: the right (``prospect.right``) that gives it; empty: they may not
        """
        self.ensure_one()
        rights = self.env["prospect.right"].with_user(user)
        return rights._get_deciding(operation, self._prospect_get_facts()[0])

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
        """Titles of ``self`` for a message; of what the person may not see, a number."""
        readable = self._filtered_access("read")
        names = [lead.display_name for lead in readable]
        return names + [
            self.env._("prospect number %(number)s", number=lead.id)
            for lead in self - readable
        ]
