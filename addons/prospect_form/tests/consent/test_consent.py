"""The register of consents: appended, withdrawn, never edited [BX-54]."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.prospect.tests.common import TablesMixin

from ..consents import TEXT, ConsentCase


@tagged("post_install", "-at_install")
class TestConsent(TablesMixin, ConsentCase):
    def test_given(self):
        """What was ticked is kept word for word, with its time, form and address."""
        self._send(news="1")
        (row,) = self._rows()
        answer = self._answers()
        self.assertRecordValues(
            row,
            [
                {
                    "action": "given",
                    "purpose_id": self.newsletter.id,
                    "purpose_name": "Newsletter",
                    "channel": "email",
                    "email_normalized": "marie.curie@example.com",
                    "form_id": self.form.id,
                    "answer_id": answer.id,
                    "lead_id": answer.lead_id.id,
                    "company_id": self.form.company_id.id,
                    "date": answer.date,
                    "lang_id": self.env.ref("base.lang_en").id,
                    "cause": "form",
                    "is_confirmed": False,
                    "user_id": False,
                }
            ],
        )
        self.assertEqual(row.text_id.content, TEXT)
        lead = answer.lead_id
        self.assertEqual(lead.consent_purpose_ids, self.newsletter)
        self.assertEqual(lead.consent_email_ids, self.newsletter)
        self.assertFalse(lead.consent_phone_ids)
        self.assertEqual(lead.consent_current_ids, row)

    def test_not_ticked(self):
        """A box that is left says nothing; it withdraws nothing either."""
        self._send(news="1")
        self._send(first_name="Maria")
        self.assertEqual(self._told(), [("given", "newsletter", "email", "form")])

    def test_corrected(self):
        """Who unticks a box on the same page, or corrects the address, has not agreed
        by the former answer; what was agreed to before stays.
        """
        token = self._token()
        wrong = {**self.MARIE, "news": "1", "e_mail": "marie@gmial.example"}
        self._post(token=token, **wrong)
        self._make_answers()
        self._post(token=token, **{**self.MARIE, "news": "1"})
        self._make_answers()
        self.assertEqual(
            [(row.action, row.email_normalized) for row in self._rows()],
            [
                ("given", "marie@gmial.example"),
                ("given", "marie.curie@example.com"),
                ("withdrawn", "marie@gmial.example"),
            ],
        )
        self._post(token=token, **self.MARIE)
        self._make_answers()
        self.assertFalse(self._leads().consent_email_ids)
        # somebody else ticks and unticks it for an address that had agreed
        self._send(news="1")
        token = self._token()
        for values in ({"news": "1"}, {}):
            self._post(token=token, **{**self.MARIE, **values})
            self._make_answers()
        self.assertEqual(self._leads().consent_email_ids, self.newsletter)

    def test_text_of_that_time(self):
        """The text is the one that the visitor read, though the form has changed since;
        the same text is kept once.
        """
        self._post(**{**self.MARIE, "news": "1"})
        self.box.consent_text = "<p>I agree to everything.</p>"
        self._make_answers()
        self._send(news="1", e_mail="pierre@example.com")
        self._send(news="1", e_mail="irene@example.com")
        texts = self._rows().mapped("text_id.content")
        self.assertEqual(texts, [TEXT, "<p>I agree to everything.</p>"])
        self.assertEqual(self.env["prospect.consent.text"].search_count([]), 2)

    def test_language(self):
        """The text is that of the visitor's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.box.with_context(lang="fr_FR").consent_text = "<p>Oui</p>"
        self._send(news="1", lang="fr", headers={"Accept-Language": "fr"})
        (row,) = self._rows()
        self.assertEqual(
            (row.text_id.content, row.lang_id.code), ("<p>Oui</p>", "fr_FR")
        )

    def test_channels(self):
        """One box for several ways: each has the address of its own."""
        self.box.write({"consent_sms": True, "consent_phone": True})
        self.env["prospect.form.field"].create(
            {
                "form_id": self.form.id,
                "target": "field",
                "fname": "phone",
                "type": "phone",
                "label": "Phone",
            }
        )
        self._send(news="1", phone="+33 6 12 34 56 78")
        self.assertEqual(
            [(row.channel, row.address) for row in self._rows()],
            [
                ("email", "marie.curie@example.com"),
                ("sms", "+33612345678"),
                ("phone", "+33612345678"),
            ],
        )
        lead = self._answers().lead_id
        self.assertEqual(lead.consent_sms_ids, self.newsletter)
        # without a number there is nobody to call
        self._send(news="1", e_mail="pierre@example.com")
        row = self._rows(email_normalized="pierre@example.com")
        self.assertEqual(row.mapped("channel"), ["email"])

    def test_purposes(self):
        """A box without a purpose is about the request; a new name makes a purpose."""
        self.assertEqual(self.box.purpose_id, self.newsletter)
        plain = self._add_box(label="I agree to be answered")
        self.assertEqual(plain.purpose_id.code, "request")
        other = self._add_box(label="Fairs", purpose="Trade fairs")
        self.assertEqual(other.purpose_id.name, "Trade fairs")
        again = self._add_box(label="Fairs too", purpose="trade fairs")
        self.assertEqual(again.purpose_id, other.purpose_id)
        other.purpose_id.code = "changed"
        self.assertEqual(other.purpose_id.code, "trade_fairs")
        self._send(news="1")
        with self.assertRaises(UserError):
            self.newsletter.unlink()

    def test_quarantine(self):
        """What a robot ticks is no consent, until a person has let it pass; it counts
        from when it was sent: what was withdrawn since stays withdrawn.
        """
        self._send(news="1", prospect_url="https://spam.example.com")
        self.assertFalse(self._rows())
        answer = self._answers()
        self.assertEqual(answer.state, "quarantined")
        self.env["prospect.consent"]._append(
            [
                {
                    "action": "withdrawn",
                    "cause": "link",
                    "purpose_id": self.newsletter.id,
                    "channel": "email",
                    "address": "marie.curie@example.com",
                    "company_id": self.form.company_id.id,
                    "date": fields.Datetime.now() + timedelta(seconds=5),
                }
            ]
        )
        answer.capture_id.with_user(self.manager).action_replay()
        self.assertEqual(answer.state, "accepted")
        self.assertEqual([row.action for row in self._rows()], ["withdrawn", "given"])
        self.assertFalse(answer.lead_id.consent_purpose_ids)
        self.assertEqual(answer.lead_id.consent_withdrawn_ids, self.newsletter)

    # --- How it stands ----------------------------------------------------------------

    def test_address_agrees(self):
        """Consent is the address's: another prospect of it has it too, a corrected
        address has not.
        """
        self._send(news="1")
        lead = self._answers().lead_id
        twin = self._prospect(email_from="Marie Curie <MARIE.CURIE@example.com>")
        self.assertEqual(twin.consent_purpose_ids, self.newsletter)
        lead.email_from = "m.curie@example.com"
        self.assertFalse(lead.consent_purpose_ids)
        self.assertTrue(lead.consent_ids)

    # --- Withdrawing ----------------------------------------------------------------

    def _given(self, **values):
        self._send(news="1", **values)
        return self._rows()[-1]

    def test_link(self):
        """Opening the link changes nothing; its button withdraws, once."""
        row = self._given()
        url = row._get_withdrawal_link()
        path = url[url.index("/prospect/") :]
        before = self._tables()
        response, text = self._open(path)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Newsletter", text)
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")
        self.url_open(path, method="HEAD")
        self.assertSameTables(before)
        response, text = self._press(path)
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertIn("is withdrawn", text)
        # replayed: nothing more
        self._press(path)
        self.assertEqual(
            self._told(),
            [
                ("given", "newsletter", "email", "form"),
                ("withdrawn", "newsletter", "email", "link"),
            ],
        )
        lead = row.lead_id
        self.assertFalse(lead.consent_purpose_ids)
        self.assertFalse(lead.is_blacklisted, "one purpose is not all")
        _response, text = self._open(path)
        self.assertIn("is withdrawn", text)
        # the same link works again after the person has agreed again
        self._given(first_name="Maria")
        self._press(path)
        self.assertEqual(self._rows()[-1].action, "withdrawn")

    def test_link_everything(self):
        """Who ticks that withdraws all of it, and gets no mailing any more, of anybody;
        who agrees again with a confirmed address does.
        """
        self._add_box(label="Events", purpose="events")
        self._send(news="1", events="1")
        lead = self._answers().lead_id
        url = self._rows()[0]._get_withdrawal_link()
        self._press(url[url.index("/prospect/") :], everything="1")
        self.env.invalidate_all()
        self.assertFalse(lead.consent_purpose_ids)
        self.assertEqual(lead.consent_withdrawn_ids, self.newsletter + self.events)
        self.assertTrue(lead.is_blacklisted)
        # anybody can write anybody's address: a form alone changes nothing there
        self._send(news="1", first_name="Maria")
        self.assertTrue(lead.is_blacklisted)
        self.form.double_opt_in = True
        self._send(news="1", first_name="Mary")
        self._press(self._link(self._mails()[-1]))
        self._make_answers()
        self.env.invalidate_all()
        self.assertEqual(lead.consent_email_ids, self.newsletter)
        self.assertFalse(lead.is_blacklisted)

    def test_blacklist_of_others(self):
        """An address that somebody else has put on the blacklist stays there."""
        self.form.double_opt_in = True
        self.env["mail.blacklist"]._add("marie.curie@example.com")
        self._send(news="1")
        self._press(self._link(self._mails()[-1]))
        self._make_answers()
        self.assertTrue(self._answers().lead_id.is_blacklisted)

    def test_one_click(self):
        """The mail program's own button (RFC 8058) withdraws the one purpose."""
        self.form.mail_template_id = self.env.ref(
            "prospect_form.mail_template_confirmation"
        )
        self._send(news="1")
        headers = self._headers(self._mails())
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        url = headers["List-Unsubscribe"].strip("<>")
        self.url_open(
            url[url.index("/prospect/") :],
            data={"List-Unsubscribe": "One-Click", "everything": "1"},
        )
        row = self._rows()[-1]
        self.assertEqual((row.action, row.cause), ("withdrawn", "one_click"))
        self.assertFalse(row.lead_id.is_blacklisted)

    def test_tampered(self):
        """Whatever is wrong with a link: the same answer, and nothing happens."""
        row = self._given()
        url = row._get_withdrawal_link()
        path = url[url.index("/prospect/") :]
        number, until, sign = path.rpartition("/")[2].split("-")
        other = self._prospect(email_from="other@example.com")
        self._record(other, action="given", purpose_id=self.events.id, note="A call")
        stranger = self._rows(lead_id=other.id)
        before = self._tables()
        texts = set()
        for part in (
            f"{stranger.id}-{until}-{sign}",
            f"{number}-99-{sign}",
            f"{number}-{until}-{sign[:-1]}{'0' if sign[-1] != '0' else '1'}",
            f"{number}-{until}-{sign[:16]}",
            f"99999999999-{until}-{sign}",
            f"{number}-{until}-é",
            "nonsense",
            "0-0-" + "0" * 48,
            self._answers()._get_confirm_link().rpartition("/")[2],
        ):
            for data in (None, {"withdraw": "1", "everything": "1", "self": "1"}):
                response, text = self._open(f"/prospect/consent/{part}", data=data)
                self.assertEqual(response.status_code, 404, part)
                texts.add(text)
        self.assertEqual(len(texts), 1)
        self.assertSameTables(before)

    # --- Merging, erasing -------------------------------------------------------------

    def test_merge(self):
        """The register follows a merge, and comes back when it is undone."""
        self._send(news="1")
        answer = self._answers()
        one = answer.lead_id
        two = self._prospect(email_from="m.curie@example.com", user_id=False)
        row = self._rows()
        before = self._tables()
        wizard = self.env["prospect.merge"].create(
            {"lead_ids": [(6, 0, (one + two).ids)], "survivor_id": two.id}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done")
        self.env.invalidate_all()
        self.assertEqual((row.lead_id, answer.lead_id), (two, two))
        self.assertEqual(two.form_answer_ids, answer)
        operation.action_undo()
        self.env.invalidate_all()
        self.assertEqual((row.lead_id, answer.lead_id), (one, one))
        self.assertSameTables(before)

    def test_deleted_prospect(self):
        """A withdrawal survives the prospect: it counts when the person is imported."""
        row = self._given()
        row._withdraw()
        row.lead_id.unlink()
        self.assertEqual(self._told()[-1][0], "withdrawn")
        again = self._prospect(email_from="marie.curie@example.com")
        self.assertEqual(again.consent_withdrawn_ids, self.newsletter)

    def test_erased(self):
        """Who is to be forgotten is: the fact stays, and can be shown to who comes back
        with the address. An administrator does so, as Odoo's privacy lookup does.
        """
        row = self._given()
        admin = self.env.ref("base.user_admin")
        link = row._get_withdrawal_link()
        row.with_user(admin).sudo().unlink()
        self.env.invalidate_all()
        self.assertTrue(row.exists())
        self.assertTrue(row.erased_at)
        for fname in ("email_normalized", "phone_sanitized", "lead_id", "answer_id"):
            self.assertFalse(row[fname], fname)
        self.assertEqual(row.purpose_id, self.newsletter)
        self.assertEqual(row.address_hash, row._hash("marie.curie@example.com"))
        self.assertNotEqual(row.address_hash, row._hash("marie@example.com"))
        self.assertFalse(self._answers().lead_id.consent_purpose_ids)
        _response, text = self._press(link[link.index("/prospect/") :])
        self.assertIn("is withdrawn", text)
        self.assertEqual(len(self._rows()), 1)
