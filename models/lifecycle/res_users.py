from odoo import models
from odoo.tools import str2bool

# Where it is true, salespeople see their own rates alone.
OWN_RATES = "prospect.own_rates"


class ResUsers(models.Model):
    """Whose rates a person sees."""

    _name = "res.users"
    _inherit = ["res.users"]

    def _prospect_sees_rates(self):
        """Whether the person sees how colleagues work, and not only their own figures.

        Also asked by the rule of ``prospect.lifecycle.salesperson``.
        """
        self.ensure_one()
        if self.has_group("sales_team.group_sale_manager"):
            return True
        # sudo: a setting, which salespeople may not read
        parameters = self.env["ir.config_parameter"].sudo()
        return not str2bool(parameters.get_param(OWN_RATES) or "False", False)
