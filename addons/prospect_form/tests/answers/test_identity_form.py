"""Who is the same person, by a form: each cell of the core's table."""

from odoo.tests import tagged

from odoo.addons.prospect.tests.gate.identity_cases import ANA, BOB, CELLS, PERSONAL

from ..common import PublicCase

ASKED = {
    "contact_name": ("char", "Full name"),
    "email_from": ("email", "E-mail"),
    "phone": ("phone", "Phone"),
    "partner_name": ("char", "Company"),
    "assistant_email": ("email", "Assistant"),
    "city": ("char", "City"),
}


@tagged("post_install", "-at_install")
class TestIdentityForm(PublicCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asking = cls.env["prospect.form"].create(
            {
                "name": "Identity",
                "field_ids": [
                    (
                        0,
                        0,
                        {
                            "target": "field",
                            "fname": fname,
                            "type": kind,
                            "label": label,
                            "sequence": sequence,
                        },
                    )
                    for sequence, (fname, (kind, label)) in enumerate(ASKED.items())
                ],
            }
        )
        cls.keys = {
            field.fname: field.key for field in cls.asking.field_ids if field.fname
        }

    def _submit(self, row):
        """The prospect of an answer."""
        self._post(
            self.asking, **{self.keys[fname]: text for fname, text in row.items()}
        )
        self._make_answers()
        answer = self._answers(self.asking)[-1]
        self.assertEqual(answer.state, "accepted", answer.capture_id.reason)
        return answer.lead_id

    def _shift(self, row, number):
        """A row at an address and a number of its own."""
        return {
            fname: text.replace("@cells.", f"@c{number}.").replace(
                "00 12 34", f"{number:02} 12 34"
            )
            for fname, text in row.items()
        }

    def test_cells(self):
        for number, (name, people, row, wanted, _told) in enumerate(CELLS, start=1):
            with self.subTest(cell=name):
                leads = [
                    self._prospect(
                        **{
                            "contact_name": False,
                            "email_from": False,
                            **self._shift(values, number),
                        }
                    )
                    for values in people
                ]
                lead = self._submit(self._shift(row, number))
                if wanted is None:
                    self.assertNotIn(lead, leads)
                else:
                    self.assertEqual(lead, leads[wanted])

    def test_another_name_changes_nothing(self):
        """Whoever types an address has not proved it, whatever the form's policy."""
        self.asking.policy = "update"
        lead = self._prospect(**ANA | PERSONAL)
        self.assertEqual(self._submit(BOB | PERSONAL | {"city": "Lyon"}), lead)
        self.assertEqual((lead.contact_name, lead.city), ("Ana Roux", False))
        notes = " ".join(lead.message_ids.mapped("body"))
        self.assertIn("Bob Blanc", notes)
        self.assertIn("Lyon", notes)

    def test_confirmed_address(self):
        """By a link that was mailed to it, it is."""
        self.asking.policy = "update"
        lead = self._prospect(**ANA | PERSONAL)
        self.asking.double_opt_in = True
        self._post(
            self.asking,
            **{
                self.keys[fname]: text
                for fname, text in (BOB | PERSONAL | {"city": "Lyon"}).items()
            },
        )
        self._make_answers()
        self._answers(self.asking)[-1]._confirm()
        self._make_answers()
        self.assertEqual((lead.contact_name, lead.city), ("Bob Blanc", "Lyon"))
