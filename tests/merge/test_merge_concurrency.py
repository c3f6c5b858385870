"""Real processes: a merge of many groups that is killed is finished, once."""

import random
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.merge import operation as prospect_operation_merge
from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase

DOMAIN = "kill.prospect.example.com"
GROUPS = 24


@tagged("-at_install", "post_install")
class TestMergeConcurrency(ConcurrentCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute("SELECT COALESCE(max(id), 0) FROM prospect_duplicate_scan")
            (self.last_scan,) = cr.fetchone()

    def _find_made(self, env):
        leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
        lines = env["prospect.operation.line"].search([("lead_id", "in", leads.ids)])
        operations = lines.operation_id | env["prospect.operation"].search(
            [("name", "like", "Merge of duplicates"), ("create_uid", "=", SUPERUSER_ID)]
        )
        pairs = env["prospect.duplicate.pair"].search(
            ["|", ("left_number", "in", leads.ids), ("right_number", "in", leads.ids)]
        )
        scans = env["prospect.duplicate.scan"].search([("id", ">", self.last_scan)])
        env.cr.execute("DELETE FROM prospect_dedupe_index")
        return (
            pairs,
            scans,
            leads,
            operations,
            self._find_triggers(env, "prospect.ir_cron_operation"),
            self._find_triggers(env, "prospect.ir_cron_flag"),
        )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _leads(self, cr):
        leads = self._env(cr)["crm.lead"].with_context(active_test=False)
        return leads.search([("email_from", "like", DOMAIN)], order="id")

    def _make(self):
        """A committed merge of pairs, which waits for the job."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Person {number}",
                        "email_from": f"p{number}@{DOMAIN}",
                        "user_id": False,
                        "city": city,
                    }
                    for number in range(GROUPS)
                    for city in ("Rome", False)
                ]
            )
            for lead in leads[1::2]:
                lead.message_post(body=f"of {lead.contact_name}")
            operation = env["prospect.operation"]._make_merge(
                [{"lead_ids": leads[n : n + 2].ids} for n in range(0, 2 * GROUPS, 2)],
                automatic=True,
            )
            operation.action_preview()
            self.assertEqual(operation.updated_count, GROUPS)
            operation._start("run")
            operation._set(state="queued")
            return operation.id

    def _drain(self, cr, operation_id):
        operation = self._env(cr)["prospect.operation"].browse(operation_id)
        for _batch in operation._work_in_background():
            cr.commit()  # pylint: disable=invalid-commit
        cr.commit()  # pylint: disable=invalid-commit

    def _kill_job(self, operation_id, seed):
        """Let the job be killed again and again; how often it was."""
        chance = random.Random(seed)
        kills, is_done = self._kill_until_done(
            lambda cr: self._drain(cr, operation_id),
            lambda _attempt: chance.uniform(0.2, 1.5),
            12,
        )
        if not is_done:
            with self.registry.cursor() as cr:
                self._drain(cr, operation_id)
        return kills

    def _count_messages(self, cr, leads):
        return self._env(cr)["mail.message"].search_count(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "in", leads.ids),
                ("body", "like", "of Person"),
            ]
        )

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.models.operations.operation")
    def test_killed_at_any_point(self):
        """What was merged is merged once, and so is its undo."""
        operation_id = self._make()
        with patch.object(prospect_operation_merge, "MERGE_BATCH", 2):
            self.assertGreater(self._kill_job(operation_id, 7), 0)
            with self.registry.cursor() as cr:
                operation = self._env(cr)["prospect.operation"].browse(operation_id)
                self.assertEqual((operation.state, operation.error), ("done", False))
                self.assertEqual(operation.updated_count, GROUPS)
                self.assertFalse(operation.failed_count or operation.unchanged_count)
                leads = self._leads(cr)
                self.assertEqual(len(leads), GROUPS)
                self.assertEqual(set(leads.mapped("city")), {"Rome"})
                self.assertEqual(self._count_messages(cr, leads), GROUPS)
                operation._set(undo_user_id=SUPERUSER_ID)
                operation._start("undo")
                operation._set(state="queued")
            self._kill_job(operation_id, 8)
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            self.assertEqual((operation.state, operation.error), ("undone", False))
            self.assertEqual(operation.reversed_count, GROUPS)
            leads = self._leads(cr)
            self.assertEqual(len(leads), 2 * GROUPS)
            self.assertEqual(self._count_messages(cr, leads[1::2]), GROUPS)

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_two_searches_at_once(self):
        """Two people start one: both end, and no pair is there twice."""
        with self.registry.cursor() as cr:
            self._env(cr)["crm.lead"].create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Race Person {number // 2}",
                        "email_from": f"race{number // 2}@{DOMAIN}",
                        "user_id": False,
                    }
                    for number in range(8)
                ]
            )
            self._env(cr)["prospect.duplicate.scan"].start_scan(True)
            cr.execute("SELECT COALESCE(max(id), 0) FROM prospect_duplicate_scan")
            (last,) = cr.fetchone()

        def search(cr):
            env = self._env(cr)
            run_again(env, lambda: env["prospect.duplicate.scan"].start_scan(True))
            cr.commit()  # pylint: disable=invalid-commit

        self._together(search, search)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            scans = env["prospect.duplicate.scan"].search([("id", ">", last)])
            self.assertTrue(scans)
            self.assertEqual(
                set(scans.mapped("state")), {"done"}, scans.mapped("error")
            )
            numbers = self._leads(cr).ids
            pairs = env["prospect.duplicate.pair"].search(
                [("left_number", "in", numbers), ("right_number", "in", numbers)]
            )
            self.assertEqual(len(pairs), 4)
            self.assertEqual(set(pairs.mapped("state")), {"open"})
