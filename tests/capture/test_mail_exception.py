"""The list of exceptions [BX-35]: no prospect of their mails and calls."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_mail import MailCase


@tagged("post_install", "-at_install")
class TestException(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exceptions = cls.env["prospect.exception"]
        cls.env.company.country_id = cls.env.ref("base.fr")

    def _except(self, value, **values):
        return self.exceptions.create({"value": value, **values})

    def _count(self):
        return self.env["crm.lead"].with_context(active_test=False).search_count([])

    def _receive(self, channel, number, **values):
        """A message of a channel, processed; rolled back with the test."""
        inbox = self.env["prospect.capture"].sudo()
        vals = inbox._prepare_message(
            channel, f"exception-{number}", {}, values, "fill", None, None
        )
        message = inbox.browse(inbox._insert(vals)[0])
        message._process()
        return message

    def test_mails(self):
        """Neither new nor known: no prospect, no message; the inbox says why."""
        self._except("News@Shop.example.com", comment="a newsletter")
        self._except("@spam.example.com")
        for sender in (
            "Shop <news@shop.example.com>",
            "x@spam.example.com",
            "x@mail.spam.example.com",
        ):
            with self.subTest(sender=sender):
                count = self._count()
                key = f"<{sender.partition('@')[2][:9]}@left.example.com>"
                self._mail("left out", sender=sender, message_id=key)
                self.assertEqual(self._count(), count)
                message = self._kept(key)
                self.assertEqual(message.state, "ignored")
                self.assertIn("Left out: exception", message.reason)
                self.assertTrue(message.mail, "kept whole")
        for sender in ("ana@shop.example.com", "x@nospam.example.com"):
            self._mail(sender, sender=sender)
            self.assertEqual(len(self._leads(sender)), 1)

    def test_known_people(self):
        """Mails of a prospect that is there do not join it either; answers do."""
        lead = self._prospect(email_from="ana@left.example.com")
        self._except("ana@left.example.com")
        self._mail("news", sender="ana@left.example.com")
        self.assertFalse(self._mails_of(lead))
        message = lead.message_post(body="Hello", message_type="comment")
        self._mail(
            "answer", sender="ana@left.example.com", References=message.message_id
        )
        self.assertEqual(self._mails_of(lead).subject, "answer")

    def test_who_passes_mails_on(self):
        """The writer's address is looked at, and the sender's."""
        self._except("ana@left.example.com")
        self._except("noreply@relay.example.com")
        count = self._count()
        self._mail(
            "one", sender="noreply@site.example.com", Reply_To="ana@left.example.com"
        )
        self._mail(
            "two", sender="noreply@relay.example.com", Reply_To="b@x.example.com"
        )
        self.assertEqual(self._count(), count)
        self._mail(
            "three", sender="noreply@site.example.com", Reply_To="b@x.example.com"
        )
        self.assertEqual(len(self._leads("b@x.example.com")), 1)

    def test_replayed_by_hand(self):
        self._except("ana@left.example.com")
        self._mail(
            "left", sender="ana@left.example.com", message_id="<left@left.example.com>"
        )
        message = self._kept("<left@left.example.com>")
        message.with_user(self.manager).action_replay()
        self.assertEqual(message.state, "done")
        self.assertEqual(len(self._leads("ana@left.example.com")), 1)

    def test_calls_and_forms(self):
        """Calls are left out, by number or address; forms and imports are not."""
        self._except("06 12 34 56 78")
        self._except("ana@left.example.com")
        for number, values in enumerate(
            (
                {"phone": "+33612345678", "contact_name": "Ana"},
                {"phone": "+33 1 99 00 12 34", "email_from": "ana@left.example.com"},
            )
        ):
            count = self._count()
            message = self._receive("call", f"call-{number}", **values)
            self.assertEqual((message.state, self._count()), ("ignored", count))
            self.assertIn("Left out: exception", message.reason)
            message.with_user(self.manager).action_replay()
            self.assertEqual((message.state, self._count()), ("done", count + 1))
        message = self._receive("call", "other", phone="+33612345679")
        self.assertEqual(message.outcome, "created")
        message = self._receive("form", "form", email_from="ana@left.example.com")
        self.assertEqual((message.state, message.reason), ("done", False))
        outcomes = self.env["crm.lead"]._prospect_upsert(
            [{"phone": "+33612345678", "contact_name": "Ana"}], cause="import"
        )
        self.assertNotEqual(outcomes[0]["outcome"], "failed")

    def test_companies(self):
        """One of a company's is nobody else's."""
        other = self.env["res.company"].create({"name": "Other"})
        self.team.company_id = self.env.company
        self._except("ana@left.example.com", company_id=other.id)
        self._mail("here", sender="ana@left.example.com")
        self.assertEqual(len(self._leads("ana@left.example.com")), 1)
        self._except("bob@left.example.com", company_id=self.env.company.id)
        self._mail("bob", sender="bob@left.example.com")
        self.assertFalse(self._leads("bob@left.example.com"))
        user = self.manager.with_context(allowed_company_ids=self.env.company.ids)
        seen = self.exceptions.with_user(user).search([("value", "like", "left")])
        self.assertEqual(seen.mapped("value"), ["bob@left.example.com"])

    def test_match(self):
        """What the gate asks: one query, whatever the number."""
        other = self.env["res.company"].create({"name": "Other"})
        self._except("x.example.com", company_id=other.id)
        self._except("+33 6 12 34 56 78")
        self._except("off@y.example.com", active=False)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.exceptions._match(
                ["a@x.example.com", "b@sub.x.example.com", "off@y.example.com", None],
                ["+33612345678", "+33612345679", ""],
            )
        self.assertEqual(
            found,
            {
                "a@x.example.com": {other.id},
                "b@sub.x.example.com": {other.id},
                "+33612345678": {False},
            },
        )
        with self.assertQueryCount(0):
            self.assertEqual(self.exceptions._match([None, ""]), {})

    def test_values(self):
        """Each as people write it, once."""
        for text, kind, key in (
            (" Ana@X.example.com ", "email", "e:ana@x.example.com"),
            ("<bob@x.example.com>", "email", "e:bob@x.example.com"),
            ("*@y.example.com", "domain", "d:y.example.com"),
            ("Z.example.com", "domain", "d:z.example.com"),
            ("06 12 34 56 78", "phone", "p:+33612345678"),
            ("+44 20 7946 0958", "phone", "p:+442079460958"),
        ):
            with self.subTest(text=text):
                exception = self._except(text)
                self.assertEqual((exception.kind, exception.key), (kind, key))
        for text in (
            "ana",
            "ana roux@x.example.com",
            "12",
            "@",
            "a@b",
            "x.",
            "gmail.com",
        ):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self._except(text)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._except("ANA@x.example.com")
            self.env.flush_all()

    def test_add_from_prospects(self):
        """The dialog of chosen prospects: address, number, name; archived on demand."""
        leads = self._prospect(
            email_from="Ana <ana@left.example.com>", phone="06 12 34 56 78"
        ) + self._prospect(email_from="bob@left.example.com", contact_name="Bob; B.")
        self._except("bob@left.example.com")
        dialogs = self.env["prospect.exception.add"].with_user(self.salesman)
        dialogs = dialogs.with_context(active_model="crm.lead", active_ids=leads.ids)
        with Form(dialogs) as form:
            self.assertEqual(
                form.lines.splitlines(),
                [
                    "ana@left.example.com; Marie Dupont",
                    "+33612345678; Marie Dupont",
                    "bob@left.example.com; Bob, B.",
                ],
            )
            form.archives = True
        answer = form.record.action_add()
        self.assertIn(
            "2 exceptions added; 1 was",
            answer["params"]["message"].replace("were", "was"),
        )
        self.assertEqual(leads.mapped("active"), [False, False])
        self.assertRecordValues(
            self.exceptions.search([("comment", "=", "Marie Dupont")], order="kind"),
            [
                {"key": "e:ana@left.example.com", "create_uid": self.salesman.id},
                {"key": "p:+33612345678", "create_uid": self.salesman.id},
            ],
        )
        self._mail("news", sender="ana@left.example.com")
        self.assertEqual(len(self._leads("ana@left.example.com")), 1)

    def test_add_several(self):
        """Lines with comments; what is archived is switched on; a bad line is named."""
        archived = self._except("off@y.example.com", active=False)
        dialog = self.env["prospect.exception.add"].with_user(self.salesman)
        dialog = dialog.create(
            {"lines": "a@x.example.com; one\n\n  y.example.com\noff@y.example.com;"}
        )
        dialog.action_add()
        self.assertTrue(archived.active)
        found = self.exceptions.search(
            [("value", "in", ("a@x.example.com", "y.example.com"))]
        )
        self.assertEqual(found.mapped("comment"), ["one", False])
        dialog.lines = "b@x.example.com\nnobody; what?"
        with self.assertRaisesRegex(UserError, "nobody"):
            dialog.action_add()
        self.assertFalse(self.exceptions.search([("value", "=", "b@x.example.com")]))
        dialog.lines = " \n;x"
        with self.assertRaises(UserError):
            dialog.action_add()

    def test_rights(self):
        """Sales people add; administrators change and delete; others see nothing."""
        exception = self._except("ana@left.example.com")
        mine = exception.with_user(self.salesman)
        self.assertEqual(mine.value, "ana@left.example.com")
        mine.create({"value": "bob@left.example.com"})
        for change in (lambda: mine.write({"comment": "x"}), mine.unlink):
            with self.assertRaises(AccessError):
                change()
        exception.with_user(self.manager).comment = "x"
        exception.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self.exceptions.with_user(self.employee).search([])
        lead = self._prospect(user_id=self.manager.id)
        dialogs = self.env["prospect.exception.add"].with_user(self.salesman)
        dialogs = dialogs.with_context(active_model="crm.lead", active_ids=lead.ids)
        self.assertFalse(dialogs._get_default_lines(), "a colleague's is not told")
