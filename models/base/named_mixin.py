from odoo import api, models

from ...tools.texts import clean_text


class ProspectNamedMixin(models.AbstractModel):
    """Records that files and people name: their names hold no mark that nobody sees."""

    _name = "prospect.named.mixin"
    _description = "Clean Names"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_names(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_names(vals))

    @api.model
    def _clean_names(self, vals):
        """Values with a clean name; the same where there is nothing to clean."""
        cleaned = {
            fname: clean_text(vals[fname])
            for fname in ("name", "prospect_label")
            if fname in self._fields and isinstance(vals.get(fname), str)
        }
        return {**vals, **cleaned} if cleaned else vals
