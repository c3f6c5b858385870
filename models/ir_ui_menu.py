from odoo import models


class IrUiMenu(models.Model):
    """Menus that follow the rights on prospects."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Who may not import is not offered to.

        What the host keeps of the menus is forgotten when a right changes.
        """
        hidden = super()._load_menus_blacklist()
        menu = self.env.ref("prospect.prospect_import_menu", raise_if_not_found=False)
        if menu and not self.env["prospect.right"]._may("import"):
            hidden = [*hidden, menu.id]
        return hidden
