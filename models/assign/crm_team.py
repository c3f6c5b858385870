from odoo import fields, models
from odoo.fields import Domain

from ...tools.trusted import trusted


class CrmTeam(models.Model):
    """A sales team, whose mailbox brings in prospects, and who gets them.

    Odoo's own assignment hands out by quota, makes an opportunity of each lead and
    deletes what it takes for duplicates, by night: it leaves prospects alone, unless
    the team asks for it.
    """

    _name = "crm.team"
    _inherit = ["crm.team", "prospect.task.plan.mixin"]

    # Odoo's default is no leads, so that mails to a new team would become opportunities
    # and never show on the Prospects page.
    use_leads = fields.Boolean(
        default=lambda self: self.env.user.has_group("crm.group_use_lead")
    )
    prospect_rotation_ids = fields.One2many(
        comodel_name="prospect.rotation",
        inverse_name="team_id",
        string="Rotation",
        context={"active_test": False},
    )
    prospect_host_assignment = fields.Boolean(
        string="Odoo's own assignment too",
        help="Odoo's assignment hands out leads by quota, turns each into an"
        " opportunity, and merges and deletes those that it takes for duplicates."
        " Ticked: it does so with the prospects of this team too.",
    )

    def _prospect_get_asking(self):
        """Teams whose prospects Odoo's own assignment hands out."""
        return self.filtered("prospect_host_assignment")

    def _get_lead_to_assign_domain(self):
        domain = Domain(super()._get_lead_to_assign_domain())
        asking = self._prospect_get_asking()
        domain &= Domain("status_id", "=", False) | Domain("team_id", "in", asking.ids)
        return list(domain)

    def _allocate_leads(self, creation_delta_days=7):
        """Prospects are not seen by Odoo, but for the teams that ask for it."""
        asking = self._prospect_get_asking()
        result = {}
        if asking != self or not self:
            hiding = self.with_context(**trusted(prospect_hidden=True))
            result = super(CrmTeam, hiding)._allocate_leads(
                creation_delta_days=creation_delta_days
            )
        if asking:
            asking = asking.with_context(**trusted(prospect_cause="assignment"))
            more = super(CrmTeam, asking)._allocate_leads(
                creation_delta_days=creation_delta_days
            )
            for team, data in more.items():
                kept = result.setdefault(team, data)
                for key in ("assigned", "merged", "duplicates"):
                    kept[key].update(data[key])
        return result

    def _assign_and_convert_leads(self, force_quota=False):
        teams = self.with_context(**trusted(prospect_cause="assignment"))
        return super(CrmTeam, teams)._assign_and_convert_leads(force_quota=force_quota)
