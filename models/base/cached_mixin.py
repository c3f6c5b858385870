from odoo import api, models


class ProspectCachedMixin(models.AbstractModel):
    """Configuration that other code remembers by ``ormcache``.

    What is remembered is forgotten, in all workers, after each change: before it,
    somebody could remember the old answer again.
    """

    _name = "prospect.cached.mixin"
    _description = "Remembered Configuration"

    # the cache of the registry, and the fields that it depends on; empty: all
    _prospect_cache = "default"
    _prospect_cached_fnames = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache(self._prospect_cache)
        return records

    def write(self, vals):
        result = super().write(vals)
        fnames = self._prospect_cached_fnames
        if not fnames or not fnames.isdisjoint(vals):
            self.env.registry.clear_cache(self._prospect_cache)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache(self._prospect_cache)
        return result
