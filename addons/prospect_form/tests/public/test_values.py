"""What a value means in a form: refused with a clear message, or read like a file."""

import json

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PublicCase


@tagged("post_install", "-at_install")
class TestValues(PublicCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env.company.country_id = cls.env.ref("base.us")
        cls.form.field_ids = [
            (
                0,
                0,
                {
                    "label": "Phone",
                    "target": "field",
                    "fname": "phone",
                    "type": "phone",
                    "sequence": 30,
                },
            ),
            (0, 0, {"label": "Day", "type": "date", "sequence": 31}),
            (0, 0, {"label": "Sum", "type": "float", "sequence": 32}),
        ]
        cls.form.flush_recordset()

    def _send_in(self, accept, **values):
        """What the page answers in the language of a browser."""
        found = self.url_open(
            f"/prospect/form/{self.form.slug}",
            data={"prospect_token": self._token(), **self.MARIE, **values},
            headers={"Accept": "application/json", "Accept-Language": accept},
            allow_redirects=False,
        )
        return json.loads(found.content)

    def _page(self, path="", accept="en-US"):
        found = self.url_open(
            f"/prospect/form/{self.form.slug}{path}",
            headers={"Accept-Language": accept},
        )
        return html.fromstring(found.content)

    @mute_logger("odoo.http")
    def test_address_with_a_blank(self):
        """Refused: a confirmation would go to a stranger."""
        for text in (
            *("ana roux@x.example.com", "ana@ x.example.com"),
            "a@x.example b@y.example",
        ):
            found = self._send_in("en-US", e_mail=text)
            self.assertEqual(found["state"], "wrong")
            self.assertIn("no blanks", found["errors"]["e_mail"])
        self.assertFalse(self._answers())

    @mute_logger("odoo.http")
    def test_phones(self):
        """The page's language and region say the country; messages name it."""
        for accept, text, number in (
            ("fr-FR", "06 12 34 56 78", "+33612345678"),
            ("fr-BE", "0470 12 34 56", "+32470123456"),
            ("en-US", "(201) 555-0123", "+12015550123"),
            ("en-GB", "07400 123456", "+447400123456"),
        ):
            with self.subTest(accept=accept, text=text):
                self.assertEqual(self._send_in(accept, phone=text)["state"], "kept")
                self._make_answers()
                leads = self._leads([("email_normalized", "=", self.MARIE["e_mail"])])
                self.assertEqual(leads.phone_sanitized, number)
                leads.unlink()
        found = self._send_in("en-US", phone="06 12 34 56 78")
        self.assertIn("not valid in United States", found["errors"]["phone"])
        self.assertIn("(201) 555-0123", found["errors"]["phone"])
        found = self._send_in("fr-FR", phone="06 12", phone__country="BE")
        self.assertIn("Belgique", found["errors"]["phone"])

    def test_example(self):
        """The example in the field is one of the country that is chosen."""
        for accept, example, country in (
            ("fr-FR", "06 12 34 56 78", "FR"),
            ("en-US", "(201) 555-0123", "US"),
            ("fr-BE", "0450 00 12 34", "BE"),
        ):
            page = self._page(accept=accept)
            (control,) = page.xpath("//*[@id='pf-phone']")
            self.assertEqual(control.get("placeholder"), example)
            chosen = page.xpath("//select[@name='phone__country']/option[@selected]")
            self.assertEqual([one.get("value") for one in chosen], [country])

    def test_prefilled_plus(self):
        """Mail merges put addresses there as they are."""
        for query in ("marie+salon@x.example.com", "marie%2Bsalon%40x.example.com"):
            query += "&first_name=Anne+Marie&phone=+33612345678"
            page = self._page(f"?e_mail={query}")
            values = {
                key: page.xpath(f"//*[@id='pf-{key}']/@value")
                for key in ("e_mail", "first_name", "phone")
            }
            self.assertEqual(
                values,
                {
                    "e_mail": ["marie+salon@x.example.com"],
                    "first_name": ["Anne Marie"],
                    "phone": ["+33612345678"],
                },
            )

    def test_dates_and_numbers(self):
        """One reader, with the order of the page's language."""
        for accept, day, number, expected in (
            ("fr-FR", "01/02/2026", "1.200,50 €", ("2026-02-01", 1200.5)),
            ("en-US", "01/02/2026", "1,200", ("2026-01-02", 1200.0)),
            ("fr-FR", "31 janvier 2026", "12 %", ("2026-01-31", 12.0)),
        ):
            found = self._send_in(accept, day=day, sum=number)
            self.assertEqual(found["state"], "kept")
            values = self._answers()[-1].value_ids
            day_value = values.filtered(lambda value: value.key == "day")
            sum_value = values.filtered(lambda value: value.key == "sum")
            self.assertEqual(
                (str(day_value.value_date), sum_value.value_number), expected
            )

    def test_names(self):
        """Titles and marks are read as in files."""
        self._send(first_name="Mme Me\u0301lanie\u200b", last_name="n/a")
        lead = self._leads()
        self.assertEqual((lead.first_name, lead.last_name), ("Mélanie", False))
        self.assertEqual(lead.title_id, self.env.ref("prospect.prospect_title_ms"))
