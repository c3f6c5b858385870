"""Merges that are reverted, whoever has made them."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase, TablesMixin
from .test_merge import MergeCase


@tagged("post_install", "-at_install")
class TestMergeUndo(TablesMixin, MergeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lists = cls.env["prospect.list"].create([{"name": "U1"}, {"name": "U2"}])
        tags = cls.env["crm.tag"].create([{"name": "Undo 1"}, {"name": "Undo 2"}])
        for lead, one, tag in (
            (cls.anne, lists[0], tags[0]),
            (cls.twin, lists[1], tags[1]),
            (cls.third, lists[0], tags[0]),
        ):
            lead.write({"list_ids": [(4, one.id)], "tag_ids": [(4, tag.id)]})
        cls.twin.message_post(body="Hello", author_id=cls.manager.partner_id.id)
        cls.twin.message_subscribe(cls.manager.partner_id.ids)
        cls.third.message_subscribe(cls.employee.partner_id.ids)
        cls.twin.activity_schedule(
            "mail.mail_activity_data_call", user_id=cls.salesman.id
        )
        cls.env["ir.attachment"].create(
            {"name": "a", "raw": b"a", "res_model": "crm.lead", "res_id": cls.twin.id}
        )
        cls.env["calendar.event"].create(
            {
                "name": "M",
                "opportunity_id": cls.twin.id,
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
            }
        )
        cls.env["ir.model.data"].create(
            {
                "module": "__export__",
                "name": "merge_lead",
                "model": "crm.lead",
                "res_id": cls.twin.id,
            }
        )
        if "test.prospect.note" in cls.env:
            cls.env["test.prospect.note"].create(
                {"name": "of a stranger's", "lead_id": cls.twin.id}
            )
        cls.leads = cls.anne | cls.twin | cls.third

    def _settle(self):
        self.env["crm.lead"].search([])._compute_probabilities()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.rows = self._leads_table()

    def _undo(self, operation, user=None):
        operation = operation.with_user(user or operation.user_id)
        operation.action_undo()
        self.env.invalidate_all()
        return operation.sudo()

    def _last(self):
        """The receipt of the merge that was made last."""
        return self.env["prospect.operation"].search(
            [("kind", "=", "merge")], order="id desc", limit=1
        )

    def _assert_undone(self, operation, before, user=None):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._undo(operation, user)
        self.env.cr.precommit.run()
        self.assertEqual(
            operation.reversed_count, 1, operation.line_ids.mapped("undo_reason")
        )
        self.assertEqual(self.leads.exists(), self.leads)
        self.assertEqual(self._leads_table(), self.rows)
        self.assertSameTables(before)
        self.assertReplay(self.leads)

    def test_every_table_is_as_before(self):
        self._settle()
        for values in (
            {},
            {"survivor_id": self.twin.id},
            {"survivor_id": self.third.id, "picks": {"email_from": self.twin.id}},
        ):
            before = self._tables()
            operation = self._merge(self.leads, **values)
            self.assertEqual(len(self.leads.exists()), 1)
            self._assert_undone(operation, before)
        message = self.env["mail.message"].search(
            [
                ("model", "=", "crm.lead"),
                ("body", "ilike", "Hello"),
                ("author_id", "=", self.manager.partner_id.id),
            ]
        )
        self.assertEqual(message.res_id, self.twin.id)
        self.assertFalse(message.subject)

    def test_merges_of_odoo(self):
        # who survives is a matter of probabilities: these prospects' are the same,
        # whatever this database has seen
        self.env["crm.lead.scoring.frequency"].search([]).unlink()
        self._settle()
        leads = self.leads.with_user(self.salesman)
        before = self._tables()
        self.assertEqual(leads.merge_opportunity(), self.anne)
        operation = self._last()
        self.assertEqual((operation.state, operation.user_id), ("done", self.salesman))
        self.assertIn("Anne Legoff", operation.line_ids.changes)
        self._assert_undone(operation, before)
        # as Odoo's assignment does it: deleted by another one, later
        before = self._tables()
        survivor = self.leads._merge_opportunity(auto_unlink=False, max_length=0)
        (self.leads - survivor).unlink()
        self._assert_undone(self._last(), before, self.manager)

    def test_merge_into_an_opportunity(self):
        opportunity = self.env["crm.lead"].create(
            {"name": "Opportunity", "type": "opportunity", "user_id": self.manager.id}
        )
        self.leads |= opportunity
        self._settle()
        before = self._tables()
        operation = self._merge(self.leads, self.manager)
        self.assertEqual(self.leads.exists(), opportunity)
        self._assert_undone(operation, before)
        self.assertFalse(opportunity.status_id)

    def test_junk_is_back_as_junk(self):
        self.twin.action_set_lost(lost_reason_id=self.reason.id)
        self._settle()
        before = self._tables()
        self._assert_undone(self._merge(self.leads), before)
        self.assertEqual(self.twin.status_id, self.junk)

    def test_a_merge_of_merges(self):
        self._settle()
        before = self._tables()
        first = self._merge(self.twin | self.third)
        second = self._merge(self.anne | self.twin)
        self.assertEqual(first.line_ids.lead_id.ids, [])
        self._undo(second)
        self.assertEqual(second.reversed_count, 1)
        self.assertEqual(first.line_ids.lead_id, self.twin)
        self._assert_undone(first, before)

    def test_in_the_wrong_order(self):
        first = self._merge(self.twin | self.third)
        self._merge(self.anne | self.twin)
        self._undo(first)
        self.assertEqual(first.impossible_count, 1)
        self.assertIn("merged again", first.line_ids.undo_reason)
        self.assertFalse(self.third.exists())

    def test_what_changed_since_stays_and_is_named(self):
        operation = self._merge(self.leads)
        self.anne.phone = "+33 1 99 00 12 34"
        self.env["calendar.event"].search(
            [("opportunity_id", "=", self.anne.id)]
        ).opportunity_id = False
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertEqual(self.leads.exists(), self.leads)
        self.assertEqual(self.anne.phone_sanitized, "+33199001234")
        self.assertEqual(self.twin.phone_sanitized, "+33612345678")
        self.assertIn("Phone", operation.line_ids.undo_reason)
        self.assertIn("Calendar Event", operation.line_ids.undo_reason)

    def test_what_was_deleted_since_is_left_out(self):
        gone = self.env["crm.team"].create({"name": "Gone"})
        self.twin.team_id = gone
        tag = self.env["crm.tag"].create({"name": "Gone"})
        self.twin.tag_ids += tag
        operation = self._merge(self.leads)
        self.assertIn(tag, self.anne.tag_ids)
        tag.unlink()
        gone.unlink()
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertTrue(self.twin.exists())
        self.assertFalse(self.twin.team_id)
        self.assertIn("Sales Team", operation.line_ids.undo_reason)

    def test_undo_twice_does_nothing_more(self):
        operation = self._merge(self.leads)
        self._undo(operation)
        tables = self._tables()
        self._undo(operation)
        self.assertSameTables(tables)
        self.assertEqual(operation.reversed_count, 1)
        again = self._merge(self.leads)
        self.assertEqual(again.updated_count, 1)
        self._undo(again)
        self.assertEqual(self.leads.exists(), self.leads)

    def test_an_import_of_what_was_merged(self):
        wizard = self._import_wizard("Name;E-mail\nAna;ana@merge.example.com\n")
        imported = wizard._make_operation()
        imported.action_preview()
        imported.action_run()
        ana = imported.line_ids.lead_id.sudo()
        operation = self._merge(self.anne | ana)
        self.assertFalse(imported.line_ids.lead_id, "no receipt of the survivor's")
        self._undo(operation)
        self.assertEqual(imported.line_ids.lead_id, ana)


@tagged("post_install", "-at_install")
class TestMergeTogether(ConcurrentCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            leads = self._env(cr)["crm.lead"].create(
                [
                    {"contact_name": f"Race {number}", "type": "lead"}
                    for number in range(3)
                ]
            )
            self.lead_ids = leads.ids

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"active_test": False})

    def _find_made(self, env):
        operations = env["prospect.operation"].search([("kind", "=", "merge")])
        mine = operations.filtered(
            lambda operation: (
                set(operation.options["groups"][0]["lead_ids"]) & set(self.lead_ids)
            )
        )
        return [mine, env["crm.lead"].browse(self.lead_ids).exists()]

    def _check_one_left(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].browse(self.lead_ids).exists()
            self.assertEqual(len(leads), 1)
            return leads.id

    def test_two_dialogs_at_a_time(self):
        outcomes, numbers = [], []
        with self.registry.cursor() as cr:
            env = self._env(cr)
            for _dialog in range(2):
                wizard = env["prospect.merge"].create(
                    {"lead_ids": [(6, 0, self.lead_ids)]}
                )
                operation = wizard._make_operation()
                operation.action_preview()
                numbers.append(operation.id)

        def merge(number):
            def run(cr):
                operation = self._env(cr)["prospect.operation"].browse(number)
                run_again(operation.env, operation.action_run)
                outcomes.append(operation.line_ids.outcome)

            return run

        with mute_logger("odoo.sql_db"):
            self._together(*map(merge, numbers))
        self._check_one_left()
        self.assertEqual(sorted(outcomes), ["unchanged", "updated"])

    def test_a_change_at_the_same_time_is_not_lost(self):
        def merge(cr):
            def work():
                leads = self._env(cr)["crm.lead"].browse(self.lead_ids)
                leads._merge_opportunity(max_length=0)

            run_again(self._env(cr), work)

        def change(cr):
            def work():
                lead = self._env(cr)["crm.lead"].browse(self.lead_ids[0]).exists()
                lead.function = "Buyer"

            run_again(self._env(cr), work)

        with mute_logger("odoo.sql_db"):
            self._together(merge, change)
        number = self._check_one_left()
        with self.registry.cursor() as cr:
            cr.execute(SQL("SELECT function FROM crm_lead WHERE id = %s", number))
            self.assertEqual(cr.fetchone()[0], "Buyer")
