from odoo import api, models
from odoo.fields import Domain


class ProspectMultilingualMixin(models.AbstractModel):
    """Small tables of translated names, found exactly in any language.

    A French file says Mme and Écarté whoever imports it. Case and a closing dot do
    not matter. For tables of a few rows only: they are read whole.
    """

    _name = "prospect.multilingual.mixin"
    _description = "Found by its name in any language"

    @api.model
    def _search_display_name(self, operator, value):
        if operator not in ("=", "in"):
            return super()._search_display_name(operator, value)
        wanted = {
            self._normalize_name(text)
            for text in ([value] if isinstance(value, str) else value)
            if isinstance(text, str)
        }
        found = set()
        for code, _name in self.env["res.lang"].get_installed():
            found.update(
                record.id
                for record in self.with_context(lang=code).search([])
                for fname in self._rec_names_search or [self._rec_name]
                if self._normalize_name(record[fname]) in wanted
            )
        return Domain("id", "in", found)

    @api.model
    def _normalize_name(self, text):
        return (text or "").strip().rstrip(".").casefold()
