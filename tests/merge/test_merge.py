"""Merging: which one survives, with which values, who may, and what moves."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import ProspectCase


class MergeCase(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anne = cls._prospect(
            contact_name="Anne Le Goff",
            email_from="anne@merge.example.com",
            partner_name="Biscuiterie Le Goff",
            street="1 quai du Port",
            city="Brest",
            description="<p>Met at the fair</p>",
        )
        cls.twin = cls._prospect(
            contact_name="Anne Legoff",
            email_from="a.legoff@merge.example.com",
            phone="+33 6 12 34 56 78",
            city="Quimper",
            description="<p>Wants a quote</p>",
        )
        cls.third = cls._prospect(
            contact_name="A. Le Goff", email_from="info@merge.example.com"
        )

    def _wizard(self, leads, user=None, **values):
        leads = leads.with_user(user or self.salesman)
        return leads.env["prospect.merge"].create(
            {"lead_ids": [(6, 0, leads.ids)], **values}
        )

    def _merge(self, leads, user=None, picks=None, **values):
        """Merge by the wizard, and return the operation."""
        wizard = self._wizard(leads, user, **values)
        wizard.picks = {**wizard.picks, **(picks or {})}
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        return operation.sudo()


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    def test_the_most_complete_survives_with_what_it_lacks(self):
        operation = self._merge(self.twin | self.third | self.anne)
        self.assertEqual(operation.state, "done")
        self.assertEqual(operation.updated_count, 1)
        self.assertFalse((self.twin | self.third).exists())
        self.assertEqual(self.anne.contact_name, "Anne Le Goff")
        self.assertEqual(self.anne.email_from, "anne@merge.example.com")
        self.assertEqual(self.anne.phone_sanitized, "+33612345678")
        self.assertEqual(self.anne.city, "Brest")
        self.assertIn("fair", self.anne.description)
        self.assertIn("quote", self.anne.description)
        line = operation.line_ids
        self.assertEqual(line.lead_id, self.anne)
        self.assertIn("Anne Legoff", line.changes)
        self.assertEqual(line.who, "Anne Le Goff")

    def test_of_two_alike_the_oldest_survives(self):
        first = self._prospect(contact_name="One", email_from="one@merge.example.com")
        second = self._prospect(contact_name="Two", email_from="two@merge.example.com")
        self.assertEqual(self._wizard(second | first).survivor_id, first)

    def test_the_dialog_of_a_page(self):
        leads = (self.twin | self.anne).with_user(self.salesman)
        action = leads._prospect_open_merge()
        wizard = self.env[action["res_model"]].with_user(self.salesman)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.lead_ids, leads)
        self.assertEqual(wizard.survivor_id, self.anne)
        wizard.survivor_id = self.twin
        self.assertEqual(wizard.picks["email_from"], self.twin.id)
        following = wizard.action_merge()["params"]["next"]
        self.assertEqual(following["res_model"], "prospect.operation")
        self.assertFalse(self.anne.exists())

    def test_chosen_values_field_by_field(self):
        operation = self._merge(
            self.anne | self.twin,
            survivor_id=self.twin.id,
            picks={
                "contact_name": self.anne.id,
                "email_from": self.twin.id,
                "street": self.anne.id,
                "description": self.twin.id,
            },
        )
        self.assertFalse(self.anne.exists())
        self.assertEqual(self.twin.contact_name, "Anne Le Goff")
        self.assertEqual(self.twin.last_name, "Le Goff")
        self.assertEqual(self.twin.name, "Anne Le Goff", "the title follows the name")
        self.assertEqual(self.twin.email_from, "a.legoff@merge.example.com")
        self.assertEqual(self.twin.street, "1 quai du Port")
        self.assertEqual(self.twin.city, "Brest", "an address is taken as a whole")
        self.assertNotIn("fair", self.twin.description)
        self.assertEqual(operation.line_ids.lead_id, self.twin)

    def test_the_preview_describes_what_the_merge_does(self):
        wizard = self._wizard(self.anne | self.twin)
        before = self.anne._prospect_read_columns()
        self.assertIn("+33 6 12 34 56 78", wizard.preview)
        self.assertIn("Anne Legoff", wizard.preview)
        self.assertTrue(wizard.is_ready)
        operation = wizard._make_operation()
        operation.action_preview()
        columns = self.anne._prospect_read_columns()
        self.assertEqual(columns, before, "nothing is written")
        planned = operation.line_ids.after
        operation.action_run()
        self.assertEqual(operation.line_ids.after, planned)
        self.assertFalse(operation.replanned_count)
        for fname, value in planned.items():
            self.assertEqual(
                self.anne._prospect_plain_value(fname) or False, value or False, fname
            )

    def test_rows_side_by_side(self):
        table = self._wizard(self.anne | self.twin).table
        self.assertEqual(
            [lead["id"] for lead in table["leads"]], [self.anne.id, self.twin.id]
        )
        rows = {row["name"]: row for row in table["rows"]}
        self.assertTrue(rows["email_from"]["differs"])
        self.assertFalse(rows["user_id"]["differs"])
        self.assertFalse(rows["phone"]["differs"], "an empty value is no difference")
        self.assertEqual(rows["street"]["texts"], ["1 quai du Port, Brest", "Quimper"])
        self.assertNotIn("campaign_id", rows)

    def test_all_that_points_at_them_moves(self):
        lists = self.env["prospect.list"].create([{"name": "L1"}, {"name": "L2"}])
        tags = self.env["crm.tag"].create([{"name": "Merge 1"}, {"name": "Merge 2"}])
        self.anne.write({"list_ids": [(4, lists[0].id)], "tag_ids": [(4, tags[0].id)]})
        self.twin.write({"list_ids": [(4, lists[1].id)], "tag_ids": [(4, tags[1].id)]})
        message = self.twin.message_post(body="Hello")
        activity = self.twin.activity_schedule("mail.mail_activity_data_call")
        done = self.twin.activity_schedule("mail.mail_activity_data_call")
        done.action_archive()
        attachment = self.env["ir.attachment"].create(
            {"name": "a", "raw": b"a", "res_model": "crm.lead", "res_id": self.twin.id}
        )
        meeting = self.env["calendar.event"].create(
            {
                "name": "M",
                "opportunity_id": self.twin.id,
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "active": False,
            }
        )
        capture = self.env["prospect.capture"].create(
            {
                "channel": "form",
                "event_key": "merge",
                "lead_id": self.twin.id,
                "received_at": "2030-01-01 10:00:00",
            }
        )
        self._merge(self.anne | self.twin)
        self.assertEqual(self.anne.list_ids, lists)
        self.assertEqual(self.anne.tag_ids, tags)
        self.assertEqual(message.res_id, self.anne.id)
        self.assertEqual((activity | done).mapped("res_id"), [self.anne.id] * 2)
        self.assertEqual(attachment.res_id, self.anne.id)
        self.assertEqual(meeting.opportunity_id, self.anne)
        self.assertEqual(capture.lead_id, self.anne)
        moved = self.env["prospect.status.change"].search(
            [("former_lead_id", "=", self.twin.id)]
        )
        self.assertEqual(moved.lead_id, self.anne)
        self.assertReplay(self.anne)

    def test_the_contact_is_left_alone(self):
        contact = self.env["res.partner"].create(
            {"name": "Anne", "email": "anne@merge.example.com"}
        )
        self.anne.partner_id = contact
        self._merge(self.anne | self.twin, picks={"email_from": self.twin.id})
        self.assertEqual(self.anne.email_from, "a.legoff@merge.example.com")
        self.assertEqual(contact.email, "anne@merge.example.com")
        self.assertFalse(contact.phone)

    def test_an_opportunity_survives_leads(self):
        opportunity = self.env["crm.lead"].create(
            {"name": "Opportunity", "type": "opportunity", "user_id": self.manager.id}
        )
        wizard = self._wizard(self.anne | opportunity, self.manager)
        self.assertEqual(wizard.survivor_id, opportunity)
        self.assertNotIn("status_id", [row["name"] for row in wizard.table["rows"]])
        self._merge(self.anne | opportunity, self.manager)
        self.assertEqual(opportunity.status_id, self.converted)
        self.assertEqual(opportunity.email_from, "anne@merge.example.com")

    def test_more_than_five(self):
        leads = self.anne | self.twin | self.third
        for number in range(5):
            leads |= self._prospect(contact_name=f"Anne {number}")
        self._merge(leads)
        self.assertEqual(leads.exists(), self.anne)

    def test_too_few_and_too_many(self):
        for leads, text in (
            (self.anne, "at least two"),
            (
                self.env["crm.lead"].create(
                    [{"contact_name": str(number)} for number in range(21)]
                ),
                "at most 20",
            ),
        ):
            wizard = self._wizard(leads, self.manager)
            self.assertFalse(wizard.is_ready)
            self.assertIn(text, wizard.preview)
            with self.assertRaisesRegex(UserError, text):
                wizard.action_merge()

    # --- Rights -------------------------------------------------------------------

    def test_not_with_a_colleague_s(self):
        theirs = self._prospect(
            contact_name="Theirs", user_id=self.salesman_all.id, team_id=False
        )
        leads = (self.anne | theirs).with_user(self.salesman)
        operation = leads.env["prospect.operation"]._make_merge(
            [{"lead_ids": leads.ids}]
        )
        operation.action_preview()
        self.assertEqual(operation.failed_count, 1)
        self.assertIn("may not see", operation.line_ids.reason)
        operation.action_run()
        self.assertEqual(len((self.anne | theirs).exists()), 2)
        self._merge(self.anne | theirs, self.manager)
        self.assertFalse(theirs.exists())

    def test_the_right_to_merge(self):
        self.env["prospect.right"].search([("operation", "=", "merge")]).unlink()
        self._allow("merge", "group", "sales_team.group_sale_manager", scope="all")
        with self.assertRaises(AccessError), mute_logger("odoo.http"):
            self._wizard(self.anne | self.twin).action_merge()
        self.assertTrue(self.twin.exists())
        self._merge(self.anne | self.twin, self.manager)
        self.assertFalse(self.twin.exists())

    def test_hidden_fields_are_not_lost(self):
        field = self.env["crm.lead"]._fields["referred"]
        self.patch(field, "groups", "base.group_system")
        self._merge(self.anne | self.third)
        self.twin.referred = "Secret"
        wizard = self._wizard(self.anne | self.twin)
        self.assertFalse(wizard.is_ready)
        self.assertIn("hidden", wizard.preview)
        with self.assertRaisesRegex(UserError, "hidden"):
            wizard.action_merge()
        self.assertTrue(self.twin.exists())

    def test_picks_of_strangers_are_not_believed(self):
        stranger = self._prospect(contact_name="Stranger", phone="+33 1 99 00 12 34")
        self._merge(
            self.anne | self.twin, picks={"phone": stranger.id, "email_from": 10**9}
        )
        self.assertEqual(self.anne.phone_sanitized, "+33612345678")
        self.assertTrue(stranger.exists())

    def test_what_changed_after_the_preview_is_merged_as_it_is(self):
        operation = self._wizard(self.anne | self.twin)._make_operation()
        operation.action_preview()
        self.twin.phone = "+33 1 99 00 12 34"
        operation.action_run()
        self.assertEqual(self.anne.phone_sanitized, "+33199001234")
        self.assertEqual(operation.replanned_count, 1)

    def test_what_is_merged_already_is_not_merged_again(self):
        second = self._wizard(self.anne | self.twin)._make_operation()
        second.action_preview()
        self._merge(self.anne | self.twin)
        second.action_run()
        self.assertEqual(second.unchanged_count, 1)
        self.assertIn("Prospect salesman", second.line_ids.reason)


@tagged("post_install", "-at_install")
class TestMergeAutomatically(MergeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paul = cls._prospect(
            contact_name="Paul", email_from="paul@merge.example.com", city="Lyon"
        )
        cls.smith = cls._prospect(
            contact_name="Paul Smith",
            email_from="PAUL@merge.example.com",
            phone="+33 6 12 34 56 78",
        )

    def _run(self, *groups, user=None):
        leads = self.env["crm.lead"].with_user(user or self.salesman)
        operation = leads._prospect_merge_automatically(groups)
        self.env.invalidate_all()
        return operation.sudo()

    def test_what_includes_the_other_is_no_conflict(self):
        operation = self._run(self.paul | self.smith)
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        left = (self.paul | self.smith).exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(left.contact_name, "Paul Smith")
        self.assertEqual(left.name, "Paul Smith")
        self.assertEqual(left.city, "Lyon")
        self.assertEqual(left.phone_sanitized, "+33612345678")

    def test_conflicts_are_left_to_people(self):
        for values, text in (
            ({"city": "Paris"}, "Address"),
            ({"contact_name": "Peter Smith"}, "Name"),
            ({"user_id": self.salesman_all.id}, "salespeople"),
            ({"user_id": False}, "salespeople"),
            ({"status_id": self.in_progress.id}, "status"),
            ({"status_id": self.junk.id}, "open"),
            ({"email_from": "other@merge.example.com"}, "mail"),
        ):
            with self.subTest(values=values):
                former = {name: self.smith[name] for name in values}
                former = {
                    name: getattr(value, "id", value) for name, value in former.items()
                }
                self.smith.write(values)
                operation = self._run(self.paul | self.smith, user=self.manager)
                self.assertEqual(operation.skipped_count, 1)
                self.assertIn(text, operation.line_ids.reason)
                self.assertEqual(len((self.paul | self.smith).exists()), 2)
                self.smith.write(former)
        self.assertEqual(operation.line_ids.outcome, "skipped")

    def test_many_groups(self):
        groups = [self.paul | self.smith, self.anne | self.twin]
        groups += [
            self._prospect(contact_name=name, email_from=f"{name}@merge.example.com")
            | self._prospect(contact_name=name, email_from=f"{name}@merge.example.com")
            for name in (f"P{number}" for number in range(60))
        ]
        operation = self._run(*groups)
        self.assertEqual(operation.state, "queued")
        self._drain(operation)
        self.assertEqual((operation.updated_count, operation.skipped_count), (61, 1))
        operation.action_undo()
        self._drain(operation)
        self.assertEqual(operation.reversed_count, 61)
        self.assertTrue(all(len(group.exists()) == 2 for group in groups))

    def test_nothing(self):
        self.assertFalse(self._run())

    def test_a_dialog_left_open(self):
        """What somebody else has merged meanwhile is said, whatever one clicks."""
        saved = self._wizard(self.anne | self.twin)
        other = self._wizard(self.anne | self.twin | self.third)
        values = {
            "lead_ids": [(6, 0, (self.anne | self.twin).ids)],
            "survivor_id": self.twin.id,
            "picks": {"email_from": self.twin.id},
        }
        self._merge(self.anne | self.twin, self.manager)
        wizards = self.env["prospect.merge"].with_user(self.salesman)
        said = "already merged, by Prospect manager.*reload"
        with self.assertRaisesRegex(UserError, said):
            wizards.create(values)
        saved.invalidate_recordset()
        with self.assertRaisesRegex(UserError, said):
            saved.action_merge()
        self.assertIn("already merged", saved.preview)
        self.assertFalse(saved.is_ready)
        other.invalidate_recordset()
        with self.assertRaisesRegex(UserError, said):
            other.action_merge()
        # what the page asks for while somebody chooses
        names = ("survivor_id", "picks", "table", "preview", "is_ready")
        spec = {name: {} for name in names}
        spec["lead_ids"] = {"fields": {}}
        wizards.onchange(values, ["picks"], spec)
        self.assertIn("already merged", wizards.new(values).preview)

    def test_one_merge_on_the_pages_of_prospects(self):
        """Odoo's is offered for opportunities, ours for prospects."""
        host = self.env.ref("crm.action_merge_opportunities").id

        def offered(*views):
            leads = self.env["crm.lead"].with_user(self.salesman)
            found = leads.get_views(
                [
                    (self.env.ref(view).id if view else False, kind)
                    for view, kind in views
                ],
                {"toolbar": True},
            )
            return {
                kind
                for kind, view in found["views"].items()
                for action in view["toolbar"].get("action", ())
                if action["id"] == host
            }

        self.assertFalse(
            offered(
                ("prospect.crm_lead_view_list", "list"),
                ("prospect.crm_lead_view_kanban", "kanban"),
            )
        )
        self.assertEqual(
            offered((False, "list"), (False, "kanban")), {"list", "kanban"}
        )
        self.assertEqual(offered(("crm.crm_case_tree_view_oppor", "list")), {"list"})
