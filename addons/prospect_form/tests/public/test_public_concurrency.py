import logging
import threading
import time
from collections import Counter
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.prospect.tests.common import ConcurrentCase

from ..common import make_form
from ..real_server import real_server
from ..visitors import send_all

_logger = logging.getLogger(__name__)

DOMAIN = "crowd.prospect.example.com"
POSTS = 500
VISITORS = 40


@tagged("post_install", "-at_install")
class TestPublicConcurrency(ConcurrentCase):
    """Real HTTP, real connections: nothing is lost, nothing is doubled."""

    def setUp(self):
        super().setUp()
        # tests send no notifications to the server's jobs
        self.startPatcher(patch.object(IrCron, "_notifydb", lambda job: None))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ir.config_parameter"].set_param("prospect_form.least_seconds", "0")
            env["ir.config_parameter"].set_param("prospect_form.limit_address", "100")
            form = make_form(env, name="Crowd")
            self.form_id, self.slug = form.id, form.slug

    def _find_made(self, env):
        forms = env["prospect.form"].search([("name", "=", "Crowd")])
        answers = env["prospect.form.answer"].search([("form_id", "in", forms.ids)])
        messages = answers.capture_id
        leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
        return (
            answers,
            messages,
            leads,
            forms,
            env["prospect.form.limit"].search([]),
            env["ir.config_parameter"].search([("key", "like", "prospect_form.%")]),
            self._find_triggers(env, "prospect.ir_cron_capture"),
        )

    def _token(self):
        with self.registry.cursor() as cr:
            form = api.Environment(cr, SUPERUSER_ID, {})["prospect.form"].browse(
                self.form_id
            )
            return form._make_token(form._get_definition("en_US"), time.time())

    def _values(self, number, **values):
        return {
            "prospect_token": self._token(),
            "last_name": f"Person {number}",
            "e_mail": f"person{number}@{DOMAIN}",
            "accommodation": "no",
            **values,
        }

    def _post_all(self, everything):
        """Post all of them at once, from many machines; [(status, answer, seconds)]."""
        path = f"/prospect/form/{self.slug}"
        posts = [(path, values) for values in everything]
        with real_server(get_db_name()) as port:
            return send_all(port, get_db_name(), posts, VISITORS)

    def _run_job(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]._cron_process()

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", "werkzeug")
    def test_500_at_once(self):
        """People, robots, double clicks, people who come twice; the job runs beside."""
        everything, expected = [], Counter()
        for number in range(POSTS):
            kind = number % 10
            values = self._values(number)
            if kind == 7:
                values["prospect_url"] = "https://spam.example.com"
            elif kind == 8:
                # the same click as the one before
                values = dict(everything[-2])
            elif kind == 9:
                # the same person, on a page of their own
                values["e_mail"] = f"person{number - 9}@{DOMAIN}"
            expected[kind] += 1
            everything.append(values)
        is_over = threading.Event()

        def work():
            while not is_over.wait(0.2):
                self._run_job()

        job = threading.Thread(target=work)
        job.start()
        started = time.monotonic()
        try:
            results = self._post_all(everything)
        finally:
            is_over.set()
            job.join(120)
        spent = time.monotonic() - started
        self._run_job()
        self.assertEqual(Counter(status for status, _f, _s in results), {200: POSTS})
        self.assertEqual(
            {found.get("state") for _status, found, _s in results}, {"kept"}
        )
        _logger.info("%s posts in %.1f s with the job beside them", POSTS, spent)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            answers = env["prospect.form.answer"].search(
                [("form_id", "=", self.form_id)]
            )
            # a double click is one answer
            self.assertEqual(len(answers), POSTS - expected[8])
            self.assertEqual(
                Counter(answers.mapped("state")),
                {
                    "accepted": POSTS - expected[7] - expected[8],
                    "quarantined": expected[7],
                },
            )
            robots = answers.filtered(lambda one: one.state == "quarantined")
            self.assertEqual(set(robots.mapped("robot")), {"honeypot"})
            self.assertTrue(all(robots.mapped("capture_id.reason")))
            self.assertFalse(robots.lead_id)
            accepted = answers - robots
            self.assertEqual(
                Counter(accepted.mapped("capture_id.state")), {"done": len(accepted)}
            )
            leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
            self.assertEqual(
                len(leads), POSTS - sum(expected[kind] for kind in (7, 8, 9))
            )
            self.assertEqual(len(set(leads.mapped("email_normalized"))), len(leads))
            self.assertEqual(accepted.lead_id, leads)
            count = env["prospect.form.count"].search(
                [("form_id", "=", self.form_id), ("field_id", "=", False)]
            )
            self.assertEqual(sum(count.mapped("answers")), len(accepted))

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions", "werkzeug")
    def test_last_places(self):
        """A maximum of answers holds when all come at once."""
        with self.registry.cursor() as cr:
            form = api.Environment(cr, SUPERUSER_ID, {})["prospect.form"].browse(
                self.form_id
            )
            form.answer_max = 7
        results = self._post_all([self._values(number) for number in range(40)])
        self.assertEqual(
            Counter(status for status, _f, _s in results), {200: 7, 410: 33}
        )
        self._run_job()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(
                env["prospect.form.answer"].search_count(
                    [("form_id", "=", self.form_id), ("state", "=", "accepted")]
                ),
                7,
            )
            self.assertEqual(
                env["crm.lead"].search_count([("email_from", "like", DOMAIN)]), 7
            )
