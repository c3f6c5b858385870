from odoo import api, models


class UtmMixin(models.AbstractModel):
    """Names of sources stay unique, archived ones among them."""

    _inherit = "utm.mixin"

    @api.model
    def _get_unique_names(self, model_name, names):
        # A source can be archived here, while its name stays unique in the table:
        # without looking at archived ones, a mailing with a known subject crashes.
        return super(UtmMixin, self.with_context(active_test=False))._get_unique_names(
            model_name, names
        )
