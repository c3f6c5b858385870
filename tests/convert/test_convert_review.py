"""Conversions with the data that real databases have, and with forged requests."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import TablesMixin
from .test_convert import ConvertCase

ALL = {"contact", "company", "opportunity"}


class ReviewCase(TablesMixin, ConvertCase):
    def _people(self, count, firm="Firm %s", **values):
        """So many prospects of the salesman's, two to a firm."""
        leads = self.env["crm.lead"]
        for number in range(count):
            leads += self._mine(
                contact_name=f"Person {number}",
                partner_name=firm.replace("%s", str(number // 2)),
                email_from=f"person{number}@review.example.com",
                **values,
            )
        return leads

    def _plan(self, leads, targets, **choice):
        """A conversion that is planned and not run, as the salesman."""
        operation = self.env["prospect.operation"].with_user(self.salesman)
        operation = operation._make_conversion(
            leads.with_user(self.salesman),
            {"make": list(targets), "link": True, **choice},
        )
        operation.action_preview()
        return operation

    def _run(self, operation):
        operation.action_run()
        self.env.invalidate_all()
        return operation.sudo()

    def _undo(self, operation):
        operation.with_user(operation.user_id).action_undo()
        self.env.invalidate_all()
        return operation.sudo()

    def _partner(self, **values):
        return self.env["res.partner"].create(values)

    def _settle(self):
        """What other work leaves for the end of the transaction."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _hide(self, partner):
        """Let the salesman not see a contact."""
        self.env["ir.rule"].create(
            {
                "name": "Hidden contact",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {partner.id})]",
                "perm_write": False,
                "perm_create": False,
                "perm_unlink": False,
            }
        )


@tagged("post_install", "-at_install")
class TestConvertReviewMatch(ReviewCase):
    """Which contacts and companies are linked."""

    def test_archived_contacts_are_not_found(self):
        """The dialog and the run see the same contacts: those that are in use."""
        self._partner(name="Old Ana", email="ana@convert.example.com", active=False)
        self._partner(name="Acme Convert", is_company=True, active=False)
        known = self._partner(name="Ana", email="ana@convert.example.com")
        operation = self._run(self._plan(self.lead, ALL))
        self.assertEqual(operation.updated_count, 1)
        self.assertEqual(self.lead.prospect_contact_id, known)
        self.assertTrue(self.lead.prospect_company_id.active)

    def test_archived_contact_of_the_prospect(self):
        """It stays the prospect's, and the preview says that it is archived."""
        known = self._partner(name="Old Ana", email="ana@convert.example.com")
        self.lead.partner_id = known
        known.active = False
        wizard = self._wizard(self.lead, make_company=False)
        self.assertIn("archived", wizard.preview)
        wizard.action_convert()
        self.assertEqual(self.lead.prospect_contact_id, known)

    def test_shared_address(self):
        """Of several contacts with one address, the one of the same name."""
        self._partner(name="Reception", email="ana@convert.example.com")
        known = self._partner(name="ana  SILVA", email="ana@convert.example.com")
        self.assertEqual(self._wizard(self.lead).contact_id, known)
        self.lead.contact_name = "Somebody Else"
        self.assertEqual(self._wizard(self.lead).contact_id.name, "Reception")

    def test_sharp_s(self):
        """Upper and lower case as people understand them."""
        known = self._partner(name="Groß KG", is_company=True)
        self.lead.partner_name = "groß kg"
        self.assertEqual(self._wizard(self.lead).company_partner_id, known)

    def test_hidden_contact_stays_alone(self):
        """A prospect of somebody hidden is left as it is, and the others are not."""
        hidden = self._partner(name="Hidden", email="hidden@review.example.com")
        lead = self._mine(contact_name="Hidden", email_from="hidden@review.example.com")
        lead.partner_id = hidden
        self._hide(hidden)
        self.env.invalidate_all()
        wizard = self._wizard(lead | self.lead)
        self.assertIn("may not see", wizard.preview)
        operation = self._convert(lead | self.lead, ALL)
        self.assertEqual((operation.updated_count, operation.failed_count), (1, 1))
        self.assertEqual(lead.partner_id, hidden)
        self.assertEqual(lead.status_id, self.new)
        self.assertIn("may not see", self._wizard(lead).preview)

    def test_hidden_contacts_are_not_proposed(self):
        """The dialog notifies nobody that there are contacts that they may not see."""
        hidden = self._partner(name="Ana", email="ana@convert.example.com")
        self._hide(hidden)
        self.env.invalidate_all()
        wizard = self._wizard(self.lead)
        self.assertFalse(wizard.sudo().contact_id)
        self.assertEqual(wizard.contact_action, "create")

    def test_contact_of_a_hidden_company(self):
        hidden = self._partner(name="Hidden Ltd", is_company=True)
        known = self._partner(
            name="Ana", email="ana@convert.example.com", parent_id=hidden.id
        )
        self._hide(hidden)
        self.env.invalidate_all()
        operation = self._convert(self.lead, ALL)
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        self.assertEqual(self.lead.prospect_contact_id, known)
        self.assertEqual(known.parent_id, hidden)
        self.assertEqual(self.lead.prospect_company_id.name, "Acme Convert")

    def test_person_of_a_company(self):
        """A new person of a prospect that is linked to a company belongs to it."""
        company = self._partner(name="Acme Convert", is_company=True)
        self.lead.partner_id = company
        self.lead.contact_name = "Ana Silva"
        self._convert(self.lead, {"contact", "opportunity"})
        contact = self.lead.prospect_contact_id
        self.assertEqual(contact.parent_id, company)
        self.assertEqual(self.lead.partner_id, contact)

    def test_users_do_not_join_companies(self):
        """A company shares its documents with its people: not with who says so."""
        user = new_test_user(
            self.env,
            login="review_portal",
            email="ana@convert.example.com",
            groups="base.group_portal",
        )
        company = self._partner(name="Acme Convert", is_company=True)
        operation = self._convert(self.lead, ALL)
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        self.assertEqual(self.lead.prospect_contact_id, user.partner_id)
        self.assertEqual(self.lead.prospect_company_id, company)
        self.assertFalse(user.partner_id.parent_id)
        self.assertIn(user.name, operation.line_ids.reason)

    def test_joining_is_told(self):
        known = self._partner(name="Ana", email="ana@convert.example.com")
        company = self._partner(name="Acme Convert", is_company=True)
        operation = self._plan(self.lead, ALL)
        self.assertIn(company.name, operation.sudo().line_ids.reason)
        self._run(operation)
        self.assertEqual(known.parent_id, company)

    def test_same_person_once(self):
        """One who is there twice becomes one contact, as when done one by one."""
        lead = self._mine(
            contact_name="Ana S.",
            partner_name="ACME Convert",
            email_from="Ana@convert.example.com",
        )
        other = self._mine(contact_name="Ana Silva")
        operation = self._plan(self.lead | lead | other, ALL)
        self._run(operation)
        self.assertEqual(operation.updated_count, 3)
        self.assertFalse(operation.replanned_count)
        self.assertEqual(lead.prospect_contact_id, self.lead.prospect_contact_id)
        self.assertEqual(lead.prospect_company_id, self.lead.prospect_company_id)
        self.assertNotEqual(other.prospect_contact_id, lead.prospect_contact_id)
        # the second one is changed: both stay
        contact = lead.prospect_contact_id
        lead.status_id = self.new
        self._undo(operation)
        self.assertEqual((operation.kept_count, operation.reversed_count), (2, 1))
        self.assertTrue(contact.exists())

    def test_same_person_in_two_batches(self):
        leads = self._people(4, "One firm")
        leads.email_from = "one@review.example.com"
        self._settle()
        before = self._tables()
        operation = self._plan(leads, ALL)
        with (
            patch.object(prospect_operation, "SMALL", 0),
            patch.object(prospect_operation, "BATCH", 3),
        ):
            operation.action_run()
            self._drain(operation)
            self.assertEqual(operation.updated_count, 4)
            self.assertFalse(operation.replanned_count)
            self.assertEqual(len(leads.prospect_contact_id), 1)
            operation.action_undo()
            self._drain(operation)
        self.assertEqual(operation.reversed_count, 4)
        self._settle()
        self.assertSameTables(before)


@tagged("post_install", "-at_install")
class TestConvertReviewForged(ReviewCase):
    """What a request can send, that no dialog offers."""

    def _refused(self, **values):
        wizard = self._wizard(self.lead, **values)
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.action_convert()
        self.env.invalidate_all()
        self.assertEqual(self.lead.status_id, self.new)

    def test_links_of_the_wrong_kind(self):
        company = self._partner(name="A company", is_company=True)
        person = self._partner(name="A person")
        self._refused(contact_action="link", contact_id=company.id)
        self._refused(
            make_company=True, company_action="link", company_partner_id=person.id
        )
        for opportunity in (self.lead, self._mine(contact_name="Other")):
            self._refused(opportunity_action="link", opportunity_id=opportunity.id)
        won = self.env["crm.lead"].create(
            {"type": "opportunity", "name": "Won", "user_id": self.salesman.id}
        )
        won.action_set_won()
        self._refused(opportunity_action="link", opportunity_id=won.id)

    def test_link_that_goes(self):
        """A contact that is deleted between the preview and the run."""
        known = self._partner(name="Goes")
        operation = self._plan(self.lead, {"contact"}, contact_id=known.id)
        known.unlink()
        self._run(operation)
        self.assertEqual(operation.failed_count, 1)
        self.assertTrue(operation.sudo().line_ids.reason)
        self.assertEqual(self.lead.status_id, self.new)

    def test_values_that_were_not_asked_for(self):
        wizard = self._wizard(self.lead)
        wizard.value_ids = [
            Command.create({"target": "contact", "name": "barcode", "value": "forged"}),
            Command.create({"target": "contact", "name": "no_field", "value": "x"}),
        ]
        wizard.action_convert()
        self.assertFalse(self.lead.prospect_contact_id.barcode)

    def test_mapping_of_what_does_not_fit(self):
        fields_ = self.env["ir.model.fields"]
        for source, target in (
            ("order_ids", "child_ids"),
            ("activity_ids", "child_ids"),
            ("referred", "complete_name"),
            ("lead_properties", "ref"),
        ):
            source = fields_._get("crm.lead", source)
            if not source:
                continue
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["prospect.conversion.field"].create(
                    {
                        "source_field_id": source.id,
                        "target_field_id": fields_._get("res.partner", target).id,
                    }
                )

    def test_defaults_in_the_context(self):
        """An operation works with the right of who asked for it."""
        wizard = self._wizard(self.lead).with_context(
            default_user_id=self.env.ref("base.user_root").id, default_state="queued"
        )
        operation = wizard._make_operation()
        self.assertEqual(operation.sudo().user_id, self.salesman)
        self.assertEqual(operation.state, "draft")


@tagged("post_install", "-at_install")
class TestConvertReviewRun(ReviewCase):
    """Many at once, and what changes between the plan and the run."""

    def test_deleted_and_changed_meanwhile(self):
        leads = self._people(4)
        operation = self._plan(leads, ALL)
        leads[0].with_user(self.manager).unlink()
        leads[1].status_id = self.junk
        leads[2].partner_name = "Another firm"
        self._run(operation)
        lines = operation.sudo().line_ids
        self.assertEqual(
            lines.mapped("outcome"), ["failed", "failed", "updated", "updated"]
        )
        self.assertEqual(lines.mapped("is_replanned"), [False, True, True, True])

    def test_handed_over_to_somebody_else(self):
        """Who sees a prospect only because they work on it may hand it over."""
        self._allow("convert", "assigned")
        lead = self._prospect(contact_name="Over", email_from="over@r.example.com")
        wizard = self._wizard(lead, user_id=self.salesman_all.id)
        action = wizard.action_convert()
        self.env.invalidate_all()
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.user_id, self.salesman_all)
        self.assertEqual(lead.converted_by_id, self.salesman)
        self.assertTrue(action)

    def test_a_plan_in_the_background(self):
        """So many that they are planned by the job: the run follows."""
        leads = self._people(3)
        operations = type(self.env["prospect.operation"])
        with patch.object(operations, "_get_small_plan", lambda self: 1):
            action = self._wizard(leads).action_convert()
            operation = self.env["prospect.operation"].browse(action["res_id"])
            self.assertEqual(operation.state, "queued")
            self._drain(operation)
            self.assertEqual(operation.state, "done", operation.error)
            self.assertEqual(operation.updated_count, 3)
            receipt = self._people(2)._prospect_convert_to(["contact"])
            self.assertEqual(receipt.state, "queued")

    def test_batches_stopped_resumed_and_undone(self):
        """Companies are shared between batches; every table is as before."""
        leads = self._people(9)
        self.env["crm.lead"].search([])._compute_probabilities()
        self._settle()
        before = self._tables()
        operation = self._plan(leads, ALL)
        with (
            patch.object(prospect_operation, "SMALL", 0),
            patch.object(prospect_operation, "BATCH", 3),
        ):
            operation.action_run()
            self.assertEqual(operation.state, "queued")
            steps = operation.sudo()._work_in_background()
            next(steps)
            operation.action_cancel()
            self.assertFalse(list(steps)[1:])
            self.env.invalidate_all()
            self.assertEqual(len(leads.prospect_contact_id), 3)
            operation.action_run()
            self._drain(operation)
            self.assertEqual(operation.state, "done", operation.error)
            self.assertEqual(operation.updated_count, 9)
            self.assertFalse(operation.replanned_count)
            self.assertEqual(len(leads.prospect_company_id), 5)
            operation.action_undo()
            steps = operation.sudo()._work_in_background()
            next(steps)
            self._drain(operation)
        self.assertEqual(
            (operation.state, operation.reversed_count),
            ("undone", 9),
            operation.sudo().line_ids.mapped("undo_reason"),
        )
        self._settle()
        self.assertSameTables(before)

    def test_owner_left(self):
        leads = self._people(2)
        operation = self._plan(leads, ALL)
        with patch.object(prospect_operation, "SMALL", 0):
            operation.action_run()
            self.salesman.active = False
            self._drain(operation)
        self.assertEqual(operation.sudo().state, "failed")
        self.assertEqual(set(leads.mapped("status_id")), {self.new})

    def test_edit_what_code_has_planned(self):
        operation = self._plan(self.lead, {"contact"})
        action = operation._edit_convert(None)
        wizard = self.env["prospect.convert"].browse(action["res_id"])
        self.assertTrue(wizard.copy_notes)
        self.assertEqual(wizard.activities, "keep")
        self.assertFalse(wizard.make_opportunity)

    def test_no_query_per_prospect(self):
        """Neither for the rules of the administrator nor for existing contacts."""
        self.env["prospect.conversion.field"].create(
            {
                "source_field_id": self.env["ir.model.fields"]
                ._get("crm.lead", "referred")
                .id,
                "target_field_id": self.env["ir.model.fields"]
                ._get("res.partner", "barcode")
                .id,
            }
        )
        leads = self._people(40).with_user(self.salesman)
        choice = {"make": ["contact", "company", "opportunity"], "link": True}

        def count(some):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            some._prospect_convert_plan(choice)
            return self.cr.sql_log_count - start

        count(leads)
        self.assertLessEqual(count(leads), count(leads[:4]) + 4)


@tagged("post_install", "-at_install")
class TestConvertReviewNeeded(ReviewCase):
    """In a class of its own: the field goes with it."""

    def test_a_company_that_could_not_be_made(self):
        """Its prospect fails, and the next one of the firm makes the company."""
        self.env["ir.model.fields"].create(
            [
                {
                    "model_id": self.env["ir.model"]._get_id(model),
                    "name": "x_prospect_need",
                    "field_description": "Needed",
                    "ttype": "char",
                    "required": model == "res.partner",
                }
                for model in ("crm.lead", "res.partner")
            ]
        )
        leads = self._people(3, "One firm")
        leads[1:].write({"x_prospect_need": "Own"})
        operation = self._plan(leads, ALL)
        self._run(operation)
        self.assertEqual(operation.state, "done", operation.error)
        self.assertEqual(
            operation.sudo().line_ids.mapped("outcome"),
            ["failed", "updated", "updated"],
        )
        self.assertFalse(operation.sudo().line_ids[0].values.get("contact"))
        self.assertEqual(len(leads.prospect_company_id), 1)
        # what is typed for all is only for those that lack it
        leads = self._people(2, "Two firm")
        leads[1].x_prospect_need = "Own"
        wizard = self._wizard(leads, make_company=False)
        self.assertTrue(wizard.value_ids)
        wizard.value_ids.value = "Typed"
        wizard.action_convert()
        self.assertEqual(
            leads.mapped("prospect_contact_id.x_prospect_need"), ["Typed", "Own"]
        )
        # also what only the second one lacks
        leads = self._people(2, "Three firm")
        leads[0].x_prospect_need = "Own"
        wizard = self._wizard(leads, make_company=False)
        self.assertEqual(wizard.value_ids.mapped("name"), ["x_prospect_need"])


@tagged("post_install", "-at_install")
class TestConvertReviewFields(ReviewCase):
    def _field(self, ttype, **values):
        name = f"x_prospect_{ttype}"
        self.env["ir.model.fields"].create(
            [
                {
                    "model_id": self.env["ir.model"]._get_id(model),
                    "name": name,
                    "field_description": f"Own {ttype}",
                    "ttype": ttype,
                    **values,
                }
                for model in ("crm.lead", "res.partner")
            ]
        )
        return name

    def test_own_fields_of_every_type(self):
        day = self._field("date")
        time = self._field("datetime")
        self._field("binary")
        self.lead.write({day: "2026-02-03", time: "2026-02-03 04:05:06"})
        self.lead.x_prospect_binary = b"AAAA"
        operation = self._convert(self.lead, {"contact"})
        self.assertEqual(operation.state, "done", operation.error)
        contact = self.lead.prospect_contact_id
        self.assertEqual(contact[day], date(2026, 2, 3))
        self.assertEqual(contact[time], self.lead[time])
        self._undo(operation)
        self.assertFalse(contact.exists())
        # who may not see a field converts without it
        name = self._field("char")
        hidden = self.env["crm.lead"]._fields[name]
        self.patch(hidden, "groups", "base.group_system")
        self.lead[name] = "Secret"
        operation = self._convert(self.lead, {"contact"})
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        self.assertFalse(self.lead.prospect_contact_id[name])
        self.assertNotIn("Secret", str(operation.line_ids.mapped("values")))


@tagged("post_install", "-at_install")
class TestConvertReviewUndo(ReviewCase):
    """What was used since stays, and the rest is as it was."""

    def test_address_of_a_known_company(self):
        """Odoo gives it its first person's; the undo takes it back."""
        company = self._partner(name="Acme Convert", is_company=True)
        self._settle()
        before = self._tables()
        operation = self._convert(self.lead, {"contact", "company"})
        self.assertEqual(self.lead.prospect_company_id, company)
        self._undo(operation)
        self.assertEqual(operation.reversed_count, 1, operation.line_ids.undo_reason)
        self.assertFalse(company.city)
        self._settle()
        self.assertSameTables(before)

    def test_address_of_a_contact_that_joins(self):
        company = self._partner(name="Acme Convert", is_company=True)
        self._partner(
            name="Ana",
            email="ana@convert.example.com",
            city="Lyon",
            vat="FR23334175221",
        )
        self._settle()
        before = self._tables()
        operation = self._convert(self.lead, {"contact", "company"})
        self.assertTrue(company.child_ids)
        self._undo(operation)
        self._settle()
        self.assertSameTables(before)

    def test_address_changed_since(self):
        """What people have written since is theirs."""
        company = self._partner(name="Acme Convert", is_company=True)
        operation = self._convert(self.lead, {"contact", "company"})
        company.city = "Nice"
        self._undo(operation)
        self.assertEqual(company.city, "Nice")

    def test_activity_done_since(self):
        """What was done is not to be done again."""
        self._partner(name="Ana", email="ana@convert.example.com")
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.salesman.id
        )
        operation = self._convert(self.lead, {"contact"}, activities="contact")
        activity.action_feedback(feedback="Called")
        self._undo(operation)
        self.assertEqual(operation.reversed_count, 1)
        self.assertFalse(activity.exists().active)

    def test_company_of_another_prospect(self):
        """Another conversion has linked the company that this one has made."""
        operation = self._convert(self.lead, {"company"})
        company = self.lead.prospect_company_id
        boss = self._partner(name="Boss Ltd", is_company=True)
        self._partner(name="Bob", email="bob@convert.example.com", parent_id=boss.id)
        other = self._mine(
            contact_name="Bob",
            partner_name="Acme Convert",
            email_from="bob@convert.example.com",
        )
        self._convert(
            other,
            {"contact", "company"},
            company_action="link",
            company_partner_id=company.id,
        )
        self.assertEqual(other.prospect_company_id, company)
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertTrue(company.exists())

    def test_named_by_an_older_record(self):
        """An account that was there before has been given to the contact since."""
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "REVIEW 1", "partner_id": self._partner(name="X").id}
        )
        operation = self._convert(self.lead, {"contact"})
        contact = self.lead.prospect_contact_id
        bank.partner_id = contact
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1, operation.line_ids.undo_reason)
        self.assertTrue(contact.exists())

    def test_child_and_user_since(self):
        operation = self._convert(self.lead, {"contact"})
        contact = self.lead.prospect_contact_id
        child = self._partner(name="Child", parent_id=contact.id)
        self._later(child)
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertEqual(child.parent_id, contact)
        other = self._mine(contact_name="Portal", email_from="p@review.example.com")
        operation = self._convert(other, {"contact"})
        user = new_test_user(
            self.env,
            login="review_portal",
            partner_id=other.prospect_contact_id.id,
            groups="base.group_portal",
        )
        self._later(user)
        self._undo(operation)
        self.assertEqual(operation.kept_count, 1)
        self.assertTrue(user.exists())

    def test_a_refused_line_keeps_its_company(self):
        """The company of a prospect that could not be reversed is not deleted."""
        leads = self._people(4, "One firm")
        operation = self._convert(leads, ALL)
        company = leads.prospect_company_id
        self.assertEqual(len(company), 1)
        stubborn = leads[2]
        unlink = type(self.env["res.partner"]).unlink

        def refuse(partners):
            if stubborn.prospect_contact_id in partners or "Person 2" in (
                partners.mapped("name")
            ):
                raise UserError(stubborn.name)
            return unlink(partners)

        self.patch(self.registry["res.partner"], "unlink", refuse)
        self._undo(operation)
        self.assertTrue(company.exists())
        self.assertEqual(stubborn.prospect_company_id, company)
        self.assertEqual(stubborn.prospect_contact_id.parent_id, company)
        self.assertEqual(leads[0].prospect_company_id, company)
        self.assertEqual(
            (
                operation.impossible_count,
                operation.kept_count,
                operation.reversed_count,
            ),
            (1, 1, 2),
        )

    def test_bought_says_why(self):
        partner = self._partner(name="Buyer")
        self.lead.partner_id = partner
        partner._prospect_bought(cause="won")
        self.assertEqual(self._status_log(self.lead)[-1][-1], "won")
