"""The inbox: kept once, processed once, corrected on screen."""

import os
import signal
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.capture import capture as prospect_capture

from ..common import ConcurrentCase, ProspectCase

LOGGER = "odoo.addons.prospect.models.capture.capture"


@tagged("post_install", "-at_install")
class TestCapture(ProspectCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.inbox = self.env["prospect.capture"]

    def _receive(self, payload, key="event-1", channel="form", **options):
        self.env.flush_all()
        return self.inbox._receive(channel, key, payload, **options)

    def test_payload_of_a_form(self):
        """Keys in French or English, nested or not, name the fields."""
        message = self._receive(
            {
                "data": {
                    "E-mail": "Zoe@Example.com",
                    "Prénom": "Zoé",
                    "lastName": "Roy",
                },
                "answers": [{"name": "telephone", "value": "+33 6 12 34 56 78"}],
                "message": "Bonjour\nà bientôt",
                "user_id": self.manager.id,
                "team": self.team.name,
                "id": 1,
            },
            defaults={"team_id": self.team},
        )
        self.assertEqual((message.state, message.outcome), ("done", "created"))
        self.assertRecordValues(
            message.lead_id,
            [
                {
                    "email_normalized": "zoe@example.com",
                    "contact_name": "Zoé Roy",
                    "phone_sanitized": "+33612345678",
                    "user_id": False,
                    "team_id": self.team.id,
                    "source_id": self.env.ref("prospect.utm_source_form").id,
                }
            ],
        )
        self.assertEqual(message.email_normalized, "zoe@example.com")
        self.assertEqual(self._status_log(message.lead_id), [(False, "New", "form")])
        self.assertIn("telephone", message.payload_html)

    def test_same_event_twice(self):
        message = self._receive({"email": "a@x.example.com"})
        again = self._receive({"email": "b@x.example.com"})
        self.assertEqual(message, again)
        self.assertEqual(again.outcome, "created")
        other = self._receive({"email": "a@x.example.com", "city": "Lyon"}, "event-2")
        self.assertEqual((other.outcome, other.lead_id), ("updated", message.lead_id))
        elsewhere = self._receive({"email": "a@x.example.com"}, channel="api")
        self.assertNotEqual(elsewhere, message)
        self.assertEqual(elsewhere.outcome, "unchanged")

    def test_given_values(self):
        """Values that the channel found; records, lists and policy."""
        guests = self.env["prospect.list"].create({"name": "Guests"})
        message = self._receive(
            {"raw": 1},
            values={
                "email_from": "v@x.example.com",
                "country_id": self.env.ref("base.fr"),
                "list_ids": guests,
            },
            policy="fill",
            channel="ads",
        )
        self.assertEqual(message.lead_id.country_id.code, "FR")
        self.assertEqual(message.lead_id.list_ids, guests)
        self.assertFalse(message.lead_id.source_id, "advertising has many sources")
        self.assertEqual(self._status_log(message.lead_id), [(False, "New", "capture")])
        message.lead_id.status_id = self.converted
        back = self._receive({}, "2", values={"email_from": "v@x.example.com"})
        self.assertEqual(back.outcome, "repeat")
        self.assertTrue(back.lead_id.is_repeat)

    def test_own_map(self):
        reason = "Too many"

        def mapper(_inbox, payload):
            if payload["n"] > 1:
                raise UserError(reason)
            return {"email_from": f"{payload['n']}@x.example.com"}

        with patch.object(type(self.inbox), "_prospect_map_call", mapper, create=True):
            done = self._receive({"n": 1}, "1", channel="call")
            refused = self._receive({"n": 2}, "2", channel="call")
        self.assertEqual(done.lead_id.email_normalized, "1@x.example.com")
        self.assertEqual((refused.state, refused.reason), ("quarantined", reason))

    def test_what_cannot_be_called(self):
        for channel, key, policy in (
            ("smoke", "1", "update"),
            ("form", " ", "update"),
            ("form", "1", "whatever"),
        ):
            with self.assertRaises(ValueError):
                self._receive({}, key, channel, policy=policy)

    def test_any_payload_is_kept(self):
        for number, payload in enumerate(
            (
                None,
                [],
                "text",
                3.5,
                {"a": float("inf"), "b": "x\x00\ud83d", 1: {2: [3]}},
            )
        ):
            message = self._receive(payload, f"odd-{number}" * 60)
            self.assertEqual(message.state, "quarantined", payload)
            self.assertTrue(message.event_key.startswith("sha256:"))
            self.assertIn("give one", message.reason)

    def test_correct_and_replay(self):
        message = self._receive(
            {"courriel": "nobody at example.com", "zzz": "Anne Roy", "city": ""}
        )
        self.assertEqual(message.state, "quarantined")
        self.assertTrue(message.reason)
        self.assertFalse(message.lead_id)
        message = message.with_user(self.manager)
        self.assertEqual(
            [(line.key, line.value, line.target) for line in message.line_ids],
            [
                ("courriel", "nobody at example.com", "email_from"),
                ("zzz", "Anne Roy", False),
            ],
        )
        message.line_ids[0].value = "anne@example.com"
        message.line_ids[1].target = "contact_name"
        message.write(
            {"line_ids": [(0, 0, {"target": "country_id", "value": "France"})]}
        )
        action = message.action_replay()
        self.assertEqual(action["params"]["type"], "success")
        lead = message.lead_id
        self.assertRecordValues(
            lead,
            [
                {
                    "email_normalized": "anne@example.com",
                    "last_name": "Roy",
                    "create_uid": SUPERUSER_ID,
                }
            ],
        )
        self.assertEqual(lead.country_id.code, "FR")
        count = self.env["crm.lead"].search_count([])
        lead.city = "Changed since"
        message.action_replay()
        self.assertEqual(self.env["crm.lead"].search_count([]), count)
        self.assertEqual(message.lead_id, lead)
        with self.assertRaises(UserError):
            message.line_ids[0].value = "late@example.com"

    def test_replay_without_success(self):
        message = self._receive({"zzz": "1"}).with_user(self.manager)
        reason = message.reason
        action = message.action_replay()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual((message.state, message.reason), ("quarantined", reason))
        message.line_ids.target = "country_id"
        message.action_replay()
        self.assertEqual(message.state, "quarantined")

    def test_ignore(self):
        message = self._receive({"zzz": "1"}).with_user(self.manager)
        wizard = (
            self.env["prospect.capture.ignore"]
            .with_user(self.manager)
            .with_context(active_model="prospect.capture", active_ids=message.ids)
            .create({"reason": "Advertising"})
        )
        wizard.action_ignore()
        self.assertEqual((message.state, message.reason), ("ignored", "Advertising"))
        done = self._receive({"email": "d@x.example.com"}, "2")
        done.with_user(self.manager)._ignore("Too late")
        self.assertEqual(done.state, "done")

    def test_access(self):
        message = self._receive({"zzz": "1"})
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "prospect_portal",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        for user in (
            self.salesman,
            self.salesman_all,
            self.employee,
            portal,
            self.env.ref("base.public_user"),
        ):
            for record in (message, message.line_ids):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.with_user(user).read(["display_name"])
            with self.assertRaises(AccessError), self.cr.savepoint():
                message.with_user(user).action_replay()
        own = message.with_user(self.manager)
        with self.assertRaises(AccessError):
            own.state = "done"
        with self.assertRaises(AccessError):
            own.unlink()
        with self.assertRaises(AccessError):
            own.create({"channel": "form", "event_key": "x"})
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._receive({"zzz": "1"}, "2", company=other)
        self.assertEqual(foreign.company_id, other)
        self.assertFalse(
            self.inbox.with_user(self.manager).search([("id", "=", foreign.id)])
        )

    def test_company(self):
        """The person is looked for in the company of the message."""
        other = self.env["res.company"].create({"name": "Other"})
        here = self._prospect(email_from="c@x.example.com")
        self.assertEqual(here.company_id, self.env.company)
        there = self._receive({"email": "c@x.example.com"}, company=other)
        self.assertEqual(there.outcome, "created")
        known = self._receive({"email": "c@x.example.com"}, "2")
        self.assertEqual(known.lead_id, here)

    @mute_logger(LOGGER)
    def test_five_failures(self):
        """What nobody has foreseen is tried five times, then a person has to look."""
        message = self._receive({"email": "f@x.example.com"}, process=False)
        self.assertEqual(message.state, "received")
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("prospect.ir_cron_capture").id)]
        )
        self.assertTrue(trigger)

        def broken(_inbox, _payload):
            raise KeyError("surprise")

        with patch.object(type(self.inbox), "_prospect_map_form", broken, create=True):
            for attempt in range(1, prospect_capture.FAILURES + 1):
                self.assertEqual(message.state, "received")
                self._run_job()
                self.assertEqual(message.attempts, attempt)
        self.assertEqual(message.state, "quarantined")
        self.assertIn("surprise", message.reason)
        self.assertEqual(message.line_ids.target, "email_from")
        message.with_user(self.manager).action_replay()
        self.assertEqual(message.outcome, "created")

    @mute_logger(LOGGER)
    def test_one_bad_message_in_a_batch(self):
        good = [
            self._receive({"email": f"g{n}@x.example.com"}, f"g{n}", process=False)
            for n in range(3)
        ]
        bad = self._receive(
            {},
            "bad",
            values={"no_such_field": 1, "email_from": "b@x.fr"},
            process=False,
        )
        self._run_job()
        self.assertEqual({message.outcome for message in good}, {"created"})
        self.assertEqual((bad.state, bad.attempts), ("received", 1))

    def _run_job(self):
        """The job, as on a connection of its own."""
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]._cron_process()
        self.env.invalidate_all()

    def test_old_messages_are_forgotten(self):
        old = self._receive({"email": "o@x.example.com"})
        fresh = self._receive({"email": "n@x.example.com"}, "2")
        waiting = self._receive({"zzz": "1"}, "3")
        (old + waiting).processed_at = fields.Datetime.now() - timedelta(days=91)
        self.inbox._gc_payloads()
        self.assertFalse(old.payload)
        self.assertFalse(old.email_normalized)
        self.assertEqual(fresh.payload, {"email": "n@x.example.com"})
        self.assertTrue(waiting.payload)
        again = self._receive({"email": "o@x.example.com"})
        self.assertEqual((again, again.state), (old, "done"))
        self.env["ir.config_parameter"].set_param("prospect.capture_days", "0")
        fresh.processed_at = fields.Datetime.now() - timedelta(days=9999)
        self.inbox._gc_payloads()
        self.assertTrue(fresh.payload)

    def test_html_is_text(self):
        message = self._receive(
            {"email": "h@x.example.com", "<b>k</b>": "<script>alert(1)</script>"}
        )
        self.assertNotIn("<script>", message.payload_html)
        self.assertNotIn("<b>k", message.payload_html)


