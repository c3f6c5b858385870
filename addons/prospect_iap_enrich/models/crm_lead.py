from odoo import models


class CrmLead(models.Model):
    """A lead that Odoo offers to enrich for credits."""

    _inherit = "crm.lead"

    def iap_enrich(self, *, batch_size=50):
        """Leave imported prospects out of what Odoo enriches by itself.

        Ten thousand rows would cost ten thousand credits, and change each prospect
        right after the import. The button still enriches them, one by one.
        """
        leads = self
        if self.env.context.get("cron_id"):
            leads -= self._filter_imported()
        return super(CrmLead, leads).iap_enrich(batch_size=batch_size)

    def _filter_imported(self):
        """Those that an import has made."""
        # sudo: how they came in, which a job asks
        changes = self.env["prospect.status.change"].sudo()
        return changes.search(
            [
                ("lead_id", "in", self.ids),
                ("cause", "=", "import"),
                ("from_id", "=", False),
            ]
        ).lead_id.with_env(self.env)
