from odoo import fields, models


class CrmTeam(models.Model):
    """A sales team, whose mailbox brings in prospects."""

    _name = "crm.team"
    _inherit = ["crm.team", "prospect.task.plan.mixin"]

    # The host's default is no leads, so that mails to a new team would become deals
    # and never show on the Prospects page.
    use_leads = fields.Boolean(
        default=lambda self: self.env.user.has_group("crm.group_use_lead")
    )
