import json
import os
import re
import signal
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import (
    IrMail_Server,
    MailDeliveryException,
)
from odoo.addons.mail.tests.common import MockEmail

from ...models.notify import notification as message_module
from ...models.notify import notification_event as event_module
from ...tools.transactions import run_again
from ...tools.trusted import trusted
from ..common import ConcurrentCase, ProspectCase

EVENTS = "prospect.notification.event"
MESSAGES = "prospect.notification"
# Prospects that two jobs announce.
BOTH = 8


class NotificationCase(ProspectCase):
    """A rule that notifies managers of what comes from the website, as in MO-27."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["prospect.notification.rule"].search([]).unlink()
        cls.env[EVENTS].search([]).unlink()
        cls.env[MESSAGES].search([]).unlink()
        cls.form = cls.env.ref("prospect.utm_source_form")
        cls.typed = cls.env.ref("prospect.utm_source_dashboard")
        cls.managers = cls.env["res.groups"].create({"name": "Prospect recipients"})
        cls.manager.group_ids = [Command.link(cls.managers.id)]
        cls.manager.notification_type = "inbox"
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, **values):
        return cls.env["prospect.notification.rule"].create(
            {
                "name": "Managers: website",
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
        while self.env[EVENTS]._do_next():
            pass
        while self.env[MESSAGES]._do_next():
            pass
        self.env.invalidate_all()
        return self.env[MESSAGES].search([], order="id")

    def _work_off_events(self):
        """The first half of the job alone: messages are written, and wait."""
        self.env.flush_all()
        while self.env[EVENTS]._do_next():
            pass

    def _wait(self):
        """Let what waits be due."""
        waiting = self.env[MESSAGES].search([("state", "=", "waiting")])
        waiting.due_at = self.env.cr.now() - timedelta(hours=1)

    def _mails_to(self, user):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", user.partner_id.ids)], order="id"
        )


@tagged("post_install", "-at_install", "is_query_count")
class TestNotification(NotificationCase):
    """Rules that notify people of new prospects [MO-27]."""

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
        self.assertFalse(self._mails_to(self.manager))

    def test_ways(self):
        """E-mail and pop-up, both in the language of the person."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.write({"by_email": True, "by_inbox": False, "by_popup": True})
        website = self._from_form()
        messages = self._work()
        self.assertEqual(messages.state, "sending")
        mail = self._mails_to(self.manager)
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

    def test_archived_source(self):
        """A rule about a source or a team that was archived is not about all."""
        self.form.active = False
        self._prospect(source_id=self.typed.id, user_id=False)
        self.assertFalse(self._work())
        team = self.env["crm.team"].create({"name": "Closed team"})
        self.rule.write({"source_ids": [Command.clear()], "team_ids": team})
        team.active = False
        self._prospect(user_id=False, email_from="else@example.com")
        self.assertFalse(self._work())

    def test_deleted_source(self):
        """What a rule alone is about cannot be deleted: it would be about all."""
        fair = self.env["utm.source"].create(
            {"name": "Fair", "prospect_channel": "event"}
        )
        team = self.env["crm.team"].create({"name": "Closed team"})
        self.rule.write({"source_ids": [Command.set(fair.ids)], "team_ids": team})
        for record in (fair, team):
            with self.assertRaisesRegex(UserError, "Managers: website"):
                record.unlink()
        self.rule.unlink()
        (fair.unlink(), team.unlink())

    def test_inbox_by_email(self):
        """Those who have their messages by e-mail have no inbox, and get one e-mail."""
        self.manager.notification_type = "email"
        self.rule.by_email = True
        self._from_form()
        messages = self._work()
        self.assertEqual(len(messages), 1)
        self.assertTrue(messages.by_email)
        self.assertFalse(messages.by_inbox)
        self.assertEqual(len(self._mails_to(self.manager)), 1)

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
        self.env[EVENTS]._note_created(elsewhere)
        self.assertEqual(self._work().lead_ids, elsewhere)
        everywhere.active = False
        self.env[EVENTS]._note_created(elsewhere)
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
        self.manager.with_user(self.manager).write({"prospect_notify_new": False})
        self._from_form()
        self.assertFalse(self._work())

    def test_muted_since(self):
        """Who has muted them, or has left, gets none that was waiting."""
        self.rule.frequency = "daily"
        for change in ("prospect_notify_new", "active"):
            self._from_form(email_from=f"{change}@example.com")
            self._work()
            self.manager[change] = False
            self._wait()
            message = self._work()[-1]
            self.assertEqual(message.state, "dropped")
            self.manager[change] = True
        self.assertFalse(self._mails_to(self.manager))

    def test_twice_by_rules(self):
        """Two rules for one person notify once in each way, as the quicker one says."""
        self._rule(name="Daily", frequency="daily", by_email=True)
        self._from_form()
        messages = self._work()
        self.assertEqual(
            sorted(messages.mapped(lambda m: (m.frequency, m.by_email, m.by_inbox))),
            [("daily", True, False), ("now", False, True)],
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
        self._wait()
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
        self._wait()
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
        self._wait()
        self._work()
        self.assertEqual(message.state, "dropped")

    def test_import(self):
        """An import notifies only where reactions are ticked, and then in one
        message.
        """
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
            {"name": "Long import", "kind": "import", "user_id": self.env.uid}
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
                raise ValueError("No paper left.")
            return send(messages)

        with (
            patch.object(type(self.env[MESSAGES]), "_send_email", refuse),
            mute_logger("odoo.addons.prospect.models.notify.notification"),
        ):
            messages = self._work()
        failed = messages.filtered(lambda m: m.user_id == self.salesman_all)
        self.assertEqual(failed.state, "failed")
        self.assertEqual(failed.error, "ValueError: No paper left.")
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
        """Notifying costs no query for each prospect: neither when they come nor when
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
            with self.assertQueryCount(6):
                news._prospect_announce_created()
                self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env[EVENTS]._do_next()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self._work()
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[0], 40)

    def test_rule_refused(self):
        """A rule that notifies nobody, or in no way, is refused."""
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
        user.write({"prospect_notify_assigned": False})
        self.assertFalse(self.salesman.prospect_notify_assigned)
        with self.assertRaises(AccessError):
            self.manager.with_user(self.salesman).write({"prospect_notify_new": False})

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
class TestAssigned(NotificationCase):
    """Whom a prospect is assigned to hears of it once, and has something to do [MO-24,
    MO-25].
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.active = False
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.colleague = new_test_user(
            cls.env,
            "notify_colleague",
            "sales_team.group_sale_salesman",
            email="colleague@prospect.example.com",
            name="Camille Colleague",
        )

    def _plan(self, record=None, **values):
        (record or self.team).write(
            {
                "activity_type_id": self.call.id,
                "activity_summary": "Welcome call",
                "activity_delay": 2,
                **values,
            }
        )

    def _messages_of_host(self):
        return self.env["mail.message"].search(
            [("subject", "like", "You have been assigned")]
        )

    def test_one_mail(self):
        """One e-mail with our buttons, in place of Odoo's message."""
        self._plan()
        lead = self._prospect(user_id=False)
        lead.user_id = self.salesman
        self._work()
        mail = self._mails_to(self.salesman)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Assigned to you: Marie Dupont")
        self.assertIn(f"/mail/view?model=crm.lead&amp;res_id={lead.id}", mail.body)
        self.assertIn(f"/prospect/task/{lead.activity_ids.id}", mail.body)
        self.assertIn("Welcome call", mail.body)
        self.assertFalse(self._messages_of_host())

    def test_without_task(self):
        """Without anything to do there is one button."""
        self._prospect()
        self._work()
        self.assertNotIn("/prospect/task/", self._mails_to(self.salesman).body)

    def test_language(self):
        """In the language of the person."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("prospect.mail_template_assigned")
        french = template.with_context(lang="fr_FR")
        french.body_html = french.body_html.replace(
            "Open the prospect", "Ouvrir le prospect"
        )
        self.salesman.lang = "fr_FR"
        self._prospect()
        self._prospect(user_id=self.colleague.id, email_from="two@example.com")
        self._work()
        self.assertIn("Ouvrir le prospect", self._mails_to(self.salesman).body)
        self.assertIn("Open the prospect", self._mails_to(self.colleague).body)

    def test_opportunities(self):
        """Opportunities keep Odoo's message."""
        self._prospect(type="opportunity")
        self.assertTrue(self._messages_of_host())
        self.assertFalse(self._work())

    def test_batch(self):
        """Several at once: one e-mail for each person that names them."""
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "name": f"Guest {number}",
                    "user_id": (self.salesman, self.colleague)[number % 2].id,
                }
                for number in range(24)
            ]
        )
        messages = self._work()
        self.assertEqual(messages.user_id, self.salesman + self.colleague)
        self.assertEqual(messages.mapped("lead_count"), [12, 12])
        mail = self._mails_to(self.salesman)
        self.assertEqual(mail.subject, "12 prospects were assigned to you")
        self.assertIn("Guest 22", mail.body)
        message = messages.filtered(lambda one: one.user_id == self.salesman)
        self.assertIn(
            f"/mail/view?model=prospect.notification&amp;res_id={message.id}",
            mail.body,
        )
        self.assertFalse(self._messages_of_host())
        self.assertEqual(
            message.with_user(self.salesman).lead_ids,
            leads.filtered(lambda lead: lead.user_id == self.salesman),
        )

    def test_bulk(self):
        """A bulk operation notifies each person once."""
        leads = self.env["crm.lead"].create(
            [
                {"type": "lead", "name": f"Guest {number}", "user_id": False}
                for number in range(20)
            ]
        )
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.manager)
            .create({"selection": {"ids": leads.ids}, "user_id": self.salesman.id})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(leads.user_id, self.salesman)
        self.assertEqual(self._work().mapped("lead_count"), [20])
        self.assertEqual(len(self._mails_to(self.salesman)), 1)

    def test_oneself(self):
        """Nothing to who takes a prospect, nor to who has muted it."""
        lead = self._prospect(user_id=False)
        lead.with_user(self.salesman).user_id = self.salesman
        self.colleague.prospect_notify_assigned = False
        lead.user_id = self.colleague
        self.assertFalse(self._work())
        self.assertFalse(self._messages_of_host())

    def test_lost_since(self):
        """Only who has it when the e-mail leaves hears of it."""
        lead = self._prospect()
        lead.user_id = self.colleague
        self.assertEqual(self._work().user_id, self.colleague)

    def test_lost_while_waiting(self):
        """A summary that waits does not announce what somebody else has got since,
        not even who still sees it.
        """
        leads = self.env["crm.lead"].create(
            [{"type": "lead", "name": f"Guest {n}", "user_id": False} for n in range(6)]
        )
        leads.user_id = self.salesman_all
        self._work_off_events()
        summary = self.env[MESSAGES].search([("user_id", "=", self.salesman_all.id)])
        self.assertEqual((summary.state, summary.lead_count), ("waiting", 6))
        leads[:2].user_id = self.colleague
        self._work()
        self.assertEqual((summary.state, summary.lead_count), ("sending", 4))
        self.assertEqual(summary.lead_ids, leads[2:])

    def test_task_in_the_language_of_the_salesperson(self):
        """Whoever brings the prospect in may speak another one."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self._plan()
        self.team.with_context(lang="fr_FR").activity_summary = "Appel de bienvenue"
        self.salesman.lang = "fr_FR"
        lead = self._prospect(user_id=False)
        lead.user_id = self.salesman
        self.assertEqual(lead.activity_ids.summary, "Appel de bienvenue")

    def test_no_rule_for_assignee(self):
        """Who hears of the assignment does not hear of the new prospect as well."""
        self.rule.active = True
        self._prospect(user_id=self.manager.id, source_id=self.form.id)
        self.assertEqual(self._work().mapped("kind"), ["assigned"])

    def test_task(self):
        """A task as the team says, due after its delay; the source goes before it."""
        self.salesman.tz = "Europe/Brussels"
        self._plan()
        lead = self._prospect()
        task = lead.activity_ids
        self.assertEqual(task.summary, "Welcome call")
        self.assertEqual(task.activity_type_id, self.call)
        self.assertEqual(task.user_id, self.salesman)
        today = self._today(self.salesman)
        self.assertEqual(task.date_deadline, today + timedelta(days=2))
        self._plan(
            self.form,
            activity_type_id=self.todo.id,
            activity_summary=False,
            activity_delay=0,
        )
        lead = self._prospect(source_id=self.form.id, email_from="other@example.com")
        self.assertEqual(lead.activity_ids.activity_type_id, self.todo)
        self._work()
        # one e-mail each: not another one about the task
        self.assertEqual(len(self._mails_to(self.salesman)), 2)
        told = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.salesman.partner_id.id)]
        )
        self.assertNotIn("crm.lead", told.mail_message_id.mapped("model"))

    def test_task_only_if_wanted(self):
        """Nothing is planned where nothing was set up, for opportunities, or twice."""
        self.assertFalse(self._prospect().activity_ids)
        self._plan()
        self.assertFalse(self._prospect(type="opportunity").activity_ids)
        lead = self._prospect(user_id=False)
        self.assertFalse(lead.activity_ids)
        lead.user_id = self.salesman
        lead.activity_ids.action_feedback(feedback="Reached")
        lead.user_id = self.colleague
        self.assertFalse(lead.activity_ids)

    def test_task_moves(self):
        """The task moves with the prospect; a person's own does not, nor one that was
        given to somebody by hand.
        """
        self._plan()
        lead = self._prospect()
        ours = lead.activity_ids
        own = lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.salesman.id, summary="Own"
        )
        lead.user_id = self.colleague
        self.assertEqual(ours.user_id, self.colleague)
        self.assertEqual(own.user_id, self.salesman)
        ours.with_user(self.colleague).user_id = self.manager
        lead.user_id = self.salesman
        self.assertEqual(ours.user_id, self.manager)

    def test_queries(self):
        """Assigning costs no query for each prospect, task included."""
        self._plan()
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "name": f"Guest {number}",
                    "user_id": False,
                    "team_id": self.team.id,
                }
                for number in range(55)
            ]
        )
        leads._write({"user_id": self.salesman.id})
        counts = []
        for batch in (leads[:5], leads[5:15], leads[15:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._prospect_on_assigned(dict.fromkeys(batch.ids, False))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(batch.activity_ids), len(batch))
        self.assertLessEqual(counts[2], counts[1] + 1)
        self.assertLess(counts[2], 60)

    def test_delay_refused(self):
        with self.assertRaises(ValidationError):
            self._plan(activity_delay=-1)
        with self.assertRaises(AccessError):
            self.form.with_user(self.salesman).activity_delay = 1

    def test_page(self):
        """The prospect's page says who has it, since when and why, what is to be done,
        who was told and what was sent.
        """
        self._plan()
        lead = self._prospect(user_id=False)
        lead.with_user(self.manager).user_id = self.salesman
        self._work()
        self.env["mail.message"].create(
            {
                "model": "crm.lead",
                "res_id": lead.id,
                "message_type": "email_outgoing",
                "subject": "Our offer",
                "body": "...",
                "author_id": self.salesman.partner_id.id,
            }
        )
        # an e-mail to a colleague is none to the person
        lead.message_post(
            body="Look at this one",
            subject="For you",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.manager.partner_id.ids,
        )
        lead.invalidate_recordset()
        care = lead.with_user(self.salesman).prospect_care
        self.assertEqual(care["owner"]["name"], self.salesman.name)
        self.assertEqual(care["owner"]["why"], f"By hand, {self.manager.name}.")
        self.assertTrue(care["owner"]["since"])
        self.assertEqual(care["todo"][0]["summary"], "Welcome call")
        self.assertEqual(care["told"][0]["who"], self.salesman.name)
        self.assertEqual(care["told"][0]["state"], "sending")
        self.assertEqual([sent["subject"] for sent in care["sent"]], ["Our offer"])
        lead.user_id = False
        care = lead.prospect_care
        self.assertFalse(care["owner"]["id"])


@tagged("post_install", "-at_install")
class TestNotificationMail(NotificationCase, MockEmail):
    """What becomes of the e-mails in Odoo's queue."""

    def setUp(self):
        super().setUp()
        self.rule.write({"by_email": True, "by_inbox": False})
        self._from_form()
        self.message = self._work()

    def test_sent(self):
        """An e-mail that has left says so, and Odoo deletes it."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.message.mail_id.send()
        self.assertEqual(len(self._mails), 1)
        self.assertIn(self.manager.email, self._mails[0]["email_to"][0])
        self.assertEqual(self.message.state, "sent")
        self.assertFalse(self.message.mail_id.exists())

    def test_refused(self):
        """One that the mail server refuses has failed, with what it said."""
        refusal = MailDeliveryException("550 no such colleague")
        with (
            self.mock_mail_gateway(),
            patch.object(IrMail_Server, "send_email", side_effect=refusal),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.message.mail_id.send()
        self.assertEqual(self.message.state, "failed")
        self.assertIn("550 no such colleague", self.message.error)
        self.message.with_user(self.manager).action_retry()
        self._work()
        with self.mock_mail_gateway():
            self.message.mail_id.send()
        self.assertEqual(self.message.state, "sent")
        self.assertEqual(len(self._mails), 1)

    def test_no_address(self):
        """Who has no e-mail address fails with words that people understand."""
        self.manager.partner_id.email = False
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.message.mail_id.send()
        self.assertEqual(self.message.state, "failed")
        self.assertIn("email", self.message.error.lower())
        self.assertNotIn("_", self.message.error)


@tagged("post_install", "-at_install", "web")
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
        self.assertIn('name="viewport"', page.text, "it is read on a phone")
        for name, value in (
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
            ("X-Robots-Tag", "noindex"),
        ):
            self.assertEqual(page.headers[name], value)
        self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
        self.env.invalidate_all()
        self.assertTrue(self.manager.prospect_notify_new)
        token = path.rpartition("=")[2]
        csrf = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        values = {"csrf_token": csrf, "user": self.manager.id, "kind": "created"}
        texts = set()
        notifications = self.env["prospect.notification"]
        late = notifications._get_mute_token(self.manager.id, "created", 700_000)
        longer = "9" + token
        for given in (token[:-1] + "é", "", late, longer, token):
            self.assertTrue(self.manager.prospect_notify_new)
            answer = self.url_open("/prospect/mute", data={**values, "token": given})
            self.assertEqual(answer.status_code, 200)
            # the layout holds a token of the session that names its second
            texts.add(re.sub(r'csrf_token: "[^"]*"', "", answer.text))
            self.env.invalidate_all()
        self.assertFalse(self.manager.prospect_notify_new)
        self.assertTrue(self.manager.prospect_notify_assigned)
        self.assertEqual(len(texts), 1, "the answer says a wrong link")

    def test_task(self):
        """The button of the e-mail opens the prospect with the task's number, for who
        may see the prospect.
        """
        self.team.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        lead = self._prospect()
        task = lead.activity_ids
        path = f"/prospect/task/{task.id}"
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.authenticate(self.salesman.login, self.salesman.login)
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn(f"/odoo/crm.lead/{lead.id}?", answer.headers["Location"])
        self.assertIn(f"prospect_task={task.id}", answer.headers["Location"])
        lead.user_id = self.manager
        for gone in (path, "/prospect/task/999999999"):
            answer = self.url_open(gone, allow_redirects=False)
            self.assertNotIn("prospect_task", answer.headers["Location"])


@tagged("post_install", "-at_install")
class TestNotificationConcurrent(ConcurrentCase):
    """Several jobs at once, on connections of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            user = new_test_user(
                env,
                "notify_parallel",
                "sales_team.group_sale_salesman",
                email="parallel@prospect.example.com",
            )
            self.user_id = user.id
            leads = env["crm.lead"].create(
                [
                    {"type": "lead", "name": f"Parallel {number}", "user_id": False}
                    for number in range(BOTH)
                ]
            )
            self.lead_ids = leads.ids
            env["ir.config_parameter"].set_param("prospect.notification_burst", "1000")

    def _find_made(self, env):
        leads = env["crm.lead"].browse(self.lead_ids)
        user = env["res.users"].browse(self.user_id)
        messages = env[MESSAGES].search([("user_id", "=", self.user_id)])
        return [
            env["ir.config_parameter"].search(
                [("key", "=", "prospect.notification_burst")]
            ),
            messages.mail_id,
            messages,
            env[EVENTS].search([("lead_id", "in", self.lead_ids)]),
            leads,
            user,
            user.partner_id,
            self._find_triggers(env, "prospect.ir_cron_notification"),
            self._find_triggers(env, "mail.ir_cron_mail_scheduler_action"),
        ]

    def _assign(self):
        """Let there be something to announce each prospect, one after the other."""
        for lead_id in self.lead_ids:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["crm.lead"].browse(lead_id).user_id = self.user_id

    def _work(self, cr):
        """What one job does, as its cron would."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        for model, work in ((EVENTS, "_do_next"), (MESSAGES, "_do_next")):
            while run_again(env, getattr(env[model], work)):
                cr.commit()  # pylint: disable=invalid-commit

    def _read(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            messages = env[MESSAGES].search([("user_id", "=", self.user_id)])
            mails = env["mail.mail"].search(
                [("recipient_ids.user_ids", "in", self.user_id)]
            )
            return (
                sorted(lead_id for m in messages for lead_id in m.lead_ids.ids),
                set(messages.mapped("state")),
                len(messages),
                len(mails),
            )

    def test_two_workers(self):
        """Two jobs at once announce each prospect once, and send each message once."""
        with (
            patch.object(event_module, "BATCH", 2),
            patch.object(message_module, "BATCH", 2),
        ):
            self._assign()
            self._together(self._work, self._work)
        leads, states, messages, mails = self._read()
        self.assertEqual(leads, sorted(self.lead_ids))
        self.assertEqual(states, {"sending"})
        self.assertEqual(messages, mails)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertFalse(
                env[EVENTS].search_count([("lead_id", "in", self.lead_ids)])
            )

    def test_killed(self):
        """A job that is killed has sent nothing twice, and what it left is sent."""
        self._assign()

        def die(cr):
            env = api.Environment(cr, SUPERUSER_ID, {})
            env[EVENTS]._do_next()
            env[MESSAGES]._do_next()
            env.flush_all()
            # between the messages and the commit
            os.kill(os.getpid(), signal.SIGKILL)

        pid = self._fork(die)
        self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)
        self.assertEqual(self._read()[2:], (0, 0))
        with self.registry.cursor() as cr:
            self._work(cr)
        leads, states, messages, mails = self._read()
        self.assertEqual(leads, sorted(self.lead_ids))
        self.assertEqual(states, {"sending"})
        self.assertEqual(messages, mails)
