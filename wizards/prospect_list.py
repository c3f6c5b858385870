from odoo import models
from odoo.fields import Domain


class ProspectList(models.Model):
    """A report of the members is asked for from the page of the list."""

    _name = "prospect.list"
    _inherit = ["prospect.list"]

    def action_report(self):
        """Ask for a report of the members of the list [IE-30]."""
        self.ensure_one()
        leads = self.env["crm.lead"]
        domain = leads._prospect_listed_domain() & Domain("list_ids", "in", self.ids)
        return self.env["prospect.report.ask"]._open(
            {"domain": list(domain)}, name=self.name
        )
