from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from .common import ProspectCase


@tagged("post_install", "-at_install")
class TestWeb(HttpCase, ProspectCase):
    """The journeys of people, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.salesman.lang = "fr_FR"
        cls.salesman.tour_enabled = False
        cls.reason.with_context(lang="fr_FR").name = "Adresse fausse"
        cls.fair = cls.env["prospect.list"].create({"name": "Salon de printemps"})

    def test_salesperson(self):
        self.start_tour(
            "/odoo/prospects", "prospect_salesperson", login="prospect_salesman"
        )
        lead = self.env["crm.lead"].search([("contact_name", "=", "Anne Le Goff")])
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.status_id, self.to_clarify)
        self.assertEqual(lead.source_id, self.env.ref("prospect.utm_source_dashboard"))
        self.assertEqual(lead.list_ids, self.fair)
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(
            [(to, cause) for _from, to, cause in self._status_log(lead)],
            [
                ("New", "manual"),
                ("In progress", "manual"),
                ("To clarify", "manual"),
                ("Junk", "lost"),
                ("To clarify", "restore"),
            ],
        )
        self.assertReplay(lead)

    def test_import(self):
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_import",
            login="prospect_salesman",
        )
        leads = self.env["crm.lead"].search(
            [("email_from", "in", ["zoe.martin@example.com", "luc.petit@example.com"])]
        )
        self.assertEqual(set(leads.mapped("contact_name")), {"Zoé Martin", "Luc Petit"})
        self.assertEqual(leads.status_id, self.new)
        self.assertEqual(leads.source_id, self.env.ref("prospect.utm_source_import"))
        self.assertReplay(leads)

    def test_unit(self):
        """The HOOT tests of our own JavaScript, on a desktop."""
        suite = test_js.HOOTCommon._generate_hash(self, "@prospect")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
