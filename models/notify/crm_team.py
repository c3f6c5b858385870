from odoo import api, models
from odoo.exceptions import UserError


class CrmTeam(models.Model):
    """A team that a notification rule names is not deleted."""

    _name = "crm.team"
    _inherit = ["crm.team"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        """A rule for this team alone would be about all of them without it."""
        # sudo: whatever names it, whoever deletes it
        rules = self.env["prospect.notification.rule"].sudo()
        for rule in rules.with_context(active_test=False).search(
            [("team_ids", "in", self.ids)]
        ):
            if rule.team_ids <= self:
                raise UserError(
                    self.env._(
                        "The notification rule “%(rule)s” is about the team "
                        "%(team)s, and would apply to all teams without it. Delete "
                        "it or change it first, or archive the team.",
                        rule=rule.name,
                        team=rule.team_ids[0].name,
                    )
                )
