"""What the dialog of a conversion asks, suggests and says."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_convert import ConvertCase


@tagged("post_install", "-at_install")
class TestConvertDialog(ConvertCase):
    def test_the_opportunity(self):
        """Title, revenue, closing and stage are as typed, and go back with an undo."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)], limit=2)
        before = (self.lead.name, self.lead.expected_revenue, self.lead.date_deadline)
        stage = self.lead.stage_id
        wizard = self._wizard(self.lead)
        self.assertEqual(wizard.opportunity_name, self.lead.name)
        self.assertEqual(wizard.stage_id, stage)
        operation = self._convert(
            self.lead,
            {"contact", "opportunity"},
            opportunity_name="Twelve machines ",
            expected_revenue=4200,
            date_deadline="2027-03-31",
            stage_id=stages[-1].id,
        )
        self.assertEqual(self.lead.name, "Twelve machines")
        self.assertEqual(self.lead.expected_revenue, 4200)
        self.assertEqual(str(self.lead.date_deadline), "2027-03-31")
        self.assertEqual(self.lead.stage_id, stages[-1])
        self.assertFalse(
            operation.line_ids.is_replanned,
            f"as the preview has shown: {operation.line_ids.values}",
        )
        operation.with_user(self.salesman).action_undo()
        self.env.invalidate_all()
        self.assertEqual(
            (self.lead.name, self.lead.expected_revenue, self.lead.date_deadline),
            before,
        )
        self.assertEqual(self.lead.stage_id, stage)

    def test_what_the_opportunity_needs(self):
        other = self.env["crm.team"].create({"name": "Other team"})
        stage = self.env["crm.stage"].create(
            {"name": "Theirs", "team_ids": [(6, 0, other.ids)]}
        )
        wizard = self._wizard(self.lead, opportunity_name="  ")
        with self.assertRaisesRegex(UserError, "title"):
            wizard.action_convert()
        wizard = self._wizard(self.lead, stage_id=stage.id)
        with self.assertRaisesRegex(UserError, "other sales teams"):
            wizard.action_convert()
        self.assertEqual(self.lead.type, "lead")

    def test_unchanged_opportunity(self):
        """What nobody has typed is nobody's change."""
        wizard = self._wizard(self.lead)
        self.assertEqual(wizard._get_choice()["opportunity"], {})

    def test_nobodys_prospect_is_mine(self):
        """One prospect: the dialog suggests me; many: a switch, for those alone."""
        nobodys = self._mine(contact_name="No One", email_from="no@convert.example.com")
        nobodys.user_id = False
        wizard = self._wizard(nobodys, self.manager)
        self.assertEqual(wizard.user_id, self.manager)
        self.assertFalse(self._wizard(self.lead, self.manager).user_id)
        operation = self._convert(nobodys + self.lead, {"contact"}, self.manager)
        self.assertEqual(operation.updated_count, 2)
        self.assertEqual(nobodys.user_id, self.manager)
        self.assertEqual(self.lead.user_id, self.salesman)
        line = operation.line_ids.filtered(lambda one: one.lead_id == nobodys)
        self.assertEqual(line.after["user_id"], self.manager.id)

    def test_nobody_is_assigned_unasked(self):
        nobodys = self._mine(contact_name="No One", email_from="no@convert.example.com")
        nobodys.user_id = False
        self._convert(
            nobodys + self.lead, {"contact"}, self.manager, take_unassigned=False
        )
        self.assertFalse(nobodys.user_id)

    def test_whose_address(self):
        """The person's address and mobile are the person's; the firm's are both's."""
        for email, phone, firm_email, firm_phone in (
            ("ana@firm1.example.com", "+33 6 12 34 56 71", False, False),
            ("info@firm2.example.com", "+33 6 12 34 56 72", True, False),
            ("ana@firm3.example.com", "+33 1 45 67 89 03", False, True),
            ("contact@firm4.example.com", "+33 1 45 67 89 04", True, True),
        ):
            with self.subTest(email=email, phone=phone):
                lead = self._mine(
                    contact_name=f"Ana {email} {phone}".replace("@", " "),
                    partner_name=f"Firm {email} {phone}",
                    email_from=email,
                    phone=phone,
                )
                self._convert(lead, {"company", "contact"})
                person, firm = lead.prospect_contact_id, lead.prospect_company_id
                self.assertEqual((person.email, person.phone), (email, phone))
                self.assertEqual(bool(firm.email), firm_email)
                self.assertEqual(bool(firm.phone), firm_phone)

    def test_firm_without_a_person(self):
        """Then there is nobody else to write to."""
        lead = self._mine(
            partner_name="Lone firm",
            email_from="ana@lone.example.com",
            phone="+33 6 12 34 56 78",
        )
        self._convert(lead, {"company"})
        firm = lead.prospect_company_id
        self.assertEqual(
            (firm.email, firm.phone), ("ana@lone.example.com", "+33 6 12 34 56 78")
        )

    def test_words(self):
        """What will be created is not created yet; and why one may do it."""
        wizard = self._wizard(self.lead, expected_revenue=1200)
        self.assertIn("will be created", wizard.preview)
        self.assertIn("because you created it", wizard.preview)
        self.assertIn("1,200", wizard.preview)
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertIn("will be created", str(operation.line_ids.changes))
        operation.action_run()
        self.env.invalidate_all()
        details = str(operation.line_ids.changes)
        self.assertIn(", created", details)
        self.assertNotIn("will be created", details)

    def test_toast(self):
        """Of one, the toast opens what was made; of many, the receipt opens."""
        action = self._wizard(self.lead).action_convert()
        self.assertEqual(action["tag"], "prospect_undo_toast")
        self.assertEqual(action["params"]["open"]["res_id"], self.lead.id)
        self.assertNotIn("next", action["params"])
        others = self._mine(contact_name="B") + self._mine(contact_name="C")
        action = self._wizard(others).action_convert()
        self.assertEqual(action["tag"], "prospect_undo_toast")
        operation = action["params"]["operation_id"]
        self.assertEqual(action["params"]["next"]["res_id"], operation)

    def test_statuses_that_ask(self):
        """A setting lets cards be converted without a target."""
        statuses = self.env["prospect.status"].with_user(self.salesman)
        self.assertEqual(
            statuses.get_asking(),
            {"junk": self.junk.ids, "converted": self.converted.ids},
        )
        settings = self.env["res.config.settings"].create(
            {"prospect_convert_bare": True}
        )
        settings.set_values()
        self.assertEqual(statuses.get_asking()["converted"], [])

    def test_in_the_form(self):
        """The fields of the opportunity follow what is made."""
        leads = self.lead.with_user(self.salesman)
        with Form(
            leads.env["prospect.convert"].with_context(default_lead_ids=leads.ids)
        ) as form:
            form.opportunity_name = "By hand"
            form.expected_revenue = 10
        self.assertEqual(
            form.record._get_choice()["opportunity"],
            {"name": "By hand", "expected_revenue": 10},
        )
