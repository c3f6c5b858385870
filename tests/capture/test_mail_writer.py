"""Who wrote a mail that somebody else passed on, and which mails nobody wrote."""

from odoo.tests import tagged

from .test_mail import MailCase

RELAY = "My Site <noreply@site.example.com>"
ROLE = "My Site <contact@site.example.com>"


@tagged("post_install", "-at_install")
class TestMailWriter(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "hello@ours.example.com"

    def _from_whom(self, subject, sender, **headers):
        """The address of the new prospect that a mail makes, or None."""
        before = self._all()
        self._mail(subject, sender=sender, **headers)
        lead = self._all() - before
        self.assertLessEqual(len(lead), 1)
        return lead.email_normalized or None

    def _all(self):
        return self.env["crm.lead"].with_context(active_test=False).search([])

    def test_two_people_of_a_form(self):
        """The issue's: one prospect each, and a second mail joins the first one's."""
        for name in ("ana", "bob", "ana"):
            count = len(self._all().ids)
            self._mail(
                f"relay-{name}-{count}",
                sender=RELAY,
                Reply_To=f"{name}@m20.example.com",
            )
        ana, bob = (
            self._leads("ana@m20.example.com"),
            self._leads("bob@m20.example.com"),
        )
        self.assertEqual((len(ana), len(bob)), (1, 1))
        self.assertEqual(len(self._mails_of(ana)), 2)
        self.assertEqual(len(self._mails_of(bob)), 1)
        self.assertFalse(self._leads("noreply@site.example.com"))
        self.assertIn("ana@m20.example.com", self._mails_of(ana)[0].email_from)

    def test_never_by_threading(self):
        """Mails of a form that answer one number, or have one subject, do not meet."""
        self._mail(
            "Question",
            sender=RELAY,
            message_id="<first@site.example.com>",
            Reply_To="ana@m20.example.com",
        )
        ana = self._leads("ana@m20.example.com")
        for number, name in enumerate(("bob", "cal")):
            self._mail(
                "Question",
                sender=RELAY,
                message_id=f"<next-{number}@site.example.com>",
                Reply_To=f"{name.title()} <{name}@m20.example.com>",
                In_Reply_To="<first@site.example.com>",
                References="<first@site.example.com>",
            )
        bob, cal = (
            self._leads("bob@m20.example.com"),
            self._leads("cal@m20.example.com"),
        )
        for lead in (ana, bob, cal):
            self.assertEqual(len(lead), 1)
            self.assertEqual(len(self._mails_of(lead)), 1)
            self.assertEqual(lead.team_id, self.team)
        self.assertEqual(bob.contact_name, "Bob")
        self.assertNotIn(self._mails_of(bob).parent_id, ana.message_ids)
        # without the alias among the recipients as well: the team's all the same
        self._mail(
            "Question",
            sender=RELAY,
            to="site@site.example.com",
            message_id="<copy@site.example.com>",
            Reply_To="dan@m20.example.com",
            In_Reply_To="<first@site.example.com>",
        )
        dan = self._leads("dan@m20.example.com")
        self.assertEqual(dan.team_id, self.team)
        self.assertEqual(len(self._mails_of(ana)), 1)
        # who is known in the thread answers in it
        self._mail(
            "Question",
            sender=RELAY,
            message_id="<again@site.example.com>",
            Reply_To="ana@m20.example.com",
            References="<first@site.example.com>",
        )
        self.assertEqual(len(self._mails_of(ana)), 2)

    def test_who_wrote(self):
        """Each way of passing a mail on, and each that is none."""
        ana = "Ana Roux <ana@{}.example.com>"
        group = "'Ana Roux' via Club <club@club.example.com>"
        acme = "Acme <info@acme.example.com>"
        club = {"List_Id": "Club <club.club.example.com>", "Precedence": "list"}
        cases = [
            (RELAY, {"Reply_To": ana}, "ana"),
            ("No Reply <do-not-reply+7@site.example.com>", {"Reply_To": ana}, "ana"),
            ("ne-pas-repondre@site.example.com", {"Reply_To": ana}, "ana"),
            ("WordPress <wordpress@site.example.com>", {"Reply_To": ana}, "ana"),
            (group, {**club, "X_Original_From": ana}, "ana"),
            (group, {**club, "X_Original_Sender": "ana@{}.example.com"}, "ana"),
            (
                group,
                {**club, "Reply_To": f"Club <club@club.example.com>, {ana}"},
                "ana",
            ),
            # From is ours
            ("My Company <hello@ours.example.com>", {"Reply_To": ana}, "ana"),
            (self.team.alias_email, {"Reply_To": ana}, "ana"),
            (self.salesman.email_formatted, {"Reply_To": ana}, "ana"),
            # a mailbox of several people
            (ROLE, {"Reply_To": ana}, "ana"),
            (ROLE, {"Reply_To": "ana@{}.example.com"}, "ana"),
            (acme, {"Reply_To": "bo@acme.example.com"}, "bo"),
            (
                "Bo <info@acme.example.com>",
                {"Reply_To": "Bo <b@x.example.com>"},
                "info",
            ),
            (
                "Acme <info@acme.example.com>",
                {"Reply_To": "acme@x.example.com"},
                "info",
            ),
            (acme, {}, "info"),
            # a person, who wants answers elsewhere
            ("Bo <bo@acme.example.com>", {"Reply_To": ana}, "bo"),
            ("Bo <bo@acme.example.com>", {"X_Original_From": ana}, "bo"),
            (
                "Bo <bo@acme.example.com>",
                {**club, "Reply_To": "Club <club@club.example.com>"},
                "bo",
            ),
            # a colleague is one at home as well
            (
                self.salesman.email_formatted,
                {"Reply_To": "Prospect salesman <me@home.example.com>"},
                None,
            ),
            (
                self.salesman.email_formatted,
                {"Reply_To": "desk@prospect.example.com"},
                None,
            ),
            # nobody else is named
            (RELAY, {"Reply_To": "noreply@site.example.com"}, "noreply"),
            (RELAY, {"Reply_To": self.team.alias_email}, "noreply"),
        ]
        for number, (sender, headers, local) in enumerate(cases):
            with self.subTest(sender=sender, headers=headers):
                self._leads("bo@acme.example.com").unlink()
                self._leads("info@acme.example.com").unlink()
                headers = {k: v.format(f"w{number}") for k, v in headers.items()}
                found = self._from_whom(f"who-{number}", sender, **headers)
                self.assertEqual((found or "").partition("@")[0], local or "")

    def test_names(self):
        """The writer's name, from where it stands."""
        cases = [
            (RELAY, "Ana Roux <{}>", "Ana Roux"),
            (RELAY, "=?utf-8?q?L=C3=A9a_Roux?= <{}>", "Léa Roux"),
            (RELAY, '"=?utf-8?q?L=C3=A9a_Roux?=" <{}>', "Léa Roux"),
            (RELAY, "{}", False),
            ("Ana Roux <noreply@site.example.com>", "{}", "Ana Roux"),
            ("'Ana Roux' via My Site <noreply@site.example.com>", "{}", "Ana Roux"),
        ]
        for number, (sender, reply, name) in enumerate(cases):
            with self.subTest(sender=sender, reply=reply):
                email = f"ana.r{number}@names.example.com"
                reply = reply.format(email)
                self._mail(f"name-{number}", sender=sender, Reply_To=reply)
                self.assertEqual(self._leads(email).contact_name, name)

    def test_nobodys_address(self):
        """Who is not named cannot be told apart: two mails are two prospects."""
        self._mail("nobody-1", sender=RELAY)
        self._mail("nobody-2", sender=RELAY)
        self.assertEqual(len(self._leads("noreply@site.example.com")), 2)

    def test_contact_of_a_shared_mailbox(self):
        """Another name at info@ is not the contact who reads it too."""
        contact = self.env["res.partner"].create(
            {"name": "Ana Roux", "email": "info@shared.example.com"}
        )
        self._mail("shared", sender="Bob Blanc <info@shared.example.com>")
        bob = self._leads("info@shared.example.com")
        self.assertFalse(bob.partner_id)
        self.assertEqual(bob.contact_name, "Bob Blanc")
        bob.unlink()
        self._mail("same", sender="Ana Roux <info@shared.example.com>")
        self.assertEqual(self._leads("info@shared.example.com").partner_id, contact)

    def test_alias_looks_at_the_sender(self):
        """Whom an alias takes is decided by From: Reply-To can be anybody's."""
        self.team.alias_contact = "partners"
        known = self.contact.email
        with self.mock_mail_gateway():
            self._mail("stranger", sender=RELAY, Reply_To=known)
        self.assertFalse(self._leads())

    def test_colleague_answers(self):
        """In a thread a colleague's mail is theirs, whoever is to be answered."""
        lead = self._prospect(email_from="ana@m20.example.com")
        message = lead.message_post(body="Hello", message_type="comment")
        self._mail(
            "answer",
            sender=self.salesman.email_formatted,
            Reply_To="Help Desk <desk@elsewhere.example.com>",
            References=message.message_id,
        )
        mail = self._mails_of(lead)
        self.assertEqual(mail.author_id, self.salesman.partner_id)
        self.assertFalse(self._leads("desk@elsewhere.example.com"))

    def test_replayed(self):
        """A mail that was refused is replayed as its writer's."""
        self._mail(
            "auto",
            sender=RELAY,
            message_id="<auto@site.example.com>",
            Reply_To="Ana Roux <ana@m20.example.com>",
            Auto_Submitted="auto-generated",
        )
        message = self._kept("<auto@site.example.com>")
        self.assertEqual(message.state, "ignored")
        message.with_user(self.manager).action_replay()
        lead = self._leads("ana@m20.example.com")
        self.assertEqual(message.lead_id, lead)
        self.assertEqual(lead.contact_name, "Ana Roux")
        self.assertIn("ana@m20.example.com", self._mails_of(lead).email_from)

    def test_words_alone_are_a_mail(self):
        """Headers say that nobody wrote; words of the subject only beside them."""
        words = (
            "Absence : qui vous remplace ?",
            "Automatic reply: can we have one?",
            "Out of office: whom to call?",
            "Réponse automatique : laquelle ?",
        )
        for number, subject in enumerate(words):
            with self.subTest(subject=subject):
                found = self._from_whom(
                    subject,
                    f"c{number}@absent.example.com",
                    message_id=f"<words-{number}@absent.example.com>",
                )
                self.assertEqual(found, f"c{number}@absent.example.com")
        passed = {"Precedence": "list", "Auto_Submitted": "no", "X_Autoreply": "No"}
        for number, (name, value) in enumerate(passed.items()):
            with self.subTest(header=name):
                found = self._from_whom(
                    "Absence : demain",
                    f"p{number}@absent.example.com",
                    message_id=f"<passed-{number}@absent.example.com>",
                    **{name: value},
                )
                self.assertEqual(found, f"p{number}@absent.example.com")

    def test_headers_decide(self):
        """Any of them, with or without words."""
        cases = [
            {"Auto_Submitted": "auto-replied; owner-email=x"},
            {"Auto_Submitted": "auto-generated (rule)"},
            {"X_Autoreply": "yes"},
            {"X_Autorespond": "1"},
            {"Precedence": "auto_reply"},
            {"Precedence": "junk"},
            {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
            {"Return_Path": "<>"},
            {"X_Auto_Response_Suppress": "OOF", "subject": "Absence : en congé"},
            {"X_Loop": "me@absent.example.com", "subject": "Out of office: back soon"},
        ]
        for number, headers in enumerate(cases):
            with self.subTest(headers=headers):
                subject = headers.pop("subject", "Hello")
                found = self._from_whom(
                    subject,
                    f"h{number}@absent.example.com",
                    message_id=f"<head-{number}@absent.example.com>",
                    **headers,
                )
                self.assertFalse(found)
                message = self._kept(f"<head-{number}@absent.example.com>")
                self.assertEqual(message.state, "ignored")
        found = self._from_whom(
            "Hello", "oof@absent.example.com", X_Auto_Response_Suppress="OOF"
        )
        self.assertEqual(found, "oof@absent.example.com")
