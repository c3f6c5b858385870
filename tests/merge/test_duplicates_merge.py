"""Duplicates that become one without being looked at, and what becomes of pairs."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import ProspectCase, TablesMixin


@tagged("post_install", "-at_install")
class TestDuplicatesMerge(TablesMixin, ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scan = cls.env["prospect.duplicate.scan"]
        cls.Pair = cls.env["prospect.duplicate.pair"]
        cls.env.cr.execute("DELETE FROM prospect_duplicate_pair")
        # what the database came with is none of ours
        cls.env.cr.execute("UPDATE crm_lead SET is_listed = NULL WHERE is_listed")
        cls.env["crm.lead"].invalidate_model()
        cls.one, cls.two = (
            cls._prospect(
                contact_name="Marie Dupont",
                email_from="marie@sure.example.com",
                partner_name=company,
            )
            for company in ("Sure", False)
        )

    def _scan(self, **values):
        self.env.flush_all()
        scan = self.Scan._make(**values)
        for _batch in scan._work_in_background(commits=False):
            pass
        self.assertEqual(scan.state, "done", scan.error)
        self.env.flush_all()
        return scan

    def _schedule(self, value=True):
        """A search by schedule, and what follows it in the background."""
        self.env["res.config.settings"].create(
            {"prospect_duplicate_merge": value}
        ).execute()
        self._scan(is_scheduled=True)
        operation = self._last()
        if operation.state == "queued":
            self._drain(operation)
        return operation.exists()

    def _last(self):
        return self.env["prospect.operation"].search(
            [("kind", "=", "merge")], order="id desc", limit=1
        )

    def _pair(self, one, two):
        numbers = sorted((one.id, two.id))
        return self.Pair.search(
            [("left_number", "=", numbers[0]), ("right_number", "=", numbers[1])]
        )

    def test_off_by_default(self):
        self.assertFalse(
            self.env["res.config.settings"].create({}).prospect_duplicate_merge
        )
        self._scan(is_scheduled=True)
        self.assertFalse(self._last())
        self.assertFalse(self._schedule(value=False))
        self.assertTrue(self.two.exists())

    def test_after_a_search_by_schedule(self):
        """FEATURES BX-40, BX-41: merged, told, and undone by an administrator."""
        other = self._prospect(
            contact_name="Marie Dupont", email_from="marie@sure.example.com"
        )
        other.user_id = self.manager
        operation = self._schedule()
        self.assertEqual(operation.state, "done", operation.error)
        self.assertEqual((operation.updated_count, operation.line_count), (1, 1))
        self.assertEqual((self.one | self.two | other).exists(), self.one | other)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids)], limit=1
        )
        self.assertIn(operation.name, told.body)
        operation.with_user(self.manager).action_undo()
        self.assertEqual(operation.reversed_count, 1)
        self.assertTrue(self.two.exists())

    def test_what_conflicts_leaves_no_receipt(self):
        """Another salesperson or status is left to people, on the page."""
        self.two.user_id = self.manager
        self.assertFalse(self._schedule())
        self.two.write({"user_id": self.salesman.id, "status_id": self.in_progress.id})
        self.assertFalse(self._schedule())
        self.two.write({"status_id": self.new.id, "phone": "+33612345678"})
        self.one.phone = "+33687654321"
        self.assertFalse(self._schedule())
        self.assertTrue((self.one | self.two).exists(), self.one | self.two)
        self.one.phone = False
        self.assertEqual(self._schedule().updated_count, 1)

    def test_a_search_by_hand_merges_nothing(self):
        self.env["ir.config_parameter"].set_param("prospect.duplicate_merge", "1")
        self._scan()
        self.assertFalse(self._last())

    def test_the_button(self):
        """A preview first, by administrators alone; then a receipt and an undo."""
        self._scan()
        with self.assertRaises(AccessError):
            self.Pair.with_user(self.salesman).merge_sure()
        self.assertTrue(self.Pair.with_user(self.manager).get_page()["has_sure"])
        action = self.Pair.with_user(self.manager).merge_sure()
        operation = self.env["prospect.operation"].browse(action["res_id"])
        operation = operation.with_user(self.manager)
        self.assertEqual((operation.state, operation.updated_count), ("previewed", 1))
        self.assertTrue(self.two.exists())
        operation.action_run()
        self.assertFalse(self.two.exists())
        self.assertFalse(self.Pair.with_user(self.manager).get_page()["has_sure"])
        with self.assertRaisesRegex(UserError, "without review"):
            self.Pair.with_user(self.manager).merge_sure()
        operation.action_undo()
        self.assertTrue(self.two.exists())
        self.assertTrue(self.Pair.with_user(self.manager).get_page()["has_sure"])

    def test_the_button_when_nothing_can_be_merged(self):
        """With another salesperson there is nothing to merge unseen, and no button."""
        self.two.user_id = self.manager
        self._scan()
        page = self.Pair.with_user(self.manager).get_page()
        self.assertTrue(page["total"])
        self.assertFalse(page["has_sure"])

    def test_a_chain_of_likenesses(self):
        """Who looks like one of a group, and not like each, stays out of it."""
        third = self._prospect(
            contact_name="Marie Dupont", email_from="marie@sure.example.com"
        )
        self._scan()
        groups = self.Pair._get_automatic_groups()
        self.assertEqual(groups, [self.one | self.two | third])
        self._pair(self.two, third).set_not_duplicates()
        groups = self.Pair._get_automatic_groups()
        self.assertEqual(groups, [self.one | self.two])

    def test_pairs_of_a_merge(self):
        """In any way: done with the merge, to decide again after its undo."""
        third = self._prospect(
            contact_name="Marie Dupond", email_from="marie@sure.example.com"
        )
        self._scan()
        leads = self.one | self.two
        self.assertEqual(self._pair(self.one, self.two).state, "open")
        before = self._tables()
        for merge in (
            leads._merge_opportunity,
            lambda: leads._merge_opportunity(auto_unlink=False),
            lambda: (
                self.env["crm.merge.opportunity"]
                .create({"opportunity_ids": [(6, 0, leads.ids)]})
                .action_merge()
            ),
        ):
            merge()
            self.env.flush_all()
            pair = self._pair(self.one, self.two)
            self.assertEqual(pair.state, "merged")
            self.assertEqual(pair.decided_by_id, self.env.user)
            lost = self._last().line_ids.values["lost"][0]["id"]
            former = self._pair(leads.browse(lost), third)
            self.assertEqual(former.state, "merged")
            self._last().action_undo()
            self.assertEqual(pair.state, "open")
            self.assertEqual(former.state, "open")
            self.assertFalse(pair.decided_by_id)
        changed = {
            name for name, rows in self._tables().items() if rows != before.get(name)
        }
        changed -= {"crm_merge_opportunity", "merge_opportunity_rel"}
        # when the one that was left changed last
        self.assertLessEqual(changed, {"prospect_dedupe_index"})

    def test_back_in_the_next_search(self):
        """What an undo brings back is found by a search of what changed."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = write_date - interval '1 day'"
        )
        self.env.invalidate_all()
        self._scan()
        operation = self.one | self.two
        operation._merge_opportunity()
        self._scan()
        self._last().action_undo()
        late = self._prospect(
            contact_name="Marie Dupont", email_from="marie@sure.example.com"
        )
        self.env.flush_all()
        scan = self._scan()
        self.assertFalse(scan.is_full)
        self.assertTrue(self._pair(self.one, late))
        self.assertTrue(self._pair(self.two, late))

    def test_merged_pairs_are_forgotten_later(self):
        self._scan()
        (self.one | self.two)._merge_opportunity()
        self.env.flush_all()
        self.Pair._gc_pairs()
        self.assertTrue(self._pair(self.one, self.two))
        self.env.cr.execute(
            "UPDATE prospect_duplicate_pair SET decided_at = '2020-01-01'"
        )
        self.Pair.invalidate_model()
        self.Pair._gc_pairs()
        self.assertFalse(self._pair(self.one, self.two))
