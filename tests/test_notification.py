import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.mail.tests.common import MockEmail

from ..tools.trusted import trusted
from .common import ProspectCase

EVENTS = "prospect.notification.event"
MESSAGES = "prospect.notification"


class NotificationCase(ProspectCase):
    """A rule that tells managers of what comes from the website, as in MO-27."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["prospect.notification.rule"].search([]).unlink()
        cls.env[EVENTS].search([]).unlink()
        cls.form = cls.env.ref("prospect.utm_source_form")
        cls.typed = cls.env.ref("prospect.utm_source_dashboard")
        cls.managers = cls.env["res.groups"].create({"name": "Prospect tellers"})
        cls.manager.group_ids = [Command.link(cls.managers.id)]
        cls.manager.notification_type = "inbox"
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, **values):
        return cls.env["prospect.notification.rule"].create(
            {
                "name": "Managers hear of the website",
                "group_ids": [Command.link(cls.managers.id)],
                "source_ids": [Command.link(cls.form.id)],
                "by_inbox": True,
                **values,
            }
        )

    @classmethod
    def _from_form(cls, **values):
        """A prospect of nobody's that came by the website."""
        return cls._prospect(source_id=cls.form.id, user_id=False, **values)

    def _work(self):
        """What the job does, in this transaction: all messages that there are."""
        self.env.flush_all()
        while self.env[EVENTS]._expand_batch():
            pass
        while self.env[MESSAGES]._send_batch():
            pass
        self.env.invalidate_all()
        return self.env[MESSAGES].search([], order="id")

    def _wait(self, **delta):
        """Let what waits be due."""
        self.env[MESSAGES].search([("state", "=", "waiting")]).due_at = (
            fields.Datetime.now() - timedelta(**delta)
        )

    def _mails(self, user):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", user.partner_id.ids)], order="id"
        )


