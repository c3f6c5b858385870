from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from ..common import ProspectCase


@tagged("web")
class WebCase(HttpCase, ProspectCase):
    """A French-speaking salesperson, a reason for junk and a list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.salesman.lang = "fr_FR"
        cls.salesman.tour_enabled = False
        cls.reason.with_context(lang="fr_FR").name = "Adresse fausse"
        cls.fair = cls.env["prospect.list"].create({"name": "Salon de printemps"})

    def _run_unit_tests(self, preset):
        """Run the HOOT tests of our own JavaScript, on a ``preset`` of HOOT's."""
        suite = test_js.HOOTCommon._generate_hash(self, "@prospect")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestWeb(WebCase):
    """The lifecycles of people, in a real browser."""

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

    def test_screens(self):
        lea = self._prospect(
            contact_name="Léa Fontaine",
            email_from="lea.fontaine@example.com",
            phone="+33 1 99 00 55 66",
        )
        marc = self._prospect(
            contact_name="Marc Girard",
            email_from="marc.girard@example.com",
            list_ids=[(4, self.fair.id)],
        )
        self.start_tour(
            "/odoo/prospects", "prospect_screens", login="prospect_salesman"
        )
        self.assertEqual(lea.status_id, self.in_progress)
        self.assertFalse(lea.lost_reason_id)
        self.assertEqual(
            self._status_log(lea)[1:],
            [("New", "Junk", "lost"), ("Junk", "In progress", "manual")],
        )
        self.assertEqual(lea.list_ids, self.fair)
        self.assertEqual(self.fair.member_count, 2)
        self.assertReplay(lea + marc)

    def test_calendar(self):
        """What is planned has the colour of its status, as the legend says it."""
        self.salesman.lang = "en_US"
        self.new.color, self.in_progress.color = 3, 8
        for status in (self.new, self.in_progress):
            lead = self._prospect(
                contact_name=f"Planned {status.name}", status_id=status.id
            )
            lead.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.salesman.id
            )
        self.start_tour(
            "/odoo/prospects?view_type=calendar",
            "prospect_calendar",
            login="prospect_salesman",
        )

    def test_unit(self):
        """The HOOT tests of our own JavaScript, on a desktop."""
        self._run_unit_tests("desktop")


@tagged("post_install", "-at_install")
class TestPhone(WebCase):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        self._prospect(contact_name="Marc Girard", phone="+33 1 99 00 55 66")
        self.start_tour("/odoo/prospects", "prospect_phone", login="prospect_salesman")
        lead = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("contact_name", "=", "Nina Lopez")])
        )
        self.assertEqual(lead.status_id, self.junk)
        self.assertEqual(lead.lost_reason_id, self.reason)
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(lead.list_ids, self.fair)
        self.assertEqual(
            [(to, cause) for _from, to, cause in self._status_log(lead)],
            [
                ("New", "manual"),
                ("In progress", "manual"),
                ("Junk", "lost"),
                ("In progress", "restore"),
                ("To clarify", "manual"),
                ("Junk", "lost"),
            ],
        )
        self.assertReplay(lead)


@tagged("post_install", "-at_install")
class TestPhoneUnit(WebCase):
    """On the screen that HOOT holds for a phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_unit(self):
        """The HOOT tests of our own JavaScript."""
        self._run_unit_tests("mobile")
