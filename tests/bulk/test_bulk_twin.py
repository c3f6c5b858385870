"""What is alike is written by SQL, and is what the ORM would have made of it."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.bulk.operation_alike import SAMPLES, ProspectOperation
from ...tools.trusted import trusted
from ..imports.test_import_twin import TwinCase

COUNT = 60


@tagged("post_install", "-at_install")
class TestBulkTwin(TwinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Twin company"})
        cls.colleague = cls.env["res.users"].create(
            {
                "name": "Twin colleague",
                "login": "twin_colleague",
                "email": "twin_colleague@example.com",
                "company_id": cls.env.company.id,
                "group_ids": [(4, cls.env.ref("sales_team.group_sale_salesman").id)],
            }
        )
        cls.working = cls.env.ref("prospect.prospect_status_in_progress")
        countries = [cls.france.id, False]
        cls.leads = cls.env["crm.lead"]
        for number in range(COUNT):
            cls.leads += cls._prospect(
                contact_name=f"Twin person {number}",
                email_from=f"twin{number}@twin.example.com" if number % 4 else False,
                phone=f"+33 6 12 34 {5000 + number}" if number % 3 else False,
                country_id=countries[number % 7 == 0],
                source_id=cls.sources[number % 2].id,
                expected_revenue=1000 * (number % 2),
                tag_ids=[(4, cls.tags[0].id)] if number % 5 == 0 else [],
                company_id=cls.env.company.id,
            )
        # one that is alone of its kind, one that is junk
        cls.leads[3].priority = "3"
        cls.leads[4].status_id = cls.env.ref("prospect.prospect_status_junk")
        cls.env.flush_all()
        # made and given to somebody at different moments
        cls.env.cr.execute(
            """UPDATE crm_lead
                  SET create_date = create_date - id * interval '13 hours 7 minutes',
                      date_open = date_open - id * interval '5 hours'
                WHERE id = ANY(%s)""",
            [cls.leads.ids],
        )
        cls.env.invalidate_all()
        cls.env.cr.precommit.run()

    def _run(self, write_path, by_sql, undone=False, user=None, **values):
        """A whole bulk operation; ``by_sql`` gathers how many SQL has written."""
        copy = ProspectOperation._copy_bulk_change

        def counting(operation, leads, names, members):
            by_sql.append(len(members) - SAMPLES)
            copy(operation, leads, names, members)

        wizard = (
            self.env["prospect.bulk"]
            .with_user(user or self.manager)
            .with_context(**trusted(prospect_write_path=write_path))
            .create({"selection": {"ids": self.leads.ids}, **values})
        )
        operation = wizard._make_operation()
        with (
            patch.object(ProspectOperation, "_copy_bulk_change", counting),
            patch.object(fields.Datetime, "now", self.cr.now),
        ):
            operation.action_preview()
            operation.action_run()
            self.assertEqual(operation.state, "done", operation.error)
            self.assertGreater(operation.updated_count, 1)
            if undone:
                # of the undo alone
                by_sql.clear()
                operation.action_undo()
                self.assertEqual(operation.state, "undone", operation.error)

    def _compare(self, least=1, **values):
        by_sql = {"standard": [], "fast": []}
        tables = self.assertTwins(
            lambda write_path: self._run(write_path, by_sql[write_path], **values)
        )
        self.assertEqual(by_sql["standard"], [])
        if least:
            self.assertGreaterEqual(sum(by_sql["fast"]), least)
        else:
            self.assertEqual(by_sql["fast"], [])
        return tables

    def test_salesperson_and_status(self):
        """Columns, scores, both histories, followers and lines are the same."""
        tables = self._compare(
            user_id=self.colleague.id,
            status_id=self.working.id,
            list_add_ids=self.lists[:1].ids,
        )
        for name in (
            "prospect_status_change",
            "prospect_assignment",
            "prospect_membership",
            "mail_followers",
        ):
            self.assertIn(name, tables)

    def test_followers(self):
        """Who follows already goes on as before; all others get the same subtypes."""
        partner = self.colleague.partner_id
        subtype = self.env.ref("mail.mt_note")
        self.leads[10].message_subscribe(partner.ids, subtype.ids)
        self.env.flush_all()
        tables = self._compare(user_id=self.colleague.id)
        added, gone = tables["mail_followers"]
        self.assertEqual((len(added), gone), (COUNT - 1, []))

    def test_status(self):
        self._compare(status_id=self.working.id)

    def test_team(self):
        team = self.env["crm.team"].create(
            {"name": "Twin team", "use_leads": True, "company_id": False}
        )
        self._compare(team_id=team.id)

    def test_nobody(self):
        """Without salesperson the day on which they got one is gone too."""
        self._compare(clear_user_id=True)

    def test_undo(self):
        """What was written goes back the same way."""
        self._compare(user_id=self.colleague.id, status_id=self.working.id, undone=True)

    def test_of_each_kind(self):
        """Two of one kind get the same, and one of another kind its own."""
        self._run("fast", [], user_id=self.colleague.id, status_id=self.working.id)
        self.env.invalidate_all()
        self.assertEqual(self.leads.user_id, self.colleague)
        days = {
            lead.id: abs(
                (lead.date_open - lead.create_date.replace(microsecond=0)).days
            )
            for lead in self.leads
        }
        self.assertEqual({lead.id: lead.day_open for lead in self.leads}, days)
        self.assertGreater(len(set(days.values())), 10)
        scores = {lead.automated_probability for lead in self.leads}
        self.assertGreater(len(scores), 2)

    def test_not_alike(self):
        """Junk, other fields and tags are left to the ORM."""
        self._compare(least=0, tag_add_ids=self.tags[1:2].ids, user_id=False)
        self._compare(least=0, junk=True)
        self._compare(least=0, partner_name="ACME")

    def test_objection(self):
        """Where somebody else has a say, the ORM writes all of them."""
        by_sql = []
        self.env["ir.config_parameter"].set_param("prospect.write.path", "standard")
        self._run("fast", by_sql, status_id=self.working.id)
        self.assertEqual(by_sql, [])
