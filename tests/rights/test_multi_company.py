from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools.trusted import trusted
from ..common import ProspectCase


@tagged("multi_company")
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


@tagged("post_install", "-at_install", "multi_company")
class TestCompanyOfRows(ProspectCase):
    """The gate looks for people where Odoo would put them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other company"})
        cls.both = [cls.env.company.id, cls.other.id]
        cls.manager.company_ids = [(4, cls.other.id)]
        cls.salesman_all.company_ids = [(4, cls.other.id)]
        cls.other_team = cls.env["crm.team"].create(
            {
                "name": "Other team",
                "company_id": cls.other.id,
                "member_ids": [(4, cls.salesman_all.id)],
                "sequence": -100,
            }
        )

    def _import_twice(self, text, **values):
        """Counts of two imports of one file, both companies ticked, and its leads."""
        counts = []
        for _time in range(2):
            wizard = self._import_wizard(text, user=self.manager, **values)
            operation = wizard.with_context(
                allowed_company_ids=self.both
            )._make_operation()
            operation.action_run()
            self.assertEqual(operation.state, "done", operation.error)
            counts.append((operation.created_count, operation.unchanged_count))
        return counts, operation.line_ids.lead_id

    def test_company_of_the_team_of_the_salesperson(self):
        emails = [f"both{number}@x.example.com" for number in range(6)]
        column = "\n".join(
            ["Email,Salesperson", *(f"{e},{self.salesman_all.login}" for e in emails)]
        )
        counts, leads = self._import_twice(column)
        self.assertEqual(counts, [(6, 0), (0, 6)])
        self.assertEqual(leads.company_id, self.other)
        self.assertEqual(leads.team_id, self.other_team)
        self.assertEqual(len(leads), 6)
        whole_file = "\n".join(["Email", *(f"w{email}" for email in emails)])
        counts, leads = self._import_twice(whole_file, user_id=self.salesman_all.id)
        self.assertEqual(counts, [(6, 0), (0, 6)])
        self.assertEqual(leads.company_id, self.other)

    def test_as_odoo_says(self):
        """For each combination of owners, by both write paths: found again."""
        free_team = self.env["crm.team"].create(
            {"name": "Free team", "company_id": False, "member_ids": []}
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "company_id": self.other.id}
        )
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "prospect_stranger",
                "company_id": self.other.id,
                "company_ids": [(6, 0, self.other.ids)],
            }
        )
        gate = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.both, tracking_disable=True)
        )
        for number, values in enumerate(
            (
                {},
                {"company_id": self.other.id},
                {"team_id": self.other_team.id},
                {"team_id": free_team.id},
                {"team_id": free_team.id, "user_id": self.salesman_all.id},
                {"team_id": free_team.id, "user_id": stranger.id},
                {"user_id": self.salesman.id},
                {"user_id": self.salesman_all.id},
                {"user_id": stranger.id},
                {"partner_id": contact.id},
            )
        ):
            for write_path in ("fast", "standard"):
                with self.subTest(values=values, write_path=write_path):
                    rows = [
                        {
                            "email_from": f"{write_path}{number}.{n}@x.example.com",
                            **values,
                        }
                        for n in range(3)
                    ]
                    way = gate.with_context(**trusted(prospect_write_path=write_path))
                    first = way._prospect_upsert(rows)
                    again = way._prospect_upsert(rows)
                    self.assertEqual({o["outcome"] for o in first}, {"created"})
                    self.assertEqual({o["outcome"] for o in again}, {"unchanged"})
                    self.assertEqual(
                        [o["lead_id"] for o in first], [o["lead_id"] for o in again]
                    )

    def test_once_for_each_owner(self):
        """As many queries for many rows as for few."""
        gate = (
            self.env["prospect.gate"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.both)
        )
        counts = []
        for count in (2, 2, 60):
            rows = [
                gate._read(
                    number,
                    {
                        "email_from": f"place{number}@x.example.com",
                        "user_id": (self.salesman, self.salesman_all)[number % 2].id,
                    },
                )
                for number in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            gate._match(rows)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual({row.company for row in rows}, set(self.both))
        # the first time, rules and the like are read
        self.assertEqual(counts[1], counts[2])
