"""Consents and withdrawals that somebody else writes down [BX-54]."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestByHand(RegisterCase):
    def test_by_hand(self):
        """A salesperson writes down what somebody has said, and how it is known."""
        lead = self._prospect()
        with self.assertRaises(UserError):
            self._record(lead, action="given", purpose_id=self.events.id)
        self._record(
            lead, action="given", purpose_id=self.events.id, note="Signed at the fair"
        )
        self.assertEqual(lead.consent_email_ids, self.events)
        self._record(lead, purpose_id=self.events.id)
        rows = self._rows(lead_id=lead.id)
        self.assertEqual(
            self._told(rows),
            [
                ("given", "events", "email", "manual"),
                ("withdrawn", "events", "email", "manual"),
            ],
        )
        self.assertEqual(rows.user_id, self.salesman)
        self.assertFalse(lead.consent_email_ids)
        self.assertEqual(lead.consent_withdrawn_ids, self.events)
        self.assertFalse(lead.is_blacklisted)
        with self.assertRaises(UserError):
            self._record(lead, channel="sms", purpose_id=self.events.id)

    def test_by_hand_everything(self):
        """All purposes at once: then Odoo's mailings stop as well."""
        lead = self._prospect()
        for purpose in (self.events, self.newsletter):
            self._record(lead, action="given", purpose_id=purpose.id, note="A call")
        self._record(lead, everything=True)
        self.assertFalse(lead.consent_purpose_ids)
        self.assertEqual(lead.consent_withdrawn_ids, self.events + self.newsletter)
        self.assertTrue(lead.is_blacklisted)

    def test_by_hand_rights(self):
        """Who may not change the prospect does not speak for it."""
        lead = self._prospect(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            self._record(lead, purpose_id=self.events.id)
        self.assertFalse(self._rows(lead_id=lead.id))

    def test_by_hand_form(self):
        """The dialog says what is missing."""
        lead = self._prospect(phone="+33612345678")
        records = self.env["prospect.consent.record"].with_context(active_id=lead.id)
        with Form(records.with_context(default_lead_id=lead.id)) as form:
            self.assertEqual(form.address, "marie.dupont@example.com")
            form.channel = "phone"
            self.assertEqual(form.address, "+33612345678")
            form.purpose_id = self.events
