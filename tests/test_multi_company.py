from odoo.exceptions import AccessError, UserError

from .common import ProspectCase


class TestMultiCompany(ProspectCase):
    """Lists and histories stay within the companies of the person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other company"})
        cls.salesman_all.company_ids = [(4, cls.other.id)]
        cls.list_main, cls.list_other, cls.list_shared = cls.env[
            "prospect.list"
        ].create(
            [
                {"name": "Main"},
                {"name": "Other", "company_id": cls.other.id},
                {"name": "Shared", "company_id": False},
            ]
        )
        cls.lead_other = cls._prospect(
            company_id=cls.other.id, user_id=False, team_id=False
        )

    def test_lists(self):
        lists = self.list_main | self.list_other | self.list_shared
        domain = [("id", "in", lists.ids)]
        visible = self.env["prospect.list"].with_user(self.salesman).search(domain)
        self.assertEqual(visible, self.list_main | self.list_shared)
        everything = (
            self.env["prospect.list"]
            .with_user(self.salesman_all)
            .with_context(allowed_company_ids=[self.env.company.id, self.other.id])
            .search(domain)
        )
        self.assertEqual(everything, lists)
        with self.assertRaises(AccessError):
            self.list_other.with_user(self.manager).name = "Mine"

    def test_lists_do_not_cross_companies(self):
        lead = self._prospect(company_id=self.env.company.id)
        lead = lead.with_user(self.salesman_all).with_context(
            allowed_company_ids=[self.env.company.id, self.other.id]
        )
        with self.assertRaises(UserError):
            lead.list_ids = [(4, self.list_other.id)]
        lead.list_ids = [(6, 0, (self.list_main | self.list_shared).ids)]

    def test_histories(self):
        self.lead_other.list_ids = self.list_other
        for model in ("prospect.status.change", "prospect.membership"):
            rows = self.env[model].search([("lead_id", "=", self.lead_other.id)])
            self.assertTrue(rows)
            for user, allowed, expected in (
                (self.manager, self.env.company, rows.browse()),
                (self.salesman_all, self.env.company, rows.browse()),
                (self.salesman_all, self.env.company | self.other, rows),
            ):
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(
                        rows.with_user(user)
                        .with_context(allowed_company_ids=allowed.ids)
                        .search([("id", "in", rows.ids)]),
                        expected,
                    )

    def test_history_of_lists_of_other_companies(self):
        """Also where the prospect belongs to no company."""
        free = self._prospect(user_id=False, team_id=False, company_id=False)
        free.list_ids = self.list_other
        row = free.membership_ids
        self.assertTrue(row)
        self.assertFalse(
            row.with_user(self.manager).search([("id", "=", row.id)]), "not theirs"
        )
