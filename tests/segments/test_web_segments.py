"""Segments above the prospects, in a real browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase


class WebSegmentCase(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        # few enough to have room; those of the demo data are no part of the test
        few = cls.env.ref("prospect.prospect_segment_new_this_week")
        few += cls.env.ref("prospect.prospect_segment_converted")
        (cls.env["prospect.segment"].search([]) - few).active = False
        cls.leads = cls.env["crm.lead"]
        for name, company in (
            ("Anne Le Goff", "Garage"),
            ("Luc Petit", "Boulangerie Petit"),
            ("Zoé Roy", "Boulangerie Roy"),
        ):
            cls.leads += cls._prospect(
                contact_name=name, email_from=False, partner_name=company
            )


@tagged("post_install", "-at_install")
class TestWebSegments(WebSegmentCase):
    """On a desktop."""

    def test_salesperson(self):
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_segments",
            login="prospect_salesman",
        )
        segment = self.env["prospect.segment"].search(
            [("user_id", "=", self.salesman.id)]
        )
        self.assertEqual(segment.with_context(lang="fr_FR").name, "Boulangers")
        self.assertFalse(segment.is_shared)
        bar = segment.with_user(self.salesman).get_bar()["segments"]
        self.assertEqual(bar[0]["id"], segment.id)
        others = segment.with_user(self.salesman_all).get_bar()["segments"]
        self.assertNotIn(segment.id, [tab["id"] for tab in others])

    def test_administrator(self):
        self.manager.tour_enabled = False
        self.fair.user_id = self.manager
        self.leads[0].list_ids = self.fair
        segment = self.env["prospect.segment"].create(
            {
                "name": "Bakeries",
                "domain": "[('partner_name', 'ilike', 'boulangerie')]",
                "sequence": 1,
                "user_id": self.manager.id,
            }
        )
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_segments_sync",
            login="prospect_manager",
        )
        self.assertTrue(segment.is_shared)
        self.assertEqual(segment.sync_ids.mode, "mirror")
        self.env.invalidate_all()
        self.assertEqual(
            self.env["crm.lead"].search([("list_ids", "in", self.fair.ids)]),
            self.leads[1:].sorted(),
        )
        self.assertReplay(self.leads)


@tagged("post_install", "-at_install")
class TestPhoneSegments(WebSegmentCase):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        segment = (
            self.env["prospect.segment"]
            .with_user(self.salesman)
            .create(
                {
                    "name": "Boulangeries",
                    "domain": "[('partner_name', 'ilike', 'boulangerie')]",
                    "is_shared": True,
                }
            )
        )
        self.start_tour(
            "/odoo/prospects", "prospect_segments_phone", login="prospect_salesman"
        )
        bar = segment.get_bar()["segments"]
        self.assertEqual([tab["id"] for tab in bar].index(segment.id), len(bar) - 2)
