"""The register of consents: appended, withdrawn, never edited [BX-54]."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

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

    # --- Append only ----------------------------------------------------------------

    def test_append_only(self):
        """Nobody edits, adds or deletes rows: not even with superuser rights."""
        self._send(news="1")
        (row,) = self._rows()
        # an AccessError is a UserError
        for user in (self.salesman, self.manager, self.env.user):
            mine = row.with_user(user)
            with self.assertRaises(UserError):
                mine.write({"action": "withdrawn"})
            with self.assertRaises(UserError):
                mine.text_id.write({"content": "No"})
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                self.env["prospect.consent"].with_user(user).create(
                    {
                        "action": "given",
                        "cause": "form",
                        "purpose_id": self.events.id,
                        "channel": "email",
                        "email_normalized": "marie.curie@example.com",
                    }
                )
        with self.assertRaises(UserError):
            row.sudo().write({"action": "withdrawn"})
        with self.assertRaises(UserError):
            row.sudo().text_id.unlink()
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                row.with_user(user).sudo().unlink()
        self.assertEqual(self._told(), [("given", "newsletter", "email", "form")])

    def test_rights(self):
        """Sales people see the register of their prospects, visitors nothing."""
        self._send(news="1")
        (row,) = self._rows()
        row.lead_id.user_id = self.salesman
        other = self.env["res.users"].create(
            {
                "name": "Other",
                "login": "prospect_other",
                "group_ids": [
                    (6, 0, self.env.ref("sales_team.group_sale_salesman").ids)
                ],
            }
        )
        register = self.env["prospect.consent"]
        for user, seen in (
            (self.salesman, row),
            (self.salesman_all, row),
            (self.manager, row),
            (other, register),
        ):
            self.assertEqual(register.with_user(user).search([]), seen, user.login)
        for user in (self.employee, self._portal(), self.env.ref("base.public_user")):
            for model in ("prospect.consent", "prospect.consent.text"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["prospect.consent.record"].with_user(user).create(
                    {"lead_id": row.lead_id.id}
                )
        with self.assertRaises(AccessError):
            self.newsletter.with_user(self.salesman).name = "Mine"
        self.newsletter.with_user(self.manager).name = "Letters"

    def test_multi_company(self):
        """A company neither sees another one's register, nor is bound by it."""
        self._send(news="1")
        (row,) = self._rows()
        company = self.env["res.company"].create({"name": "Other company"})
        self.manager.company_ids += company
        register = self.env["prospect.consent"].with_user(self.manager)
        self.assertFalse(
            register.with_context(allowed_company_ids=company.ids).search([])
        )
        stranger = self._prospect(
            email_from="marie.curie@example.com",
            company_id=company.id,
            user_id=False,
            team_id=False,
        )
        self.assertFalse(stranger.consent_purpose_ids)
        self.assertTrue(row.lead_id.consent_purpose_ids)

    # --- By hand --------------------------------------------------------------------

    def _record(self, lead, user=None, **values):
        records = self.env["prospect.consent.record"].with_user(user or self.salesman)
        return records.create({"lead_id": lead.id, **values}).action_record()

    def test_by_hand(self):
        """A salesperson writes down what somebody has said, and how it is known."""
        lead = self._prospect()
        with self.assertRaises(UserError):
            self._record(lead, action="given", purpose_id=self.events.id)
        self._record(
            lead, action="given", purpose_id=self.events.id, note="Signed at the fair"
        )
        self.assertEqual(lead.consent_email_ids, self.events)
        self._record(lead, purpose_id=self.events.id)
        rows = self._rows(lead_id=lead.id)
        self.assertEqual(
            self._told(rows),
            [
                ("given", "events", "email", "manual"),
                ("withdrawn", "events", "email", "manual"),
            ],
        )
        self.assertEqual(rows.user_id, self.salesman)
        self.assertFalse(lead.consent_email_ids)
        self.assertEqual(lead.consent_withdrawn_ids, self.events)
        self.assertFalse(lead.is_blacklisted)
        with self.assertRaises(UserError):
            self._record(lead, channel="sms", purpose_id=self.events.id)

    def test_by_hand_everything(self):
        """All purposes at once: then Odoo's mailings stop as well."""
        lead = self._prospect()
        for purpose in (self.events, self.newsletter):
            self._record(lead, action="given", purpose_id=purpose.id, note="A call")
        self._record(lead, everything=True)
        self.assertFalse(lead.consent_purpose_ids)
        self.assertEqual(lead.consent_withdrawn_ids, self.events + self.newsletter)
        self.assertTrue(lead.is_blacklisted)

    def test_by_hand_rights(self):
        """Who may not change the prospect does not speak for it."""
        lead = self._prospect(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            self._record(lead, purpose_id=self.events.id)
        self.assertFalse(self._rows(lead_id=lead.id))

    def test_by_hand_form(self):
        """The dialog says what is missing."""
        lead = self._prospect(phone="+33612345678")
        records = self.env["prospect.consent.record"].with_context(active_id=lead.id)
        with Form(records.with_context(default_lead_id=lead.id)) as form:
            self.assertEqual(form.address, "marie.dupont@example.com")
            form.channel = "phone"
            self.assertEqual(form.address, "+33612345678")
            form.purpose_id = self.events

    # --- How it stands ----------------------------------------------------------------

    def test_search(self):
        """Prospects are found by what they agree to, and by what they withdrew."""
        yes, no, none = (
            self._prospect(email_from=f"{name}@example.com")
            for name in ("yes", "no", "none")
        )
        for lead in (yes, no):
            self._record(
                lead, action="given", purpose_id=self.newsletter.id, note="Call"
            )
        self._record(no, purpose_id=self.newsletter.id)
        leads = self.env["crm.lead"].with_user(self.salesman)
        mine = [("id", "in", (yes + no + none).ids)]

        def found(*domain):
            return leads.search([*mine, *domain])

        number = self.newsletter.id
        self.assertEqual(found(("consent_purpose_ids", "in", [number])), yes)
        self.assertEqual(found(("consent_purpose_ids", "=", number)), yes)
        self.assertEqual(found(("consent_email_ids", "in", [number])), yes)
        self.assertFalse(found(("consent_sms_ids", "in", [number])))
        self.assertEqual(found(("consent_purpose_ids", "not in", [number])), no + none)
        self.assertEqual(found(("consent_purpose_ids", "ilike", "newsl")), yes)
        self.assertEqual(found(("consent_purpose_ids.code", "=", "newsletter")), yes)
        self.assertEqual(found(("consent_purpose_ids", "!=", False)), yes)
        self.assertEqual(found(("consent_purpose_ids", "=", False)), no + none)
        self.assertEqual(found(("consent_withdrawn_ids", "in", [number])), no)
        self.assertFalse(found(("consent_purpose_ids", "in", [self.events.id])))
        both = yes + no + none
        self.assertEqual(
            both.filtered_domain([("consent_purpose_ids", "in", [number])]), yes
        )

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

    def test_queries(self):
        """How it stands is one query, for one prospect as for fifty."""
        leads = self.env["crm.lead"]
        for number in range(50):
            leads += self._prospect(email_from=f"person{number}@example.com")
        self.env["prospect.consent"]._append(
            [
                {
                    "action": "given",
                    "purpose_id": self.newsletter.id,
                    "address": lead.email_normalized,
                    "lead_id": lead.id,
                }
                for lead in leads
            ]
        )
        counts = []
        for some in (leads[:1], leads):
            self.env.invalidate_all()
            self.env.flush_all()
            some.mapped("email_normalized")
            before = self.env.cr.sql_log_count
            self.assertEqual(
                set(some.mapped("consent_purpose_ids.id")), {self.newsletter.id}
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

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

    def test_link_one_purpose(self):
        """A link is for one purpose: the others stay."""
        self._add_box(label="Events", purpose="events")
        self._send(news="1", events="1")
        letter = self._rows(purpose_id=self.newsletter.id)
        url = letter._get_withdrawal_link()
        self._press(url[url.index("/prospect/") :])
        lead = self._answers().lead_id
        self.assertEqual(lead.consent_purpose_ids, self.events)
        self.assertEqual(lead.consent_withdrawn_ids, self.newsletter)
        self.assertFalse(lead.is_blacklisted)

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
        with the address. An administrator does so, as the host's privacy lookup does.
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

    # --- Report -----------------------------------------------------------------------

    @mute_logger("odoo.models.unlink")
    def test_report(self):
        """How each consent stands is a column of the reports."""
        yes = self._prospect(email_from="yes@example.com")
        no = self._prospect(email_from="no@example.com")
        for lead in (yes, no):
            self._record(
                lead, action="given", purpose_id=self.newsletter.id, note="Call"
            )
        self._record(no, purpose_id=self.newsletter.id)
        leads = self.env["crm.lead"].with_user(self.salesman)
        ((column,), gone) = leads._prospect_report_find(["consent:newsletter:email"])
        self.assertFalse(gone)
        self.assertEqual(column.label, "Newsletter by E-mail")
        self.assertEqual(
            column.read(leads.browse((yes + no).ids)),
            {yes.id: "Given", no.id: "Withdrawn"},
        )
