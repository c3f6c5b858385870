"""Mails to visitors: thanks [IY-11, IY-12], and the link to confirm an address."""

import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tests.common import TablesMixin

from ...models.answers import answer_mail as mail_module
from ..consents import ConsentCase


@tagged("post_install", "-at_install")
class TestConfirmation(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("prospect_form.mail_template_confirmation")
        cls.form.mail_template_id = cls.template

    def test_thanks(self):
        """One mail in the queue, to the visitor, with names and answers filled in."""
        self._send()
        (mail,) = self._mails()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.email_to, "marie.curie@example.com")
        self.assertEqual(mail.subject, "Thank you for your message: Spring fair")
        body = mail.body_html
        self.assertIn("Hello Marie Curie,", " ".join(body.split()))
        self.assertIn("Accommodation", body)
        self.assertNotIn("False", body)
        self.assertFalse(mail.headers)
        self.assertTrue(self._answers().confirmation_sent_at)

    def test_own_words(self):
        """Words of strangers go to nobody's address before it is confirmed."""
        for kind, label in (("text", "Message"), ("hidden", "Secret")):
            self.env["prospect.form.field"].create(
                {"form_id": self.form.id, "type": kind, "label": label}
            )
        words = {"message": "Buy at https://spam.example", "secret": "inner"}
        self._send(**words)
        (mail,) = self._mails()
        self.assertNotIn("spam", mail.body_html)
        answer = self._answers()
        answer.confirmed_at = answer.date
        told = dict(answer._get_mail_summary())
        self.assertEqual(told["Message"], words["message"])
        self.assertNotIn("Secret", told)

    def test_title(self):
        """Each visitor gets their own title and name; without, nothing strays."""
        title = self.env["prospect.title"].create({"name": "Mme"})
        self.env["prospect.form.field"].create(
            {
                "form_id": self.form.id,
                "target": "field",
                "fname": "title_id",
                "type": "dropdown",
                "label": "Title (Mr, Ms)",
            }
        )
        self._send(title_mr_ms=str(title.id))
        self._send(e_mail="pierre@example.com", first_name="Pierre")
        self._send(e_mail="x@example.com", first_name=None, last_name="Joliot")
        bodies = [" ".join(mail.body_html.split()) for mail in self._mails()]
        for body, words in zip(
            bodies,
            ("Hello Mme Curie,", "Hello Pierre Curie,", "Hello Joliot,"),
            strict=True,
        ):
            self.assertIn(words, body)

    def test_name_of_the_address(self):
        """The name is that of the address used: who exists already keeps theirs."""
        self._prospect(
            contact_name="Marie Sklodowska", email_from="marie.curie@example.com"
        )
        self._send()
        self.assertIn("Marie Sklodowska", self._mails().body_html)

    def test_no_message_of_strangers(self):
        """A name is no place to write to somebody else."""
        self._send(last_name="Win now https://spam.example.com")
        body = " ".join(self._mails().body_html.split())
        self.assertIn("Hello Marie,", body)

    def test_language(self):
        """In the visitor's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.template.with_context(lang="fr_FR").subject = "Merci"
        self._send(headers={"Accept-Language": "fr"})
        self._send(e_mail="pierre@example.com")
        subjects = self._mails().mapped("subject")
        self.assertEqual(subjects, ["Merci", "Thank you for your message: Spring fair"])

    def test_robot(self):
        """Robots get none; a person who was taken for one does, once let through."""
        self._send(prospect_url="https://spam.example.com")
        self.assertFalse(self._mails())
        self._answers().capture_id.with_user(self.manager).action_replay()
        self.assertEqual(len(self._mails()), 1)

    def test_once(self):
        """One mail for an answer: sent twice, replayed or corrected."""
        token = self._token()
        for _time in range(2):
            self._post(token=token, **self.MARIE)
        self._make_answers()
        self.env["prospect.form"]._prospect_on_answer(self._answers())
        self._post(token=token, **{**self.MARIE, "first_name": "Maria"})
        self._make_answers()
        self.assertEqual(len(self._answers()), 2)
        self.assertEqual(len(self._mails()), 1)

    def test_no_address(self):
        """A form without an e-mail sends none."""
        self.form.field_ids.filtered(lambda ask: ask.key == "e_mail").required = False
        self._send(e_mail=None)
        self.assertEqual(self._answers().state, "accepted")
        self.assertFalse(self._mails())

    def test_flood(self):
        """Somebody's mailbox cannot be filled by writing their address again."""
        self.env["ir.config_parameter"].set_param("prospect_form.mails_a_day", "3")
        for number in range(5):
            self._send(first_name=f"Marie{'abcde'[number]}")
        self.assertEqual(len(self._mails()), 3)
        answers = self._answers()
        self.assertEqual(set(answers.mapped("state")), {"accepted"})
        self.assertEqual(len(answers.filtered("mail_error")), 2)

    @mute_logger(
        "odoo.addons.mail.models.mail_render_mixin",
        "odoo.addons.prospect_form.models.answers.form_mail",
    )
    def test_broken_template(self):
        """A template that cannot be written costs no prospect."""
        self.env.cr.execute(
            "UPDATE mail_template SET subject = jsonb_build_object('en_US',"
            " '{{ object.nothing.at.all }}') WHERE id = %s",
            [self.template.id],
        )
        self.env.invalidate_all()
        self._send()
        answer = self._answers()
        self.assertEqual(answer.state, "accepted")
        self.assertTrue(answer.lead_id)
        self.assertTrue(answer.mail_error)
        self.assertFalse(self._mails())

    def test_withdraw_from_mail(self):
        """The mail has the link for each consent that it follows, one for each."""
        self._add_box(label="Events", purpose="events")
        self._send(news="1", events="1")
        mail = self._mails()
        self.assertEqual(str(mail.body_html).count("/prospect/consent/"), 2)
        self.assertFalse(mail.headers, "a button cannot ask which one is meant")

    def test_template_of_a_manager(self):
        """Who may not write code in templates may use the names."""
        allowed = self.env["prospect.form.answer"].mail_allowed_qweb_expressions()
        self.assertIn("object.recipient_name", allowed)


