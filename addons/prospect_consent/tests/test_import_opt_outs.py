"""Opt-outs of a file are withdrawals in the register, and not on the blacklist."""

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase

from .common import RegisterMixin


@tagged("post_install", "-at_install")
class TestImportOptOuts(RegisterMixin, ProspectCase):
    CONTENT = "Email,Opt-out\nout@opt.example.com,oui\nin@opt.example.com,non\n"

    def _run(self):
        wizard = self._import_wizard(self.CONTENT)
        wizard.action_next()
        operation = wizard._make_operation()
        operation.action_preview()
        return operation

    def test_withdrawals(self):
        listed = self.env["mail.blacklist"].search_count([])
        operation = self._run()
        out = operation.line_ids.sorted("number")[0]
        self.assertIn("register of consents", out.reason)
        self.assertIn("register of consents", operation.what)
        self.assertFalse(self._rows())
        operation.action_run()
        purposes = self.env["prospect.consent.purpose"].search([])
        rows = self._rows()
        self.assertEqual(rows.purpose_id, purposes)
        self.assertEqual(set(rows.mapped("address")), {"out@opt.example.com"})
        self.assertEqual(set(rows.mapped("action")), {"withdrawn"})
        self.assertEqual(rows.lead_id, out.lead_id)
        self.assertEqual(rows.user_id, self.salesman)
        self.assertIn("people.csv", rows[0].note)
        self.assertEqual(self.env["mail.blacklist"].search_count([]), listed)
        self.assertIn(self.newsletter, out.lead_id.consent_withdrawn_ids)

    def test_once(self):
        """What is withdrawn already stays; who agreed in between withdraws again."""
        self._run().action_run()
        count = len(self._rows())
        self._run().action_run()
        self.assertEqual(len(self._rows()), count)
        self.env["prospect.consent"]._append(
            [
                {
                    "action": "given",
                    "purpose_id": self.newsletter.id,
                    "address": "out@opt.example.com",
                    "company_id": self.env.company.id,
                }
            ]
        )
        self._run().action_run()
        self.assertEqual(len(self._rows()), count + 2)
        self.assertEqual(self._rows()[-1].action, "withdrawn")

    def test_without_purposes(self):
        """Where there is nothing to withdraw, the blacklist says it."""
        self.env["prospect.consent.purpose"].search([]).action_archive()
        self._run().action_run()
        self.assertFalse(self._rows())
        self.assertTrue(
            self.env["mail.blacklist"].search([("email", "=", "out@opt.example.com")])
        )
