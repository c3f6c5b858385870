"""A change of many prospects, in a real browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase


class WebBulkCase(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.leads = cls.env["crm.lead"]
        for name in ("Anne Le Goff", "Luc Petit", "Zoé Roy"):
            cls.leads += cls._prospect(
                contact_name=name, email_from=False, function="Directrice"
            )

    def _operation(self):
        return self.env["prospect.operation"].search([("kind", "=", "bulk")])


@tagged("post_install", "-at_install")
class TestWebBulk(WebBulkCase):
    """On a desktop."""

    def test_bulk(self):
        self.start_tour(
            "/odoo/prospects?view_type=list", "prospect_bulk", login="prospect_salesman"
        )
        self.assertRecordValues(
            self._operation(),
            [
                {
                    "state": "undone",
                    "updated_count": 3,
                    "reversed_count": 3,
                    "kept_count": 0,
                }
            ],
        )
        self.assertEqual(self.leads.status_id, self.new)
        self.assertEqual(self.leads.mapped("function"), ["Directrice"] * 3)
        self.assertFalse(self.leads.list_ids)
        self.assertReplay(self.leads)

    def test_everything(self):
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_bulk_all",
            login="prospect_salesman",
        )
        self.assertEqual(self.leads.list_ids, self.fair)
        self.assertEqual(self.fair.member_count, 3)
        self.assertIn("domain", self._operation().options["selection"])


@tagged("post_install", "-at_install")
class TestPhoneBulk(WebBulkCase):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_one(self):
        self.start_tour(
            "/odoo/prospects", "prospect_bulk_phone", login="prospect_salesman"
        )
        self.assertEqual(self.leads[1].email_from, "luc@example.com")
