"""Conversion in a browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase
from .test_convert import ConvertCase


@tagged("post_install", "-at_install")
class TestWebConvert(WebCase, ConvertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.anne = cls._mine(
            contact_name="Anne Le Goff",
            partner_name="Biscuiterie Le Goff",
            email_from="anne@convert.example.com",
        )
        cls.marc = cls._prospect(
            contact_name="Marc Girard", email_from="marc@convert.example.com"
        )

    def test_convert(self):
        """A French-speaking salesperson who may convert."""
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_convert",
            login="prospect_salesman",
        )
        self.assertEqual(self.anne.status_id, self.new)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Biscuiterie Le Goff")])
        )

    def test_convert_by_dragging(self):
        """A salesperson drags a card to Converted, thinks better of it, and does it."""
        self.salesman.lang = "en_US"
        self.start_tour(
            "/odoo/prospects", "prospect_convert_drag", login="prospect_salesman"
        )
        self.env.invalidate_all()
        self.assertEqual((self.anne.type, self.anne.status_id), ("lead", self.new))
        self.assertEqual(self.anne.expected_revenue, 0)

    def test_convert_not(self):
        """One who may not convert what a colleague has added."""
        self.salesman.lang = "en_US"
        self.start_tour(
            "/odoo/prospects?view_type=list",
            "prospect_convert_not",
            login="prospect_salesman",
        )
        self.assertEqual(self.marc.status_id, self.new)
        self.assertEqual(self.anne.status_id, self.new, "undone")
