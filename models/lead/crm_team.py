from odoo import models


class CrmTeam(models.Model):
    """The team of what is written by programs that name no companies."""

    _name = "crm.team"
    _inherit = ["crm.team"]

    def _get_default_team_id(self, user_id=False, domain=False):
        teams = self
        if "allowed_company_ids" not in self.env.context:
            # Odoo takes all companies of the user then, and the first team of any
            teams = self.with_context(allowed_company_ids=self.env.company.ids)
        team = super(CrmTeam, teams)._get_default_team_id(
            user_id=user_id, domain=domain
        )
        return team.with_env(self.env)
