"""Who sees secrets, and in which company people are looked for."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.prospect.models.base.write_path import MODELS

from .common import SECRET, WebhookCase


@tagged("post_install", "-at_install", "security")
class TestRights(WebhookCase):
    def test_administrators_only(self):
        """Nobody else reads an address or a secret, nor makes one."""
        webhook = self.webhook
        webhook.field_ids = [(0, 0, {"path": "a", "target": "first_name"})]
        portal = new_test_user(
            self.env, login="hook_portal", groups="base.group_portal"
        )
        for user in (
            self.salesman,
            self.salesman_all,
            self.employee,
            portal,
            self.env.ref("base.public_user"),
        ):
            for record, fname in ((webhook, "name"), (webhook.field_ids, "path")):
                own = record.with_user(user)
                for work in (
                    lambda own=own: own.read(),
                    lambda own=own: own.search([]),
                    lambda own=own, fname=fname: own.write({fname: "x"}),
                    lambda own=own: own.copy(),
                    lambda own=own: own.unlink(),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        work()
            with self.assertRaises(AccessError), self.cr.savepoint():
                webhook.with_user(user).action_new_secret()
            with self.assertRaises(AccessError), self.cr.savepoint():
                webhook.with_user(user).create({"name": "Mine"})
        self.assertEqual(webhook.with_user(self.manager).secret, SECRET)

    def test_companies(self):
        """The person is looked for in the company of the webhook; administrators see
        the webhooks of their companies.
        """
        self.registry_enter_test_mode()
        other = self.env["res.company"].create({"name": "Hook company"})
        foreign = self.env["prospect.webhook"].create(
            {"name": "Elsewhere", "company_id": other.id, "secret": SECRET}
        )
        mine = self.env["prospect.webhook"].with_user(self.manager)
        self.assertNotIn(foreign, mine.search([]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).read(["secret"])
        here = self._prospect(email_from="both@hook.example.com")
        self._take({"email": "both@hook.example.com"}, webhook=foreign)
        self._take({"email": "both@hook.example.com"})
        self._run_job()
        self.assertEqual(self._messages(foreign).outcome, "created")
        self.assertEqual(self._messages().lead_id, here)
        self.assertNotEqual(self._messages(foreign).lead_id, here)

    def test_context_of_a_client(self):
        """Which webhook a message is of is not said by the context of a request."""
        self.registry_enter_test_mode()
        self.env.flush_all()
        message = (
            self.env["prospect.capture"]
            .with_context(prospect_webhook_id=self.webhook.id)
            ._receive("form", "hook-context", {"email": "x@hook.example.com"})
        )
        self.assertFalse(message.webhook_id)

    def test_fast_imports(self):
        """Webhooks extend nothing that would send imports the slow way."""
        write_path = self.env["prospect.write.path"]
        for model in MODELS:
            with self.subTest(model=model):
                classes = self.registry[model].__mro__
                self.assertNotIn(
                    "prospect_webhook", map(write_path._get_module, classes)
                )
                for field in self.registry[model]._fields.values():
                    self.assertNotIn("prospect_webhook", field._modules)
        self.assertTrue(MODELS)
