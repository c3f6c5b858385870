"""Work in the background by jobs of a queue."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ConcurrentCase, ProspectCase

from ..models import prospect_work

DOMAIN = "queue.prospect.example.com"


@tagged("post_install", "-at_install")
class TestQueue(ProspectCase):
    def _jobs(self, kind):
        return self.env["queue.job"].search(
            [("identity_key", "=like", f"prospect:{kind}:%"), ("state", "=", "pending")]
        )

    def test_wake(self):
        """As many jobs as the parameter says, and no more; the cron is called, too."""
        self.env["ir.config_parameter"].sudo().set_param("prospect_queue.jobs", "3")
        cron = self.env.ref("prospect.ir_cron_report")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        for _time in range(2):
            self.env["prospect.report"].with_user(self.salesman)._wake()
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers) - before, 2)
        jobs = self._jobs("reports")
        self.assertEqual(len(jobs), 3)
        self.assertEqual(set(jobs.mapped("channel")), {"root.prospect.report"})

    def test_job_knows_the_kind_alone(self):
        """Whoever asks: the job is nobody's, without companies and language."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.salesman.company_ids += company
        reports = self.env["prospect.report"].with_user(self.salesman)
        reports.with_context(lang="fr_FR", allowed_company_ids=company.ids)._wake()
        self.assertTrue(self._jobs("reports"))
        for job in self._jobs("reports"):
            self.assertEqual((job.method_name, job.args), ("_work_in_job", ["reports"]))
            self.assertFalse(job.kwargs)
            self.assertEqual(job.user_id.id, SUPERUSER_ID)
            self.assertEqual(job.records.env.uid, SUPERUSER_ID)
            self.assertNotIn(company, job.records.env.companies)
            self.assertNotEqual(job.records.env.context.get("lang"), "fr_FR")

    def test_later(self):
        """What is due at a certain time gets one job, at that time."""
        at = self.env.cr.now().replace(year=2100, microsecond=0)
        jobs = self.env["queue.job"]
        before = jobs.search([])
        self.env["prospect.notification"]._wake(at)
        job = jobs.search([]) - before
        self.assertEqual(job.eta, at)
        self.assertEqual(job.channel, "root.prospect.mail")

    def test_kind_of_an_add_on_that_has_gone(self):
        self.assertIsNone(self.env["prospect.work"]._work_in_job("gone"))


@tagged("post_install", "-at_install")
class TestQueueJob(ConcurrentCase):
    def _find_made(self, env):
        return (
            env["prospect.capture"].search([("event_key", "like", DOMAIN)]),
            env["crm.lead"].search([("email_from", "like", DOMAIN)]),
            env["queue.job"].search([("identity_key", "=like", "prospect:%")]),
            self._find_triggers(env, "prospect.ir_cron_capture"),
        )

    def _receive(self, count):
        with self.registry.cursor() as cr:
            inbox = api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]
            for number in range(count):
                inbox._receive(
                    "form",
                    f"{DOMAIN}-{number}",
                    {"email": f"p{number}@{DOMAIN}"},
                    process=False,
                )

    def _work(self, cr):
        work = api.Environment(cr, SUPERUSER_ID, {})["prospect.work"]
        work._work_in_job("captures")

    def _look(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return (
                env["crm.lead"].search_count([("email_from", "like", DOMAIN)]),
                env["queue.job"].search_count(
                    [("identity_key", "=like", "prospect:captures:%")]
                ),
            )

    def test_its_own_connection(self):
        """The job's cursor is neither committed nor rolled back: it holds the lock."""
        self._receive(5)

        def fail(*_args):
            raise AssertionError("the lock of the job is lost")

        with (
            self.registry.cursor() as cr,
            patch.object(cr, "commit", fail),
            patch.object(cr, "rollback", fail),
        ):
            self._work(cr)
        self.assertEqual(self._look()[0], 5)

    def test_two_jobs(self):
        self._receive(30)
        with patch("odoo.addons.prospect.models.capture.capture.BATCH", 3):
            self._together(self._work, self._work)
        self.assertEqual(self._look()[0], 30)

    def test_successor(self):
        """A job whose time is over leaves the rest to the next one."""
        self._receive(6)
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE identity_key LIKE 'prospect:%'")
        with (
            patch.object(prospect_work, "SECONDS", -1),
            patch("odoo.addons.prospect.models.capture.capture.BATCH", 2),
            self.registry.cursor() as cr,
        ):
            self._work(cr)
        done, jobs = self._look()
        self.assertEqual(done, 2)
        self.assertEqual(jobs, prospect_work.JOBS)
        with self.registry.cursor() as cr:
            self._work(cr)
        self.assertEqual(self._look()[0], 6)
