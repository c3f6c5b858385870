from datetime import date, datetime, timedelta

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ...tools.trusted import trusted
from ..common import ConcurrentCase, ProspectCase, TablesMixin


class ListPolicyCase(ProspectCase):
    """Lists with a duration, and what their members can look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guests = cls.env["prospect.list"].create(
            {"name": "Guests", "user_id": cls.manager.id}
        )

    def _ends(self, lead):
        """{list: when the membership ends, or None}."""
        return {
            self.env["prospect.list"].browse(list_id).name: end
            for (_lead, list_id), end in lead._prospect_read_expiries().items()
        }

    def _history(self, lead):
        return [
            (row.action, row.cause)
            for row in self.env["prospect.membership"].search(
                [("lead_id", "=", lead.id)], order="id"
            )
        ]

    def _move_ends(self, lead, span):
        """Let the memberships of a prospect have ended or end elsewhere in time."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE prospect_list_crm_lead_rel SET expires_at = expires_at + %s"
            " WHERE lead_id = %s",
            [span, lead.id],
        )

    def _expire(self):
        """What the job does, in the transaction of the test."""
        return self.env["prospect.list.expiry"]._do_next()


class TestExpiry(ListPolicyCase):
    """How long members stay [IE-41]."""

    def test_policy_is_for_later_additions(self):
        self.guests.write({"duration_number": 1, "duration_unit": "days"})
        first = self._prospect()
        first.list_ids = [(4, self.guests.id)]
        self.guests.duration_number = 2
        second = self._prospect(list_ids=[(4, self.guests.id)])
        self.guests.duration_number = 0
        third = self._prospect(list_ids=[(4, self.guests.id)])
        now = self.env.cr.now()
        self.assertEqual(self._ends(first), {"Guests": now + timedelta(days=1)})
        self.assertEqual(self._ends(second), {"Guests": now + timedelta(days=2)})
        self.assertEqual(self._ends(third), {"Guests": None})
        members = (first + second + third).with_context(prospect_list_id=self.guests.id)
        self.assertEqual(
            members.mapped("prospect_expiry"),
            ["1 day left", "2 days left", "Never expires"],
        )
        self._move_ends(first, timedelta(days=-2))
        members.invalidate_recordset()
        self.assertEqual(members[0].prospect_expiry, "Expired")
        self.assertEqual(self._expire(), 1)
        self.env.invalidate_all()
        self.assertFalse(first.list_ids)
        self.assertEqual(second.list_ids, self.guests)
        self.assertEqual(
            self._history(first), [("join", "manual"), ("leave", "expiry")]
        )
        self.assertReplay(first + second + third)
        self.assertEqual(self.guests.member_count, 2)

    def test_units(self):
        now = datetime(2026, 1, 1, 12)
        for number, unit, end in (
            (30, "minutes", datetime(2026, 1, 1, 12, 30)),
            (36, "hours", datetime(2026, 1, 3)),
            (31, "days", datetime(2026, 2, 1, 12)),
        ):
            self.guests.write({"duration_number": number, "duration_unit": unit})
            self.assertEqual(self.guests._get_expiry(now), end)
        for number in (-1, 40_000):
            with self.assertRaises(ValidationError):
                self.guests.duration_number = number

    def test_joining_again_begins_anew(self):
        self.guests.duration_number = 3
        lead = self._prospect(list_ids=[(4, self.guests.id)])
        end = self._ends(lead)["Guests"]
        self._move_ends(lead, timedelta(days=-1))
        # who is a member stays one, with what is left
        lead._prospect_lists_change(add=self.guests)
        self.assertEqual(self._ends(lead)["Guests"], end - timedelta(days=1))
        lead._prospect_lists_change(remove=self.guests)
        lead._prospect_lists_change(add=self.guests)
        self.assertEqual(self._ends(lead)["Guests"], end)
        # whose time is over joins anew, also before the job has come
        self._move_ends(lead, timedelta(days=-4))
        joined, left = lead._prospect_lists_change(add=self.guests)
        self.assertEqual((len(joined), len(left)), (1, 0))
        self.assertEqual(self._ends(lead)["Guests"], end)
        self.assertEqual(
            self._history(lead)[-2:], [("leave", "expiry"), ("join", "manual")]
        )
        self.assertEqual(self.guests.member_count, 1)
        self.assertReplay(lead)

    def test_both_write_paths_of_imports(self):
        """A file fixes the same ends by SQL as by the ORM."""
        self.guests.duration_number = 5
        for write_path in ("standard", "fast"):
            content = "Email\n" + "\n".join(
                f"{write_path}{n}@x.example.com" for n in range(4)
            )
            wizard = self._import_wizard(content, list_ids=[(4, self.guests.id)])
            operation = wizard._make_operation()
            operation = operation.with_context(
                **trusted(prospect_write_path=write_path)
            )
            operation.action_preview()
            operation.action_run()
            leads = operation.line_ids.lead_id
            self.assertEqual(len(leads), 4)
            for lead in leads:
                self.assertEqual(
                    self._ends(lead)["Guests"], self.env.cr.now() + timedelta(days=5)
                )
                self.assertEqual(
                    lead.membership_ids.expires_at, self._ends(lead)["Guests"]
                )

    def test_undo_gives_back_the_time_that_was_left(self):
        self.guests.duration_number = 5
        lead = self._prospect(list_ids=[(4, self.guests.id)])
        end = self._ends(lead)["Guests"]
        self.guests.duration_number = 50
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.salesman)
            .create(
                {
                    "selection": {"ids": lead.ids},
                    "list_remove_ids": [(4, self.guests.id)],
                }
            )
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        self.assertFalse(lead.list_ids)
        operation.action_undo()
        self.env.invalidate_all()
        self.assertEqual(lead.list_ids, self.guests)
        self.assertEqual(self._ends(lead)["Guests"], end)

    def test_merge_keeps_the_longest(self):
        self.guests.duration_number = 5
        first = self._prospect()
        second = self._prospect(list_ids=[(4, self.guests.id)])
        third = self._prospect(list_ids=[(4, self.guests.id)])
        end = self._ends(third)["Guests"]
        self._move_ends(second, timedelta(days=-2))
        self.guests.duration_number = 1
        survivor = (first + second + third)._merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(survivor.list_ids, self.guests)
        self.assertIn(self._ends(survivor)["Guests"], (end, end - timedelta(days=2)))
        if survivor == first:
            self.assertEqual(self._ends(survivor)["Guests"], end)
        self.assertReplay(survivor)

    def test_cost_is_set_based(self):
        """Twenty who join or leave cost as much as two."""
        self.guests.duration_number = 1
        costs = []
        for count in (2, 20):
            leads = self.env["crm.lead"].create(
                [{"name": f"Lead {n}", "type": "lead"} for n in range(count)]
            )
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            leads._prospect_lists_change(add=self.guests)
            self.env.flush_all()
            joined = self.env.cr.sql_log_count
            self.env.cr.execute(
                "UPDATE prospect_list_crm_lead_rel SET expires_at = '2020-01-01'"
            )
            self._expire()
            costs.append((joined - start, self.env.cr.sql_log_count - joined))
        self.assertLessEqual(costs[1][0], costs[0][0] + 1)
        self.assertLessEqual(costs[1][1], costs[0][1] + 1)

    def test_page_needs_the_right_to_see_the_list(self):
        self.guests.write({"duration_number": 1, "visibility": "private"})
        lead = self._prospect(list_ids=[(4, self.guests.id)])
        for user, words in ((self.manager, "1 day left"), (self.salesman, False)):
            seen = lead.with_user(user).with_context(prospect_list_id=self.guests.id)
            self.assertEqual(seen.prospect_expiry, words)
        # what a client sends is looked at, not believed
        for sent in ("x", [1], 0, -5, None):
            self.assertFalse(lead.with_context(prospect_list_id=sent).prospect_expiry)


