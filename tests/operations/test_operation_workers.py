"""Several workers at one operation: nothing is lost, nothing is done twice."""

import os
import random
import signal
import threading
import time
from base64 import b64encode
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.imports import operation as prospect_operation_import
from odoo.addons.prospect.models.merge import operation as prospect_operation_merge
from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ConcurrentCase

DOMAIN = "workers.prospect.example.com"
LOGGERS = (
    "odoo.sql_db",
    "odoo.addons.prospect.tools.transactions",
    "odoo.addons.prospect.models.operations.operation_work",
)


class WorkersCase(ConcurrentCase):
    def setUp(self):
        super().setUp()
        # batches of the size that a test gives them, whatever the write path
        self.startPatcher(patch.object(prospect_operation_import, "FAST", 1))
        self.startPatcher(patch.object(prospect_operation, "BATCH", 10))

    def _find_made(self, env):
        operations = env["prospect.operation"].search(
            ["|", ("name", "like", "workers.csv"), ("user_id.login", "=", DOMAIN)]
        )
        leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
        merges = env["prospect.operation"].search(
            [("kind", "=", "merge"), ("line_ids.lead_id", "in", leads.ids)]
        )
        lists = env["prospect.list"].search([("name", "=", DOMAIN)])
        return (
            leads,
            operations.attachment_id,
            operations + merges,
            lists,
            self._find_triggers(env, "prospect.ir_cron_operation"),
            self._find_triggers(env, "prospect.ir_cron_flag"),
        )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _operation(self, cr, number):
        return self._env(cr)["prospect.operation"].browse(number)

    def _make_import(self, rows, is_planned=True, **values):
        """A committed import of (address, city), planned, and asked to run."""
        text = "".join(f"{name}@{DOMAIN},{city}\n" for name, city in rows)
        with self.registry.cursor() as cr:
            operation = (
                self._env(cr)["prospect.import"]
                .create(
                    {
                        "file": b64encode(f"Email,City\n{text}".encode()),
                        "filename": "workers.csv",
                        **values,
                    }
                )
                ._make_operation()
            )
            if is_planned:
                operation.action_preview()
                operation._start("run")
            else:
                operation._start("plan")
            operation._set(state="queued")
            return operation.id

    def _start_undo(self, number):
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            operation._set(undo_user_id=SUPERUSER_ID)
            operation._start("undo")
            operation._set(state="queued")

    def _drain(self, cr, number):
        """What the job of one worker does."""
        for _portion in self._operation(cr, number)._work_in_background():
            cr.commit()  # pylint: disable=invalid-commit
        cr.commit()  # pylint: disable=invalid-commit

    def _drain_by_two(self, number):
        """Two workers at once; {thread: the lines that it has done}."""
        shares = {}
        work = self.registry["prospect.operation"]._work_lines

        def note(operation, lines):
            result = work(operation, lines)
            share = shares.setdefault(threading.get_ident(), [])
            share.append(lines.mapped("number"))
            # the other one comes in between
            time.sleep(0.01)
            return result

        with patch.object(self.registry["prospect.operation"], "_work_lines", note):
            self._together(*[lambda cr: self._drain(cr, number)] * 2)
        return shares

    def _emails(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT email_normalized FROM crm_lead WHERE email_normalized LIKE %s",
                [f"%@{DOMAIN}"],
            )
            return sorted(email for (email,) in cr.fetchall())

    def _count_changes(self, cr):
        """Rows of the history of statuses, and of how many prospects."""
        cr.execute(
            """SELECT count(*), count(DISTINCT lead_id) FROM prospect_status_change
                WHERE lead_id IN (SELECT id FROM crm_lead
                                   WHERE email_normalized LIKE %s)""",
            [f"%@{DOMAIN}"],
        )
        return cr.fetchone()

    @contextmanager
    def _kept_in_batch(self, chosen):
        """The worker of a thread is kept at the end of its batch until it is let go."""
        is_in, goes_on = threading.Event(), threading.Event()
        keep = self.registry["prospect.operation"]._keep_from_cancelled

        def wait(operation):
            if threading.get_ident() in chosen:
                operation.env.flush_all()
                is_in.set()
                if not goes_on.wait(30):
                    raise AssertionError("nobody lets the worker go on")
            return keep(operation)

        with patch.object(
            self.registry["prospect.operation"], "_keep_from_cancelled", wait
        ):
            yield is_in, goes_on