@tagged("post_install", "-at_install")
class TestNotification(NotificationCase):
    """Rules that tell people of new prospects [MO-27]."""

    def test_source(self):
        """A website prospect is told to managers; a manual one is not, and sales people
        hear of none.
        """
        website = self._from_form()
        self._prospect(source_id=self.typed.id, contact_name="By Hand", user_id=False)
        messages = self._work()
        self.assertEqual(messages.user_id, self.manager)
        self.assertEqual(messages.lead_ids, website)
        self.assertEqual(messages.state, "sent")
        inbox = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.manager.partner_id.id)]
        )
        self.assertEqual(inbox.notification_type, "inbox")
        self.assertEqual(inbox.mail_message_id.res_id, website.id)
        self.assertIn("Marie Dupont", inbox.mail_message_id.subject)
        self.assertFalse(self._mails(self.manager))

    def test_ways(self):
        """E-mail and pop-up, both in the language of the person."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.write({"by_email": True, "by_inbox": False, "by_popup": True})
        website = self._from_form()
        messages = self._work()
        self.assertEqual(messages.state, "sending")
        mail = self._mails(self.manager)
        self.assertIn(f"/mail/view?model=crm.lead&amp;res_id={website.id}", mail.body)
        self.assertIn("Marie Dupont", mail.body)
        self.assertIn("/prospect/mute", mail.body)
        self.env.cr.precommit.run()
        bus = self.env["bus.bus"].search([], order="id desc", limit=5)
        told = [
            json.loads(row.message)
            for row in bus
            if "prospect_notification" in row.message
        ]
        self.assertEqual(told[0]["payload"]["id"], website.id)

    def test_inbox_by_email(self):
        """Those who have their messages by e-mail have no inbox, and get one e-mail."""
        self.manager.notification_type = "email"
        self.rule.by_email = True
        self._from_form()
        messages = self._work()
        self.assertEqual(len(messages), 1)
        self.assertTrue(messages.by_email)
        self.assertFalse(messages.by_inbox)
        self.assertEqual(len(self._mails(self.manager)), 1)

    def test_visible(self):
        """Nobody hears of a prospect that they may not see."""
        self.salesman.group_ids = [Command.link(self.managers.id)]
        other = new_test_user(
            self.env, "notify_other", "sales_team.group_sale_salesman"
        )
        hidden = self._from_form()
        hidden.user_id = other
        # anybody's, which each of them sees
        free = self._from_form(contact_name="Free", email_from="free@example.com")
        messages = self._work()
        told = {
            user: messages.filtered(lambda m, user=user: m.user_id == user).lead_ids
            for user in (self.manager, self.salesman)
        }
        self.assertEqual(told[self.manager], hidden + free)
        self.assertEqual(told[self.salesman], free)

    def test_companies(self):
        """A rule of a company is about its prospects, and those of other companies are
        told to nobody who does not work there.
        """
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.rule.company_id = self.env.company
        everywhere = self._rule(name="Everywhere")
        elsewhere = self._from_form(
            team_id=False, company_id=company.id, contact_name="Elsewhere"
        )
        self.assertFalse(self._work())
        self.manager.company_ids = [Command.link(company.id)]
        self.env[EVENTS]._note("created", [(elsewhere.id, 0)])
        self.assertEqual(self._work().lead_ids, elsewhere)
        everywhere.active = False
        self.env[EVENTS]._note("created", [(elsewhere.id, 0)])
        self.assertEqual(len(self._work()), 1)

    def test_not_oneself(self):
        """Who added a prospect, or has it, knows."""
        lead = self.env["crm.lead"].with_user(self.manager)
        lead.create({"type": "lead", "name": "Mine", "source_id": self.form.id})
        self._prospect(
            source_id=self.form.id, user_id=self.manager.id, contact_name="Assigned"
        )
        self.assertFalse(self._work().filtered(lambda m: m.kind == "created"))

    def test_muted(self):
        """Each person stops the messages in the preferences."""
        self.manager.with_user(self.manager).write({"prospect_tell_new": False})
        self._from_form()
        self.assertFalse(self._work())

    def test_twice_by_rules(self):
        """Two rules for one person tell once in each way, as the quicker one says."""
        self._rule(name="Daily", frequency="daily", by_email=True)
        self._from_form()
        messages = self._work()
        self.assertEqual(
            messages.mapped(lambda m: (m.frequency, m.by_email, m.by_inbox)),
            [("now", False, True), ("daily", True, False)],
        )

    def test_summary(self):
        """Several at once are told in one message."""
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "name": f"Guest {number}",
                    "source_id": self.form.id,
                    "user_id": False,
                }
                for number in range(12)
            ]
        )
        message = self._work()
        self.assertEqual(len(message), 1)
        self.assertEqual(message.lead_count, 12)
        self.assertEqual(message.lead_ids, leads)
        self.assertEqual(message.display_name, "12 new prospects")
        self.assertEqual(message.state, "sent")

    def test_burst(self):
        """After many messages in a short while the next ones come in one."""
        self.env["ir.config_parameter"].set_param("prospect.notification_burst", "2")
        for number in range(5):
            self._from_form(email_from=f"g{number}@example.com")
            self._work()
        messages = self.env[MESSAGES].search([], order="id")
        self.assertEqual(messages.mapped("lead_count"), [1, 1, 3])
        self.assertEqual(messages.mapped("state"), ["sent", "sent", "waiting"])
        self._wait(seconds=1)
        self._work()
        self.assertEqual(messages.mapped("state"), ["sent"] * 3)
        self.assertEqual(len(messages[-1].lead_ids), 3)

    def test_digest(self):
        """A digest collects until it is due; what was lost from sight is left out."""
        self.rule.write({"frequency": "daily", "by_email": True, "by_inbox": False})
        first = self._from_form()
        self._work()
        second = self._from_form(email_from="second@example.com", contact_name="Two")
        message = self._work()
        self.assertEqual(message.lead_ids, first + second)
        self.assertEqual(message.state, "waiting")
        self.assertGreater(message.due_at, fields.Datetime.now())
        first.unlink()
        self._wait(seconds=1)
        self._work()
        self.assertEqual(message.state, "sending")
        self.assertEqual(message.lead_count, 1)
        self.assertEqual(message.display_name, "New prospect: Two")

    def test_nothing_left(self):
        """A message whose prospects have all gone is not sent."""
        self.rule.frequency = "hourly"
        lead = self._from_form()
        message = self._work()
        lead.unlink()
        self._wait(seconds=1)
        self._work()
        self.assertEqual(message.state, "dropped")

    def test_import(self):
        """An import tells only where reactions are ticked, and then in one message."""
        rows = "Name;E-mail\n" + "\n".join(
            f"Guest {number};guest{number}@example.com" for number in range(30)
        )
        for reactions in (False, True):
            wizard = self._import_wizard(
                rows.replace("guest", f"guest{reactions}"),
                source_id=self.form.id,
                reactions=reactions,
            )
            operation = wizard._make_operation()
            operation.action_preview()
            operation.action_run()
            self.assertEqual(operation.created_count, 30)
        message = self._work()
        self.assertEqual(message.mapped("lead_count"), [30])

    def test_import_in_the_background(self):
        """While an import goes on, its batches are put into one message."""
        operation = self.env["prospect.operation"].create(
            {"kind": "import", "user_id": self.env.uid}
        )
        operation.state = "running"
        for number in range(3):
            self._from_form(email_from=f"batch{number}@example.com")
            self._work()
        message = self.env[MESSAGES].search([])
        self.assertEqual(message.mapped("lead_count"), [3])
        self.assertEqual(message.state, "waiting")

    def test_failure(self):
        """What fails is kept with its reason, does not stop the others, and is sent
        again.
        """
        self.rule.write({"by_email": True, "by_inbox": False})
        self.salesman_all.group_ids = [Command.link(self.managers.id)]
        self._from_form()
        send = type(self.env[MESSAGES])._send_email

        def refuse(messages):
            if self.salesman_all in messages.user_id:
                raise UserError("No paper left.")
            return send(messages)

        with patch.object(type(self.env[MESSAGES]), "_send_email", refuse):
            messages = self._work()
        failed = messages.filtered(lambda m: m.user_id == self.salesman_all)
        self.assertEqual(failed.state, "failed")
        self.assertEqual(failed.error, "No paper left.")
        self.assertEqual((messages - failed).state, "sending")
        with self.assertRaises(AccessError):
            failed.with_user(self.salesman_all).action_retry()
        failed.with_user(self.manager).action_retry()
        self._work()
        self.assertEqual(failed.state, "sending")
        self.assertFalse(failed.error)
        with self.assertRaises(UserError):
            failed.action_retry()

    def test_template_deleted(self):
        """Without its template an e-mail fails and says so."""
        self.rule.write({"by_email": True, "by_inbox": False})
        self.env.ref("prospect.mail_template_created").unlink()
        self._from_form()
        message = self._work()
        self.assertEqual(message.state, "failed")
        self.assertIn("template", message.error)

    def test_queries(self):
        """Telling costs no query for each prospect: neither when they come nor when
        the message is made.
        """
        vals_list = [
            {
                "type": "lead",
                "name": f"Guest {number}",
                "email_from": f"guest{number}@example.com",
                "source_id": self.form.id,
                "user_id": False,
                "team_id": self.team.id,
            }
            for number in range(40)
        ]
        leads = self.env["crm.lead"].with_context(
            tracking_disable=True, **trusted(prospect_batch=True)
        )
        counts = []
        for number in (10, 40):
            news = leads.create(vals_list[:number])
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(3):
                news._prospect_note_created()
                self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env[EVENTS]._expand_batch()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self._work()
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[0], 40)

    def test_rule_refused(self):
        """A rule that tells nobody, or in no way, is refused."""
        with self.assertRaises(ValidationError):
            self._rule(group_ids=False)
        with self.assertRaises(ValidationError):
            self._rule(by_inbox=False)

    def test_people(self):
        """A role counts for those who have it by another role; archived people and
        portal users do not.
        """
        salesman = self.env.ref("sales_team.group_sale_salesman")
        rule = self._rule(group_ids=[Command.link(salesman.id)])
        people = rule._get_people()
        self.assertIn(self.manager, people)
        self.assertNotIn(self.employee, people)
        self.salesman.active = False
        self.assertNotIn(self.salesman, rule._get_people())
        self.assertEqual(rule.people_count, len(people) - 1)

    def test_rights(self):
        """Rules are the administrators'; each person sees their own messages."""
        self._from_form()
        message = self._work()
        for user in (self.salesman, self.salesman_all):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).name = "Mine"
            self.assertFalse(self.env[MESSAGES].with_user(user).search([]))
        self.assertEqual(self.env[MESSAGES].with_user(self.manager).search([]), message)
        with self.assertRaises(AccessError):
            self.env[MESSAGES].with_user(self.salesman).create({})
        self.rule.with_user(self.manager).name = "Ours"

    def test_preferences(self):
        """People set their own switches and nobody else's."""
        user = self.salesman.with_user(self.salesman)
        user.write({"prospect_tell_assigned": False})
        self.assertFalse(self.salesman.prospect_tell_assigned)
        with self.assertRaises(AccessError):
            self.manager.with_user(self.salesman).write({"prospect_tell_new": False})

    def test_old(self):
        """What was told long ago is deleted; what waits is not."""
        self._from_form()
        message = self._work()
        self.rule.frequency = "daily"
        self._from_form(email_from="waits@example.com")
        waiting = self._work() - message
        (message + waiting).date = fields.Datetime.now() - timedelta(days=200)
        self.env.flush_all()
        self.env[MESSAGES]._gc_old()
        self.env.invalidate_all()
        self.assertEqual(self.env[MESSAGES].search([]), waiting)


