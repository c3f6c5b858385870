from odoo import models


class CrmLead(models.Model):
    """A report is asked for from the pages of prospects."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    def action_prospect_report(self):
        """Ask for a report of ``self``."""
        return self.env["prospect.report.ask"]._open({"ids": self.ids})
