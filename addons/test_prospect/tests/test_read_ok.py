from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.prospect.tests.common import ProspectCase

HISTORIES = ("prospect.assignment", "prospect.membership", "prospect.status.change")


@tagged("post_install", "-at_install")
class TestReadOk(ProspectCase):
    """Who reads a prospect reads what hangs on it, and nobody else [events.md 22.2]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Seams elsewhere"})
        cls.creator = mail_new_test_user(
            cls.env,
            login="prospect_creator",
            groups="sales_team.group_sale_salesman",
        )
        cls.leads = (
            cls._prospect()
            + cls._prospect(user_id=False)
            + cls._prospect(user_id=cls.manager.id)
            + cls._prospect(user_id=False, team_id=False, company_id=cls.company.id)
            + cls._prospect(user_id=cls.salesman.id, active=False)
        )
        # handed over after it was made: the creator goes on seeing it
        made = (
            cls.env["crm.lead"]
            .with_user(cls.creator)
            .create({"type": "lead", "name": "Handed over"})
        )
        made.sudo().user_id = cls.manager
        cls.leads += made.with_env(cls.env)
        lists = cls.env["prospect.list"].create({"name": "Seams", "company_id": False})
        cls.leads._prospect_lists_change(add=lists)
        cls.env.flush_all()

    def _seen(self, user, model, fname):
        records = self.env[model].with_user(user).with_context(active_test=False)
        return records.search([(fname, "in", self.leads.ids)])

    def test_rows_are_seen_with_their_prospect(self):
        seen_by = {}
        for user in (
            *(self.salesman, self.salesman_all, self.manager),
            *(self.creator, self.env.ref("base.user_root")),
        ):
            leads = self._seen(user, "crm.lead", "id")
            seen_by[user.login] = len(leads)
            for model in HISTORIES:
                with self.subTest(user=user.login, model=model):
                    rows = self._seen(user, model, "lead_id")
                    having = self.env[model].search([("lead_id", "in", leads.ids)])
                    self.assertEqual(set(rows.ids), set(having.ids))
                    self.env.invalidate_all()
                    for row in rows:
                        row.read(["lead_id"])
        self.assertEqual(len(set(seen_by.values())), 4, seen_by)
        with self.assertRaises(AccessError):
            self._seen(self.employee, "prospect.status.change", "lead_id")

    def test_field(self):
        """The same by value as by search, also as the superuser for somebody."""
        for user in (self.salesman, self.salesman_all, self.manager, self.creator):
            with self.subTest(user=user.login):
                leads = self._seen(user, "crm.lead", "id")
                as_superuser = self.leads.with_user(user).sudo()
                self.assertEqual(
                    as_superuser.filtered("prospect_read_ok").ids,
                    [lead.id for lead in self.leads if lead in leads],
                )
                found = as_superuser.with_context(active_test=False).search(
                    [("prospect_read_ok", "=", True), ("id", "in", self.leads.ids)]
                )
                self.assertEqual(set(found.ids), set(leads.ids))
