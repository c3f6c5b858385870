"""The pages by which people withdraw, over HTTP [BX-54]."""

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import TablesMixin

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestPages(TablesMixin, RegisterCase):
    def test_link(self):
        """Opening a link changes nothing; its button withdraws, once, one purpose."""
        lead = self._prospect()
        row = self._given(lead)
        self._given(lead, self.events)
        path = self._path(row)
        before = self._tables()
        response, text = self._open(path)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Newsletter", text)
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertSameTables(before)
        for _turn in range(2):
            response, text = self._press(path)
            self.assertIn("is withdrawn", text)
        self.assertEqual(
            self._told(),
            [
                ("given", "newsletter", "email", "manual"),
                ("given", "events", "email", "manual"),
                ("withdrawn", "newsletter", "email", "link"),
            ],
        )
        self.assertEqual(lead.consent_purpose_ids, self.events)
        self.assertFalse(lead.is_blacklisted)

    def test_everything(self):
        """All purposes at once: then no mailing of Odoo goes there any more."""
        lead = self._prospect()
        row = self._given(lead)
        self._given(lead, self.events)
        self._press(self._path(row), everything="1")
        self.env.invalidate_all()
        self.assertFalse(lead.consent_purpose_ids)
        self.assertTrue(lead.is_blacklisted)

    def test_one_click(self):
        """The mail program's own button withdraws the one purpose, whatever else it
        sends; names that a visitor makes up are no arguments.
        """
        row = self._given(self._prospect())
        self.url_open(
            self._path(row),
            data={"List-Unsubscribe": "One-Click", "everything": "1", "self": "1"},
        )
        self.assertEqual(self._told()[-1][0::3], ("withdrawn", "one_click"))
        self.assertFalse(row.lead_id.is_blacklisted)

    def test_wrong(self):
        """A link that was not made here says so, and nothing happens."""
        row = self._given(self._prospect())
        path = self._path(row)
        for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path + "0"):
            response, _text = self._press(wrong)
            self.assertEqual(response.status_code, 404)
        self.assertEqual(len(self._rows()), 1)

    def test_style(self):
        """The page has colours, and its style sheet is there, without any form."""
        response, _text = self._open(self._path(self._given(self._prospect())))
        self.assertIn("--pf-primary: #1f5f8b", response.text)
        sheet = "/prospect_consent/static/src/public/page.css"
        self.assertIn(sheet, response.text)
        self.assertIn(".pf-button", self.url_open(sheet).text)

    def test_language(self):
        """The page speaks the language in which the person was asked."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env.ref("base.lang_fr")
        row = self._given(self._prospect(), lang_id=french.id)
        response, _text = self._open(self._path(row))
        self.assertEqual(response.headers["Content-Language"], "fr-FR")
