"""Mailings to prospects: who gets one, what failed, and what clearing does."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mass_mailing.tests.common import MassMailCase
from odoo.addons.prospect.tests.common import ProspectCase
from odoo.addons.prospect.tools.trusted import trusted

DOMAIN = "mailing.prospect.example.com"


@tagged("post_install", "-at_install")
class TestMailing(ProspectCase, MassMailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.guests = cls.env["prospect.list"].create({"name": "Mailing guests"})
        cls.anne, cls.twin, cls.paul, cls.doubtful, cls.listed, cls.empty = (
            cls._prospect(
                contact_name=name,
                email_from=f"{email}@{DOMAIN}" if email else False,
                list_ids=[(4, cls.guests.id)],
                **values,
            )
            for name, email, values in (
                ("Anne Roy", "anne", {}),
                ("Anne-Marie Roy", "anne", {}),
                ("Paul Petit", "paul", {}),
                ("Ada Gift", "ada", {"phone": "123"}),
                ("Max Non", "max", {}),
                ("Zoé Rien", False, {}),
            )
        )
        cls.env["mail.blacklist"]._add(f"max@{DOMAIN}")
        cls.campaign = cls.env["utm.campaign"].create({"name": "Mailing campaign"})

    def _mailing(self, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>Dear <t t-out='object.contact_name'/></p>",
                "mailing_model_id": self.env["ir.model"]._get("crm.lead").id,
                "mailing_domain": repr([("list_ids", "in", self.guests.ids)]),
                "email_from": "sales@prospect.example.com",
                "campaign_id": self.campaign.id,
                "keep_archives": True,
                **values,
            }
        )

    def _send(self, mailing):
        """Send it: {address: statuses of the traces}."""
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        found = {}
        for trace in mailing.mailing_trace_ids:
            found.setdefault(trace.email.partition("@")[0], []).append(
                trace.failure_type or "sent"
            )
        return {email: sorted(kinds) for email, kinds in found.items()}

    def test_who_gets_it(self):
        """Neither doubtful ones, nor the blacklist; one mail an address [IY-18]."""
        mailing = self._mailing()
        self.assertEqual(mailing.total, 3)
        self.assertEqual(mailing.prospect_left_out_count, 3)
        self.assertEqual(
            self._send(mailing), {"anne": ["mail_dup", "sent"], "paul": ["sent"]}
        )
        self.assertEqual(len(self._mails), 2)

    def test_those_chosen(self):
        mailing = self._mailing(prospect_with_flagged=True)
        self.assertEqual(mailing.prospect_left_out_count, 0)
        found = self._send(mailing)
        self.assertEqual(found["ada"], ["sent"])
        self.assertEqual(found["max"], ["mail_bl"], "Odoo's own choice")
        mailing = self._mailing(use_exclusion_list=False)
        found = self._send(mailing)
        self.assertEqual(found["max"], ["sent"])
        self.assertNotIn("ada", found)

    def test_doubted_since(self):
        """At the time of sending, whatever was so when it was written."""
        mailing = self._mailing()
        self.paul.phone = "12"
        self.assertNotIn("paul", self._send(mailing))

    def test_one_mail_in_several_batches(self):
        mailing = self._mailing()
        with patch(
            "odoo.addons.mail.wizard.mail_compose_message.MailComposeMessage"
            "._batch_size",
            1,
        ):
            found = self._send(mailing)
        self.assertEqual(found["anne"], ["mail_dup", "sent"])
        self.assertEqual(len(self._mails), 2)

    def test_other_models_as_ever(self):
        contact = self.env["res.partner"].create(
            {"name": "C", "email": f"c@{DOMAIN}", "phone": "12"}
        )
        mailing = self._mailing(
            mailing_model_id=self.env["ir.model"]._get("res.partner").id,
            mailing_domain=repr([("id", "=", contact.id)]),
            body_html="<p>Hello</p>",
        )
        self.assertEqual((mailing.total, mailing.prospect_left_out_count), (1, 0))

    def _error(self, name):
        return self.env["prospect.undeliverable.address"].search(
            [("email", "=", f"{name}@{DOMAIN}")]
        )

    def test_campaign_of_an_address_in_error(self):
        """IY-19: which mailing, which campaign, and why."""
        mailing = self._mailing()
        self._send(mailing)
        self.gateway_mail_trace_bounce(mailing, self.paul)
        error = self._error("paul")
        self.assertEqual(error.campaign_id, self.campaign)
        self.assertEqual(error.mailing_id, mailing)
        self.assertEqual(error.subject, "News")
        self.assertTrue(self.paul.is_flagged)
        grouped = self.env["prospect.undeliverable.address"].formatted_read_group(
            [("campaign_id", "=", self.campaign.id)], ["campaign_id", "reason"]
        )
        self.assertEqual(grouped[0]["campaign_id"][0], self.campaign.id)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_refused_at_once(self):
        """An address that the server refuses; not a server that is down."""
        mailing = self._mailing()
        mails = self.env["mail.mail"]
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        for text, kind, count in (
            ("Connection refused", "mail_smtp", 0),
            ("535 5.7.8 Authentication credentials invalid", "unknown", 0),
            ("550 5.1.1 No such user", "unknown", 1),
        ):
            trace = mailing.mailing_trace_ids.filtered(
                lambda one: one.res_id == self.paul.id
            )
            mails.search([("mailing_trace_ids", "in", trace.ids)])
            mail = mails.create(
                {
                    "mailing_id": mailing.id,
                    "mailing_trace_ids": [(6, 0, trace.ids)],
                    "email_to": trace.email,
                }
            )
            mail._postprocess_sent_message([], [], text, kind)
            error = self._error("paul")
            self.assertEqual(len(error), count, text)
        self.assertEqual((error.reason, error.hard_count), ("hard", 1))
        self.assertEqual(error.mailing_id, mailing)

    def test_clearing_the_hosts_counters(self):
        """With the rights of the person; who asked for no mails stays blacklisted."""
        mailing = self._mailing()
        self._send(mailing)
        contact = self.env["res.partner"].create(
            {"name": "Paul", "email": f"paul@{DOMAIN}", "message_bounce": 4}
        )
        self.gateway_mail_trace_bounce(mailing, self.paul)
        blacklist = self.env["mail.blacklist"]
        blacklist.with_context(**trusted(prospect_bouncing=True))._add(f"paul@{DOMAIN}")
        entry = blacklist.search([("email", "=", f"paul@{DOMAIN}")])
        self.assertTrue(entry.is_bounced)
        self._error("paul").with_user(self.salesman).action_clear()
        self.env.invalidate_all()
        self.assertTrue(entry.active, "a salesperson may not change the blacklist")
        self.assertFalse(self.paul.message_bounce)
        self.gateway_mail_trace_bounce(mailing, self.paul)
        self.manager.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        self._error("paul").with_user(self.manager).action_clear()
        self.env.invalidate_all()
        self.assertFalse(entry.active)
        self.assertFalse(contact.message_bounce)
        self.assertIn(self.paul.id, self._mailing()._get_recipients())

    def test_who_asked_for_no_mails(self):
        """Neither a bounce nor its clearing takes anybody off the blacklist."""
        blacklist = self.env["mail.blacklist"]
        entry = blacklist.search([("email", "=", f"max@{DOMAIN}")])
        bouncing = blacklist.with_context(**trusted(prospect_bouncing=True))
        bouncing._add(f"max@{DOMAIN}")
        self.assertFalse(entry.is_bounced)
        # nor when they asked after mails came back
        bouncing._add(f"paul@{DOMAIN}")
        blacklist._add(f"paul@{DOMAIN}")
        self.env["prospect.undeliverable.address"]._on_cleared(
            [f"max@{DOMAIN}", f"paul@{DOMAIN}"]
        )
        self.assertTrue(entry.active)
        self.assertTrue(blacklist.search([("email", "=", f"paul@{DOMAIN}")]))
        # nor can a request say so
        sent = blacklist.with_context(prospect_bouncing=True)
        self.assertFalse(sent._add(f"anne@{DOMAIN}").is_bounced)

    def test_blacklisted_by_bounces(self):
        """Odoo does so after five bounces within weeks."""
        mailings = [self._mailing() for _number in range(5)]
        for number, mailing in enumerate(mailings):
            self._send(mailing)
            trace = mailing.mailing_trace_ids.filtered(
                lambda one: one.res_id == self.paul.id
            )
            trace.set_bounced()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE mailing_trace SET write_date = write_date - %s WHERE id = %s",
                [timedelta(weeks=number), trace.id],
            )
        self.env.invalidate_all()
        self.gateway_mail_trace_bounce(mailings[0], self.paul)
        entry = self.env["mail.blacklist"].search([("email", "=", f"paul@{DOMAIN}")])
        self.assertTrue(entry.is_bounced)

    def _answer(self, trace, headers=""):
        """What comes in as an answer to the mail of this trace."""
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "crm.lead",
                f"From: paul@{DOMAIN}\r\n"
                f"To: sales@prospect.example.com\r\n"
                f"Subject: Re: News\r\n"
                f"Message-ID: <{len(headers)}.answer@{DOMAIN}>\r\n"
                f"In-Reply-To: {trace.message_id}\r\n"
                f"References: {trace.message_id}\r\n"
                f"{headers}\r\nThank you.\r\n",
            )

    def _trace(self, lead):
        """The trace of a mailing that has just been sent to this prospect."""
        mailing = self._mailing()
        self._send(mailing)
        return mailing.mailing_trace_ids.filtered(lambda one: one.res_id == lead.id)

    def test_automatic_answers(self):
        """What a program has answered is no reply and no opening of anybody."""
        trace = self._trace(self.paul)
        self.assertTrue(trace.message_id)
        for headers in (
            "Auto-Submitted: auto-replied\r\n",
            "Precedence: bulk\r\n",
            "X-Autoreply: yes\r\n",
        ):
            self._answer(trace, headers)
            self.assertEqual(trace.trace_status, "sent", headers)
            self.assertFalse(trace.open_datetime, headers)
            self.assertFalse(trace.reply_datetime, headers)
        self._answer(trace, "Auto-Submitted: no\r\n")
        self.assertEqual(trace.trace_status, "reply")
        self.assertTrue(trace.reply_datetime)

    def test_automatic_as_said_by_a_client(self):
        """A request cannot say that a reply came from a program."""
        trace = self._trace(self.paul)
        trace.with_context(prospect_by_program=True).set_replied()
        self.assertEqual(trace.trace_status, "reply")

    def test_what_came_back_is_not_opened(self):
        """An image proxy does not turn a mail that failed into one that was read."""
        trace = self._trace(self.paul)
        for set_it, status in (
            (trace.set_bounced, "bounce"),
            (trace.set_failed, "error"),
            (trace.set_canceled, "cancel"),
        ):
            set_it()
            trace.set_opened()
            self.assertEqual(trace.trace_status, status)
            self.assertFalse(trace.open_datetime)
        # found by a condition, as Odoo's picture does, beside one that did arrive
        other = self._trace(self.paul)
        self.env["mailing.trace"].set_opened([("id", "in", (trace + other).ids)])
        self.assertEqual(trace.trace_status, "cancel")
        self.assertEqual(other.trace_status, "open")

    def test_answers_are_found_by_an_index(self):
        """Every mail that comes in asks for its mailing."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'mailing_trace'"
        )
        definitions = [row[0] for row in self.env.cr.fetchall()]
        self.assertTrue(any("(message_id)" in text for text in definitions))

    def test_mailing_of_segment(self):
        """A mailing made of a segment goes to who is in it when it is sent [MO-36]."""
        segment = self.env["prospect.segment"].create(
            {
                "name": "Mailing segment",
                "domain": f"[('list_ids', 'in', {self.guests.ids})]",
            }
        )
        methods = [action["method"] for action in segment._get_segment_actions()]
        self.assertIn("action_mailing", methods)
        mailing = (
            self.env["mailing.mailing"]
            .with_context(**segment.action_mailing()["context"])
            .create({"subject": "Segment news", "email_from": "sales@example.com"})
        )
        self.assertEqual(mailing.mailing_model_real, "crm.lead")
        self.assertIn(self.paul.id, mailing._get_recipients())
        self.paul.list_ids -= self.guests
        self.assertNotIn(self.paul.id, mailing._get_recipients())
        self.assertIn(self.anne.id, mailing._get_recipients())
