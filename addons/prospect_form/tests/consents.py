"""What tests of consents and of mails to visitors share."""

import ast
import re

from odoo.addons.prospect_consent.tests.common import RegisterMixin

from .common import PublicCase

TEXT = "<p>I agree to get the <strong>newsletter</strong> of Spring Ltd.</p>"
LINK = re.compile(r"/prospect/(?:confirm|consent)/[0-9a-f-]+")


class ConsentCase(RegisterMixin, PublicCase):
    """A form with a consent box, and what visitors do with the mails that they get."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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

    @classmethod
    def _add_box(cls, **values):
        return cls.env["prospect.form.field"].create(
            {"form_id": cls.form.id, "sequence": 21, "type": "consent", **values}
        )

    def _mails(self):
        self.env.invalidate_all()
        return self.env["mail.mail"].search([], order="id")

    def _link(self, mail):
        """The part of the page's address that a mail has."""
        return LINK.search(str(mail.body_html))[0]

    def _headers(self, mail):
        return ast.literal_eval(mail.headers) if mail.headers else {}
