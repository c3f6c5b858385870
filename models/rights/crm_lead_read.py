from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Which prospects somebody may read, for the rules of what hangs on prospects."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_read_ok = fields.Boolean(
        compute="_compute_prospect_read_ok",
        search="_search_prospect_read_ok",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user may read it. For rules of rows that hang on a"
        " prospect, which are looked at as the superuser; never in a rule of prospects"
        " themselves.",
    )

    @api.depends("company_id", "create_uid", "team_id", "user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_prospect_read_ok(self):
        readable = self._prospect_get_readable()
        domain = Domain("id", "in", self._origin.ids)
        found = set(readable._search(domain)) if self._origin.ids else set()
        for lead in self:
            # what is not saved yet is of whoever makes it
            lead.prospect_read_ok = not lead._origin or lead._origin.id in found

    @api.model
    def _search_prospect_read_ok(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("id", "in", self._prospect_get_readable()._search(Domain.TRUE))

    @api.model
    def _prospect_get_readable(self):
        """``crm.lead`` as the current user, also in ``sudo()``; archived ones too."""
        leads = self.env["crm.lead"].with_user(self.env.uid)
        return leads.with_context(active_test=False, prospect_hidden=False)
