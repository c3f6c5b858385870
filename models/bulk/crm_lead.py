from odoo import api, models

# The views of the Prospects pages, by type.
PAGES = {
    "list": "prospect.crm_lead_view_list",
    "kanban": "prospect.crm_lead_view_kanban",
    "form": "prospect.crm_lead_view_form",
}


# What the menu Actions offers there alone.
ACTIONS = ("prospect.prospect_bulk_action", "prospect.prospect_report_ask_action")


class CrmLead(models.Model):
    """Where bulk operations on prospects, and reports of them, are offered.

    Only for ``crm.lead``.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def get_views(self, views, options=None):
        """The menu *Actions* offers them on the Prospects pages alone."""
        result = super().get_views(views, options)
        refs = [self.env.ref(name, raise_if_not_found=False) for name in ACTIONS]
        actions = {action.id for action in refs if action}
        for view_id, view_type in views:
            toolbar = result["views"].get(view_type, {}).get("toolbar") or {}
            if "action" not in toolbar or view_type not in PAGES:
                continue
            page = self.env.ref(PAGES[view_type], raise_if_not_found=False)
            if not page or view_id != page.id:
                toolbar["action"] = [
                    item for item in toolbar["action"] if item["id"] not in actions
                ]
        return result
