"""What Odoo calls by itself: each method stands where it can be called."""

import inspect
import re

from odoo.tests import tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from .common import ProspectCase

CLEANER = "odoo.addons.base.models.ir_autovacuum"
OURS = re.compile(r"odoo\.addons\.(?:test_)?prospect(?:_\w+)?\b").match


@tagged("post_install", "-at_install")
class TestJobs(ProspectCase):
    def test_cleaning_stands_on_tables(self):
        """Odoo calls it on each model that has it: on a mixin it finds no table.

        Of a mixin's heirs it would be called once each, and on the mixin as well.
        """
        checked = 0
        for name, model in self.registry.items():
            for attr, method in inspect.getmembers(model, is_autovacuum):
                if not OURS(method.__module__):
                    continue
                checked += 1
                with self.subTest(model=name, method=attr):
                    self.assertFalse(model._abstract, "a mixin has no rows to clean")
        self.assertGreater(checked, 10)

    def test_jobs_stand_on_tables(self):
        """Scheduled actions of ours name a method that is there, on a real model."""
        jobs = self.env["ir.cron"].with_context(active_test=False).search([])
        ids = jobs.get_external_id()
        ours = jobs.filtered(lambda job: ids[job.id].startswith("prospect"))
        self.assertGreater(len(ours), 5)
        for job in ours:
            with self.subTest(job=ids[job.id]):
                model = self.env[job.model_id.model]
                self.assertFalse(model._abstract)
                for attr in re.findall(r"\bmodel\.(\w+)\(", job.code):
                    self.assertTrue(callable(getattr(model, attr, None)), attr)

    def test_all_is_cleaned(self):
        """The real run of a day: nothing fails, ours least of all."""
        with self.assertNoLogs(CLEANER, "ERROR"):
            self._vacuum()
