from odoo.tests import HttpCase, tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install", "web")
class TestWebFlags(HttpCase, ProspectCase):
    """Flagged prospects and undeliverable addresses in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman.tour_enabled = False
        cls.env["prospect.undeliverable.address"].search([]).unlink()
        cls.guests = cls.env["prospect.list"].create({"name": "Tour guests"})

    def test_flags(self):
        """A salesperson sees why a prospect is doubtful, corrects one thing and clears
        the other.
        """
        lead = self._prospect(
            contact_name="Tour Flagged", email_from="info@acme.example.com", phone="12"
        )
        self._prospect(contact_name="Tour Fine")
        self.start_tour(
            "/odoo/prospects", "prospect_flagged", login=self.salesman.login
        )
        self.env.invalidate_all()
        self.assertFalse(lead.is_flagged)
        self.assertEqual(lead.flag_dismissal_ids.user_id, self.salesman)
        self.assertEqual(lead.flag_dismissal_ids.code, "email_role")

    def test_addresses(self):
        """A salesperson corrects an undeliverable address where it stands."""
        leads = self._prospect(
            email_from="gone@acme.example.com", list_ids=[(4, self.guests.id)]
        ) + self._prospect(email_from="gone@acme.example.com", contact_name="Anne Roy")
        errors = self.env["prospect.undeliverable.address"]
        errors._record("gone@acme.example.com", True, detail="550 no such user")
        self.assertFalse(leads.list_ids)
        self.start_tour(
            "/odoo/prospect-addresses", "prospect_addresses", login=self.salesman.login
        )
        self.env.invalidate_all()
        self.assertEqual(
            set(leads.mapped("email_normalized")), {"here@acme.example.com"}
        )
        self.assertFalse(any(leads.mapped("is_flagged")))
        self.assertEqual(leads.list_ids, self.guests)
