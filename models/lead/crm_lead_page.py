from odoo import api, models

# The views of the Prospects pages, by type.
PAGES = {
    "list": "prospect.crm_lead_view_list",
    "kanban": "prospect.crm_lead_view_kanban",
    "form": "prospect.crm_lead_view_form",
}


class CrmLead(models.Model):
    """What the pages of prospects and those of Odoo offer: actions and counts."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    @api.readonly
    def get_views(self, views, options=None):
        """The menu *Actions* without what a wing keeps off a page."""
        result = super().get_views(views, options)
        for view_id, view_type in views:
            toolbar = result["views"].get(view_type, {}).get("toolbar") or {}
            if toolbar.get("action"):
                # which one it is, where the default one or the context said
                view_id = view_id or result["views"][view_type].get("id")
                hidden = self._prospect_get_hidden_actions(view_id, view_type)
                toolbar["action"] = [
                    item for item in toolbar["action"] if item["id"] not in hidden
                ]
        return result

    @api.model
    def _prospect_get_hidden_actions(self, view_id, view_type):
        """Ids of the actions that a page does not offer; wings add theirs.

        :param view_id: number of the view, False for Odoo's default one
        :param str view_type: ``list``, ``kanban``, ``form`` ...
        """
        # a prospect is marked as junk; calls of Odoo's own Lost do the same
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        is_page = self._prospect_is_page(view_id)
        return {get_id("crm.crm_lead_lost_action")} if is_page else set()

    @api.model
    def _prospect_is_page(self, view_id):
        """Whether a view is of prospects alone: ours, a bridge's, or made from one.

        :param view_id: number of the view, or nothing
        """
        # sudo: where a view comes from, whoever looks at it
        view = self.env["ir.ui.view"].sudo().browse(view_id or ()).exists()
        chain = view
        while view := view.inherit_id:
            chain += view
        return any(
            name.partition(".")[0].partition("_")[0] == "prospect"
            for names in chain._get_external_ids().values()
            for name in names
        )

    @api.model
    def _prospect_is_other_page(self, view_id, view_type):
        """Whether a view is not that of the Prospects page, which has one of its type.

        For the actions that are about prospects, and of no use on Odoo's pages.
        """
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        return view_type in PAGES and view_id != get_id(PAGES[view_type])

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """The left panel counts live up to a size, and shows no counts above it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and self._prospect_is_large():
            for node in arch.xpath("//searchpanel/field[@enable_counters]"):
                del node.attrib["enable_counters"]
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type == "search":
            key += (self._prospect_is_large(),)
        return key
