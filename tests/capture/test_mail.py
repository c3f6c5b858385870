"""Mails to an alias of prospects [BX-07]: messages and new prospects, no changes."""

from base64 import b64decode
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon
from odoo.addons.prospect.tools.trusted import trusted

from ..common import ConcurrentCase, ProspectCase

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: {message_id}
Date: Mon, 2 Nov 2026 10:00:00 +0100
{headers}Content-Type: text/plain; charset=utf-8

Please call me back.
"""
PDF = b"%PDF-1.4 tender \x00\xff"
SENDER = '"Marie Dupont" <Marie.Dupont@example.com>'
GATEWAY = "odoo.addons.mail.models.mail_thread"


def make_mail(sender, to, subject, message_id=None, **headers):
    """The source of a mail."""
    return MAIL.format(
        sender=sender,
        to=to,
        subject=subject,
        message_id=message_id or f"<{subject}@prospect.example.com>",
        headers="".join(
            f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items()
        ),
    )


class MailCase(MailCommon, ProspectCase):
    """An alias that takes mails, and a contact who writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.alias_name = "prospect-mail"
        cls.contact = cls.env["res.partner"].create(
            {"name": "Marie D.", "email": "marie.dupont@example.com", "phone": "+33100"}
        )

    def _mail(self, subject, sender=SENDER, to=None, **headers):
        mail = make_mail(sender, to or self.team.alias_email, subject, **headers)
        with mute_logger(GATEWAY):
            return self.env["mail.thread"].sudo().message_process(None, mail)

    def _leads(self, email="marie.dupont@example.com"):
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("email_normalized", "=", email)], order="id")
        )

    def _mails_of(self, lead):
        return lead.message_ids.filtered(
            lambda message: message.message_type == "email"
        )

    def _kept(self, message_id):
        """A mail in the inbox."""
        return self.env["prospect.capture"].search([("event_key", "=", message_id)])

    def _values(self, lead):
        """All stored values that a mail could change."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(l) FROM crm_lead l WHERE id = %s", lead.ids
        )
        (values,) = self.env.cr.fetchone()
        return values


@tagged("post_install", "-at_install")
class TestMail(MailCase):
    def test_unknown(self):
        self.contact.unlink()
        self._mail("unknown")
        lead = self._leads()
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "lead",
                    "status_id": self.new.id,
                    "source_id": self.env.ref("prospect.utm_source_email").id,
                    "team_id": self.team.id,
                    "name": "unknown",
                    "first_name": "Marie",
                    "last_name": "Dupont",
                    "is_repeat": False,
                }
            ],
        )
        self.assertEqual(self._status_log(lead), [(False, "New", "email")])
        self.assertEqual(len(self._mails_of(lead)), 1)
        self._mail("again", sender="MARIE.dupont@example.com")
        self.assertEqual(self._leads(), lead)
        self.assertEqual(self._mails_of(lead).mapped("subject"), ["again", "unknown"])

    def test_known(self):
        """A second mail is a message, by its sender; no field changes."""
        lead = self._prospect(status_id=self.to_clarify.id)
        other = self._prospect(status_id=self.new.id)
        before = self._values(lead), self._values(other)
        self._mail("known", sender='"Somebody Else" <marie.dupont@example.com>')
        self.assertEqual(len(self._leads()), 2)
        message = self._mails_of(lead)
        self.assertEqual(message.subject, "known")
        self.assertIn("call me back", message.body)
        self.assertIn("marie.dupont@example.com", message.email_from)
        self.assertEqual(message.author_id, self.contact)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertFalse(self._mails_of(other))
        # answering one's own mail would make Odoo link all leads of the address
        self._mail("mine", In_Reply_To="<known@prospect.example.com>")
        self.assertEqual(len(self._mails_of(lead)), 2)
        self.assertEqual((self._values(lead), self._values(other)), before)
        self.assertFalse((lead + other).partner_id)
        self.assertEqual(self.contact.name, "Marie D.")

    def test_closed(self):
        """Converted and junk: a new prospect, a repeat, of the same contact."""
        private = self.env["res.partner"].create(
            {"name": "Marie", "email": "marie@home.example.com"}
        )
        self.contact.unlink()
        for status in (self.converted, self.junk):
            with self.subTest(status=status.name):
                lead = self._prospect(partner_id=private.id, email_from=SENDER)
                private.email = "marie@home.example.com"
                lead.with_context(
                    **trusted(prospect_keep_contact=True)
                ).email_from = SENDER
                lead.status_id = status
                self._mail(f"back-{status.kind}")
                back = self._leads() - lead
                self.assertRecordValues(
                    back,
                    [
                        {
                            "is_repeat": True,
                            "partner_id": private.id,
                            "status_id": self.new.id,
                        }
                    ],
                )
                self.assertEqual(private.email, "marie@home.example.com")
                self._mail(f"more-{status.kind}")
                self.assertEqual(len(self._mails_of(back)), 2)
                (lead + back).sudo().unlink()

    def test_contact_gives_its_phone(self):
        self._mail("contact")
        lead = self._leads()
        self.assertEqual(lead.partner_id, self.contact)
        self.assertEqual(lead.phone, "+33100")

    def test_reply_threads_as_in_odoo(self):
        """The message that is answered says where it goes, whoever answers."""
        self._prospect()
        other = self._prospect(email_from="other@example.com")
        message = other.message_post(body="Hello", message_type="comment")
        self._mail("reply", References=message.message_id)
        self.assertEqual(self._mails_of(other).subject, "reply")
        self.assertEqual(len(self._leads()), 1)
        self.assertFalse(self._mails_of(self._leads()))
        self._mail(
            "ours", sender=self.salesman.email_formatted, References=message.message_id
        )
        self.assertEqual(len(self._mails_of(other)), 2)

    def test_nothing_is_made(self):
        """Automatic mails, bounces and what we have sent: nothing but a note of it."""
        self._prospect()
        count = self.env["crm.lead"].search_count([])
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "hello",
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        cases = {
            "auto": {"Auto_Submitted": "auto-replied"},
            "bulk": {"Precedence": "bulk"},
            "suppress": {"X_Auto_Response_Suppress": "All"},
            "Automatic reply: x": {
                "message_id": "<absence@prospect.example.com>",
                "X_Auto_Response_Suppress": "OOF",
            },
            "colleague": {"sender": self.salesman.email_formatted},
            "alias": {"sender": alias.display_name},
            "catchall": {"sender": self.mail_alias_domain.catchall_email},
            "bounce": {"sender": "MAILER-DAEMON@example.com"},
        }
        for subject, values in cases.items():
            with self.subTest(subject=subject):
                self._mail(subject, **values)
                self.assertEqual(self.env["crm.lead"].search_count([]), count)
        self.assertFalse(self._mails_of(self._leads()))
        kept = self.env["prospect.capture"].search(
            [("channel", "=", "email"), ("event_key", "like", "prospect.example.com>")]
        )
        self.assertEqual(set(kept.mapped("state")), {"ignored"})
        self.assertEqual(len(kept), len(cases) - 1, "a bounce is Odoo's")
        self._mail(
            "Out of office chairs",
            sender="buyer@example.com",
            message_id="<chairs@prospect.example.com>",
        )
        self._mail("group", sender="group@example.com", Precedence="list")
        for sender in ("buyer@example.com", "group@example.com"):
            self.assertEqual(len(self._leads(sender)), 1)

    def test_colleague_passes_a_mail_on(self):
        """It waits in the inbox; with the customer's address it is a prospect."""
        self._mail("passed-on", sender=self.salesman.email_formatted)
        message = self._kept("<passed-on@prospect.example.com>")
        self.assertEqual(message.state, "ignored")
        self.assertIn("our own addresses", message.reason)
        message = message.with_user(self.manager)
        for line in message.line_ids:
            if line.target == "email_from":
                line.value = "customer@example.com"
            elif line.target == "contact_name":
                line.value = "Carl Customer"
        message.action_replay()
        self.assertEqual((message.state, message.outcome), ("done", "created"))
        lead = message.lead_id
        self.assertEqual(lead.email_normalized, "customer@example.com")
        self.assertEqual(lead.contact_name, "Carl Customer")
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.source_id, self.env.ref("prospect.utm_source_email"))
        self.assertFalse(lead.description)
        self.assertIn("call me back", self._mails_of(lead).body)

    def test_two_aliases(self):
        """One mail to two teams is one prospect."""
        second = self.env["crm.team"].create(
            {"name": "Second", "alias_name": "prospect-second", "use_leads": True}
        )
        self._mail("both", to=f"{self.team.alias_email}, {second.alias_email}")
        self.assertEqual(len(self._leads()), 1)
        self.assertEqual(len(self._mails_of(self._leads())), 1)

    def test_company_of_the_alias(self):
        """Two companies do not know each other's prospects."""
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["crm.team"].create(
            {
                "name": "Other",
                "alias_name": "prospect-other",
                "company_id": other.id,
                "use_leads": True,
            }
        )
        self.team.company_id = self.env.company
        self.contact.unlink()
        self._mail("here")
        lead = self._leads()
        self._mail("there", to=team.alias_email)
        there = self._leads() - lead
        self.assertEqual(there.company_id, other)
        self.assertEqual(there.team_id, team)
        self._mail("there-again", to=team.alias_email)
        self.assertEqual(len(self._mails_of(there)), 2)
        self.assertEqual(len(self._mails_of(lead)), 1)

    def test_refused_mails_are_kept_whole(self):
        """As they came, with what is attached and all of a long text; replayed so."""
        parts = EmailMessage(policy=SMTP)
        parts["From"] = self.salesman.email_formatted
        parts["To"] = self.team.alias_email
        parts["Subject"] = "Fwd: a long tender"
        parts["Message-Id"] = "<tender@prospect.example.com>"
        parts["X-Signed"] = "a" * 300
        parts.set_content("Long text. " * 3000 + "The end.")
        parts.add_attachment(
            PDF, maintype="application", subtype="pdf", filename="appel d'offres é.pdf"
        )
        source = parts.as_bytes()
        with mute_logger(GATEWAY):
            self.env["mail.thread"].sudo().message_process(None, source)
        message = self._kept("<tender@prospect.example.com>")
        self.assertEqual(message.state, "ignored")
        self.assertEqual(b64decode(message.mail), source)
        self.assertLess(len(message.payload["body"]), 21_000)
        known = self._prospect(email_from="customer@example.com", city="Lyon")
        values = self._values(known)
        message = message.with_user(self.manager)
        message.line_ids.filtered(
            lambda line: line.target == "email_from"
        ).value = "customer@example.com"
        message.line_ids.filtered(
            lambda line: line.target != "email_from"
        ).value = False
        with self.mock_mail_gateway():
            message.action_replay()
        self.assertEqual((message.state, message.lead_id), ("done", known))
        self.assertEqual(self._values(known), values, "a mail changes no field")
        mail = self._mails_of(known)
        self.assertIn("The end.", mail.body)
        self.assertEqual(mail.author_id, self.salesman.partner_id)
        self.assertEqual(mail.message_id, "<tender@prospect.example.com>")
        self.assertEqual(mail.attachment_ids.mapped("name"), ["appel d'offres é.pdf"])
        self.assertEqual(mail.attachment_ids.raw, PDF)
        message.action_replay()
        self.assertEqual(len(self._mails_of(known)), 1)
        self._mail("after", sender="customer@example.com", In_Reply_To=mail.message_id)
        self.assertEqual(len(self._mails_of(known)), 2, "replies find it")

    def test_broken_mails_are_kept_too(self):
        """Odd bytes where text should be: kept and replayed."""
        source = make_mail(
            self.salesman.email_formatted, self.team.alias_email, "odd"
        ).encode()
        source = source.replace(b"Subject: odd", b"Subject: odd \xe9\xff\nX: \x00")
        source = source.replace(b"back.", b"back. \xe9t\xe9")
        with mute_logger(GATEWAY):
            self.env["mail.thread"].sudo().message_process(None, source)
        message = self._kept("<odd@prospect.example.com>")
        self.assertIn(b"back. \xe9t\xe9", b64decode(message.mail))
        message.with_user(self.manager).action_replay()
        self.assertEqual(message.state, "done", message.reason)
        self.assertIn("call me back", self._mails_of(message.lead_id).body)

    def test_old_mails_are_forgotten(self):
        """With the rest of what processed messages said."""
        self._mail("old", sender=self.salesman.email_formatted)
        message = self._kept("<old@prospect.example.com>")
        files = message._find_mails()
        self.assertEqual(files.mimetype, "message/rfc822")
        message.processed_at = "2020-01-01"
        message._gc_payloads()
        self.assertFalse(files.exists())
        self.assertFalse(message.mail)
        self.assertEqual(message.state, "ignored")

    def test_same_mail_twice(self):
        self._mail("twice")
        self._mail("twice")
        self.assertEqual(len(self._mails_of(self._leads())), 1)

    def test_no_address(self):
        """Odoo's own way for senders without an address."""
        count = self.env["crm.lead"].search_count([])
        self._mail("nobody-1", sender="Nobody")
        self._mail("nobody-2", sender="Nobody")
        self.assertEqual(self.env["crm.lead"].search_count([]), count + 2)

    def test_loops_are_seen(self):
        """Odoo stops a sender who writes again and again on one prospect."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        lead = self._prospect()
        with self.mock_mail_gateway():
            for number in range(5):
                self._mail(f"loop-{number}")
        self.assertEqual(len(self._mails_of(lead)), 3)


@tagged("-at_install", "post_install")
class TestMailConcurrency(ConcurrentCase):
    """Real connections: two mails of one new sender at once."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            team = env["crm.team"].create(
                {"name": "Race", "alias_name": "prospect-race", "use_leads": True}
            )
            if not team.alias_domain_id:
                team.alias_domain_id = env["mail.alias.domain"].search(
                    [], limit=1
                ) or env["mail.alias.domain"].create({"name": "race.example.com"})
            # so that nothing but the sender's key makes the mails meet
            team.alias_id.alias_status = "valid"
            self.team_id, self.to = team.id, team.alias_full_name

    def _find_made(self, env):
        events = [("event_key", "like", "race.example.com")]
        return (
            env["crm.lead"].search([("team_id", "=", self.team_id)]),
            env["crm.team"].browse(self.team_id),
            env["prospect.capture"].search(events),
        )

    def _receive_together(self, count, sender):
        """So many mails of one sender, each in a transaction of its own."""
        unique = uuid4().hex

        def receive(number):
            mail = make_mail(
                sender,
                self.to,
                f"race-{number}",
                message_id=f"<{number}-{unique}@race.example.com>",
            )
            return lambda cr: api.Environment(cr, SUPERUSER_ID, {})[
                "mail.thread"
            ].message_process(None, mail)

        self._together(*map(receive, range(count)))

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", GATEWAY)
    def test_two_mails_of_one_new_sender(self):
        self._receive_together(2, "New Sender <new@race.example.com>")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lead = env["crm.lead"].search([("team_id", "=", self.team_id)])
            self.assertEqual(len(lead), 1)
            mails = lead.message_ids.filtered(lambda m: m.message_type == "email")
            self.assertEqual(set(mails.mapped("subject")), {"race-0", "race-1"})
            self.assertEqual(env["crm.team"].browse(self.team_id).alias_status, "valid")
            self.assertFalse(
                env["mail.mail"].search_count(
                    [("email_to", "like", "race.example.com")]
                )
            )

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", GATEWAY)
    def test_within_a_larger_transaction(self):
        """A mail that is part of somebody's transaction does not take its work away."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertFalse(env["mail.thread"]._prospect_has_written())
            env["crm.team"].browse(self.team_id).name = "Race 2"
            self.assertTrue(env["mail.thread"]._prospect_has_written())
            cr.rollback()
