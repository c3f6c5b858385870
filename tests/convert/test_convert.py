"""Conversion of prospects: what is made, what is linked, and how it is reverted."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.prospect.tools.trusted import trusted

from ..common import ProspectCase


class ConvertCase(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._mine(
            contact_name="Ana Silva",
            partner_name="Acme Convert",
            email_from="ana@convert.example.com",
            phone="+33 6 12 34 56 78",
            website="https://convert.example.com",
            street="1 rue de la Paix",
            city="Paris",
            function="Buyer",
            source_id=cls.env.ref("prospect.utm_source_import").id,
        )

    @classmethod
    def _mine(cls, **values):
        """A prospect that the salesman has added, and may therefore convert."""
        values = {
            "type": "lead",
            "user_id": cls.salesman.id,
            "team_id": cls.team.id,
            **values,
        }
        return cls.env["crm.lead"].with_user(cls.salesman).create(values).sudo()

    def _wizard(self, leads, user=None, **values):
        leads = leads.with_user(user or self.salesman)
        return leads.env["prospect.convert"].create(
            {"lead_ids": [(6, 0, leads.ids)], **values}
        )

    def _convert(self, leads, targets, user=None, **values):
        """Convert by the wizard, and return the operation."""
        makes = {
            f"make_{target}": target in targets
            for target in ("contact", "company", "opportunity")
        }
        wizard = self._wizard(leads, user, **makes, **values)
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        return operation.sudo()

    def _later(self, record):
        """The last change of a record happens after the conversion."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE %s SET write_date = write_date + interval '1 minute',
                                 create_date = create_date + interval '1 minute'
                    WHERE id = %s""",
                SQL.identifier(record._table),
                record.id,
            )
        )
        record.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestConvert(ConvertCase):
    def test_seven_combinations(self):
        """BX-26: each makes just these records, and the prospect stays, converted."""
        for targets in (
            {"contact"},
            {"company"},
            {"opportunity"},
            {"contact", "company"},
            {"contact", "opportunity"},
            {"company", "opportunity"},
            {"contact", "company", "opportunity"},
        ):
            name = " ".join(sorted(targets))
            lead = self._mine(
                contact_name=f"Person {name}",
                partner_name=f"Company {name}",
                email_from=f"{name.replace(' ', '.')}@seven.example.com",
            )
            before = self.env["res.partner"].search_count([])
            operation = self._convert(lead, targets)
            self.assertEqual(operation.state, "done", operation.error)
            self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
            made = self.env["res.partner"].search_count([]) - before
            self.assertEqual(made, len(targets - {"opportunity"}), name)
            self.assertEqual(bool(lead.prospect_contact_id), "contact" in targets)
            self.assertEqual(bool(lead.prospect_company_id), "company" in targets)
            self.assertEqual(
                lead.prospect_opportunity_id == lead, "opportunity" in targets
            )
            wanted = "opportunity" if "opportunity" in targets else "lead"
            self.assertEqual(lead.type, wanted)
            self.assertEqual(lead.status_id, self.converted)
            self.assertTrue(lead.is_listed)
            self.assertEqual(lead.converted_by_id, self.salesman)
            self.assertTrue(lead.date_conversion)
            if targets >= {"contact", "company"}:
                company = lead.prospect_company_id
                self.assertEqual(lead.prospect_contact_id.parent_id, company)
            self.assertReplay(lead)

    def test_all_three_carry_the_values(self):
        """BX-17: the same information is not typed again."""
        self._convert(self.lead, {"contact", "company", "opportunity"})
        contact = self.lead.prospect_contact_id
        company = self.lead.prospect_company_id
        self.assertRecordValues(
            contact,
            [
                {
                    "name": "Ana Silva",
                    "email": "ana@convert.example.com",
                    "phone": "+33 6 12 34 56 78",
                    "function": "Buyer",
                    "is_company": False,
                    "prospect_source_id": self.lead.source_id.id,
                    "user_id": self.salesman.id,
                }
            ],
        )
        self.assertRecordValues(
            company,
            [
                {
                    "name": "Acme Convert",
                    "website": "https://convert.example.com",
                    "street": "1 rue de la Paix",
                    "city": "Paris",
                    "function": False,
                    "is_company": True,
                }
            ],
        )
        self.assertEqual(self.lead.partner_id, contact)
        self.assertEqual(contact.prospect_count, 1)
        self.assertEqual(company.prospect_count, 1)
        notes = self.lead.message_ids.filtered(lambda m: "Converted" in m.body)
        self.assertIn("Ana Silva", notes.body)
        self.assertIn(f'data-oe-id="{self.lead.id}"', contact.message_ids[:1].body)

    def test_presets(self):
        """The wizard suggests what the data ask for."""
        wizard = self._wizard(self.lead)
        self.assertTrue(
            wizard.make_contact and wizard.make_company and wizard.make_opportunity
        )
        company = self._mine(
            partner_name="Only Ltd", email_from="info@only.example.com"
        )
        wizard = self._wizard(company)
        self.assertTrue(wizard.make_company and not wizard.make_contact)

    def test_known_contact_is_linked(self):
        """By e-mail, with the reason; nothing is written through to it."""
        known = self.env["res.partner"].create(
            {"name": "Ana S.", "email": "Ana@Convert.example.com", "phone": "+3311"}
        )
        wizard = self._wizard(self.lead)
        self.assertEqual(wizard.contact_id, known)
        self.assertEqual(wizard.contact_why, "same e-mail address")
        self.assertIn("Ana S.", wizard.preview)
        self._convert(self.lead, {"contact", "opportunity"})
        self.assertEqual(self.lead.prospect_contact_id, known)
        self.assertEqual(known.phone, "+3311")
        self.assertEqual(self.lead.phone, "+33 6 12 34 56 78")

    def test_new_contact_although_known(self):
        self.env["res.partner"].create(
            {"name": "Ana S.", "email": "ana@convert.example.com"}
        )
        self._convert(self.lead, {"contact"}, contact_action="create")
        self.assertEqual(self.lead.prospect_contact_id.name, "Ana Silva")

    def test_known_company_is_linked(self):
        company = self.env["res.partner"].create(
            {"name": " acme CONVERT", "is_company": True}
        )
        wizard = self._wizard(self.lead)
        self.assertFalse(wizard.company_partner_id, "other blanks, another name")
        company.name = "acme CONVERT"
        wizard = self._wizard(self.lead)
        self.assertEqual(wizard.company_partner_id, company)
        self.assertEqual(wizard.company_why, "same name")
        self._convert(self.lead, {"contact", "company"})
        self.assertEqual(self.lead.prospect_contact_id.parent_id, company)

    def test_known_contact_joins_the_company(self):
        known = self.env["res.partner"].create(
            {"name": "Ana S.", "email": "ana@convert.example.com"}
        )
        operation = self._convert(self.lead, {"contact", "company"})
        self.assertEqual(known.parent_id, self.lead.prospect_company_id)
        operation.with_user(self.salesman).action_undo()
        self.assertFalse(known.parent_id)
        self.assertEqual(operation.reversed_count, 1)

    def test_open_opportunity_is_linked(self):
        opportunity = self.env["crm.lead"].create(
            {
                "type": "opportunity",
                "name": "Their opportunity",
                "email_from": "ana@convert.example.com",
                "user_id": self.salesman.id,
            }
        )
        wizard = self._wizard(self.lead)
        self.assertEqual(wizard.opportunity_id, opportunity)
        operation = self._convert(self.lead, {"opportunity"}, opportunity_action="link")
        self.assertEqual(self.lead.prospect_opportunity_id, opportunity)
        self.assertEqual((self.lead.type, opportunity.type), ("lead", "opportunity"))
        self.assertEqual(opportunity.prospect_origin_count, 1)
        self.assertEqual(self.lead.status_id, self.converted)
        action = operation.with_user(self.salesman)._get_conversion_action()
        self.assertEqual(action["res_id"], opportunity.id)

    def test_same_company_once(self):
        """Ten people of one firm make one company."""
        leads = self.env["crm.lead"]
        for number in range(4):
            leads += self._mine(
                contact_name=f"Person {number}", partner_name="Firm of Four"
            )
        operation = self._convert(leads, {"contact", "company"})
        self.assertEqual(operation.updated_count, 4)
        self.assertEqual(len(leads.prospect_company_id), 1)
        self.assertEqual(len(leads.prospect_contact_id), 4)
        self.assertFalse(operation.replanned_count)

    def test_twice_gives_the_same_receipt(self):
        wizard = self._wizard(self.lead)
        first = wizard.action_convert()
        self.assertEqual(first["tag"], "prospect_undo_toast")
        self.assertEqual(first["params"]["open"]["res_id"], self.lead.id)
        count = self.env["prospect.operation"].search_count([])
        again = wizard.action_convert()
        self.assertEqual(again["params"]["next"]["res_id"], self.lead.id)
        self.assertIn(self.salesman.name, again["params"]["message"])
        self.assertEqual(self.env["prospect.operation"].search_count([]), count)

    def test_without_the_right_to_make_contacts(self):
        """BX-27: nothing happens at all."""
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.partner")]
        ).perm_create = False
        wizard = self._wizard(self.lead)
        with self.assertRaises(AccessError) as error, self.cr.savepoint():
            wizard.action_convert()
        self.assertIn("Nothing was converted", str(error.exception))
        self.env.invalidate_all()
        self.assertEqual(self.lead.status_id, self.new)
        self.assertFalse(self.lead.prospect_contact_id)

    def test_colleague_may_not(self):
        """BX-19: not who did not add it, not even the one it is assigned to."""
        lead = self._prospect(email_from="other@convert.example.com")
        wizard = self._wizard(lead)
        self.assertIn("right", wizard.preview)
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.action_convert()
        self.assertEqual(lead.status_id, self.new)

    def test_what_may_not_be_converted(self):
        junk = self._mine(contact_name="Junk", email_from="junk@convert.example.com")
        junk.status_id = self.junk
        operation = self._convert(self.lead | junk, {"contact"})
        self.assertEqual((operation.updated_count, operation.failed_count), (1, 1))
        self.assertIn("junk", operation.line_ids[1].reason)

    def test_what_follows(self):
        """Lists, tags, notes and activities, as chosen."""
        tag = self.env["crm.tag"].create({"name": "Convert tag"})
        joined = self.env["prospect.list"].create({"name": "Convert list"})
        self.lead.write(
            {
                "tag_ids": [(4, tag.id)],
                "list_ids": [(4, joined.id)],
                "description": "<p>A note</p>",
            }
        )
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.salesman.id
        )
        operation = self._convert(
            self.lead,
            {"contact"},
            leave_lists=True,
            copy_tags=True,
            copy_notes=False,
            activities="contact",
        )
        contact = self.lead.prospect_contact_id
        self.assertFalse(self.lead.list_ids)
        self.assertEqual(contact.category_id.mapped("name"), ["Convert tag"])
        self.assertFalse(contact.comment)
        self.assertEqual(
            (activity.res_model, activity.res_id), (contact._name, contact.id)
        )
        operation.with_user(self.salesman).action_undo()
        self.assertEqual(operation.reversed_count, 1, operation.line_ids.undo_reason)
        self.assertFalse(contact.exists())
        self.assertEqual(self.lead.list_ids, joined)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("crm.lead", self.lead.id)
        )
        self.assertEqual(self.lead.status_id, self.new)
        self.assertReplay(self.lead)

    def test_bought(self):
        """A purchase converts, whoever the buyer is."""
        partner = self.env["res.partner"].create({"name": "Buyer"})
        self.lead.partner_id = partner
        converted = partner.with_user(
            self.env.ref("base.public_user")
        )._prospect_bought()
        self.assertEqual(converted, self.lead)
        self.assertEqual(self.lead.status_id, self.converted)
        self.assertEqual(self.lead.prospect_contact_id, partner)
        self.assertFalse(partner._prospect_bought())

    def test_server_action(self):
        """An action of one's own converts with the rights of who starts it."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Convert",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "prospect_convert",
                "prospect_make_company": False,
            }
        )
        leads = self.lead + self._prospect(email_from="not.mine@convert.example.com")
        action.with_user(self.salesman).with_context(
            active_model="crm.lead", active_ids=leads.ids
        ).run()
        self.assertEqual(leads.mapped("type"), ["opportunity", "lead"])

    def test_host_conversion_points_at_the_opportunity(self):
        self.lead.with_user(self.salesman).convert_opportunity(self.env["res.partner"])
        self.assertEqual(self.lead.prospect_opportunity_id, self.lead)

    def test_status_alone_makes_nothing(self):
        """Dragging to Converted is no conversion to something."""
        self.lead.with_user(self.salesman).with_context(
            **trusted(prospect_cause="manual")
        ).status_id = self.converted
        self.assertFalse(self.lead.prospect_contact_id)

    def test_mapping_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.env["prospect.conversion.field"].with_user(self.salesman).create(
                {"property_label": "x"}
            )


