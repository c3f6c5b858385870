"""What a value means in a webhook: as in a file."""

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import WebhookCase


@tagged("post_install", "-at_install")
class TestValues(WebhookCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.env.company.country_id = self.env.ref("base.fr")

    def _receive(self, payload, event):
        _answer, status = self._take(payload, event)
        self.assertEqual(status, 202)
        self._run_job()
        return self._messages()[-1]

    def test_values(self):
        """Each class of values once, and what is told of it."""
        ms = self.env.ref("prospect.prospect_title_ms")
        for number, (payload, values, told) in enumerate(
            (
                (
                    {"name": "Mme Marie DUPONT", "email": "'marie@hook.example.com'!"},
                    {"title_id": ms.id, "first_name": "Marie", "last_name": "DUPONT"},
                    "",
                ),
                (
                    {"name": "Ana Roux", "email": "ana roux@hook.example.com"},
                    {
                        "email_normalized": False,
                        "email_from": "ana roux@hook.example.com",
                    },
                    "not an e-mail address",
                ),
                (
                    {"name": "Bob Blanc", "phone": "06 12 34 56 78 / 01 42 68 53 00"},
                    {"phone_sanitized": "+33612345678"},
                    "the rest is in the notes",
                ),
                (
                    {"name": "Cal Vert", "phone": "3,36123E+10", "company": "N/A"},
                    {"phone_sanitized": False, "partner_name": False},
                    "lost digits",
                ),
                (
                    {"name": "Zoé\u200b", "country": "Holland", "city": "néant"},
                    {"contact_name": "Zoé", "city": False},
                    "",
                ),
            )
        ):
            with self.subTest(payload=payload):
                message = self._receive(payload, f"value-{number}")
                lead = message.lead_id
                for fname, value in values.items():
                    found = lead[fname]
                    found = found.id if hasattr(found, "ids") else found
                    self.assertEqual(found, value)
                self.assertIn(told, message.reason or "")
        self.assertEqual(lead.country_id.code, "NL")
        phones = self._messages()[2].lead_id
        self.assertIn("01 42 68 53 00", html2plaintext(phones.description))
