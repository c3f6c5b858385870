from odoo.tests import tagged
from odoo.tests.common import warmup

from ..tools.trusted import trusted
from .common import ProspectCase


@tagged("is_query_count")
class TestPerformance(ProspectCase):
    """No query per record: the same number for ten prospects and for fifty."""

    def _count(self, operation):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        operation()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _leads(self, count):
        return self.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "contact_name": f"Person {number}",
                    "email_from": f"person{number}@example.com",
                    "user_id": False,
                    "team_id": self.team.id,
                }
                for number in range(count)
            ]
        )

    def test_constant_queries(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        operations = {
            "status": lambda leads: leads.write({"status_id": self.in_progress.id}),
            "lists": lambda leads: leads.write({"list_ids": [(4, guests.id)]}),
            "lists, set-based": lambda leads: leads._prospect_lists_change(
                remove=guests
            ),
            "first name": lambda leads: leads.write({"first_name": "Camille"}),
        }
        few = self._leads(10).with_context(tracking_disable=True)
        many = self._leads(50).with_context(tracking_disable=True)
        for name, operation in operations.items():
            with self.subTest(operation=name):
                operation(few[:1])
                few_count = self._count(lambda operation=operation: operation(few))
                many_count = self._count(lambda operation=operation: operation(many))
                if name == "first name":
                    # one write for each family name there is, by design
                    continue
                self.assertLessEqual(many_count, few_count + 3)

    def test_gate(self):
        """New and existing people, by either write path: as many queries for 10 as for
        100.
        """
        guests = self.env["prospect.list"].create({"name": "Guests"})
        tags = self.env["crm.tag"].create([{"name": "Gate 1"}, {"name": "Gate 2"}])

        def upsert(write_path, count, **values):
            gate = self.env["crm.lead"].with_context(
                tracking_disable=True, **trusted(prospect_write_path=write_path)
            )
            rows = [
                {
                    "email_from": f"{write_path}{count}.{number}@x.example.com",
                    "phone": f"+33 6 12 34 56 {number % 100:02}",
                    **{
                        fname: value.format(number) if isinstance(value, str) else value
                        for fname, value in values.items()
                    },
                }
                for number in range(count)
            ]
            outcomes = gate._prospect_upsert(rows)
            return {outcome["outcome"] for outcome in outcomes}

        changes = {"city": "City {}", "last_name": "Name {}", "tag_ids": tags.ids}
        new = {"city": "Town {}", "list_ids": guests.ids, "tag_ids": tags[:1].ids}
        for write_path in ("standard", "fast"):
            upsert(write_path, 3, **new)
            upsert(write_path, 3, **changes)
            for outcome, values in (
                ("created", new),
                ("unchanged", new),
                ("updated", changes),
            ):
                counts = []
                for count in (10, 100):
                    found = []
                    counts.append(
                        self._count(
                            lambda c=count, f=found, r=write_path, v=values: f.append(
                                upsert(r, c, **v)
                            )
                        )
                    )
                    self.assertEqual(found, [{outcome}])
                with self.subTest(write_path=write_path, outcome=outcome):
                    self.assertLessEqual(counts[1], counts[0] + 3)
                    self.assertLessEqual(counts[1], 70)

    def test_pages(self):
        """The pages cost the same number of queries for ten prospects and for fifty."""
        named = {"fields": {"display_name": {}}}
        columns = {
            "name": {},
            "email_from": {},
            "status_id": named,
            "list_ids": {"fields": {"display_name": {}, "color": {}}},
            "source_id": named,
            "user_id": named,
            "activity_ids": {},
        }
        guests = self.env["prospect.list"].create({"name": "Guests"})

        def pages(domain):
            leads = self.env["crm.lead"].with_user(self.salesman)
            leads.web_search_read(domain, columns, limit=80)
            leads.with_context(read_group_expand=True).web_read_group(
                domain,
                ["status_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=columns,
            )

        counts = []
        for count in (10, 50):
            leads = self._leads(count)
            leads.list_ids = guests
            leads[: count // 2].status_id = self.in_progress
            domain = [("id", "in", leads.ids), ("is_listed", "=", True)]
            pages(domain)
            counts.append(self._count(lambda domain=domain: pages(domain)))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 40)

    @warmup
    def test_create(self):
        """What the status, its log and the names add to Odoo's create."""
        stage = self.env.ref("crm.stage_lead1")
        self.env.invalidate_all()
        # 27 of them are Odoo's, whatever the number of leads; one reads which
        # custom fields there are, two whose turn it is, one notes who is to be told
        with self.assertQueryCount(25):
            self.env["crm.lead"].with_context(tracking_disable=True).create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Person {number}",
                        "user_id": False,
                        "team_id": self.team.id,
                        "stage_id": stage.id,
                    }
                    for number in range(20)
                ]
            )
            self.env.flush_all()
