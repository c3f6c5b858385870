from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCommon

from ..capture.test_mail import make_mail
from ..common import ProspectCase


class SourceCase(ProspectCase):
    """A source that says what its prospects get."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guests, cls.fair = cls.env["prospect.list"].create(
            [{"name": "Guests"}, {"name": "Fair"}]
        )
        cls.tag = cls.env["crm.tag"].create({"name": "From the fair"})
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.source = cls.env["utm.source"].create(
            {
                "name": "Spring fair",
                "prospect_channel": "event",
                "prospect_status_id": cls.in_progress.id,
                "prospect_team_id": cls.team.id,
                "prospect_list_ids": [(4, cls.fair.id)],
                "prospect_tag_ids": [(4, cls.tag.id)],
                "activity_type_id": cls.call.id,
                "activity_delay": 1,
                "activity_summary": "Thank them",
            }
        )


class TestSourceDefaults(SourceCase):
    """What the source gives to new prospects that say nothing about it [MO-29]."""

    def _upsert(self, *rows, **options):
        outcomes = self.env["crm.lead"]._prospect_upsert(rows, **options)
        return self.env["crm.lead"].browse(outcome["lead_id"] for outcome in outcomes)

    def test_new_prospects(self):
        lead = self._upsert({"email_from": "a@x.example.com", "source_id": self.source})
        self.assertRecordValues(
            lead,
            [
                {
                    "status_id": self.in_progress.id,
                    "team_id": self.team.id,
                    "list_ids": self.fair.ids,
                    "tag_ids": self.tag.ids,
                }
            ],
        )
        self.assertEqual(lead.activity_ids.summary, "Thank them")
        self.assertFalse(lead.activity_ids.user_id)
        self.assertReplay(lead)

    def test_what_is_said_wins(self):
        other = self.env["crm.team"].create({"name": "Other", "use_leads": True})
        lead = self._upsert(
            {
                "email_from": "a@x.example.com",
                "status_id": self.to_clarify,
                "list_ids": self.guests,
                "team_id": other,
            },
            defaults={"source_id": self.source.id},
        )
        self.assertEqual(lead.status_id, self.to_clarify)
        self.assertEqual(lead.list_ids, self.guests)
        self.assertEqual(lead.team_id, other)
        self.assertEqual(lead.tag_ids, self.tag)

    def test_somebody_has_it(self):
        """The team is the salesperson's, and the activity that of the assignment."""
        self.env["crm.team"].create(
            {"name": "All", "member_ids": [(4, self.salesman_all.id)]}
        )
        lead = self._upsert(
            {
                "email_from": "a@x.example.com",
                "source_id": self.source,
                "user_id": self.salesman_all,
            }
        )
        self.assertNotEqual(lead.team_id, self.team)
        self.assertEqual(lead.activity_ids.user_id, self.salesman_all)

    def test_known_people_stay(self):
        known = self._prospect(email_from="a@x.example.com")
        self._upsert({"email_from": "a@x.example.com", "source_id": self.source})
        self.assertEqual(known.status_id, self.new)
        self.assertFalse(known.list_ids)
        self.assertFalse(known.activity_ids)

    def test_same_person_twice(self):
        rows = [
            {"email_from": "a@x.example.com", "source_id": self.source},
            {"email_from": "a@x.example.com", "city": "Lyon", "source_id": self.source},
        ]
        leads = self._upsert(*rows)
        self.assertEqual(leads[0], leads[1])
        self.assertEqual(leads[0].list_ids, self.fair)
        self.assertEqual(leads[0].city, "Lyon")

    def test_closed_archived_and_foreign(self):
        """What cannot be given is left out, and nobody is lost."""
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self.env["prospect.list"].create(
            {"name": "Foreign", "company_id": company.id}
        )
        self.source.prospect_list_ids = [(4, foreign.id), (4, self.guests.id)]
        self.fair.date_end = "2020-01-01"
        lead = self._upsert({"email_from": "a@x.example.com", "source_id": self.source})
        self.assertEqual(lead.list_ids, self.guests)
        self.guests.active = False
        lead = self._upsert({"email_from": "b@x.example.com", "source_id": self.source})
        self.assertFalse(lead.list_ids)
        self.assertEqual(lead.tag_ids, self.tag)

    def test_file(self):
        """An import by both write paths, its preview and a change between the two."""
        for write_path in ("standard", "fast"):
            # sudo: how the database is set up
            self.env["ir.config_parameter"].sudo().set_param(
                "prospect.write.path", write_path
            )
            wizard = self._import_wizard(
                f"Email\n{write_path}1@x.example.com\n{write_path}2@x.example.com\n",
                source_id=self.source.id,
                user_id=False,
            )
            operation = wizard._make_operation()
            operation.action_preview()
            known = self._prospect(email_from=f"{write_path}2@x.example.com")
            operation.action_run()
            lead = operation.line_ids.sorted("number")[0].lead_id
            self.assertEqual(lead.status_id, self.in_progress)
            self.assertEqual(lead.list_ids, self.fair)
            self.assertEqual(lead.tag_ids, self.tag)
            # who became known meanwhile gets none of it
            self.assertEqual(known.status_id, self.new)
            self.assertFalse(known.list_ids)
            self.assertFalse(known.tag_ids)

    def test_typing(self):
        leads = self.env["crm.lead"].with_user(self.salesman)
        form = Form(
            leads.with_context(default_type="lead"), view="prospect.crm_lead_view_form"
        )
        form.last_name = "Le Goff"
        form.source_id = self.source
        lead = form.save()
        self.assertEqual(lead.status_id, self.in_progress)
        self.assertEqual(lead.list_ids, self.fair)
        self.assertEqual(lead.user_id, self.salesman)
        with Form(lead, view="prospect.crm_lead_view_form") as form:
            form.source_id = self.env.ref("prospect.utm_source_form")
            form.source_id = self.source
        self.assertEqual(len(lead.list_ids), 1)
        self.assertEqual(lead.status_id, self.in_progress)

    def test_column_of_the_board_wins(self):
        leads = self.env["crm.lead"].with_user(self.salesman)
        form = Form(
            leads.with_context(
                default_type="lead", default_status_id=self.to_clarify.id
            ),
            view="prospect.crm_lead_view_form",
        )
        form.last_name = "Le Goff"
        form.source_id = self.source
        self.assertEqual(form.save().status_id, self.to_clarify)

    def test_cost(self):
        """What sources say costs a batch the same, whatever its size."""
        costs = []
        for count in (5, 50):
            rows = [
                {"email_from": f"{n}@{count}.example.com", "source_id": self.source.id}
                for n in range(count)
            ]
            incoming = [
                self.env["prospect.gate"]._read(n, row) for n, row in enumerate(rows)
            ]
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["crm.lead"]._prospect_gate_suggest(incoming)
            costs.append(self.env.cr.sql_log_count - start)
            self.assertTrue(all(row.suggested for row in incoming))
        # the first batch also fills what Odoo remembers
        self.assertLessEqual(costs[1], costs[0])

    def test_only_administrators_say_it(self):
        with self.assertRaises(AccessError):
            self.source.with_user(self.salesman).prospect_status_id = self.new
        self.source.with_user(self.manager).prospect_status_id = self.new
        for status in (self.junk, self.converted):
            with self.assertRaises(ValidationError):
                self.source.prospect_status_id = status


@tagged("post_install", "-at_install")
class TestSourceOfMails(MailCommon, SourceCase):
    """What comes in by Odoo's own doors."""

    def test_mail(self):
        source = self.env.ref("prospect.utm_source_email")
        source.write(
            {
                "prospect_list_ids": [(6, 0, self.guests.ids)],
                "prospect_status_id": self.to_clarify.id,
                "activity_type_id": self.call.id,
            }
        )
        self.team.alias_name = "prospect-source"
        self.env["mail.thread"].sudo().message_process(
            None, make_mail("ann@x.example.com", self.team.alias_email, "Chairs")
        )
        lead = self.env["crm.lead"].search([("name", "=", "Chairs")])
        self.assertEqual(lead.status_id, self.to_clarify)
        self.assertEqual(lead.list_ids, self.guests)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(len(lead.activity_ids), 1)
