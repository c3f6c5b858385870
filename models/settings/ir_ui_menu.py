from odoo import models


class IrUiMenu(models.Model):
    """Menus that follow the rights on prospects and the way of working."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Who may not import is not offered to; without leads there are no pages of
        prospects, and the rest is for administrators [BX-23].

        What Odoo keeps of the menus is forgotten when a right or a setting changes.
        """
        hidden = super()._load_menus_blacklist()
        menu = self.env.ref("prospect.prospect_import_menu", raise_if_not_found=False)
        if menu and not self.env["prospect.right"]._may("import"):
            hidden = [*hidden, menu.id]
        if self.env["crm.lead"]._prospect_get_simple_targets():
            hidden = [*hidden, *self._get_prospect_menus()]
        return hidden

    def _get_prospect_menus(self):
        """Ids of the menus that are of no use without leads."""
        names = ["prospect_menu_root"]
        if self.env.user.has_group("sales_team.group_sale_manager"):
            names = [
                *(
                    "crm_lead_menu_prospect",
                    "prospect_list_menu",
                    "crm_lead_menu_flagged",
                ),
                *("prospect_undeliverable_address_menu", "prospect_status_change_menu"),
                *("prospect_membership_menu", "crm_lead_menu_archived"),
            ]
        menus = (
            self.env.ref(f"prospect.{name}", raise_if_not_found=False) for name in names
        )
        return [menu.id for menu in menus if menu]
