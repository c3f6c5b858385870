"""Erasing a person in the browser, and letting them come back."""

from odoo.tests import tagged

from ..lead.test_web import WebCase
from .test_erasure import ErasureCase


@tagged("post_install", "-at_install")
class TestWebPrivacy(WebCase, ErasureCase):
    def test_erase_and_lift(self):
        self.manager.tour_enabled = False
        lead = self._prospect(
            contact_name="Nora Newman", email_from="nora.newman@nobody.example.com"
        )
        self.start_tour(
            f"/odoo/prospects/{lead.id}", "prospect_erase", login="prospect_manager"
        )
        self.assertFalse(lead.exists())
        tombstone = self.env["prospect.tombstone"].search(
            [("lift_user_id", "=", self.manager.id)]
        )
        self.assertEqual(tombstone.lift_reason, "Wrote again")
