"""What tests of consents and of mails to visitors share."""

import ast
import re

from lxml import html

from odoo.tests import new_test_user

from .common import PublicCase

TEXT = "<p>I agree to get the <strong>newsletter</strong> of Spring Ltd.</p>"
LINK = re.compile(r"/prospect/(?:confirm|consent)/[0-9a-f-]+")


def forget_examples(env):
    """Begin with an empty register and no mails: nothing of the demo data."""
    # by SQL: the register refuses
    env.cr.execute("DELETE FROM prospect_consent")
    env["mail.mail"].search([]).unlink()
    env.invalidate_all()


class ConsentCase(PublicCase):
    """A form with a consent box, and what visitors do with the mails that they get."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newsletter = cls.env.ref(
            "prospect_form.prospect_consent_purpose_newsletter"
        )
        cls.events = cls.env.ref("prospect_form.prospect_consent_purpose_events")
        cls.box = cls.env["prospect.form.field"].create(
            {
                "form_id": cls.form.id,
                "sequence": 20,
                "label": "News",
                "type": "consent",
                "purpose": "newsletter",
                "consent_text": TEXT,
            }
        )
        forget_examples(cls.env)

    @classmethod
    def _add_box(cls, **values):
        return cls.env["prospect.form.field"].create(
            {"form_id": cls.form.id, "sequence": 21, "type": "consent", **values}
        )

    def _rows(self, **values):
        """Rows of the register, oldest first."""
        self.env.invalidate_all()
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["prospect.consent"].search(domain, order="id")

    def _told(self, rows=None):
        """Rows of the register as plain data."""
        rows = self._rows() if rows is None else rows
        return [
            (row.action, row.purpose_id.code, row.channel, row.cause) for row in rows
        ]

    def _mails(self):
        self.env.invalidate_all()
        return self.env["mail.mail"].search([], order="id")

    def _link(self, mail):
        """The part of the page's address that a mail has."""
        return LINK.search(str(mail.body_html))[0]

    def _headers(self, mail):
        return ast.literal_eval(mail.headers) if mail.headers else {}

    def _open(self, path, **options):
        """The page of a link, and what it says."""
        response = self.url_open(path, **options)
        return response, html.fromstring(response.content).text_content()

    def _press(self, path, **data):
        """Press the button of a page."""
        return self._open(path, data={"pressed": "1", **data})

    def _portal(self):
        return new_test_user(
            self.env, "prospect_portal", "base.group_portal", email="p@example.com"
        )
