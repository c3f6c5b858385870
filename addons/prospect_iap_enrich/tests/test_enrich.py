from base64 import b64encode

from odoo.tests import tagged

from odoo.addons.prospect.demo import stop_enrichment
from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestEnrich(ProspectCase):
    """What Odoo's job buys: nothing for imported prospects."""

    def _enrich(self, leads, **context):
        """What Odoo does, in a transaction that it may commit."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            leads.with_env(self.env(cr=cr)).with_context(**context).iap_enrich()
        self.env.invalidate_all()

    def test_demo(self):
        """Addresses of the demo are sent to nobody."""
        job = self.env.ref("crm_iap_enrich.ir_cron_lead_enrichment")
        job.active = True
        stop_enrichment(self.env)
        self.assertFalse(job.active)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.lead_enrich_auto, "manual")

    def test_imports_are_not_enriched(self):
        asked = []
        self.patch(
            self.registry["iap.enrich.api"],
            "_request_enrich",
            lambda _api, emails: asked.append(set(emails)) or {},
        )
        wizard = self.env["prospect.import"].create(
            {
                "file": b64encode(b"Email\nimported@shop.example\n"),
                "filename": "a.csv",
            }
        )
        operation = wizard._make_operation()
        operation.action_run()
        imported = operation.line_ids.lead_id
        typed = self._prospect(email_from="typed@firm.example")
        leads = imported + typed
        self._enrich(leads, cron_id=1)
        self.assertEqual(asked, [{typed.id}])
        self.assertFalse(imported.iap_enrich_done)
        self._enrich(imported)
        self.assertEqual(asked[-1], {imported.id}, "the button still does")