@tagged("post_install", "-at_install")
class TestNotificationMail(NotificationCase, MockEmail):
    """What becomes of the e-mails in the host's queue."""

    def setUp(self):
        super().setUp()
        self.rule.write({"by_email": True, "by_inbox": False})
        self._from_form()
        self.message = self._work()

    def test_sent(self):
        """An e-mail that has left says so, and the host deletes it."""
        with self.mock_mail_gateway():
            self.message.mail_id.send()
        self.assertEqual(len(self._mails), 1)
        self.assertIn(self.manager.email, self._mails[0]["email_to"][0])
        self.assertEqual(self.message.state, "sent")
        self.assertFalse(self.message.mail_id.exists())

    def test_refused(self):
        """One that the mail server refuses has failed, with what it said."""
        with self.mock_mail_gateway(sim_error="send_assert"):
            self.message.mail_id.send()
        self.assertEqual(self.message.state, "failed")
        self.assertTrue(self.message.error)
        self.message.with_user(self.manager).action_retry()
        self._work()
        with self.mock_mail_gateway():
            self.message.mail_id.send()
        self.assertEqual(self.message.state, "sent")
        self.assertEqual(len(self._mails), 1)


@tagged("post_install", "-at_install")
class TestNotificationPages(HttpCase, NotificationCase):
    """Where the links of the e-mails lead."""

    def test_mute(self):
        """The link opens a page; only its button stops the messages, and only with the
        right token.
        """
        self._from_form()
        link = self._work()._get_mute_link()
        path = link.partition("/prospect/")[2]
        page = self.url_open(f"/prospect/{path}")
        self.assertIn("Stop these e-mails?", page.text)
        self.env.invalidate_all()
        self.assertTrue(self.manager.prospect_tell_new)
        token = path.rpartition("=")[2]
        csrf = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        values = {"csrf_token": csrf, "user": self.manager.id, "kind": "created"}
        texts = set()
        for given in (token[:-1] + "é", "", token):
            self.assertTrue(self.manager.prospect_tell_new)
            answer = self.url_open("/prospect/mute", data={**values, "token": given})
            self.assertEqual(answer.status_code, 200)
            texts.add(answer.text)
            self.env.invalidate_all()
        self.assertFalse(self.manager.prospect_tell_new)
        self.assertTrue(self.manager.prospect_tell_assigned)
        self.assertEqual(len(texts), 1, "the answer tells a wrong link")
