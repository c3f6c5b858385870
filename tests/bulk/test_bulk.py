"""Bulk operations: what each change does, what is refused, and who may."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ProspectCase


class BulkCase(ProspectCase):
    """Some prospects of the salesman's, two lists and two tags."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        cls.guests, cls.hosts = cls.env["prospect.list"].create(
            [{"name": "Guests"}, {"name": "Hosts"}]
        )
        cls.cold, cls.warm = cls.env["crm.tag"].create(
            [{"name": "Bulk cold"}, {"name": "Bulk warm"}]
        )
        cls.leads = cls.env["crm.lead"]
        for number in range(3):
            cls.leads += cls._prospect(
                contact_name=f"Ana Silva{number}",
                email_from=f"ana{number}@bulk.example.com",
                phone=f"+33 6 12 34 56 7{number}",
                partner_name="Old company",
            )
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def _wizard(self, leads=None, user=None, **values):
        leads = self.leads if leads is None else leads
        return (
            self.env["prospect.bulk"]
            .with_user(user or self.salesman)
            .create({"selection": {"ids": leads.ids}, **values})
        )

    def _operation(self, leads=None, user=None, **values):
        """A previewed operation."""
        operation = self._wizard(leads, user, **values)._make_operation()
        operation.action_preview()
        return operation

    def _bulk(self, leads=None, user=None, **values):
        """An operation that has run."""
        operation = self._operation(leads, user, **values)
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self.assertFalse(operation.replanned_count)
        return operation

    def _outcomes(self, operation):
        return operation.line_ids.sorted("number").mapped("outcome")


