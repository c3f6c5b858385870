from odoo import api, models


class ProspectProperty(models.Model):
    """Custom fields of prospects, which questions of forms offer the choices of."""

    _inherit = "prospect.property"

    @api.model
    def _write_items(self, items):
        result = super()._write_items(items)
        # the definitions of forms are kept
        self.env.registry.clear_cache()
        return result
