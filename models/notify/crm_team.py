from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTeam(models.Model):
    """A team hears of prospects that nobody has yet; one that a notification rule names
    is not deleted.
    """

    _name = "crm.team"
    _inherit = ["crm.team"]

    prospect_popup = fields.Boolean(
        string="Pop-up for unassigned prospects",
        default=True,
        help="When a prospect arrives for the team and nobody has it, a pop-up lets its"
        " members take it. Not for imports.",
    )

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
