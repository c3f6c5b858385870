"""The job of the inbox is killed in the middle of a batch: all of it comes once."""

import random
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.capture import capture as prospect_capture

from ..common import ConcurrentCase

LOGGER = "odoo.addons.prospect.models.capture.capture"
DOMAIN = "killed.capture.example.com"
COUNT = 60


@tagged("-at_install", "post_install", "concurrency")
class TestCaptureKilled(ConcurrentCase):
    """Sixty messages wait; every third person has written twice."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(prospect_capture, "BATCH", 20))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.list_id = env["prospect.list"].create({"name": "Killed capture"}).id
            inbox = env["prospect.capture"]
            # the messages are committed on connections of their own
            cr.commit()  # pylint: disable=invalid-commit
            for number in range(COUNT):
                person = number - 1 if number % 3 == 1 else number
                inbox._receive(
                    "form",
                    f"killed-{number}",
                    {"email": f"p{person}@{DOMAIN}", "city": f"City {number}"},
                    defaults={"list_ids": [self.list_id]},
                    process=False,
                )
        self.people = {
            f"p{number}@{DOMAIN}" for number in range(COUNT) if number % 3 != 1
        }

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"active_test": False})

    def _find_made(self, env):
        return (
            env["crm.lead"].search([("email_normalized", "like", DOMAIN)]),
            env["prospect.capture"].search([("event_key", "like", "killed-")]),
            env["prospect.list"].search([("name", "=", "Killed capture")]),
            self._find_triggers(env, "prospect.ir_cron_capture"),
        )

    def _process(self, cr):
        self._env(cr)["prospect.capture"]._cron_process()

    def _check_nothing_by_halves(self):
        """What is done has its prospect, what is not has none."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            messages = env["prospect.capture"].search(
                [("event_key", "like", "killed-")]
            )
            self.assertEqual(len(messages), COUNT)
            done = messages.filtered(lambda message: message.state == "done")
            self.assertEqual(
                set((messages - done).mapped("state")) - {"received"}, set()
            )
            self.assertFalse((messages - done).lead_id)
            leads = env["crm.lead"].search([("email_normalized", "like", DOMAIN)])
            self.assertEqual(set(leads.ids), set(done.lead_id.ids))
            return len(done)

    def _check_all(self):
        self.assertEqual(self._check_nothing_by_halves(), COUNT)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].search([("email_normalized", "like", DOMAIN)])
            emails = leads.mapped("email_normalized")
            self.assertEqual(sorted(emails), sorted(self.people), "once each")
            for lead in leads:
                self.assertEqual(len(lead.status_change_ids), 1)
                self.assertEqual(lead.membership_ids.mapped("action"), ["join"])
            messages = env["prospect.capture"].search(
                [("event_key", "like", "killed-")]
            )
            self.assertEqual(
                len(messages.filtered(lambda one: one.outcome == "created")),
                len(self.people),
            )

    @mute_logger("odoo.sql_db", LOGGER)
    def test_at_each_step(self):
        """Before, between and after what a batch writes."""
        inbox = self.registry["prospect.capture"]
        leads = self.registry["crm.lead"]
        for model, name, call, is_after in (
            (inbox, "_get_values", 5, False),
            (leads, "_prospect_upsert", 1, True),
            (inbox, "_note_outcome", 7, True),
            (inbox, "_note_outcome", 19, True),
            (inbox, "_emit_captured", 1, True),
            (inbox, "_note_outcome", 27, False),
        ):
            with self.subTest(step=name, call=call):
                self._kill_in(model, name, call, self._process, is_after)
                self._check_nothing_by_halves()
        with self.registry.cursor() as cr:
            self._process(cr)
        self._check_all()

    @mute_logger("odoo.sql_db", LOGGER)
    def test_at_any_time(self):
        chance = random.Random(23)
        kills, is_done = self._kill_until_done(
            self._process,
            lambda attempt: chance.uniform(0.02, 0.2 + attempt / 20),
            40,
            self._check_nothing_by_halves,
        )
        if not is_done:
            with self.registry.cursor() as cr:
                self._process(cr)
        self.assertGreater(kills, 1, "the test has killed nothing")
        self._check_all()
