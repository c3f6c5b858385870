import json
import time
from base64 import b64encode

from odoo import SUPERUSER_ID, api

from odoo.addons.prospect.tests.common import ProspectCase

from ..tools.signatures import make_secret, sign_body, sign_standard, sign_timed

SECRET = make_secret()


def make_headers(secret, event, body, moment=None):
    """The headers of Standard Webhooks for a body, as bytes."""
    moment = str(int(time.time() if moment is None else moment))
    return {
        "Content-Type": "application/json",
        "webhook-id": event,
        "webhook-timestamp": moment,
        "webhook-signature": sign_standard(secret, event, moment, body),
    }


def make_proof(webhook, body, secret=None, moment=None):
    """The headers that prove who sends, of all but Standard Webhooks."""
    secret = secret or webhook.secret
    moment = int(time.time() if moment is None else moment)
    login = b64encode(f"{webhook.login}:{secret}".encode()).decode()
    return {
        "body": {webhook.header: f"sha256={sign_body(secret, body)}"},
        "timed": {webhook.header: sign_timed(secret, moment, body)},
        "token": {webhook.header: f"Bearer {secret}"},
        "basic": {"Authorization": f"Basic {login}"},
        "address": {},
    }[webhook.scheme]


class WebhookCase(ProspectCase):
    """A webhook of each scheme, whose messages are signed as other systems do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.webhook = cls.env["prospect.webhook"].create(
            {"name": "Test shop", "secret": SECRET}
        )
        cls.plain = cls.env["prospect.webhook"].create(
            {
                "name": "Test form",
                "scheme": "body",
                "secret": "a secret of some length",
                "header": "Form-Signature",
                "event_path": "event_id",
            }
        )

    def _messages(self, webhook=None):
        return self.env["prospect.capture"].search(
            [("webhook_id", "in", (webhook or self.webhook).ids)], order="id"
        )

    def _run_job(self):
        """The job of the inbox, as on a connection of its own."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]._cron_process()
        self.env.invalidate_all()

    def _take(self, payload, event="1", webhook=None):
        """Hand a signed message to the model, as the address does."""
        webhook = webhook or self.webhook
        body = json.dumps(payload).encode()
        if webhook.scheme == "standard":
            headers = make_headers(webhook.secret, event, body)
        else:
            headers = {"Content-Type": "application/json"}
            headers.update(make_proof(webhook, body))
        self.env.flush_all()
        return webhook._take(webhook.token, headers, body)