@tagged("post_install", "-at_install")
class TestBulk(BulkCase):
    def test_fields(self):
        """The same values for all; what is left empty stays."""
        france = self.env.ref("base.fr")
        source = self.env.ref("prospect.utm_source_import")
        operation = self._operation(
            function="Buyer",
            partner_name=" ACME ",
            phone="01 99 00 12 34",
            assistant_email="desk@bulk.example.com",
            country_id=france.id,
            source_id=source.id,
        )
        self.assertEqual(operation.name, "Change 3 prospects")
        self.assertEqual(operation.state, "previewed")
        self.assertEqual(operation.updated_count, 3)
        self.assertEqual(self.leads[0].partner_name, "Old company", "only a preview")
        operation.action_run()
        for lead in self.leads:
            self.assertRecordValues(
                lead,
                [
                    {
                        "function": "Buyer",
                        "partner_name": "ACME",
                        "phone": "+33 1 99 00 12 34",
                        "phone_sanitized": "+33199001234",
                        "assistant_email": "desk@bulk.example.com",
                        "country_id": france.id,
                        "source_id": source.id,
                        "email_from": lead.email_from,
                    }
                ],
            )
        self.assertEqual(
            self.leads.mapped("contact_name"), [f"Ana Silva{n}" for n in range(3)]
        )
        line = operation.line_ids[0]
        self.assertEqual(line.before["partner_name"], "Old company")
        self.assertEqual(line.after["partner_name"], "ACME")
        self.assertNotIn("email_from", line.after)

    def test_unchanged(self):
        """Whoever has it already is told apart, and not written."""
        self.leads[0].partner_name = "ACME"
        self.env.flush_all()
        operation = self._bulk(partner_name="ACME")
        self.assertEqual(operation.unchanged_count, 1)
        self.assertEqual(operation.updated_count, 2)

    def test_empty_on_purpose(self):
        operation = self._bulk(clear_partner_name=True, clear_phone=True)
        self.assertEqual(self.leads.mapped("partner_name"), [False] * 3)
        self.assertEqual(self.leads.mapped("phone_sanitized"), [False] * 3)
        self.assertIn("Old company", operation.line_ids[0].changes)
        self.assertEqual(
            operation.what, "Phone: emptied · Company Name: emptied", operation.what
        )

    def test_names(self):
        """Names stay in step with each other and with the title."""
        self._bulk(first_name="Camille")
        self.assertEqual(
            self.leads.mapped("contact_name"), [f"Camille Silva{n}" for n in range(3)]
        )
        self.assertEqual(
            self.leads.mapped("name"), [f"Camille Silva{n}" for n in range(3)]
        )
        self._bulk(clear_first_name=True, last_name="Doe")
        self.assertEqual(self.leads.mapped("contact_name"), ["Doe"] * 3)

    def test_lists_and_tags(self):
        """Twice on a list is once; history says why [IE-21]."""
        self.leads[0].write({"list_ids": [(4, self.guests.id)]})
        self.leads[1].write({"tag_ids": [(4, self.cold.id)]})
        for _time in range(2):
            self._bulk(
                list_add_ids=self.guests.ids,
                tag_add_ids=self.warm.ids,
                tag_remove_ids=self.cold.ids,
            )
        self.assertEqual(self.leads.list_ids, self.guests)
        self.assertEqual(self.leads.tag_ids, self.warm)
        self.assertEqual(self.guests.member_count, 3)
        self.assertEqual(
            self.leads.membership_ids.filtered(lambda row: row.cause == "bulk").lead_id,
            self.leads[1:],
        )
        operation = self._bulk(list_remove_ids=self.guests.ids, clear_tag_ids=True)
        self.assertFalse(self.leads.list_ids or self.leads.tag_ids)
        self.assertEqual(operation.updated_count, 3)
        self.assertReplay(self.leads)

    def test_status(self):
        """Converted prospects keep their status, and are told [IE-22]."""
        self.leads[0].status_id = self.converted
        operation = self._bulk(status_id=self.in_progress.id)
        self.assertEqual(
            self.leads.status_id, self.in_progress | self.converted, "kept"
        )
        line = operation.line_ids.filtered(lambda x: x.lead_id == self.leads[0])
        self.assertEqual(line.outcome, "skipped")
        self.assertEqual(line.reason, "Converted: its status stays.")
        self.assertEqual(
            self._status_log(self.leads[1])[-1], ("New", "In progress", "bulk")
        )
        self.assertReplay(self.leads)

    def test_junk_and_back(self):
        """Junk with its reason and a note, then open again: as by hand."""
        self.leads[0].activity_schedule("mail.mail_activity_data_call")
        self._bulk(junk=True, lost_reason_id=self.reason.id, note="They <moved> away")
        for lead in self.leads:
            self.assertRecordValues(
                lead,
                [
                    {
                        "status_id": self.junk.id,
                        "active": False,
                        "won_status": "lost",
                        "lost_reason_id": self.reason.id,
                        "probability": 0,
                    }
                ],
            )
            self.assertIn("They &lt;moved&gt; away", lead.message_ids[0].body)
        self.assertFalse(self.leads[0].activity_ids)
        operation = self._bulk(status_id=self.in_progress.id)
        self.assertEqual(self.leads.mapped("won_status"), ["pending"] * 3)
        self.assertFalse(self.leads.lost_reason_id)
        self.assertTrue(self.leads[0].activity_ids)
        self.assertEqual(operation.line_ids[0].before["lost_reason_id"], self.reason.id)
        self.assertReplay(self.leads)

    def test_archive(self):
        self._bulk(archive=True)
        self.assertEqual(self.leads.mapped("active"), [False] * 3)
        self.assertEqual(self.leads.mapped("is_listed"), [False] * 3)
        self.assertEqual(self.leads.status_id, self.new)

    def test_salesperson(self):
        """Team as Odoo chooses it, follower, and no mail."""
        other = self.env["crm.team"].create(
            {"name": "Other team", "user_id": self.salesman_all.id, "use_leads": True}
        )
        mails = self.env["mail.mail"].search_count([])
        operation = self._operation(user_id=self.salesman_all.id)
        self.assertFalse(operation.failed_count, operation.line_ids[0].reason)
        self.assertEqual(operation.line_ids[0].after["team_id"], other.id)
        operation.action_run()
        self.assertFalse(operation.replanned_count)
        self.assertEqual(self.leads.user_id, self.salesman_all)
        self.assertEqual(self.leads.team_id, other)
        self.assertEqual(
            len(
                self.leads.message_follower_ids.filtered(
                    lambda x: x.partner_id == self.salesman_all.partner_id
                )
            ),
            3,
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        twins = self._prospect(contact_name="By hand")
        twins.user_id = self.salesman_all
        self.assertEqual(twins.team_id, other, "Odoo does the same")
        self._bulk(user=self.salesman_all, clear_user_id=True, team_id=self.team.id)
        self.assertFalse(self.leads.user_id)
        self.assertEqual(self.leads.team_id, self.team)

    def test_activity(self):
        """For the salesperson of each, or for whom is chosen."""
        self.leads[2].user_id = False
        operation = self._operation(
            user=self.manager,
            activity_type_id=self.call.id,
            activity_summary="Offer",
            activity_date=date(2030, 1, 15),
        )
        self.assertFalse(self.leads.activity_ids)
        self.assertIn("Call: Offer (01/15/2030)", operation.line_ids[0].changes)
        operation.action_run()
        self.assertRecordValues(
            self.leads.activity_ids.sorted("res_id"),
            [
                {
                    "res_id": lead.id,
                    "summary": "Offer",
                    "user_id": (lead.user_id or self.manager).id,
                    "date_deadline": date(2030, 1, 15),
                }
                for lead in self.leads
            ],
        )

    def test_several_at_once(self):
        """List, status and field in one run [IE-24]."""
        operation = self._bulk(
            list_add_ids=self.guests.ids,
            status_id=self.in_progress.id,
            partner_name="ACME",
        )
        self.assertEqual(
            operation.line_ids[0].after.keys(),
            {"list_ids", "status_id", "partner_name"},
        )
        self.assertEqual(self.leads.list_ids, self.guests)
        self.assertEqual(self.leads.status_id, self.in_progress)

    def test_contact_keeps_address(self):
        """E-mail and phone of a contact are the contact's."""
        partner = self.env["res.partner"].create(
            {"name": "Ana", "email": "ana@bulk.example.com", "phone": "+33199001111"}
        )
        self.leads[0].partner_id = partner
        self.env.flush_all()
        phone = self.leads[0].phone
        operation = self._bulk(phone="01 99 00 12 34", function="Buyer")
        self.assertEqual(self.leads[0].phone, phone)
        self.assertEqual(partner.phone, "+33199001111")
        self.assertEqual(self.leads[0].function, "Buyer")
        line = operation.line_ids.filtered(lambda x: x.lead_id == self.leads[0])
        self.assertEqual(line.reason, "Unchanged, as on the contact: Phone.")

    def test_one_email(self):
        self._bulk(self.leads[0], email_from="New@Bulk.example.com")
        self.assertEqual(self.leads[0].email_normalized, "new@bulk.example.com")

    def test_refused_choices(self):
        """Each with a message that says what to do."""
        refused = {
            "Nothing to do": {},
            "same person": {"email_from": "one@bulk.example.com"},
            "not an e-mail": {"assistant_email": "desk at example"},
            "not a phone": {"phone": "call me"},
            "one status": {"junk": True, "status_id": self.in_progress.id},
            "with Convert": {"status_id": self.converted.id},
            "nothing planned": {"junk": True, "archive": True},
            "apply to junk only": {"lost_reason_id": self.reason.id},
            "not both": {
                "list_add_ids": self.guests.ids,
                "list_remove_ids": self.guests.ids,
            },
            "or empty it": {"phone": "+33199001234", "clear_phone": True},
            "due date": {"activity_type_id": self.call.id, "activity_date": False},
            "kind of activity": {"activity_summary": "Offer"},
        }
        for words, values in refused.items():
            wizard = self._wizard(**values)
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                if values.get("activity_type_id"):
                    wizard.activity_date = False
                wizard._make_operation()
        wizard = self._wizard(self.leads.browse(), partner_name="ACME")
        with self.assertRaisesRegex(UserError, "No prospect"):
            wizard._make_operation()


@tagged("post_install", "-at_install")
class TestBulkRows(BulkCase):
    """Rows that cannot be changed, or have changed meanwhile."""

    def test_no_right(self):
        """Who may not write a prospect sees that it is left out, and why."""
        theirs = self._prospect(contact_name="Not mine", user_id=self.manager.id)
        hidden = self.env["ir.rule"].create(
            {
                "name": "All may read",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[(1, '=', 1)]",
                "perm_write": False,
                "groups": [(4, self.env.ref("sales_team.group_sale_salesman").id)],
            }
        )
        self.assertTrue(hidden)
        operation = self._bulk(self.leads + theirs, partner_name="ACME")
        self.assertEqual(operation.failed_count, 1)
        line = operation.line_ids.filtered(lambda x: x.outcome == "failed")
        self.assertEqual(line.lead_id, theirs)
        self.assertEqual(line.who, "Not mine")
        self.assertIn("You may not change this prospect", line.reason)
        self.assertEqual(theirs.partner_name, False)

    def test_not_visible(self):
        """Prospects of others are not even in the plan."""
        theirs = self._prospect(contact_name="Not mine", user_id=self.manager.id)
        operation = self._bulk(self.leads + theirs, partner_name="ACME")
        self.assertEqual(operation.line_ids.lead_id, self.leads)

    def test_no_access(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.employee, partner_name="ACME")
        wizard = self._wizard(partner_name="ACME")
        private = self.env["prospect.list"].create(
            {"name": "Private", "visibility": "private", "user_id": self.manager.id}
        )
        wizard.sudo().list_add_ids = private
        self.env.flush_all()
        self.env.invalidate_all()
        operation = wizard._make_operation()
        self.assertFalse(operation.sudo().options["changes"]["links"])

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.guests.company_id = company
        self.leads[0].company_id = self.env.company
        self.salesman.company_ids += company
        operation = (
            self._wizard(list_add_ids=self.guests.ids)
            .with_context(
                allowed_company_ids=[self.env.company.id, company.id],
            )
            ._make_operation()
        )
        operation.action_preview()
        line = operation.line_ids.filtered(lambda x: x.lead_id == self.leads[0])
        self.assertEqual(line.outcome, "failed")
        self.assertIn("another company", line.reason)

    def test_domain_beyond_limit(self):
        """All that match a search, however many the browser can hold."""
        domain = [["email_from", "ilike", "@bulk.example.com"]]
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.salesman)
            .with_context(
                active_ids=self.leads[:1].ids,
                active_model="crm.lead",
                prospect_domain=domain,
            )
            .create({"partner_name": "ACME"})
        )
        self.assertEqual(wizard.count, 3)
        self.assertEqual(wizard.display_name, "Change 3 prospects")
        operation = wizard._make_operation()
        late = self._prospect(email_from="late@bulk.example.com")
        operation.action_preview()
        self.assertEqual(operation.line_count, 4, "fixed when the plan is made")
        later = self._prospect(email_from="later@bulk.example.com")
        operation.action_run()
        self.assertEqual(late.partner_name, "ACME")
        self.assertFalse(later.partner_name)
        self.assertEqual(operation.name, "Change 4 prospects")

    def test_planned_again(self):
        """What changed between preview and run is decided anew, and told."""
        operation = self._operation(partner_name="ACME", list_add_ids=self.guests.ids)
        self.leads[0].partner_name = "In between"
        self.leads[1].write({"partner_name": "ACME", "list_ids": [(4, self.guests.id)]})
        self.leads[2].unlink()
        operation.action_run()
        self.assertEqual(operation.replanned_count, 3)
        self.assertEqual(
            self._outcomes(operation)[::-1], ["updated", "unchanged", "failed"]
        )
        lines = operation.line_ids.sorted("number", reverse=True)
        self.assertEqual(lines[0].before["partner_name"], "In between")
        self.assertIn("deleted", lines[2].reason)

    def _refuse(self, lead):
        """Let writes of one prospect fail, as a rule of another add-on may."""
        write, refusal = type(self.env["crm.lead"]).write, UserError("Not this one.")

        def refusing(records, vals):
            if lead in records and "partner_name" in vals:
                raise refusal
            return write(records, vals)

        return patch.object(type(self.env["crm.lead"]), "write", refusing)

    def test_all_or_nothing(self):
        """An error on one prospect changes none; the message names it [IE-24]."""
        operation = self._operation(
            partner_name="ACME",
            status_id=self.in_progress.id,
            list_add_ids=self.guests.ids,
        )
        words = f"{self.leads[1].name}: Not this one"
        with (
            self._refuse(self.leads[1]),
            self.assertRaisesRegex(UserError, words),
            self.cr.savepoint(),
        ):
            operation.action_run()
        self.env.invalidate_all()
        self.assertEqual(operation.state, "previewed")
        self.assertEqual(self.leads.mapped("partner_name"), ["Old company"] * 3)
        self.assertEqual(self.leads.status_id, self.new)
        self.assertFalse(self.leads.list_ids)
        operation.action_run()
        self.assertEqual(operation.updated_count, 3)

    def test_refused_in_preview(self):
        """What Odoo refuses is shown before the run, which does the others."""
        with self._refuse(self.leads[1]):
            operation = self._operation(partner_name="ACME")
            self.assertEqual(self._outcomes(operation)[1], "failed")
            self.assertEqual(self.leads.mapped("partner_name"), ["Old company"] * 3)
            operation.action_run()
        self.assertEqual(operation.failed_count, 1)
        self.assertFalse(operation.replanned_count)
        self.assertEqual(
            self.leads.mapped("partner_name"), ["ACME", "Old company", "ACME"]
        )

    def test_large(self):
        """In the background, batch by batch; the row that is refused fails alone."""
        with (
            patch.object(prospect_operation, "SMALL", 1),
            patch.object(prospect_operation, "BATCH", 2),
        ):
            operation = self._operation(partner_name="ACME")
            operation.action_run()
            self.assertEqual(operation.state, "queued")
            with self._refuse(self.leads[1]):
                self._drain(operation)
        self.assertEqual(operation.state, "done")
        self.assertEqual(operation.failed_count, 1)
        self.assertEqual(
            self.leads.mapped("partner_name"), ["ACME", "Old company", "ACME"]
        )
        self.assertEqual(operation.line_ids[1].reason, "Not this one.")

    def test_stopped_and_resumed(self):
        """What was done stays, and the rest is done later, once."""
        with (
            patch.object(prospect_operation, "SMALL", 1),
            patch.object(prospect_operation, "BATCH", 2),
        ):
            operation = self._operation(list_add_ids=self.guests.ids)
            operation.action_run()
            for _batch in operation.sudo()._work_in_background():
                break
            operation.action_cancel()
            self.assertEqual(self.guests.member_count, 2)
            operation.action_run()
            self._drain(operation)
        self.assertEqual(operation.state, "done")
        self.assertEqual(self.guests.member_count, 3)
        self.assertEqual(len(self.leads.membership_ids), 3)

    def test_settings_again(self):
        """Back from the preview to the choices, and forward with others."""
        operation = self._operation(
            partner_name="ACME", list_add_ids=self.guests.ids, clear_phone=True
        )
        action = operation.action_edit()
        wizard = self.env["prospect.bulk"].browse(action["res_id"])
        wizard = wizard.with_user(self.salesman)
        self.assertEqual(wizard.partner_name, "ACME")
        self.assertEqual(wizard.list_add_ids, self.guests)
        self.assertTrue(wizard.clear_phone)
        self.assertEqual(wizard.count, 3)
        wizard.partner_name = "Other"
        self.assertEqual(wizard._make_operation(), operation)
        operation.action_preview()
        self.assertEqual(operation.line_ids[0].after["partner_name"], "Other")
        self.assertEqual(operation.line_count, 3)

    def test_offered_on_prospects_only(self):
        """The pipeline's menu does not get one more entry."""
        action = self.env.ref("prospect.prospect_bulk_action")

        def offered(xmlid, view_type):
            views = self.env["crm.lead"].get_views(
                [(self.env.ref(xmlid).id, view_type)], {"toolbar": True}
            )
            items = views["views"][view_type]["toolbar"].get("action", [])
            return action.id in [item["id"] for item in items]

        self.assertTrue(offered("prospect.crm_lead_view_list", "list"))
        self.assertTrue(offered("prospect.crm_lead_view_form", "form"))
        self.assertFalse(offered("crm.crm_case_tree_view_oppor", "list"))

    def test_queries(self):
        """Preview, run and undo take as many queries for 10 prospects as for 50."""
        values = {
            "list_add_ids": self.guests.ids,
            "tag_add_ids": self.warm.ids,
            "status_id": self.in_progress.id,
            "user_id": self.manager.id,
            "partner_name": "ACME",
            "activity_type_id": self.call.id,
            "activity_date": date(2030, 1, 15),
        }
        counts = []
        with patch.object(prospect_operation, "SMALL", 1):
            for count in (10, 10, 50):
                leads = self.env["crm.lead"].create(
                    [
                        {
                            "type": "lead",
                            "contact_name": f"Person {number}",
                            "user_id": self.salesman.id,
                            "team_id": self.team.id,
                        }
                        for number in range(count)
                    ]
                )
                operation = self._wizard(leads, self.manager, **values)
                operation = operation._make_operation()
                counts.append([])
                for action in ("action_preview", "action_run", "action_undo"):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.cr.sql_log_count
                    getattr(operation, action)()
                    for _batch in operation.sudo()._work_in_background():
                        pass
                    counts[-1].append(self.cr.sql_log_count - before)
                self.assertEqual(operation.state, "undone", operation.error)
                self.assertEqual(operation.reversed_count, count)
        _warm, few, many = counts
        for number, limit in enumerate((45, 190, 150)):
            self.assertLessEqual(many[number], few[number] + 3, counts)
            self.assertLessEqual(many[number], limit, counts)
