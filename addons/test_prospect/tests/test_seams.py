from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase
from odoo.addons.prospect.tests.convert.test_convert import ConvertCase
from odoo.addons.prospect.tests.merge.test_merge import MergeCase
from odoo.addons.prospect.tools.hooks import HOOKS

from .seams import SeamsMixin


@tagged("post_install", "-at_install")
class TestSeams(SeamsMixin, ProspectCase):
    def test_hooks_have_names(self):
        """Each of them exists, and overriding it leaves imports fast."""
        write_path = self.env["prospect.write.path"]
        for name in sorted(HOOKS):
            self.assertTrue(hasattr(self.env["crm.lead"], name), name)
            self.assertFalse(write_path._is_watched("crm.lead", name), name)
        self.assertTrue(write_path._is_watched("prospect.gate", "_make"))
        self.assertTrue(
            write_path._is_watched("crm.lead", "_prospect_on_something_else"),
            "names, no prefix",
        )
        extender = write_path._find_extender()
        self.assertNotEqual(extender and extender[0], "test_prospect")

    def test_opted_out(self):
        """Whoever puts an address on Odoo's blacklist; once for all of them."""
        leads = self._prospect() + self._prospect()
        self.env["mail.blacklist"]._add("marie.dupont@example.com")
        ((rows,),) = self._calls("opted_out")
        self.assertEqual(len(rows), 1)
        self.assertEqual(
            {name: rows[0][name] for name in ("channel", "address", "lead_ids")},
            {
                "channel": "email",
                "address": "marie.dupont@example.com",
                "lead_ids": leads.ids,
            },
        )
        self.env["mail.blacklist"].create(
            [{"email": f"{number}@seams.example.com"} for number in range(3)]
        )
        ((rows,),) = self._calls("opted_out")
        self.assertEqual([row["lead_ids"] for row in rows], [[], [], []])
        leads.phone = "+33612345678"
        self.env["phone.blacklist"]._add(["+33612345678"])
        rows = self._calls("opted_out")[0][0]
        self.assertEqual((rows[0]["channel"], rows[0]["lead_ids"]), ("sms", leads.ids))

    def test_lists_of_what_there_is(self):
        leads = self._prospect(city="Testville") + self._prospect(city="Rome")
        (condition,) = (
            row for row in leads._prospect_condition_list() if row.code == "test.city"
        )
        found = getattr(leads, condition.method)({"city": "Rome"})
        self.assertEqual(found, leads[1])
        (action,) = (
            row for row in leads._prospect_action_list() if row.code == "test.move"
        )
        getattr(leads, action.method)({"city": "Oslo"})
        (variable,) = (
            row for row in leads._prospect_variable_list() if row.code == "test.city"
        )
        self.assertEqual(
            getattr(leads, variable.method)(), dict.fromkeys(leads.ids, "Oslo")
        )

    def test_members(self):
        leads = self._prospect(city="Testville") + self._prospect(city="Rome")
        members = leads.search(leads._prospect_member_domain())
        self.assertEqual(members & leads, leads[0])
        keys = [column.key for column in leads._prospect_report_columns()]
        self.assertIn("test:member", keys, "reports offer what is known of contacts")
        columns, _gone = leads._prospect_report_find(["test:member"])
        self.assertEqual(columns[0].read(leads), {leads[0].id: True})


@tagged("post_install", "-at_install")
class TestMergeSeams(SeamsMixin, MergeCase):
    def test_merge_and_undo(self):
        """Called before anything moves, and when all is back."""
        for _time in range(2):
            messages = len((self.twin + self.third).message_ids)
            self.assertTrue(messages)
            operation = self._merge(self.anne | self.twin | self.third)
            ((survivor, others, seen),) = self._calls("before_merge")
            self.assertEqual(survivor, self.anne)
            self.assertEqual(set(others.ids), {self.twin.id, self.third.id})
            self.assertEqual(seen, messages)
            (row,) = self._rows("lead.merged")
            self.assertEqual(row["lead_id"], self.anne.id)
            self.assertEqual(
                row["facts"]["former_ids"], sorted((self.twin.id, self.third.id))
            )
            operation.with_user(self.salesman).action_undo()
            self.env.invalidate_all()
            self.assertTrue(self.twin.exists())
            ((line, lost),) = self._calls("after_unmerge")
            self.assertEqual(line.operation_id, operation)
            self.assertEqual(lost, {self.twin.id, self.third.id})


@tagged("post_install", "-at_install")
class TestConvertSeams(SeamsMixin, ConvertCase):
    def test_convert_and_undo(self):
        """A target of a stranger's is made, described, and reverted."""
        prospect_list = self.env["prospect.list"].create({"name": "Seams"})
        self.lead._prospect_lists_change(add=prospect_list)
        operation = self._convert(self.lead, ("contact",), leave_lists=True)
        contact = self.lead.prospect_contact_id
        note = self.env["test.prospect.note"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(note.name, f"Contact {contact.id}")
        self.assertIn(("Note", "one more"), operation.line_ids._describe_more())
        (row,) = self._rows("lead.converted")
        self.assertEqual(
            row["facts"],
            {
                "contact_id": contact.id,
                "company_contact_id": self.lead.prospect_company_id.id,
                "opportunity_id": False,
            },
        )
        self.assertEqual(self._calls("list_left"), [(self.lead, prospect_list)])
        operation.with_user(self.salesman).action_undo()
        self.env.invalidate_all()
        self.assertFalse(note.exists())
        self.assertEqual(self.lead.status_id, self.new)
        self.assertFalse(self._calls("lead.converted"))
