from base64 import b64encode

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestEnrich(ProspectCase):
    """What the host's job buys: nothing for imported prospects."""

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
        cron = self.env.ref("crm_iap_enrich.ir_cron_lead_enrichment")
        with self.enter_registry_test_mode():
            leads.with_context(cron_id=cron.id).iap_enrich()
        self.assertEqual(asked, [{typed.id}])
        self.assertFalse(imported.iap_enrich_done)
        with self.enter_registry_test_mode():
            imported.iap_enrich()
        self.assertEqual(asked[-1], {imported.id}, "the button still does")
