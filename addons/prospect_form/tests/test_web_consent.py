import os

from odoo.tests import tagged

from .consents import LINK, TEXT
from .test_web_public import VisitorCase

# Where to put pictures of the pages, when somebody wants to look at them.
SHOTS = os.environ.get("PROSPECT_FORM_SHOTS")


@tagged("post_install", "-at_install")
class TestWebConsent(VisitorCase):
    """The pages to which the mails of forms lead, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.mail"].search([]).unlink()
        for sequence, purpose in enumerate(("newsletter", "events"), start=20):
            cls.env["prospect.form.field"].create(
                {
                    "form_id": cls.form.id,
                    "sequence": sequence,
                    "label": purpose,
                    "type": "consent",
                    "purpose": purpose,
                    "consent_text": TEXT,
                }
            )
        cls.form.write(
            {
                "double_opt_in": True,
                "thanks": "<p>Thank you, we will write to you soon.</p>",
                "mail_template_id": cls.env.ref(
                    "prospect_form.mail_template_confirmation"
                ).id,
            }
        )

    def _mail_links(self):
        """The addresses in the mails so far, in their order."""
        self.env.invalidate_all()
        bodies = self.env["mail.mail"].search([], order="id").mapped("body_html")
        return [
            self.base_url() + link for body in bodies for link in LINK.findall(str(body))
        ]

    def _shoot(self, visitor, name):
        if SHOTS:
            visitor.shoot(f"{SHOTS}/{name}.png")

    def _journey(self, device):
        """Confirm an address, then withdraw a consent, then all: as people do it."""
        self._send(newsletter="1", events="1")
        (confirm,) = self._mail_links()
        with self._visit() as visitor:
            if device == "phone":
                visitor.hold(390, 844)
            press = visitor.tap if device == "phone" else visitor.click
            # no script is needed
            visitor.open(confirm)
            visitor.wait_for(".pf-button")
            self.assertEqual(visitor.find_barriers(), [])
            self._shoot(visitor, f"{device}-confirm")
            press(".pf-button")
            visitor.wait_for(".pf-thanks")
            self.assertIn("we will write to you soon", visitor.text("main"))
            self.assertEqual(visitor.find_barriers(), [])
            self._shoot(visitor, f"{device}-confirmed")
        lead = self._leads()
        self.assertEqual(
            lead.consent_email_ids.mapped("code"), ["newsletter", "events"]
        )
        letter, event = self._mail_links()[1:]
        with self._visit() as visitor:
            if device == "phone":
                visitor.hold(390, 844)
            press = visitor.tap if device == "phone" else visitor.click
            visitor.forbid_scripts()
            visitor.open(letter)
            visitor.wait_for(".pf-button")
            self._shoot(visitor, f"{device}-withdraw")
            self.assertTrue(
                visitor.look("document.documentElement.scrollWidth <= innerWidth")
            )
            press(".pf-button")
            visitor.wait("!document.querySelector('.pf-button')")
            self._shoot(visitor, f"{device}-withdrawn")
            visitor.open(event)
            press("input[name=everything]")
            press(".pf-button")
            visitor.wait("!document.querySelector('.pf-button')")
            self._shoot(visitor, f"{device}-all")
        lead.invalidate_recordset()
        self.assertFalse(lead.consent_purpose_ids)
        self.assertTrue(lead.is_blacklisted)

    def test_journey(self):
        self._journey("desktop")

    def test_journey_on_a_phone(self):
        self._journey("phone")

    def test_barriers(self):
        """The other pages can be used by everybody too."""
        self._send(newsletter="1")
        answer = self._answers()
        answer._confirm()
        self._make_answers()
        link = self.env["prospect.consent"].search([])._get_withdrawal_link()
        with self._visit() as visitor:
            for url in (link, link[:-2] + "00"):
                visitor.open(url)
                visitor.wait_for(".pf-title")
                self.assertEqual(visitor.find_barriers(), [])
            self._shoot(visitor, "desktop-lost")
            # a wrong link is told with the status of what is not there
            visitor.errors.clear()
