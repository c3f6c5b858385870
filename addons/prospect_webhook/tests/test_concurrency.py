"""Real connections: many messages at once, each counts once, none is lost."""

import json
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ConcurrentCase

from ..tools.signatures import make_secret
from .common import SECRET, make_headers

DOMAIN = "hook.race.example.com"
THREADS = 8
EVENTS = 60
PEOPLE = 40


@tagged("post_install", "-at_install")
class TestConcurrency(ConcurrentCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            webhook = env["prospect.webhook"].create(
                {"name": "Hook race", "secret": SECRET, "limit_minute": 0}
            )
            self.number, self.token = webhook.id, webhook.token

    def _find_made(self, env):
        webhook = env["prospect.webhook"].search([("name", "=", "Hook race")])
        return (
            env["crm.lead"].search([("email_from", "like", DOMAIN)]),
            env["prospect.capture"].search([("webhook_id", "in", webhook.ids)]),
            self._find_triggers(env, "prospect.ir_cron_capture"),
            webhook,
            env["utm.source"].search([("name", "=", "Hook race")]),
        )

    def _send(self, event, email, secret=SECRET):
        """One message, in a transaction of its own; the status of its answer."""
        body = json.dumps({"email": email}).encode()
        with self.registry.cursor() as cr:
            webhooks = api.Environment(cr, SUPERUSER_ID, {})["prospect.webhook"]
            headers = make_headers(secret, event, body)
            return webhooks._take(self.token, headers, body)[1]

    def test_many_at_once(self):
        """Each event twice, some badly signed: as many messages as events, as many
        prospects as people.
        """
        work = [
            (f"e{n}", f"p{n % PEOPLE}@{DOMAIN}", secret)
            for n in range(EVENTS)
            for secret in (SECRET, SECRET, make_secret())
        ]
        with ThreadPoolExecutor(THREADS) as pool:
            statuses = list(pool.map(lambda item: self._send(*item), work))
        self.assertEqual(statuses.count(202), 2 * EVENTS)
        self.assertEqual(statuses.count(401), EVENTS)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            messages = env["prospect.capture"].search(
                [("webhook_id", "=", self.number)], order="id"
            )
            self.assertEqual(
                sorted(messages.mapped("event_key")),
                sorted(f"{self.number}:e{n}" for n in range(EVENTS)),
            )
            self.assertEqual(set(messages.mapped("state")), {"received"})
            self.assertEqual(
                env["prospect.webhook"].browse(self.number).refused_code, "signature"
            )
        self._together(self._run_job, self._run_job)
        with self.registry.cursor() as cr:
            self._run_job(cr)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            messages = env["prospect.capture"].search(
                [("webhook_id", "=", self.number)]
            )
            self.assertEqual(set(messages.mapped("state")), {"done"})
            leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
            self.assertEqual(len(leads), PEOPLE)
            self.assertEqual(len(set(leads.mapped("email_normalized"))), PEOPLE)
            self.assertEqual(messages.lead_id, leads)

    def _run_job(self, cr):
        api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]._cron_process()