@tagged("post_install", "-at_install")
class TestOptIn(TablesMixin, ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form.double_opt_in = True

    def _later(self, **delta):
        """Let time pass for links and what was sent."""
        seconds = timedelta(**delta).total_seconds()
        now = time.time
        self.patch(mail_module.time, "time", lambda: now() + seconds)
        self.env.cr.execute(
            "UPDATE prospect_form_answer SET date = date - %s,"
            " opt_in_sent_at = opt_in_sent_at - %s",
            [timedelta(**delta), timedelta(**delta)],
        )
        self.env.invalidate_all()

    def test_waits(self):
        """An answer waits in the inbox: no prospect, no consent, a mail with a link."""
        self._send(news="1")
        answer = self._answers()
        self.assertEqual(
            (answer.state, answer.capture_id.state), ("waiting", "waiting")
        )
        self.assertFalse(self._leads())
        self.assertFalse(self._rows())
        (mail,) = self._mails()
        self.assertEqual(mail.email_to, "marie.curie@example.com")
        self.assertIn("Hello Marie Curie,", " ".join(mail.body_html.split()))
        # the job finds nothing more to do
        self._make_answers()
        self.assertEqual(len(self._mails()), 1)

    def test_confirm(self):
        """Opening the link changes nothing; its button confirms, once."""
        self.form.mail_template_id = self.env.ref(
            "prospect_form.mail_template_confirmation"
        )
        self.form.thanks = "<p>See you at the fair.</p>"
        self._send(news="1")
        path = self._link(self._mails())
        before = self._tables()
        response, text = self._open(path)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.text.startswith("<!DOCTYPE html>"))
        self.assertIn("m…@example.com", text)
        self.assertNotIn("marie.curie@example.com", text)
        self.url_open(path, method="HEAD")
        self.assertSameTables(before)
        _response, text = self._press(path)
        self.assertIn("See you at the fair.", text)
        self._make_answers()
        answer = self._answers()
        self.assertEqual(answer.state, "accepted")
        self.assertTrue(answer.confirmed_at)
        (row,) = self._rows()
        self.assertEqual((row.is_confirmed, row.date), (True, answer.confirmed_at))
        self.assertEqual(row.lead_id, self._leads())
        self.assertEqual(len(self._mails()), 2, "the link, then the thanks")
        # replayed: nothing more
        for _time in range(2):
            response, text = self._press(path)
            self.assertEqual(response.status_code, 200)
            self.assertIn("is confirmed", text)
            self.assertNotIn("Set-Cookie", response.headers)
        self._make_answers()
        self.assertEqual((len(self._rows()), len(self._leads())), (1, 1))
        self.assertEqual(len(self._mails()), 2)

    def test_expired(self):
        """A link that is too old confirms nothing, and offers a new one, some times."""
        self._send()
        path = self._link(self._mails())
        self._later(hours=73)
        before = self._tables()
        _response, text = self._open(path)
        self.assertIn("is over", text)
        _response, text = self._press(path)
        self.assertIn("is over", text)
        self.assertSameTables(before)
        _response, text = self._press(path, again="1")
        self.assertIn("new e-mail", text)
        self.assertEqual(len(self._mails()), 2)
        # at once again: not another one
        _response, text = self._press(path, again="1")
        self.assertIn("just written", text)
        self._later(hours=1)
        self._press(path, again="1")
        self._later(hours=1)
        _response, text = self._press(path, again="1")
        self.assertIn("just written", text)
        mails = self._mails()
        self.assertEqual(len(mails), 3, "three at most")
        self._press(self._link(mails[-1]))
        self._make_answers()
        self.assertEqual(self._answers().state, "accepted")

    def test_tampered(self):
        """Whatever is wrong with a link: the same answer, and nothing happens."""
        self._send()
        answer = self._answers()
        path = self._link(self._mails())
        number, until, sign = path.rpartition("/")[2].split("-")
        before = self._tables()
        texts = set()
        for part in (
            f"{answer.id + 1}-{until}-{sign}",
            f"{number}-{int(until) + 3600}-{sign}",
            f"{number}-0-{sign}",
            f"{number}-{until}-{'0' * 48}",
            "nonsense",
        ):
            for data in (None, {"confirm": "1", "again": "1"}):
                response, text = self._open(f"/prospect/confirm/{part}", data=data)
                self.assertEqual(response.status_code, 404, part)
                texts.add(text)
        self.assertEqual(len(texts), 1)
        self.assertSameTables(before)
        self.assertEqual(answer.state, "waiting")

    def test_replayed_by_a_person(self):
        """A person who replays it confirms nothing, and sends no mail at once again."""
        self._send()
        answer = self._answers()
        answer.capture_id.with_user(self.manager).action_replay()
        self.assertEqual(answer.state, "waiting")
        self.assertFalse(self._leads())
        self.assertEqual(len(self._mails()), 1)

    def test_robot(self):
        """Robots get no link."""
        self._send(prospect_url="https://spam.example.com")
        self.assertFalse(self._mails())

    def test_ignored(self):
        """What a person has ignored is not confirmed any more."""
        self._send()
        path = self._link(self._mails())
        self._answers().capture_id.with_user(self.manager)._ignore("Spam")
        response, _text = self._press(path)
        self.assertEqual(response.status_code, 404)
        self._make_answers()
        self.assertFalse(self._leads())

    def test_without_address(self):
        """Nobody can confirm an address that was not given: a person looks."""
        self.env["prospect.form.field"].search(
            [("form_id", "=", self.form.id), ("key", "=", "e_mail")]
        ).unlink()
        self._send(e_mail=None)
        answer = self._answers()
        self.assertEqual(answer.state, "quarantined")
        self.assertIn("none was given", answer.capture_id.reason)

    def test_cleaned(self):
        """What nobody confirms is deleted after a month, with its message."""
        self._send()
        self._send(e_mail="pierre@example.com")
        waiting, confirmed = self._answers()
        self._press(self._link(self._mails()[-1]))
        self._make_answers()
        messages = waiting.capture_id + confirmed.capture_id
        answers = self.env["prospect.form.answer"]
        answers._gc_waiting()
        self.assertEqual(len(self._answers()), 2, "not before its time")
        self._later(days=31)
        answers._gc_waiting()
        self.assertEqual(self._answers(), confirmed)
        self.assertEqual(messages.exists(), confirmed.capture_id)
        self.assertTrue(self._leads())

    def test_cleaned_by_odoos_job(self):
        """What is cleaned once a day is really called, and says of no error."""
        self._send()
        answer = self._answers()
        message = answer.capture_id
        self._later(days=31)
        with self.assertNoLogs("odoo.addons.base.models.ir_autovacuum", "ERROR"):
            self._vacuum()
        self.assertFalse(answer.exists())
        self.assertFalse(message.exists())

    def test_kept_for_ever(self):
        self.env["ir.config_parameter"].set_param("prospect_form.waiting_days", "0")
        self._send()
        self._later(days=400)
        self.env["prospect.form.answer"]._gc_waiting()
        self.assertTrue(self._answers())

    def test_rights(self):
        """The page's work cannot be called by who has no rights."""
        self._send()
        answer = self._answers()
        for user in (self._portal(), self.env.ref("base.public_user"), self.salesman):
            with self.assertRaises(AccessError):
                answer.with_user(user).write({"confirmed_at": fields.Datetime.now()})
        self.assertEqual(answer.state, "waiting")
