"""An erased person and forms: nothing is left of old answers, or kept of new ones."""

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import AnywhereMixin

from ..consents import ConsentCase

EMAIL = "zenobia.quxworth@nobody.example.com"
PERSON = {
    "first_name": "Zenobia",
    "last_name": "Quxworth",
    "e_mail": EMAIL,
    "news": "1",
}


@tagged("post_install", "-at_install")
class TestErasureForm(AnywhereMixin, ConsentCase):
    def _anywhere(self):
        return self._find_anywhere(["quxworth"])

    def _lead(self):
        return self.env["crm.lead"].search([("email_normalized", "=", EMAIL)])

    def _erase(self, leads):
        return self.env["prospect.erasure"].with_user(self.manager)._ask(leads)

    def test_answers_and_consents(self):
        self._send(**PERSON)
        answer = self._answers()
        self.assertEqual(answer.lead_id, self._lead())
        consent = self.env["prospect.consent"].search(
            [("email_normalized", "=", EMAIL)]
        )
        self.assertTrue(consent)
        self.assertIn("prospect_form_answer_value.value_char", self._anywhere())
        self._erase(self._lead())
        self.assertEqual(self._anywhere(), {})
        self.assertEqual(len(self._answers()), 1, "it still counts")
        self.assertFalse(answer.value_ids)
        self.assertTrue(consent.erased_at)
        self.assertEqual(consent.address_hash, consent._hash(EMAIL))

    def test_a_new_answer(self):
        """The visitor sees the usual thanks; nothing is kept, and no mail is sent."""
        self._send(**PERSON)
        self._erase(self._lead())
        for double_opt_in in (False, True):
            self.form.double_opt_in = double_opt_in
            mails = self._mails()
            told = self._send(**PERSON)
            self.assertEqual(told["state"], "kept")
            self.assertFalse(self._lead())
            self.assertEqual(self._answers()[-1].state, "ignored")
            self.assertEqual(self._mails(), mails)
            self.assertEqual(self._anywhere(), {})
