"""Kinds of work in the background: each says all that the loop asks for."""

from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.jobs import Portion, Tally, drain, work_off
from .common import ConcurrentCase, ProspectCase

KINDS = {
    *("captures", "duplicate_index", "duplicate_scans", "erasures", "flags"),
    *("lifecycles", "list_expiry", "mail_domains", "notification_events"),
    *("notifications", "operations", "reports", "segment_counts", "segment_syncs"),
}


class Numbers:
    """Work that is no model: numbers to do, some of which fail."""

    _name = "numbers"
    _work_splits = False
    _work_whole = False

    def __init__(self, env, todo, bad=(), tries=1):
        self.env, self.todo, self.bad, self.tries = env, list(todo), set(bad), tries
        self.done, self.failed = [], []

    def _left(self):
        return len(self.todo)

    def _claim(self, limit=None, but=()):
        left = [number for rows in but for number in rows]
        return [n for n in self.todo if n not in left][: limit or 3]

    def _do(self, rows):
        if self.bad & set(rows):
            raise UserError("bad")
        self.done += rows
        self.todo = [number for number in self.todo if number not in rows]

    def _note_failure(self, rows, error):
        self.failed.append(tuple(rows))
        return len(self.failed) < self.tries


@tagged("post_install", "-at_install")
class TestWork(ProspectCase):
    def test_all_kinds(self):
        work = self.env["prospect.work"]
        kinds = work._get_kinds()
        self.assertLessEqual(KINDS, set(kinds))
        for kind in kinds:
            with self.subTest(kind=kind):
                model = work._get_work(kind)
                self.assertEqual(self.env.ref(model._work_cron)._name, "ir.cron")
                self.assertGreaterEqual(model._left(), 0)
                self.assertIn(type(model._oldest()).__name__, ("datetime", "NoneType"))

    def test_wake_says_the_kind_alone(self):
        """Whoever asks: a job is planned, and knows nothing of who has asked."""
        job = self.env.ref("prospect.ir_cron_report")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([("cron_id", "=", job.id)])
        reports = self.env["prospect.report"].with_user(self.salesman)
        reports._wake()
        (trigger,) = triggers.search([("cron_id", "=", job.id)]) - before
        self.assertEqual(trigger.cron_id, job)
        flags = self.env["prospect.flag.check"].with_user(self.salesman)
        domain = [("cron_id", "=", self.env.ref("prospect.ir_cron_flag").id)]
        before = triggers.search_count(domain)
        for _time in range(3):
            flags._wake_once()
        self.assertEqual(triggers.search_count(domain) - before, 1)

    def test_act_as(self):
        """As the person, in the companies that they are still in; or who has left."""
        leads = self.env["crm.lead"]
        reports = self.env["prospect.report"]
        company = self.env["res.company"].create({"name": "Not theirs"})
        own = self.salesman.company_id
        worker = reports._act_as(
            self.salesman, [company.id, own.id], "fr_FR", "left", active_test=False
        )
        self.assertEqual(worker.env.user, self.salesman)
        self.assertFalse(worker.env.su)
        self.assertEqual(worker.env.companies, own)
        self.assertEqual(worker.env.context["lang"], "fr_FR")
        self.assertFalse(worker.env.context["active_test"])
        worker = reports._act_as(self.salesman, [company.id], None, "left")
        self.assertEqual(worker.env.companies, own)
        self.salesman.active = False
        with self.assertRaisesRegex(UserError, "left"):
            reports._act_as(self.salesman, [], None, "left")
        self.assertFalse(leads.env.context.get("allowed_company_ids"))