@tagged("-at_install", "post_install")
class TestCaptureConcurrency(ConcurrentCase):
    """Real connections: one event counts once, and nothing is lost."""

    DOMAIN = "capture.race.example.com"

    def _find_made(self, env):
        return (
            env["crm.lead"].search([("email_from", "like", self.DOMAIN)]),
            env["prospect.capture"].search([("event_key", "like", "race-")]),
            self._find_triggers(env, "prospect.ir_cron_capture"),
        )

    def _inbox(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]

    def _state(self):
        """[(event, state, outcome, lead)] and the number of prospects."""
        with self.registry.cursor() as cr:
            messages = self._inbox(cr).search([("event_key", "like", "race-")])
            leads = messages.env["crm.lead"].search_count(
                [("email_normalized", "like", f"%@{self.DOMAIN}")]
            )
            return [
                (message.event_key, message.state, message.outcome, message.lead_id.id)
                for message in messages.sorted("event_key")
            ], leads

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", LOGGER)
    def test_one_event_five_times(self):
        payload = {"email": f"five@{self.DOMAIN}", "city": "Rome"}
        found = []

        def receive(cr):
            message = self._inbox(cr)._receive("form", "race-1", payload)
            # readable although this transaction is older than the message
            found.append((message.id, message.state))

        self._together(*[receive] * 5)
        messages, leads = self._state()
        self.assertEqual(leads, 1)
        self.assertEqual(len(messages), 1)
        self.assertEqual(messages[0][1:3], ("done", "created"))
        self.assertEqual(len(dict(found)), 1)
        self.assertIn("done", [state for _number, state in found])

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", LOGGER)
    def test_one_person_in_five_events(self):
        def receive(number):
            return lambda cr: self._inbox(cr)._receive(
                "form", f"race-{number}", {"email": f"one@{self.DOMAIN}"}
            )

        self._together(*[receive(number) for number in range(5)])
        with self.registry.cursor() as cr:
            self._inbox(cr)._cron_process()
        messages, leads = self._state()
        self.assertEqual(leads, 1)
        self.assertEqual({message[1] for message in messages}, {"done"})
        self.assertEqual(len({message[3] for message in messages}), 1)

    @mute_logger("odoo.sql_db", LOGGER)
    def test_caller_fails(self):
        """The message stays, and so does its prospect."""
        with self.assertRaises(ZeroDivisionError), self.registry.cursor() as cr:
            inbox = self._inbox(cr)
            inbox._receive("form", "race-1", {"email": f"stays@{self.DOMAIN}"})
            raise ZeroDivisionError
        messages, leads = self._state()
        self.assertEqual((messages[0][1], leads), ("done", 1))

    @mute_logger("odoo.sql_db", LOGGER)
    def test_killed_between_the_transactions(self):
        """The server dies as soon as the message is kept: the job takes over."""

        def receive(cr):
            with patch.object(
                type(self._inbox(cr)),
                "_process_safely",
                lambda *_args, **_options: os.kill(os.getpid(), signal.SIGKILL),
            ):
                self._inbox(cr)._receive(
                    "form", "race-1", {"email": f"killed@{self.DOMAIN}"}
                )

        pid = self._fork(receive)
        _pid, status = os.waitpid(pid, 0)
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)
        messages, leads = self._state()
        self.assertEqual((messages[0][1], leads), ("received", 0))
        with self.registry.cursor() as cr:
            self._inbox(cr)._cron_process()
        messages, leads = self._state()
        self.assertEqual((messages[0][1], leads), ("done", 1))

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", LOGGER)
    def test_caller_holds_the_person(self):
        """Nobody waits for ever: the job makes what the caller stands in the way of."""
        email = f"held@{self.DOMAIN}"
        with patch.object(prospect_capture, "PATIENCE", 0.2):
            with self.registry.cursor() as cr:
                inbox = self._inbox(cr)
                inbox.env["prospect.key"]._touch([f"e:{email}"])
                message = inbox._receive("form", "race-1", {"email": email})
                self.assertEqual(message.state, "received")
            with self.registry.cursor() as cr:
                self._inbox(cr)._cron_process()
        messages, leads = self._state()
        self.assertEqual((messages[0][1], leads), ("done", 1))

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", LOGGER)
    def test_replayed_by_two_people(self):
        with self.registry.cursor() as cr:
            message = self._inbox(cr)._receive("form", "race-1", {"zzz": "1"})
            number = message.id
        with self.registry.cursor() as cr:
            line = self._inbox(cr).browse(number).line_ids
            line.write({"value": f"two@{self.DOMAIN}", "target": "email_from"})
            line.capture_id.is_corrected = True
        refused = []

        def replay(cr):
            try:
                self._inbox(cr).browse(number).action_replay()
                cr.flush()
            except (psycopg2.errors.SerializationFailure, UserError) as error:
                refused.append(error)  # Odoo runs the request again, or says why

        self._together(replay, replay)
        messages, leads = self._state()
        self.assertEqual((messages[0][1:3], leads), (("done", "created"), 1))
        with self.registry.cursor() as cr:
            self._inbox(cr).browse(number).action_replay()
        self.assertEqual(self._state()[1], 1)
