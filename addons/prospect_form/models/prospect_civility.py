from odoo import api, models


class ProspectCivility(models.Model):
    """Civilities, which questions of forms offer: the definitions of forms are kept."""

    _inherit = "prospect.civility"

    @api.model_create_multi
    def create(self, vals_list):
        civilities = super().create(vals_list)
        self.env.registry.clear_cache()
        return civilities

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
