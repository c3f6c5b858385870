"""Bulk operations reverted: the same tables, but for what an undo leaves behind."""

import random
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import TablesMixin
from .test_bulk import BulkCase


class BulkUndoCase(TablesMixin, BulkCase):
    """Prospects of all kinds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.env["crm.team"].create(
            {"name": "Other team", "user_id": cls.manager.id, "use_leads": True}
        )
        cls.leads[0].write(
            {"list_ids": [(4, cls.hosts.id)], "tag_ids": [(4, cls.cold.id)]}
        )
        cls.leads[1].status_id = cls.in_progress
        cls.leads += cls._prospect(contact_name="Is junk", phone=False)
        cls.leads[3].write({"lost_reason_id": cls.reason.id, "status_id": cls.junk.id})
        cls.leads += cls._prospect(
            contact_name="Has contact",
            partner_id=cls.env["res.partner"].create({"name": "Has contact"}).id,
        )
        cls.leads += cls._prospect(contact_name="Is converted")
        cls.leads[5].status_id = cls.converted
        activity = cls.leads[2].activity_schedule("mail.mail_activity_data_call")
        activity.prospect_closed = False
        # Odoo's scores wait for a job after a loss: else each write would move them
        cls.env["crm.lead"].search([])._compute_probabilities()
        # scores of before the operation, which all tests make at the same instant
        cls.env.cr.execute(
            "UPDATE crm_lead_scoring_frequency"
            " SET create_date = create_date - interval '1 day'"
        )
        cls.env["prospect.list"].search([]).member_count = 0
        cls.env.flush_all()
        cls.env["prospect.list"]._cron_refresh_member_counts()
        cls.env.flush_all()
        # the messages about these changes, that would wait for the commit
        cls.env.cr.precommit.run()


@tagged("post_install", "-at_install")
class TestBulkUndo(BulkUndoCase):
    def _check(self, user=None, **values):
        """Do it and take it back, then compare the database."""
        tables, leads = self._tables(), self._leads_table()
        operation = self._operation(user=user or self.manager, **values)
        self.assertEqual(self._tables(), tables, "the preview has changed something")
        planned = {line.lead_id: line.outcome for line in operation.line_ids}
        operation.action_run()
        self.assertFalse(operation.replanned_count)
        self.assertEqual(
            {line.lead_id: line.outcome for line in operation.line_ids}, planned
        )
        self.assertNotEqual(self._tables(), tables)
        self.assertReplay(self.leads)
        operation.action_undo()
        self.assertEqual(operation.state, "undone", operation.error)
        self.assertEqual(
            operation.line_ids.filtered("undo_reason").mapped("undo_reason"), []
        )
        self.assertReplay(self.leads)
        self.env["prospect.list"]._cron_refresh_member_counts()
        # flagged prospects are looked at by a job that follows at once
        self.leads._prospect_check_flags()
        for number, row in self._leads_table().items():
            changes = {
                name: (leads[number][name], value)
                for name, value in row.items()
                if value != leads[number][name]
            }
            self.assertFalse(changes, row["name"])
        after = self._tables()
        self.assertEqual(
            {name for name, rows in after.items() if rows != tables.get(name)},
            set(),
        )
        return operation

    def test_fields(self):
        self._check(
            first_name="Camille",
            function="Buyer",
            partner_name="ACME",
            phone="01 99 00 12 34",
            assistant_email="desk@bulk.example.com",
            source_id=self.env.ref("prospect.utm_source_import").id,
            country_id=self.env.ref("base.fr").id,
            lang_id=self.env.ref("base.lang_en").id,
        )

    def test_emptied(self):
        self._check(
            clear_last_name=True,
            clear_partner_name=True,
            clear_phone=True,
            clear_email_from=True,
            clear_tag_ids=True,
        )

    def test_lists_and_tags(self):
        self._check(
            list_add_ids=self.guests.ids,
            list_remove_ids=self.hosts.ids,
            tag_add_ids=self.warm.ids,
            tag_remove_ids=self.cold.ids,
        )

    def test_status(self):
        self._check(status_id=self.to_clarify.id)

    def test_junk(self):
        self._check(junk=True, lost_reason_id=self.reason.id, note="Moved away")

    def test_archive(self):
        self._check(archive=True)

    def test_salesperson(self):
        self._check(user_id=self.manager.id)
        self._check(team_id=self.other_team.id)
        self._check(clear_user_id=True, clear_team_id=True)

    def test_company(self):
        """What Odoo moves by itself is on the receipt, and goes back too."""
        self.leads[0].company_id = self.env.company
        self.leads[0].team_id.company_id = False
        self.env["crm.lead"].search([])._compute_probabilities()
        self.env.flush_all()
        operation = self._check(clear_user_id=True)
        line = operation.line_ids.filtered(lambda x: x.lead_id == self.leads[0])
        self.assertEqual(line.before["company_id"], self.env.company.id)
        self.assertFalse(line.after["company_id"])

    def test_activity(self):
        self._check(
            activity_type_id=self.call.id,
            activity_date=date(2030, 1, 15),
            activity_user_id=self.salesman_all.id,
        )

    def test_large(self):
        """In batches, several things at once."""
        with (
            patch.object(prospect_operation, "BATCH", 2),
            patch.object(prospect_operation, "SMALL", 100_000),
        ):
            self._check(
                list_add_ids=self.guests.ids,
                status_id=self.in_progress.id,
                user_id=self.manager.id,
                partner_name="ACME",
            )

    def test_generated(self):
        """Any changes together, any number of them."""
        choices = [
            {"first_name": "Zoé"},
            {"clear_first_name": True},
            {"partner_name": "O'Neill & 李"},
            {"clear_phone": True},
            {"list_add_ids": (self.guests + self.hosts).ids},
            {"list_remove_ids": self.hosts.ids},
            {"tag_add_ids": self.warm.ids},
            {"clear_tag_ids": True},
            {"status_id": self.in_progress.id},
            {"user_id": self.salesman_all.id},
            {"clear_user_id": True},
            {"team_id": self.other_team.id},
            {"archive": True},
        ]
        exclusive = [
            {"first_name", "clear_first_name"},
            {"list_add_ids", "list_remove_ids"},
            {"user_id", "clear_user_id"},
        ]
        for seed in range(4):
            chance = random.Random(seed)
            values = {}
            for choice in chance.sample(choices, 5):
                if not any(len(pair & {*values, *choice}) > 1 for pair in exclusive):
                    values.update(choice)
            with self.subTest(values=values):
                self._check(**values)

    def test_changed_since(self):
        """What somebody has changed since stays, and is named."""
        operation = self._bulk(
            self.leads[:3],
            user=self.manager,
            partner_name="ACME",
            function="Buyer",
            list_add_ids=self.guests.ids,
            activity_type_id=self.call.id,
            activity_date=date(2030, 1, 15),
        )
        self.leads[0].partner_name = "Later"
        self.leads[1].activity_ids.action_feedback(feedback="Done")
        self.leads[2].unlink()
        operation.action_undo()
        self.assertEqual(operation.reversed_count, 0)
        self.assertEqual(operation.kept_count, 2)
        self.assertEqual(operation.impossible_count, 1)
        lines = {line.lead_id: line for line in operation.line_ids}
        self.assertEqual(
            lines[self.leads[0]].undo_reason,
            "Changed since, and left as is: Company Name.",
        )
        self.assertEqual(
            lines[self.leads[1]].undo_reason,
            "Changed since, and left as is: Activities.",
        )
        self.assertRecordValues(
            self.leads[:2],
            [
                {
                    "partner_name": "Later",
                    "function": False,
                    "list_ids": self.hosts.ids,
                },
                {"partner_name": "Old company", "function": False, "list_ids": []},
            ],
        )
        self.assertFalse(self.leads[0].activity_ids)

    def test_no_right_any_more(self):
        """Whoever has handed a prospect over cannot take it back."""
        operation = self._bulk(
            self.leads[:1], user=self.salesman, user_id=self.manager.id
        )
        operation.action_undo()
        self.assertEqual(operation.impossible_count, 1)
        self.assertEqual(self.leads[0].user_id, self.manager)

    def test_refused(self):
        """One that cannot go back does not hold the others up."""
        operation = self._bulk(
            self.leads[:3], user=self.manager, list_remove_ids=self.hosts.ids
        )
        self.assertEqual(operation.updated_count, 1)
        company = self.env["res.company"].create({"name": "Other company"})
        self.hosts.company_id = company
        self.manager.company_ids += company
        self.leads[0].company_id = self.env.company
        operation.action_undo()
        self.assertEqual(operation.impossible_count, 1)
        self.assertTrue(operation.line_ids.filtered("undo_reason"))