class TestLastDay(ListPolicyCase):
    """A list that takes no new members."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._prospect(list_ids=[(4, cls.guests.id)])
        cls.guests.date_end = date(2020, 1, 31)

    def test_by_hand(self):
        lead = self._prospect()
        leads = lead.with_user(self.salesman)
        with self.assertRaises(UserError) as caught:
            leads.list_ids = [(4, self.guests.id)]
        self.assertIn("01/31/2020", str(caught.exception))
        with self.assertRaises(UserError):
            leads._prospect_lists_change(add=self.guests)
        self.assertEqual(self.member.list_ids, self.guests)
        self.guests.date_end = date(2120, 1, 1)
        leads.list_ids = [(4, self.guests.id)]
        self.assertEqual(lead.list_ids, self.guests)

    def test_operations_say_so_before_they_begin(self):
        bulk = self.env["prospect.bulk"].create(
            {
                "selection": {"ids": self._prospect().ids},
                "list_add_ids": [(4, self.guests.id)],
            }
        )
        with self.assertRaises(UserError):
            bulk._make_operation()
        wizard = self._import_wizard(
            "Email\nx@x.example.com\n", list_ids=[(4, self.guests.id)]
        )
        with self.assertRaises(UserError):
            wizard._make_operation()

    def test_column_of_a_file(self):
        """The person comes in, without the list, and the line says why."""
        wizard = self._import_wizard("Email,Lists\nx@x.example.com,Guests\n")
        wizard._make_operation()
        wizard.column_ids[1].target = "list_ids"
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertIn("01/31/2020", operation.line_ids.reason)
        operation.action_run()
        self.assertEqual(operation.line_ids.outcome, "created")
        self.assertFalse(operation.line_ids.lead_id.list_ids)

    def test_captures_are_never_lost(self):
        (outcome,) = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": "new@x.example.com"}],
            defaults={"list_ids": self.guests.ids},
        )
        self.assertEqual(outcome["outcome"], "created")
        self.assertIn("01/31/2020", outcome["reason"])
        (outcome,) = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": "new@x.example.com", "list_ids": self.guests}]
        )
        self.assertEqual(outcome["outcome"], "unchanged")

    def test_undo_brings_members_back(self):
        wizard = self.env["prospect.bulk"].create(
            {
                "selection": {"ids": self.member.ids},
                "list_remove_ids": [(4, self.guests.id)],
            }
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        operation.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.member.list_ids, self.guests)


class TestJoining(TablesMixin, ListPolicyCase):
    """What is done when somebody joins [IE-42]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["crm.tag"].create({"name": "Joined the guests"})
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.guests.write(
            {
                "join_status_id": cls.in_progress.id,
                "join_tag_ids": [(4, cls.vip.id)],
                "join_activity_type_id": cls.call.id,
                "join_activity_summary": "Say hello",
                "join_activity_delay": 2,
            }
        )

    def test_once_for_each_who_joins(self):
        leads = self._prospect() + self._prospect(user_id=False)
        converted = self._prospect()
        converted.status_id = self.converted
        everybody = leads + converted
        everybody._prospect_lists_change(add=self.guests)
        everybody._prospect_lists_change(add=self.guests)
        self.env.invalidate_all()
        self.assertEqual(leads.status_id, self.in_progress)
        self.assertEqual(converted.status_id, self.converted)
        self.assertEqual(everybody.tag_ids, self.vip)
        for lead in everybody:
            self.assertEqual(len(lead.activity_ids), 1)
        activity = leads[0].activity_ids
        self.assertEqual(activity.summary, "Say hello")
        self.assertEqual(activity.user_id, self.salesman)
        self.assertFalse(leads[1].activity_ids.user_id)
        self.assertEqual(self._status_log(leads[0])[-1], ("New", "In progress", "list"))

    def test_undo_of_what_joining_did(self):
        """An operation that put prospects on the list takes that back with the rest."""
        leads = self._prospect() + self._prospect(user_id=False)
        leads += self._prospect(tag_ids=[(4, self.vip.id)])
        leads[2].status_id = self.in_progress
        self.env["crm.lead"].search([])._compute_probabilities()
        self.env["prospect.list"].search([])._cron_refresh_member_counts()
        self.env.flush_all()
        self.env.cr.precommit.run()
        tables = self._tables()
        wizard = self.env["prospect.bulk"].create(
            {
                "selection": {"ids": leads.ids},
                "list_add_ids": [(4, self.guests.id)],
            }
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        self.assertEqual(leads.status_id, self.in_progress)
        self.assertEqual(leads.tag_ids, self.vip)
        self.assertEqual(len(leads.activity_ids), 3)
        operation.action_undo()
        self.env.invalidate_all()
        self.assertEqual(leads[:2].status_id, self.new)
        self.assertFalse(leads[:2].tag_ids)
        self.assertFalse(leads.activity_ids)
        self.assertSameTables(tables)

    def test_as_a_salesperson(self):
        """A salesperson puts somebody on the list: what it says is done."""
        lead = self._prospect()
        lead.with_user(self.salesman).list_ids = [(4, self.guests.id)]
        self.assertEqual(lead.status_id, self.in_progress)
        self.assertEqual(lead.activity_ids.summary, "Say hello")

    def test_imports_only_where_reactions_are_ticked(self):
        for reactions in (False, True):
            email = f"{reactions}@x.example.com".lower()
            wizard = self._import_wizard(
                f"Email\n{email}\n", list_ids=[(4, self.guests.id)], reactions=reactions
            )
            operation = wizard._make_operation()
            operation.action_preview()
            operation.action_run()
            lead = operation.line_ids.lead_id
            self.assertEqual(lead.list_ids, self.guests)
            self.assertEqual(bool(lead.activity_ids), reactions)
            self.assertEqual(
                lead.status_id, self.in_progress if reactions else self.new
            )

    def test_going_back_is_no_joining(self):
        lead = self._prospect(list_ids=[(4, self.guests.id)])
        lead.activity_ids.unlink()
        lead.status_id = self.new
        lead._prospect_lists_change(remove=self.guests)
        lead._prospect_lists_change(add=self.guests, cause="undo")
        self.assertEqual(lead.status_id, self.new)
        self.assertFalse(lead.activity_ids)

    def test_open_statuses_only(self):
        for status in (self.junk, self.converted):
            with self.assertRaises(ValidationError):
                self.guests.join_status_id = status

    def test_cost_is_set_based(self):
        costs = []
        for count in (3, 30):
            leads = self.env["crm.lead"].create(
                [{"name": f"Lead {n}", "type": "lead"} for n in range(count)]
            )
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            leads._prospect_lists_change(add=self.guests)
            self.env.flush_all()
            costs.append((self.env.cr.sql_log_count - start) / count)
        # what Odoo does for each activity and tracked value is left
        self.assertLess(costs[1], costs[0] / 2)


class TestVisibility(ListPolicyCase):
    """Lists for some groups and people [IE-44]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = mail_new_test_user(
            cls.env,
            login="prospect_colleague",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        cls.group = cls.env["res.groups"].create({"name": "Guests of honour"})
        cls.salesman_all.group_ids = [(4, cls.group.id)]
        cls.guests.write(
            {
                "visibility": "restricted",
                "group_ids": [(4, cls.group.id)],
                "allowed_user_ids": [(4, cls.salesman.id)],
            }
        )
        cls.lead = cls._prospect(list_ids=[(4, cls.guests.id)])

    def test_who_sees_it(self):
        for user, sees in (
            (self.salesman, True),
            (self.salesman_all, True),
            (self.manager, True),
            (self.colleague, False),
        ):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                lists = self.env["prospect.list"].with_user(user)
                self.assertEqual(
                    lists.search([("id", "=", self.guests.id)]) == self.guests, sees
                )
                lead = self.lead.with_user(user)
                self.assertEqual(lead.list_ids == self.guests, sees)
                found = lead.search([("list_ids", "in", self.guests.ids)])
                self.assertEqual(self.lead in found, sees)
                self.assertEqual(bool(lead.membership_ids), sees)
        self.guests.allowed_user_ids = [(5,)]
        self.env.invalidate_all()
        self.assertFalse(self.lead.with_user(self.salesman).list_ids)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_who_may_not_see_it_may_not_use_it(self):
        lead = self._prospect()
        with self.assertRaises(AccessError):
            lead.with_user(self.colleague)._prospect_lists_change(add=self.guests)
        # whoever sees it still may not change it
        with self.assertRaises(AccessError):
            self.guests.with_user(self.salesman).name = "Mine"

    def test_deleted_list_keeps_its_name_hidden(self):
        self.guests.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.lead.with_user(self.colleague).membership_ids)
        self.env.invalidate_all()
        self.assertTrue(self.lead.with_user(self.manager).membership_ids)

    def test_form(self):
        form = Form(self.env["prospect.list"].with_user(self.salesman_all))
        form.name = "For some"
        form.visibility = "restricted"
        form.allowed_user_ids.add(self.salesman)
        made = form.save()
        self.assertEqual(made.allowed_user_ids, self.salesman)


@tagged("post_install", "-at_install")
class TestConcurrentExpiry(ConcurrentCase):
    """Two jobs at once, on real connections."""

    def _find_made(self, env):
        yield env["crm.lead"].search([("email_from", "like", "@expiry.example.com")])
        yield env["prospect.list"].search([("name", "=", "Expiring")])

    def test_two_jobs(self):
        """Everybody leaves, and leaves once."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            expiring = env["prospect.list"].create(
                {"name": "Expiring", "duration_number": 1}
            )
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Lead {n}",
                        "type": "lead",
                        "email_from": f"{n}@expiry.example.com",
                        "list_ids": [(4, expiring.id)],
                    }
                    for n in range(30)
                ]
            )
            env.flush_all()
            cr.execute(
                "UPDATE prospect_list_crm_lead_rel SET expires_at = '2020-01-01'"
                " WHERE list_id = %s",
                [expiring.id],
            )

        def work(cr):
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["prospect.list.expiry"]._do_next()

        self._together(work, work)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env["prospect.membership"].search(
                [("lead_id", "in", leads.ids), ("action", "=", "leave")]
            )
            self.assertEqual(len(rows), 30)
            self.assertEqual(set(rows.mapped("cause")), {"expiry"})
            self.assertFalse(env["crm.lead"].browse(leads.ids).list_ids)
