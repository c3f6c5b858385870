from odoo import api, models

from ...tools.conversion import SIMPLE_MAKES


class CrmLead(models.Model):
    """Whether one works with leads, or what arrives is converted at once [BX-23]."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_get_simple_targets(self):
        """What captures make at once; nothing where one works with leads.

        :return: names of ``contact`` and ``opportunity``
        """
        # sudo: read by whoever captures
        parameters = self.env["ir.config_parameter"].sudo()
        targets = SIMPLE_MAKES.get(parameters.get_param("prospect.simple_make"), ())
        return () if targets and self._prospect_uses_leads() else targets

    @api.model
    def _prospect_get_team_use(self):
        """The field of teams that says which ones work with what comes in."""
        if self._prospect_get_simple_targets():
            return "use_opportunities"
        return "use_leads"
