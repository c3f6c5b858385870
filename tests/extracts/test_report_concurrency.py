"""Reports on real connections: a kill loses nothing, and nobody gets one twice."""

import os
import signal
import threading
import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.extracts import report as prospect_report
from odoo.addons.prospect.models.extracts.reader import ReportReader

from ..common import ConcurrentCase

DOMAIN = "report.prospect.example.com"
COUNT = 30


@tagged("-at_install", "post_install")
class TestReportConcurrency(ConcurrentCase):
    def setUp(self):
        super().setUp()
        batch = patch.object(prospect_report, "BATCH", 5)
        batch.start()
        self.addCleanup(batch.stop)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.lead"].create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Person {number}",
                        "email_from": f"p{number}@{DOMAIN}",
                    }
                    for number in range(COUNT)
                ]
            )
            admin = env.ref("base.user_admin")
            self.report_id = (
                env["prospect.report"]
                .with_user(admin)
                ._ask(
                    {"domain": [("email_from", "like", DOMAIN)]},
                    ["contact_name", "email_from"],
                    "csv",
                    name="race report",
                )
                .id
            )

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _find_made(self, env):
        reports = env["prospect.report"].search([("name", "=", "race report")])
        mails = env["mail.mail"].search(
            [("model", "=", "prospect.report"), ("res_id", "in", reports.ids)]
        )
        return (
            env["crm.lead"].search([("email_from", "like", DOMAIN)]),
            mails,
            reports.attachment_id,
            reports,
            self._find_triggers(env, "prospect.ir_cron_report"),
        )

    def _drain(self, cr):
        """What the job does: batch by batch, each committed."""
        report = self._env(cr)["prospect.report"].browse(self.report_id)
        for _batch in report._make_in_background():
            cr.commit()  # pylint: disable=invalid-commit
        cr.commit()  # pylint: disable=invalid-commit

    def _look(self):
        """(state, rows, lines of the file, mails) of the report."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            report = env["prospect.report"].browse(self.report_id)
            mails = env["mail.mail"].search_count(
                [("model", "=", "prospect.report"), ("res_id", "=", report.id)]
            )
            lines = (report.attachment_id.raw or b"").count(b"\n")
            return report.state, report.row_count, lines, mails

    def _count_progress(self):
        with self.registry.cursor() as cr:
            return self._env(cr)["prospect.report"].browse(self.report_id).done_count

    def test_two_jobs(self):
        """Of two jobs at once, one makes it; the other one leaves it alone."""
        readers = set()
        read = ReportReader.fetch

        def slow(reader, ids):
            readers.add(threading.get_ident())
            time.sleep(0.02)
            return read(reader, ids)

        with patch.object(ReportReader, "fetch", slow):
            self._together(self._drain, self._drain, self._drain)
        self.assertEqual(self._look(), ("done", COUNT, COUNT + 1, 1))
        self.assertEqual(len(readers), 1)

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_two_ends(self):
        """Even where two jobs believe that they are alone, it is sent once."""
        with patch.object(prospect_report, "alone", _everybody):
            self._together(self._drain, self._drain)
        state, _rows, lines, mails = self._look()
        self.assertEqual((state, lines, mails), ("done", COUNT + 1, 1))

    def test_killed(self):
        """After a kill the next job makes all of it, and sends it once."""
        read = ReportReader.fetch

        def slow(reader, ids):
            time.sleep(0.2)
            return read(reader, ids)

        with patch.object(ReportReader, "fetch", slow):
            pid = self._fork(self._drain)
            deadline = time.monotonic() + 30
            while self._count_progress() < 10 and time.monotonic() < deadline:
                time.sleep(0.02)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        state, _rows, lines, mails = self._look()
        self.assertEqual((state, lines, mails), ("running", 0, 0))
        with self.registry.cursor() as cr:
            self._drain(cr)
        self.assertEqual(self._look(), ("done", COUNT, COUNT + 1, 1))

    def test_cancelled_elsewhere(self):
        """Somebody cancels it while it is made: nothing is sent."""
        with self.registry.cursor() as cr, self.registry.cursor() as other:
            report = self._env(cr)["prospect.report"].browse(self.report_id)
            batches = report._make_in_background()
            next(batches)
            cr.commit()  # pylint: disable=invalid-commit
            next(batches)
            cr.commit()  # pylint: disable=invalid-commit
            self._env(other)["prospect.report"].browse(report.id).action_cancel()
            other.commit()  # pylint: disable=invalid-commit
            for _batch in batches:
                cr.commit()  # pylint: disable=invalid-commit
        state, _rows, lines, mails = self._look()
        self.assertEqual((state, lines, mails), ("cancelled", 0, 0))


class _everybody:
    """``alone`` that keeps nobody out."""

    def __init__(self, *_args):
        pass

    def __enter__(self):
        return True

    def __exit__(self, *_args):
        return None
