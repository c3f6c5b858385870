"""Conversions that are reverted, and those that stay and why."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase, TablesMixin
from .test_convert import ConvertCase

FIRM = "Race Firm of Prospect"


@tagged("post_install", "-at_install")
class TestConvertUndo(TablesMixin, ConvertCase):
    def _undo(self, operation):
        operation = operation.with_user(operation.user_id)
        operation.action_undo()
        self.env.invalidate_all()
        return operation.sudo()

    def test_every_table_is_as_before(self):
        tag = self.env["crm.tag"].create({"name": "Undo tag"})
        joined = self.env["prospect.list"].create({"name": "Undo list"})
        known = self.env["res.partner"].create(
            {"name": "Known", "email": "p1@undo.example.com"}
        )
        leads = self.env["crm.lead"]
        for number in range(6):
            leads += self._mine(
                contact_name=f"Person {number}",
                partner_name=f"Firm {number // 2}" if number else False,
                email_from=f"p{number}@undo.example.com",
                tag_ids=[(4, tag.id)] if number % 2 else False,
                list_ids=[(4, joined.id)] if number % 3 else False,
            )
        leads[4].activity_schedule(
            "mail.mail_activity_data_call", user_id=self.salesman.id
        )
        self.env["crm.lead"].search([])._compute_probabilities()
        self.env.flush_all()
        self.env.cr.precommit.run()
        for targets in (
            {"contact", "company", "opportunity"},
            {"contact", "company"},
            {"company", "opportunity"},
            {"contact"},
            {"opportunity"},
        ):
            before = self._tables()
            operation = self._convert(
                leads,
                targets,
                leave_lists=True,
                copy_tags=True,
                activities="close",
                user_id=self.salesman_all.id,
                team_id=self.team.id,
            )
            self.assertEqual(
                operation.updated_count, 6, operation.line_ids.mapped("reason")
            )
            self.assertEqual(leads.user_id, self.salesman_all)
            # what was handed over is still seen by who added it
            self._undo(operation)
            self.assertEqual(
                operation.reversed_count, 6, operation.line_ids.mapped("undo_reason")
            )
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.assertSameTables(before)
            self.assertReplay(leads)
        self.assertTrue(known.exists())

    def test_a_changed_contact_stands_in_the_way(self):
        operation = self._convert(self.lead, {"contact", "opportunity"})
        contact = self.lead.prospect_contact_id
        contact.city = "Lyon"
        self._later(contact)
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertIn("Ana Silva", operation.line_ids.undo_reason)
        self.assertTrue(contact.exists())
        self.assertEqual(self.lead.status_id, self.converted)

    def test_a_message_stands_in_the_way(self):
        operation = self._convert(self.lead, {"contact"})
        self._later(self.lead.prospect_contact_id.message_post(body="Hello"))
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)

    def test_a_moved_opportunity_stands_in_the_way(self):
        operation = self._convert(self.lead, {"opportunity"})
        self.lead.expected_revenue = 100
        self._later(self.lead)
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertEqual(self.lead.type, "opportunity")

    def test_a_company_that_others_use_stays(self):
        other = self._mine(contact_name="Other", partner_name="Acme Convert")
        operation = self._convert(self.lead | other, {"contact", "company"})
        company = self.lead.prospect_company_id
        self.assertEqual(other.prospect_company_id, company)
        other.prospect_contact_id.city = "Lyon"
        self._later(other.prospect_contact_id)
        self._undo(operation)
        self.assertEqual((operation.kept_count, operation.reversed_count), (2, 0))
        self.assertTrue(company.exists())

    def test_undo_twice(self):
        operation = self._convert(self.lead, {"contact", "company", "opportunity"})
        self._undo(operation)
        self.assertEqual(operation.state, "undone")
        self._undo(operation)
        self.assertEqual(operation.reversed_count, 1)
        again = self._convert(self.lead, {"contact"})
        self.assertEqual(again.updated_count, 1)


@tagged("post_install", "-at_install")
class TestConvertTogether(ConcurrentCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._delete)
        with self.registry.cursor() as cr:
            lead = self._env(cr)["crm.lead"].create(
                {"contact_name": "Race", "partner_name": FIRM, "type": "lead"}
            )
            self.lead_id = lead.id

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"active_test": False})

    def _delete(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].search([("partner_name", "=", FIRM)])
            partners = leads.prospect_contact_id | leads.prospect_company_id
            env["prospect.operation"].search([("kind", "=", "convert")]).unlink()
            leads.unlink()
            partners.unlink()

    def test_two_sessions_one_result(self):
        """Two real connections convert one prospect: one contact, one receipt."""
        actions = []

        def convert(cr):
            def work():
                env = self._env(cr)
                wizard = env["prospect.convert"].create(
                    {"lead_ids": [(6, 0, [self.lead_id])], "make_company": True}
                )
                return wizard.action_convert()

            actions.append(run_again(self._env(cr), work))

        with mute_logger("odoo.sql_db"):
            self._together(convert, convert, convert)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.assertEqual(
                env["res.partner"].search_count([("name", "in", (FIRM, "Race"))]), 2
            )
            lead = env["crm.lead"].browse(self.lead_id)
            self.assertEqual(lead.status_kind, "converted")
            self.assertEqual(len(lead.operation_line_ids), 1, "one receipt")
            self.assertEqual(len(lead.status_change_ids), 2)
        # the later ones are shown what the first one has made
        opened = [
            action["params"].get("next") or action["params"]["open"]
            for action in actions
        ]
        self.assertEqual({action["res_id"] for action in opened}, {self.lead_id})
