from markupsafe import Markup

from odoo import models

# Fields that one row of the dialog stands for.
PARTS = {"first_name", "last_name"}


class ProspectOperationLine(models.Model):
    """What a line of a merge keeps and what goes, in words."""

    _name = "prospect.operation.line"
    _inherit = ["prospect.operation.line"]

    def _get_who(self):
        if self.operation_id.kind != "merge":
            return super()._get_who()
        # sudo: the names alone, of prospects that the owner has chosen
        name = self.lead_id.sudo().name
        if name:
            return name
        leads = self.env["crm.lead"].sudo().browse((self.values or {}).get("lead_ids"))
        return ", ".join(leads.exists().mapped("name"))

    def _tell_more(self):
        rows = super()._tell_more()
        lost = (self.values or {}).get("lost")
        if self.operation_id.kind == "merge" and lost:
            names = Markup(", ").join(
                entry["name"] or f"#{entry['id']}" for entry in lost
            )
            rows.append((self.env._("Merged into it"), names))
        return rows

    def _get_told_elsewhere(self):
        if self.operation_id.kind == "merge":
            return PARTS
        return super()._get_told_elsewhere()
