from odoo.addons.prospect.tests.common import ProspectCase

from ..models.crm_lead import CrmLead
from ..models.crm_lead_seam import CrmLead as Seams


class TestHooks(ProspectCase):
    """An add-on that the core does not know reacts to prospects, once a batch."""

    def setUp(self):
        super().setUp()
        self.guests = self.env["prospect.list"].create({"name": "Guests"})
        self.leads = self.env["crm.lead"].concat(
            *(
                self._prospect(email_from=f"hook{number}@x.example.com", user_id=False)
                for number in range(3)
            )
        )
        self.leads = self.leads.with_context(test_prospect_note=True)

    def _calls(self):
        """{hook: what was noted of each call} since the last time."""
        notes = self.env["test.prospect.note"].search([], order="id")
        calls = {}
        for name in notes.mapped("name"):
            hook, *rest = name.split("|")
            calls.setdefault(hook, []).append(tuple(rest))
        notes.unlink()
        return calls

    def assertCalledOnce(self, leads, **words):
        """Each hook was called once, on all of the prospects, and given these words."""
        calls = self._calls()
        for hook, word in words.items():
            with self.subTest(hook):
                self.assertEqual(len(calls.get(hook, ())), 1, calls)
                ((numbers, *given),) = calls[hook]
                self.assertEqual(numbers, str(sorted(leads.ids)))
                if word is not None:
                    self.assertIn(word, given)
        return calls

    def test_every_hook_has_its_override_here(self):
        hooks = {
            name
            for name in dir(self.registry["crm.lead"])
            if name.startswith("_prospect_on_")
        }
        self.assertGreaterEqual(len(hooks), 6)
        self.assertEqual(hooks - vars(CrmLead).keys() - vars(Seams).keys(), set())

    def test_by_hand(self):
        leads = self.leads.create(
            [
                {"type": "lead", "name": f"Lead {number}", "user_id": False}
                for number in range(3)
            ]
        )
        calls = self.assertCalledOnce(leads, created=None)
        self.assertEqual(set(calls), {"created"})
        leads.status_id = self.in_progress
        self.assertCalledOnce(
            leads, updated="status_id", status_changed="New > In progress"
        )
        leads.user_id = self.salesman
        self.assertCalledOnce(leads, updated="user_id", assigned=self.salesman.name)
        leads._prospect_lists_change(add=self.guests)
        self.assertCalledOnce(leads, list_joined="Guests")

    def test_host_causes_it_too(self):
        lead = self.leads[0]
        lead.action_set_lost()
        self.assertCalledOnce(lead, status_changed="New > Junk")

    def test_conversion(self):
        self.leads._prospect_convert_to(("contact",))
        self.assertEqual(set(self.leads.mapped("status_kind")), {"converted"})
        self.assertCalledOnce(
            self.leads, status_changed="New > Converted", converted=None
        )

    def test_gate(self):
        rows = [
            {"email_from": f"gate{number}@x.example.com", "city": "Lyon"}
            for number in range(3)
        ]
        outcomes = self.leads._prospect_upsert(rows)
        leads = self.env["crm.lead"].search(
            [("email_normalized", "in", [row["email_from"] for row in rows])]
        )
        self.assertEqual(len(leads), len(outcomes))
        calls = self.assertCalledOnce(leads, created=None)
        self.assertNotIn("updated", calls)
        self.leads._prospect_upsert(
            [{**row, "city": "Paris", "list_ids": self.guests.ids} for row in rows]
        )
        calls = self.assertCalledOnce(leads, list_joined="Guests")
        self.assertNotIn("created", calls)
        self.assertEqual(len(calls["updated"]), 1)

    def test_bulk(self):
        wizard = self.env["prospect.bulk"].with_context(test_prospect_note=True)
        operation = wizard.create(
            {
                "selection": {"ids": self.leads.ids},
                "list_add_ids": self.guests.ids,
                "status_id": self.in_progress.id,
                "user_id": self.salesman.id,
            }
        )._make_operation()
        operation.action_preview()
        self.assertEqual(self._calls(), {})
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        calls = self.assertCalledOnce(
            self.leads,
            assigned=self.salesman.name,
            list_joined="Guests",
            status_changed="New > In progress",
        )
        self.assertEqual(len(calls["updated"]), 1)
