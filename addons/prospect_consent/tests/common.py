"""What tests of consents share; other bridges may use it."""

from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from odoo.addons.prospect.tests.common import ProspectCase


def forget_examples(env):
    """Begin with an empty register and no mails: nothing of the demo data."""
    # by SQL: the register refuses
    env.cr.execute("DELETE FROM prospect_consent")
    env["mail.mail"].search([]).unlink()
    env.invalidate_all()


class RegisterMixin:
    """The register of consents, and the pages by which people withdraw."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newsletter = cls.env.ref(
            "prospect_consent.prospect_consent_purpose_newsletter"
        )
        cls.events = cls.env.ref("prospect_consent.prospect_consent_purpose_events")
        forget_examples(cls.env)

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

    def _record(self, lead, user=None, **values):
        records = self.env["prospect.consent.record"].with_user(user or self.salesman)
        return records.create({"lead_id": lead.id, **values}).action_record()

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


class RegisterCase(RegisterMixin, ProspectCase, HttpCase):
    """The register without forms: what is agreed to is written down by hand."""

    def _given(self, lead, purpose=None, **values):
        """What somebody has agreed to: the newsletter, by e-mail."""
        return self.env["prospect.consent"]._append(
            [
                {
                    "action": "given",
                    "purpose_id": (purpose or self.newsletter).id,
                    "address": lead.email_normalized,
                    "lead_id": lead.id,
                    "company_id": lead.company_id.id or self.env.company.id,
                    "note": "Signed at the fair",
                    # before whatever a test does next within the same second
                    "date": fields.Datetime.now() - timedelta(minutes=1),
                    **values,
                }
            ]
        )

    def _path(self, row):
        """The address of the page of withdrawal, without its host."""
        url = row._get_withdrawal_link()
        return url[url.index("/prospect/") :]
