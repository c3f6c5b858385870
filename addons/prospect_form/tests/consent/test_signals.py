from odoo.addons.prospect.tools.signals import check_signals

from ..consents import ConsentCase


class TestSignals(ConsentCase):
    """Answers and consents are signals, and withdrawals are opt-outs."""

    def setUp(self):
        super().setUp()
        self.calls = calls = []

        def heard(_leads):
            return {"form.answered", "consent.given", "consent.withdrawn"}

        def on_signal(_leads, code, rows):
            calls.append((code, rows))

        def on_opted_out(_leads, rows):
            calls.append(("opted_out", rows))

        leads = self.registry["crm.lead"]
        self.patch(leads, "_prospect_signal_heard", heard)
        self.patch(leads, "_prospect_on_signal", on_signal)
        self.patch(leads, "_prospect_on_opted_out", on_opted_out)

    def test_answer_and_consent(self):
        self._send(news="1")
        answer = self._answers()
        (row,) = self._rows()
        emitted = dict(self.calls)
        self.assertEqual(len(emitted), len(self.calls), "each once")
        (answered,) = emitted["form.answered"]
        self.assertEqual(answered["lead_id"], answer.lead_id.id)
        self.assertEqual(answered["key"], f"form.answered:{answer.id}")
        self.assertEqual(answered["facts"]["form_id"], self.form.id)
        (given,) = emitted["consent.given"]
        self.assertEqual(given["key"], f"consent.given:{row.id}")
        self.assertEqual(
            given["facts"], {"purpose_id": self.newsletter.id, "channel": "email"}
        )
        self.calls.clear()
        row._withdraw()
        emitted = dict(self.calls)
        (withdrawn,) = emitted["consent.withdrawn"]
        self.assertEqual(withdrawn["lead_id"], answer.lead_id.id)
        (opted_out,) = emitted["opted_out"]
        self.assertEqual(opted_out["address"], row.email_normalized)
        self.assertEqual(opted_out["purpose_id"], self.newsletter.id)
        self.assertEqual(opted_out["lead_ids"], answer.lead_id.ids)

    def test_signals_are_sound(self):
        signals = check_signals(self.env["crm.lead"]._prospect_signal_list())
        self.assertLessEqual(
            {"form.answered", "consent.given", "consent.withdrawn"}, signals.keys()
        )
