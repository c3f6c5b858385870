"""An erased person and webhooks: nothing is left, and nothing new is kept."""

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import AnywhereMixin

from .common import WebhookCase

EMAIL = "zenobia.quxworth@nobody.example.com"
PERSON = {"email": EMAIL, "name": "Zenobia Quxworth", "comment": "Ms Quxworth"}


@tagged("post_install", "-at_install")
class TestErasureWebhook(AnywhereMixin, WebhookCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def test_messages(self):
        self.webhook.example = f'{{"email": "{EMAIL}"}}'
        self._take(PERSON, EMAIL)
        self._run_job()
        (message,) = self._messages()
        self.assertEqual(message.lead_id.email_normalized, EMAIL)
        self.env["prospect.erasure"].with_user(self.manager)._ask(message.lead_id)
        self.assertEqual(self._find_anywhere(["quxworth"]), {})
        self.assertEqual(message.state, "done", "that it came is known")
        self._take(PERSON, "again")
        self._run_job()
        last = self._messages()[-1]
        self.assertEqual(last.state, "ignored")
        self.assertIn("was erased", last.reason)
        self.assertEqual(self._find_anywhere(["quxworth"]), {})
