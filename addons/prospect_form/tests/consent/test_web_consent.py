import os

from odoo.tests import tagged

from odoo.addons.prospect_consent.tests.common import forget_examples

from ..consents import LINK, TEXT
from ..public.test_web_public import VisitorCase

# Where to put pictures of the pages, when somebody wants to look at them.
SHOTS = os.environ.get("PROSPECT_FORM_SHOTS")


@tagged("post_install", "-at_install")
class TestWebConsent(VisitorCase):
    """The pages to which the mails of forms lead, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        forget_examples(cls.env)
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
            self.base_url() + link
            for body in bodies
            for link in LINK.findall(str(body))
        ]

    def _shoot(self, visitor, name):
        if SHOTS:
            visitor.shoot(f"{SHOTS}/{name}.png")

    def _lifecycle(self, device):
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

    def test_lifecycle(self):
        self._lifecycle("desktop")

    def test_lifecycle_on_a_phone(self):
        self._lifecycle("phone")

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


@tagged("post_install", "-at_install")
class TestWebRegister(VisitorCase):
    """Answers and consents on the prospect's page, as a salesperson uses them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        forget_examples(cls.env)
        cls.env["prospect.form.field"].create(
            {
                "form_id": cls.form.id,
                "sequence": 20,
                "label": "News",
                "type": "consent",
                "purpose": "newsletter",
                "consent_text": TEXT,
            }
        )

    def _log_in(self, visitor, login):
        session = self.authenticate(login, login)
        visitor.ask(
            "Network.setCookie",
            name="session_id",
            value=session.sid,
            url=self.base_url(),
        )

    def _shoot(self, visitor, name):
        if SHOTS:
            visitor.shoot(f"{SHOTS}/{name}.png")

    def _lifecycle(self, device):
        """Read the answers, look how consents stand, write down a withdrawal."""
        self._send(news="1", accommodation="yes", room="double")
        lead = self._leads()
        lead.user_id = self.salesman
        with self._visit() as visitor:
            if device == "phone":
                visitor.hold(390, 844)
            self._log_in(visitor, "prospect_salesman")
            visitor.open(f"{self.base_url()}/odoo/prospects/{lead.id}")
            visitor.wait_for(".nav-link[name=form_answers]")
            visitor.click(".nav-link[name=form_answers]")
            visitor.wait("document.body.innerText.includes('Room: Double')")
            self._shoot(visitor, f"{device}-answers")
            visitor.click(".nav-link[name=consents]")
            visitor.wait_for("button[name].mb-2")
            self._shoot(visitor, f"{device}-consents")
            visitor.click(".tab-pane.active button.mb-2")
            visitor.wait_for(".modal [name=purpose_id] input")
            visitor.click(".modal [name=purpose_id] input")
            if device == "phone":
                visitor.wait_for(".modal .o_kanban_record")
                visitor.click(".modal .o_kanban_record")
            else:
                visitor.type_in("Newsl")
                visitor.wait(
                    "document.querySelector('.o-autocomplete--dropdown-item')"
                    "?.innerText.includes('Newsletter')"
                )
                visitor.press("Enter")
            visitor.wait("!document.querySelector('.o-autocomplete--dropdown-item')")
            self._shoot(visitor, f"{device}-record")
            visitor.click(".modal button[name=action_record]")
            visitor.wait("!document.querySelector('.modal')")
            visitor.wait(
                "document.querySelector('.tab-pane.active').innerText"
                ".includes('Withdrawn')"
            )
            self._shoot(visitor, f"{device}-withdrawn-by-hand")
            visitor.errors.clear()
        lead.invalidate_recordset()
        self.assertEqual(lead.consent_withdrawn_ids.code, "newsletter")
        row = lead.consent_ids[0]
        self.assertEqual((row.cause, row.user_id), ("manual", self.salesman))

    def test_lifecycle(self):
        self._lifecycle("desktop")

    def test_filters(self):
        """The lists open: answers of all forms, the register, filtered prospects."""
        self._send(news="1")
        with self._visit() as visitor:
            self._log_in(visitor, "prospect_manager")
            for path, text in (
                ("prospect-form-answers", "Last name: Curie"),
                ("prospect-consents", "marie.curie@example.com"),
                ("prospect-consent-purposes", "Invitations to events"),
            ):
                visitor.open(f"{self.base_url()}/odoo/{path}")
                visitor.wait_for(".o_data_row")
                shown = visitor.look(
                    "document.querySelector('.o_list_view').innerText"
                    " + [...document.querySelectorAll('.o_list_view input')]"
                    ".map((input) => input.value).join()"
                )
                self.assertIn(text, shown)
                self._shoot(visitor, f"desktop-{path}")
            visitor.errors.clear()