@tagged("post_install", "-at_install")
class TestBackgroundWork(ProspectCase):
    """What waits, what has failed, and who is told."""

    def _rows(self, user=None):
        rows = self.env["prospect.work.status"].with_user(user or self.manager)._look()
        return {row.kind: row for row in rows}

    def _failed_report(self):
        return (
            self.env["prospect.report"]
            .sudo()
            .create(
                {
                    "name": "Failed",
                    "user_id": self.manager.id,
                    "selection": {"ids": []},
                    "columns": ["name"],
                    "state": "failed",
                }
            )
        )

    def test_page(self):
        """A row a kind: what waits and since when, what was done and what failed."""
        before = self._rows()
        self.assertLessEqual(KINDS, set(before))
        self.env["prospect.flag.check"]._want(self._prospect().ids)
        report = self._failed_report()
        figures = self.env["prospect.work.figure"]
        figures._note("flags", 5, 1, 0.5, "ZeroDivisionError")
        figures._note("flags", 2, 0, 0.5)
        after = self._rows()
        flags = after["flags"]
        self.assertGreater(flags.waiting_count, before["flags"].waiting_count)
        self.assertEqual(flags.day_count - before["flags"].day_count, 7)
        self.assertEqual(flags.error_count - before["flags"].error_count, 1)
        self.assertEqual(flags.error, "ZeroDivisionError")
        self.assertEqual(flags.server_count, 1)
        reports = after["reports"]
        self.assertEqual(reports.failed_count - before["reports"].failed_count, 1)
        action = reports.action_open_failed()
        self.assertEqual(action["res_model"], "prospect.report")
        self.assertIn(report, self.env["prospect.report"].search(action["domain"]))
        names = [row.name for row in after.values()]
        self.assertEqual(len(set(names)), len(names))

    def test_retry(self):
        row = self._rows()["segment_counts"]
        job = self.env.ref("prospect.ir_cron_segment_count")
        domain = [("cron_id", "=", job.id)]
        before = self.env["ir.cron.trigger"].search_count(domain)
        row.action_retry()
        self.assertEqual(self.env["ir.cron.trigger"].search_count(domain) - before, 1)

    def test_rights(self):
        """Sales administrators alone, each their own page."""
        row = self._rows()["flags"]
        with self.assertRaises(AccessError):
            self._rows(self.salesman)
        with self.assertRaises(AccessError):
            row.with_user(self.salesman).action_retry()
        with self.assertRaises(AccessError):
            self.env["prospect.work.figure"].with_user(self.salesman).search([])

    def test_late(self):
        """Those who administrate the server are notified once a day, while it is so."""
        figures = self.env["prospect.work.figure"]
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("prospect.work_late", "60")
        parameters.set_param("prospect.work_late_said", False)
        report = self._failed_report()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE prospect_report SET create_date = create_date - interval '2 hours'"
            " WHERE id = %s",
            [report.id],
        )
        self.env.invalidate_all()
        messages = self.env["mail.message"]
        domain = [("subject", "=", "Work in the background is late")]
        late = set(figures._find_late())
        self.assertNotIn("reports", late, "what has failed does not wait")
        report.state = "queued"
        self.assertEqual(set(figures._find_late()) - late, {"reports"})
        self.assertTrue(self._rows()["reports"].is_late)
        before = messages.search_count(domain)
        figures._cron_watch()
        self.assertEqual(messages.search_count(domain) - before, 1)
        self.assertIn("E-mailed reports", messages.search(domain, limit=1).body)
        figures._cron_watch()
        self.assertEqual(messages.search_count(domain) - before, 1)
        parameters.set_param("prospect.work_late", "0")
        self.assertFalse(figures._find_late())
        figures._cron_watch()
        self.assertFalse(parameters.get_param("prospect.work_late_said"))

    def test_figures(self):
        """The loop notes what was done, and what has failed."""
        work = self.env["prospect.work"]
        calls = []

        def note(kind, tally):
            calls.append((kind._name, tally.done, tally.failed, tally.error))

        numbers = Numbers(self.env, range(1, 8), {5}, 1)
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1
        ):
            drain(self.env, [Numbers(self.env, range(1, 8))], note)
            self.assertEqual(calls, [("numbers", 7, 0, None)])
            with (
                self.assertRaises(UserError),
                patch.object(numbers, "_note_failure", fail_again),
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                numbers.env = self.env(cr=cr)
                drain(numbers.env, [numbers], note)
        self.assertEqual(calls[1:], [("numbers", 3, 1, "UserError")])
        work._note(self.env["prospect.flag.check"], calls_tally(4))
        row = self.env["prospect.work.figure"].search([("kind", "=", "flags")], limit=1)
        self.assertGreaterEqual(row.done_count, 4)
        self.assertTrue(row.server)
        row.hour -= timedelta(days=31)
        self.env.flush_all()
        self.env["prospect.work.figure"]._gc_figures()
        self.assertFalse(row.exists())


def calls_tally(count):
    tally = Tally()
    tally.add(Portion(count))
    return tally


def fail_again(rows, error):
    del rows
    raise error


@tagged("post_install", "-at_install")
class TestLoop(ConcurrentCase):
    """The loop itself, on a connection of its own."""

    def _work(self, *args, **values):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        work = Numbers(api.Environment(cr, SUPERUSER_ID, {}), *args)
        for name, value in values.items():
            setattr(work, name, value)
        return work

    def test_all_is_done_in_portions(self):
        work = self._work(range(1, 8))
        self.assertEqual([portion.count for portion in work_off(work)], [3, 3, 1])
        self.assertEqual(work.done, [1, 2, 3, 4, 5, 6, 7])

    def test_a_failure_is_left_alone(self):
        """What fails is left for the next run, and the rest is done."""
        work = self._work(range(1, 8), {2})
        list(work_off(work))
        self.assertEqual(work.failed, [(1, 2, 3)])
        self.assertEqual(work.done, [4, 5, 6, 7])

    def test_a_portion_is_split(self):
        """Where a kind says so, the others of a portion are done one by one."""
        work = self._work(range(1, 8), {2}, _work_splits=True)
        list(work_off(work))
        self.assertEqual(work.failed, [(2,)])
        self.assertEqual(sorted(work.done), [1, 3, 4, 5, 6, 7])

    def test_tried_again(self):
        work = self._work(range(1, 3), {2}, 3)
        list(work_off(work))
        self.assertEqual(work.failed, [(1, 2)] * 3)

    def test_what_does_not_end(self):
        """Rows that are still to be done after they were done stop the loop."""
        work = self._work(range(1, 3))
        work._do = lambda rows: None
        with self.assertRaises(RuntimeError):
            list(work_off(work))

    def test_steps(self):
        """A generator gets the answers of its steps; nothing of it is left open."""
        answers, closed = [], []

        def steps(_rows):
            try:
                answers.append((yield lambda: "one"))
                answers.append((yield 5))
            finally:
                closed.append(True)

        work = self._work([1])
        work._do = steps
        portions = list(work_off(work))
        self.assertEqual(portions, [Portion(1), Portion(5), Portion(0)])
        self.assertEqual((answers, closed), (["one", None], [True]))
        work = self._work([1], _work_whole=True)
        work._do = steps
        portions = work_off(work)
        self.assertFalse(next(portions).may_stop)
        portions.close()
        self.assertEqual(closed, [True, True])

    def test_time_is_over(self):
        """A worker whose time is over stops after its portion, or at the end of what
        would have to begin anew.
        """
        cron = self.registry["ir.cron"]
        calls = []

        def commit(_cron, processed=0, *, remaining=None):
            calls.append((processed, remaining))
            return 0

        with patch.object(cron, "_commit_progress", commit):
            work = self._work(range(1, 8))
            self.assertFalse(drain(work.env, [work]))
            self.assertEqual(work.done, [1, 2, 3])
            self.assertEqual(calls, [(0, 7), (3, 4)])
            work = self._work([1], _work_whole=True)
            work._do = lambda rows: iter_steps(work, rows)
            del calls[:]
            drain(work.env, [work])
            self.assertEqual([count for count, _left in calls], [0, 1, 1, 0])

    @mute_logger("odoo.sql_db")
    def test_kind_without_words_for_failures(self):
        """The scheduled action fails, and Odoo says why."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            flags = env["prospect.flag.check"]
            with (
                patch.object(self.registry["prospect.flag.check"], "_claim", fail),
                self.assertRaises(ZeroDivisionError),
            ):
                flags._cron_work()


def iter_steps(work, rows):
    yield lambda: 1
    yield lambda: 2
    work.todo = []
    del rows


def fail(*_args, **_options):
    raise ZeroDivisionError("no reason")
