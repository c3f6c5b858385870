import json

from odoo.tests import HttpCase, tagged

from ..tools.signatures import make_secret
from .common import WebhookCase, make_headers


@tagged("web")
class WebWebhookCase(HttpCase, WebhookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.tour_enabled = False


@tagged("post_install", "-at_install")
class TestWebWebhook(WebWebhookCase):
    """An administrator sets up a webhook in a real browser."""

    def test_set_up(self):
        self.start_tour(
            "/odoo/prospect-webhooks",
            "prospect_webhook_set_up",
            login="prospect_manager",
        )
        self.env.invalidate_all()
        webhook = self.env["prospect.webhook"].search([("name", "=", "Party planner")])
        self.assertEqual(
            {row.path: row.target for row in webhook.field_ids},
            {
                "contact.mail": "email_from",
                "contact.first_name": "first_name",
                "theme": "name",
            },
        )
        self.assertFalse(webhook.former_secret)
        self._take(json.loads(webhook.sample), webhook=webhook)
        body = b"{}"
        webhook._take(webhook.token, make_headers(make_secret(), "x", body), body)
        self.env.invalidate_all()
        # as if it had come a while ago
        self.env.cr.execute(
            "UPDATE prospect_capture SET received_at = received_at - INTERVAL '1 hour'"
            " WHERE webhook_id = %s",
            [webhook.id],
        )
        self.start_tour(
            "/odoo/prospect-webhooks",
            "prospect_webhook_messages",
            login="prospect_manager",
        )
        self._run_job()
        lead = self._messages(webhook).lead_id
        self.assertEqual((lead.name, lead.first_name), ("Summer party", "Léa"))


@tagged("post_install", "-at_install")
class TestWebWebhookPhone(WebWebhookCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_phone(self):
        webhook = self.webhook.copy({"name": "Party planner"})
        webhook.sample = json.dumps({"contact": {"mail": "lea@hook.example.com"}})
        webhook.action_read_sample()
        self.start_tour(
            "/odoo/prospect-webhooks",
            "prospect_webhook_phone",
            login="prospect_manager",
        )