@tagged("post_install", "-at_install")
class TestConvertRequired(ConvertCase):
    """In a class of its own: the field goes with it."""

    def test_required_field(self):
        """BX-28: a field that contacts must have is asked for."""
        self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "name": "x_prospect_need",
                "field_description": "Needed",
                "ttype": "char",
                "required": True,
            }
        )
        wizard = self._wizard(self.lead, make_company=False, make_opportunity=False)
        self.assertEqual(wizard.value_ids.label, "Needed")
        with self.assertRaises(UserError) as error, self.cr.savepoint():
            wizard.action_convert()
        self.assertIn("Needed", str(error.exception))
        wizard.value_ids.value = "Yes"
        wizard.action_convert()
        self.assertEqual(self.lead.prospect_contact_id.x_prospect_need, "Yes")


@tagged("post_install", "-at_install")
class TestConvertOwnFields(ConvertCase):
    def test_own_fields_and_properties(self):
        """BX-29: same names by themselves, others by the administrator's table."""
        for model in ("crm.lead", "res.partner"):
            self.env["ir.model.fields"].create(
                {
                    "model_id": self.env["ir.model"]._get_id(model),
                    "name": "x_prospect_floor",
                    "field_description": "Floor",
                    "ttype": "integer",
                }
            )
        self.team.lead_properties_definition = [
            {"name": "a1b2", "type": "char", "string": "Budget"}
        ]
        lead = self._mine(contact_name="Own Fields", email_from="own@c.example.com")
        lead.write({"x_prospect_floor": 3, "lead_properties": {"a1b2": "10 k"}})
        fields_ = self.env["ir.model.fields"]
        self.env["prospect.conversion.field"].with_user(self.manager).create(
            [
                {
                    "property_label": "Budget",
                    "target_field_id": fields_._get("res.partner", "ref").id,
                },
                {
                    "source_field_id": fields_._get("crm.lead", "referred").id,
                    "target_field_id": fields_._get("res.partner", "barcode").id,
                },
            ]
        )
        self._convert(lead, {"contact"})
        self.assertEqual(lead.prospect_contact_id.x_prospect_floor, 3)
        self.assertEqual(lead.prospect_contact_id.ref, "10 k")
