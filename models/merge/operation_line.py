from markupsafe import Markup

from odoo import models

# Fields that one row of the dialog stands for.
PARTS = frozenset({"first_name", "last_name"})


class ProspectOperationLine(models.Model):
    """What a line of a merge keeps and what goes, in words."""

    _name = "prospect.operation.line"
    _inherit = ["prospect.operation.line"]

    def _get_who_merge(self):
        name = self._get_who_by_lead()
        if name:
            return name
        # sudo: the names alone, of prospects that the owner has chosen
        leads = self.env["crm.lead"].sudo().browse((self.values or {}).get("lead_ids"))
        return ", ".join(leads.exists().mapped("name"))

    def _describe_more_merge(self):
        lost = (self.values or {}).get("lost")
        if not lost:
            return []
        names = Markup(", ").join(entry["name"] or f"#{entry['id']}" for entry in lost)
        return [(self.env._("Merged into it"), names)]

    def _get_told_elsewhere_merge(self):
        return PARTS