@tagged("-at_install", "post_install")
class TestOperationWorkers(WorkersCase):
    @mute_logger(*LOGGERS)
    def test_two_share(self):
        """Both do a part; each row is there once, and the receipt is exact."""
        count = 200
        number = self._make_import([(f"p{n}", "Rome") for n in range(count)])
        shares = self._drain_by_two(number)
        self.assertEqual(len(shares), 2, "one worker has done it all")
        done = [line for share in shares.values() for part in share for line in part]
        self.assertGreaterEqual(len(done), count)
        self.assertEqual(self._emails(), sorted(f"p{n}@{DOMAIN}" for n in range(count)))
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.error), ("done", False))
            self.assertEqual(operation.created_count, count)
            self.assertEqual((operation.done_count, operation.progress), (count, 100))
            self.assertEqual(operation.failure_count, 0)
            self.assertEqual(self._count_changes(cr), (count, count))
        self._start_undo(number)
        self.assertEqual(len(self._drain_by_two(number)), 2)
        self.assertEqual(self._emails(), [])
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.error), ("undone", False))
            self.assertEqual(operation.reversed_count, count)
            self.assertEqual(operation.kept_count + operation.impossible_count, 0)

    @mute_logger(*LOGGERS)
    def test_dependent_lines_keep_their_order(self):
        """What a person's rows say is written in the order of the file, whoever does
        it; the last one stays, and an undo takes all back.
        """
        cities = ("Rome", "Oslo", "Bergen", "Nice", "Lille")
        people = 12
        rows = [(f"p{n}", city) for city in cities for n in range(people)]
        number = self._make_import(rows, policy="update")
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*), count(DISTINCT group_number)
                     FROM prospect_operation_line WHERE operation_id = %s""",
                [number],
            )
            self.assertEqual(cr.fetchone(), (len(rows), people))
        shares = self._drain_by_two(number)
        self.assertEqual(len(shares), 2)
        for parts in shares.values():
            for part in parts:
                self.assertEqual(part, sorted(part))
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.error), ("done", False))
            leads = operation.line_ids.lead_id
            self.assertEqual(len(leads), people)
            self.assertEqual(set(leads.mapped("city")), {cities[-1]})
            self.assertEqual(operation.created_count, people)
            self.assertEqual(operation.failed_count + operation.skipped_count, 0)
        self._start_undo(number)
        self._drain_by_two(number)
        self.assertEqual(self._emails(), [])

    @mute_logger(*LOGGERS)
    def test_a_group_is_one_workers(self):
        """Nobody gets a line of a group whose first line somebody is at, nor one that
        comes before another one that is left.
        """
        rows = [(f"p{n}", city) for city in ("Rome", "Oslo") for n in range(8)]
        number = self._make_import([*rows, ("alone", "Nice")], policy="update")
        for todo in ("run", "undo"):
            with self.subTest(todo=todo):
                with self.registry.cursor() as one, self.registry.cursor() as two:
                    mine = self._operation(one, number)._claim_lines(6)
                    others = self._operation(two, number)._claim_lines(100)
                    first = mine.mapped("number")
                    numbers = others.mapped("number")
                    self.assertEqual(first, sorted(first, reverse=todo == "undo"))
                    self.assertEqual(numbers, sorted(numbers, reverse=todo == "undo"))
                    groups = set(mine.mapped("group_number")) - {0}
                    self.assertFalse(groups & set(others.mapped("group_number")))
                    self.assertEqual(len(groups), 6 if todo == "run" else 5)
                    # two people with two rows each, and who is there once
                    self.assertEqual(len(others), 5 if todo == "run" else 6)
                    self.assertFalse(
                        self._operation(two, number)._claim_lines(1) - others
                    )
                with self.registry.cursor() as one:
                    lines = self._operation(one, number)._claim_lines(100)
                    self.assertEqual(len(lines), 17)
            if todo == "run":
                with self.registry.cursor() as cr:
                    self._drain(cr, number)
                self._start_undo(number)

    @mute_logger(*LOGGERS)
    def test_who_finds_nothing_waits_and_closes(self):
        """One is at the last batch when the other one finds nothing to do, and goes
        away after it: the other one has to close the operation.
        """
        number = self._make_import([(f"p{n}", "Rome") for n in range(20)])
        chosen = set()
        with self._kept_in_batch(chosen) as (is_in, goes_on):

            def leave(cr):
                chosen.add(threading.get_ident())
                next(self._operation(cr, number)._work_in_background())
                cr.commit()  # pylint: disable=invalid-commit

            def stay(cr):
                cr.rollback()
                self.assertTrue(is_in.wait(30))
                self._drain(cr, number)

            def release(_cr):
                self._wait_for_a_lock()
                goes_on.set()

            self._together(leave, stay, release)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.created_count), ("done", 20))

    @mute_logger(*LOGGERS)
    def test_lines_of_who_gives_up_are_done(self):
        """The same, but the last batch is rolled back: it is done again."""
        number = self._make_import([(f"p{n}", "Rome") for n in range(20)])
        chosen = set()
        with self._kept_in_batch(chosen) as (is_in, goes_on):

            def leave(cr):
                chosen.add(threading.get_ident())
                next(self._operation(cr, number)._work_in_background())
                cr.rollback()

            def stay(cr):
                cr.rollback()
                self.assertTrue(is_in.wait(30))
                self._drain(cr, number)

            def release(_cr):
                self._wait_for_a_lock()
                goes_on.set()

            self._together(leave, stay, release)
        self.assertEqual(len(self._emails()), 20)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.created_count), ("done", 20))
            self.assertEqual(self._count_changes(cr), (20, 20))

    def _wait_for_a_lock(self):
        """Until somebody waits for the lock of an operation."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with self.registry.cursor() as cr:
                cr.execute(
                    """SELECT count(*) FROM pg_locks
                        WHERE locktype = 'advisory' AND NOT granted"""
                )
                if cr.fetchone()[0]:
                    return
            time.sleep(0.01)
        raise AssertionError("nobody waits to close the operation")

    @mute_logger(*LOGGERS)
    def test_closed_once(self):
        """Two that end their last batches at the same moment close it, once."""
        finished = []
        finish = self.registry["prospect.operation"]._finish
        keep = self.registry["prospect.operation"]._keep_from_cancelled

        def note(operation):
            finished.append(operation.id)
            return finish(operation)

        for attempt in range(5):
            rows = [(f"{attempt}p{n}", "Rome") for n in range(20)]
            number = self._make_import(rows)
            barrier = threading.Barrier(2)

            def meet(operation, barrier=barrier):
                keep(operation)
                operation.env.cr.postcommit.add(lambda: barrier.wait(30))

            with (
                patch.object(self.registry["prospect.operation"], "_finish", note),
                patch.object(
                    self.registry["prospect.operation"], "_keep_from_cancelled", meet
                ),
            ):
                self._together(*[lambda cr, n=number: self._drain(cr, n)] * 2)
            self.assertEqual(finished.count(number), 1)
            with self.registry.cursor() as cr:
                operation = self._operation(cr, number)
                self.assertEqual(
                    (operation.state, operation.created_count), ("done", 20)
                )

    @mute_logger(*LOGGERS)
    def test_one_of_two_is_killed(self):
        """Again and again one of two processes is killed; the others do the rest."""
        count = 400
        number = self._make_import([(f"p{n}", "Rome") for n in range(count)])
        self._kill_workers(number, 22)
        self.assertEqual(self._emails(), sorted(f"p{n}@{DOMAIN}" for n in range(count)))
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.error), ("done", False))
            self.assertEqual(operation.created_count, count)
            self.assertEqual(self._count_changes(cr), (count, count))
        self._start_undo(number)
        self._kill_workers(number, 23)
        self.assertEqual(self._emails(), [])
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual(operation.state, "undone")
            self.assertEqual(operation.reversed_count, count)

    def _kill_workers(self, number, seed):
        """Two processes work; one of them is killed after a moment, five times."""
        chance = random.Random(seed)

        def work(cr):
            self._drain(cr, number)

        survivor = self._fork(work)
        kills = 0
        for _attempt in range(5):
            victim = self._fork(work)
            time.sleep(chance.uniform(0.1, 0.5))
            if not os.waitpid(victim, os.WNOHANG)[0]:
                os.kill(victim, signal.SIGKILL)
                os.waitpid(victim, 0)
                kills += 1
        _pid, status = os.waitpid(survivor, 0)
        self.assertEqual(status, 0, "the other one did not end well")
        self.assertGreater(kills, 0, "the test has killed nothing")
        with self.registry.cursor() as cr:
            # what the last one had begun when all others had ended
            self._drain(cr, number)

    @mute_logger(*LOGGERS)
    def test_killed_in_its_batch(self):
        """A kill gives back what was claimed, at once."""
        number = self._make_import([(f"p{n}", "Rome") for n in range(40)])
        self._kill_in(
            self.registry["prospect.operation"],
            "_work_lines",
            3,
            lambda cr: self._drain(cr, number),
            is_after=True,
        )
        self.assertEqual(len(self._emails()), 20)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.done_count), ("running", 20))
            self.assertEqual(operation.progress, 50)
            self._drain(cr, number)
            operation.invalidate_recordset()
            self.assertEqual((operation.state, operation.created_count), ("done", 40))
        self.assertEqual(len(self._emails()), 40)

    @mute_logger(*LOGGERS)
    def test_plan_is_made_by_one(self):
        """Of two that find a plan to make, one makes it; a kill lets the next one."""
        number = self._make_import(
            [(f"p{n}", "Rome") for n in range(300)], is_planned=False
        )
        planners = set()
        model = self.registry["prospect.operation"]
        plan_rows = model._plan_import_rows

        def note(operation, *args):
            planners.add(threading.get_ident())
            time.sleep(0.01)
            return plan_rows(operation, *args)

        with patch.object(prospect_operation_import, "PLAN_BATCH", 20):
            self._kill_in(
                model,
                "_plan_import_rows",
                4,
                lambda cr: self._drain(cr, number),
                is_after=True,
            )
            with self.registry.cursor() as cr:
                operation = self._operation(cr, number)
                self.assertEqual(operation.state, "running")
                self.assertEqual(operation.done_count, 60)
            with patch.object(model, "_plan_import_rows", note):
                self._together(*[lambda cr: self._drain(cr, number)] * 2)
        self.assertEqual(len(planners), 1)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual(
                (operation.state, operation.line_count), ("previewed", 300)
            )

    @mute_logger(*LOGGERS)
    def test_failures_of_all_count(self):
        """After so many failed batches it has failed, whoever they were of."""
        number = self._make_import([(f"p{n}", "Rome") for n in range(100)])
        tries = []

        def fail(_operation, lines):
            tries.append(lines)
            time.sleep(0.01)
            raise ZeroDivisionError("no reason")

        model = self.registry["prospect.operation"]
        with patch.object(model, "_apply_batch_import", fail):
            self._together(*[lambda cr: self._drain(cr, number)] * 2)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual(operation.state, "failed")
            self.assertEqual(operation.failure_count, prospect_operation.FAILURES)
            self.assertIn("ZeroDivisionError", operation.error)
            self.assertEqual(operation.done_count, 0)
        # the other one may have been at a batch
        self.assertLessEqual(len(tries), prospect_operation.FAILURES + 1)
        self.assertEqual(self._emails(), [])

    @mute_logger(*LOGGERS)
    def test_cancelled_while_two_are_at_it(self):
        number = self._make_import([(f"p{n}", "Rome") for n in range(200)])
        work = self.registry["prospect.operation"]._work_lines
        batches = []

        def cancel(operation, lines):
            result = work(operation, lines)
            batches.append(lines)
            if len(batches) == 6:
                with self.registry.cursor() as other:
                    self._operation(other, number).action_cancel()
            return result

        with patch.object(self.registry["prospect.operation"], "_work_lines", cancel):
            self._together(*[lambda cr: self._drain(cr, number)] * 2)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            done = operation.done_count
            self.assertEqual(operation.state, "cancelled")
            self.assertEqual(len(self._emails()), done)
            self.assertLess(done, 70)
            self.assertGreater(done, 0)
            operation._start("run")
            operation._set(state="queued")
        self._drain_by_two(number)
        self.assertEqual(len(self._emails()), 200)

    @mute_logger(*LOGGERS)
    def test_merges_that_share_a_prospect(self):
        """Pairs that share a prospect are merged one after the other, the others by
        anybody; all of a chain end in one prospect.
        """
        chains, length = 6, 4
        with self.registry.cursor() as cr:
            env = self._env(cr)
            groups = []
            for chain in range(chains):
                leads = env["crm.lead"].create(
                    [
                        {
                            "type": "lead",
                            "contact_name": f"Person {chain}",
                            "email_from": f"c{chain}@{DOMAIN}",
                            "user_id": False,
                            "city": "Rome" if place else "Oslo",
                        }
                        for place in range(length)
                    ]
                )
                groups += [
                    {"lead_ids": [leads[0].id, lead.id], "survivor_id": leads[0].id}
                    for lead in leads[1:]
                ]
            # in turns: the pairs of a chain are never beside each other
            groups = [
                groups[chain * (length - 1) + place]
                for place in range(length - 1)
                for chain in range(chains)
            ]
            operation = env["prospect.operation"]._make_merge(groups)
            operation.action_preview()
            self.assertEqual(operation.updated_count, len(groups))
            operation._start("run")
            operation._set(state="queued")
            number = operation.id
        with patch.object(prospect_operation_merge, "MERGE_BATCH", 3):
            shares = self._drain_by_two(number)
            self.assertEqual(len(shares), 2)
            with self.registry.cursor() as cr:
                operation = self._operation(cr, number)
                self.assertEqual((operation.state, operation.error), ("done", False))
                self.assertEqual(operation.updated_count, len(groups))
            self.assertEqual(
                self._emails(), sorted(f"c{n}@{DOMAIN}" for n in range(chains))
            )
            self._start_undo(number)
            self._drain_by_two(number)
        with self.registry.cursor() as cr:
            operation = self._operation(cr, number)
            self.assertEqual((operation.state, operation.error), ("undone", False))
            self.assertEqual(operation.reversed_count, len(groups))
        self.assertEqual(len(self._emails()), chains * length)

    @mute_logger(*LOGGERS)
    def test_bulk_by_two(self):
        """Each prospect is changed once: one row of history each."""
        self._drain_by_two(self._make_import([(f"p{n}", "Rome") for n in range(120)]))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            guests = env["prospect.list"].create({"name": DOMAIN})
            leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
            wizard = env["prospect.bulk"].create(
                {"selection": {"ids": leads.ids}, "list_add_ids": guests.ids}
            )
            operation = wizard._make_operation()
            operation.action_preview()
            operation._start("run")
            operation._set(state="queued")
            number, list_id = operation.id, guests.id
        try:
            self.assertEqual(len(self._drain_by_two(number)), 2)
            with self.registry.cursor() as cr:
                self.assertEqual(self._operation(cr, number).state, "done")
                cr.execute(
                    """SELECT count(*), count(DISTINCT lead_id)
                         FROM prospect_membership WHERE list_id = %s""",
                    [list_id],
                )
                self.assertEqual(cr.fetchone(), (120, 120))
            self._start_undo(number)
            self._drain_by_two(number)
            with self.registry.cursor() as cr:
                operation = self._operation(cr, number)
                self.assertEqual(operation.state, "undone")
                self.assertEqual(operation.reversed_count, 120)
        finally:
            with self.registry.cursor() as cr:
                self._operation(cr, number).unlink()
