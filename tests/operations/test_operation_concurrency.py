"""Real connections and real processes: nothing is doubled, nothing is lost."""

import random
from base64 import b64encode
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.imports import operation as prospect_operation_import
from odoo.addons.prospect.models.operations import operation as prospect_operation
from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase

DOMAIN = "race.prospect.example.com"


@tagged("-at_install", "post_install")
class TestOperationConcurrency(ConcurrentCase):
    def setUp(self):
        super().setUp()
        # batches of the size that a test gives them, whatever the write path
        self.startPatcher(patch.object(prospect_operation_import, "FAST", 1))

    def _find_made(self, env):
        operations = env["prospect.operation"].search([("name", "like", "race.csv")])
        return (
            env["crm.lead"].search([("email_from", "like", DOMAIN)]),
            operations.attachment_id,
            operations,
            self._find_triggers(env, "prospect.ir_cron_operation"),
        )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _emails(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT email_normalized FROM crm_lead WHERE email_normalized LIKE %s",
                [f"%@{DOMAIN}"],
            )
            return sorted(email for (email,) in cr.fetchall())

    def _make_operation(self, count, **values):
        """A committed import of so many people, previewed."""
        rows = "".join(f"p{n}@{DOMAIN},Rome\n" for n in range(count))
        with self.registry.cursor() as cr:
            operation = (
                self._env(cr)["prospect.import"]
                .create(
                    {
                        "file": b64encode(f"Email,City\n{rows}".encode()),
                        "filename": "race.csv",
                        **values,
                    }
                )
                ._make_operation()
            )
            operation.action_preview()
            self.assertEqual(operation.state, "previewed")
            operation._set(todo="run", state="queued")
            return operation.id

    def _drain(self, cr, operation_id):
        """What the job does: batch by batch, each committed."""
        operation = self._env(cr)["prospect.operation"].browse(operation_id)
        for _batch in operation._work_in_background():
            cr.commit()  # pylint: disable=invalid-commit
        cr.commit()  # pylint: disable=invalid-commit

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_one_person_in_five_captures(self):
        """Five transactions that began before any ended make one prospect."""
        outcomes = []

        def capture(cr):
            env = self._env(cr)
            rows = [{"email_from": f"five@{DOMAIN}", "city": "Rome"}]
            result = run_again(env, lambda: env["crm.lead"]._prospect_upsert(rows))
            cr.commit()  # pylint: disable=invalid-commit
            outcomes.append(result[0]["outcome"])

        self._together(*[capture] * 5)
        self.assertEqual(sorted(outcomes), ["created", *["unchanged"] * 4])
        self.assertEqual(self._emails(), [f"five@{DOMAIN}"])

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_two_people_import_one_file(self):
        ids = [self._make_operation(300), self._make_operation(300)]
        with patch.object(prospect_operation, "BATCH", 50):
            self._together(
                lambda cr: self._drain(cr, ids[0]), lambda cr: self._drain(cr, ids[1])
            )
        self.assertEqual(self._emails(), sorted(f"p{n}@{DOMAIN}" for n in range(300)))
        with self.registry.cursor() as cr:
            operations = self._env(cr)["prospect.operation"].browse(ids)
            self.assertEqual(operations.mapped("state"), ["done", "done"])
            self.assertEqual(sum(operations.mapped("created_count")), 300)
            self.assertEqual(sum(operations.mapped("unchanged_count")), 300)
            self.assertEqual(sum(operations.mapped("replanned_count")), 300)

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.models.operations.operation")
    def test_killed_at_any_point(self):
        """The job is killed again and again; what it began is finished once."""
        count = 600
        operation_id = self._make_operation(count)
        chance = random.Random(19)
        with patch.object(prospect_operation, "BATCH", 20):
            kills, is_done = self._kill_until_done(
                lambda cr: self._drain(cr, operation_id),
                lambda _attempt: chance.uniform(0.05, 0.6),
                40,
            )
            if not is_done:
                with self.registry.cursor() as cr:
                    self._drain(cr, operation_id)
        self.assertGreater(kills, 1, "the test has killed nothing")
        self.assertEqual(self._emails(), sorted(f"p{n}@{DOMAIN}" for n in range(count)))
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            self.assertEqual((operation.state, operation.error), ("done", False))
            self.assertEqual(operation.created_count, count)
            leads = operation.line_ids.lead_id
            self.assertEqual(len(leads), count)
            changes = self._env(cr)["prospect.status.change"]
            self.assertEqual(
                changes.search_count([("lead_id", "in", leads.ids)]), count
            )

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_cancelled_in_the_middle(self):
        """A person stops it between two batches; going on finishes it."""
        operation_id = self._make_operation(100)
        with patch.object(prospect_operation, "BATCH", 20):
            with self.registry.cursor() as cr:
                operation = self._env(cr)["prospect.operation"].browse(operation_id)
                batches = operation._work_in_background()
                next(batches)
                cr.commit()  # pylint: disable=invalid-commit
                with self.registry.cursor() as other:
                    self._env(other)["prospect.operation"].browse(
                        operation_id
                    ).action_cancel()
                self.assertEqual(list(batches), [])
            self.assertEqual(len(self._emails()), 20)
            with self.registry.cursor() as cr:
                operation = self._env(cr)["prospect.operation"].browse(operation_id)
                self.assertEqual(operation.state, "cancelled")
                operation.action_run()
                self.assertEqual((operation.state, operation.done_count), ("done", 100))
        self.assertEqual(len(self._emails()), 100)

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_cancelled_within_a_batch(self):
        """The batch that was at work is given up; nothing that was done is undone."""
        operation_id = self._make_operation(40)
        model = self.registry["prospect.operation"]
        apply_batch = model._apply_batch_import
        batches = []

        def apply_and_cancel(operation, lines):
            apply_batch(operation, lines)
            batches.append(len(lines))
            if len(batches) == 2:
                with self.registry.cursor() as other:
                    self._env(other)["prospect.operation"].browse(
                        operation_id
                    ).action_cancel()

        with (
            patch.object(prospect_operation, "BATCH", 20),
            patch.object(model, "_apply_batch_import", apply_and_cancel),
            self.registry.cursor() as cr,
        ):
            self._drain(cr, operation_id)
        self.assertEqual(len(self._emails()), 20)
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            self.assertEqual((operation.state, operation.done_count), ("cancelled", 20))
            operation.action_run()
            self.assertEqual(operation.state, "done")
        self.assertEqual(len(self._emails()), 40)

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_undo_that_meets_a_person(self):
        """A batch of an undo that meets another transaction is no refused line: it runs
        again, and sees what the person has written.
        """
        operation_id = self._make_operation(3)
        with self.registry.cursor() as cr:
            self._drain(cr, operation_id)
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            operation._set(state="queued", todo="undo", undo_user_id=SUPERUSER_ID)
            cr.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            # the snapshot of this transaction
            lines = operation._get_next_lines()
            with self.registry.cursor() as other:
                lead = self._env(other)["crm.lead"].browse(lines[1].lead_id.id)
                lead.city = "Oslo"
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                operation._undo_batch_import(lines)
            cr.rollback()
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(operation_id)
            operation.invalidate_recordset()
            work = type(operation)._undo_lines
            meetings = []

            def meet(operation, lines, *facts):
                if not meetings:
                    meetings.append(lines)
                    with self.registry.cursor() as other:
                        lead = self._env(other)["crm.lead"].browse(lines[0].lead_id.id)
                        lead.city = "Bergen"
                return work(operation, lines, *facts)

            with patch.object(type(operation), "_undo_lines", meet):
                self._drain(cr, operation_id)
            self.assertTrue(meetings)
            self.assertEqual(operation.state, "undone", operation.error)
            self.assertEqual((operation.reversed_count, operation.kept_count), (1, 2))
            self.assertFalse(operation.impossible_count)
