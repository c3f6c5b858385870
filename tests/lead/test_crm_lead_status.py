from odoo.exceptions import UserError, ValidationError

from ...tools.trusted import trusted
from ..common import ProspectCase


class TestStatus(ProspectCase):
    """The status, its log, and Odoo's lost, won, conversion and merge."""

    def test_default(self):
        lead = self._prospect()
        self.assertEqual(lead.status_id, self.new)
        self.assertTrue(lead.is_listed)
        self.assertEqual(self._status_log(lead), [(False, "New", "manual")])
        opportunity = self._prospect(type="opportunity")
        self.assertFalse(opportunity.status_id)
        self.assertFalse(opportunity.is_listed)
        self.assertFalse(self._status_log(opportunity))

    def test_each_change_is_logged_once(self):
        leads = self._prospect() + self._prospect()
        leads.status_id = self.in_progress
        leads.status_id = self.in_progress
        leads.write({"status_id": self.to_clarify.id, "city": "Lyon"})
        for lead in leads:
            self.assertEqual(
                self._status_log(lead),
                [
                    (False, "New", "manual"),
                    ("New", "In progress", "manual"),
                    ("In progress", "To clarify", "manual"),
                ],
            )
        self.assertReplay(leads)

    def test_log_row(self):
        lead = self._prospect()
        lead.with_user(self.salesman).status_id = self.in_progress
        row = lead.status_change_ids[0]
        self.assertEqual(row.user_id, self.salesman)
        self.assertEqual((row.from_kind, row.to_kind), ("new", "open"))
        with self.assertRaises(UserError):
            row.cause = "import"
        with self.assertRaises(UserError):
            row.unlink()

    def test_status_cannot_be_cleared(self):
        lead = self._prospect()
        with self.assertRaises(ValidationError):
            lead.status_id = False

    def test_junk_is_lost(self):
        lead = self._prospect(status_id=self.in_progress.id)
        lead.status_id = self.junk
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(lead.active)
        self.assertEqual(lead.probability, 0)
        self.assertTrue(lead.date_closed)
        self.assertTrue(lead.is_listed)
        lead.status_id = self.to_clarify
        self.assertEqual(lead.won_status, "pending")
        self.assertTrue(lead.active)
        self.assertFalse(lead.lost_reason_id)
        self.assertReplay(lead)

    def test_lost_is_junk(self):
        lead = self._prospect(status_id=self.in_progress.id)
        self.env["crm.lead.lost"].create(
            {"lead_ids": [(6, 0, lead.ids)], "lost_reason_id": self.reason.id}
        ).action_lost_reason_apply()
        self.assertEqual(lead.status_id, self.junk)
        self.assertEqual(lead.lost_reason_id, self.reason)
        lead.action_restore()
        self.assertEqual(lead.status_id, self.in_progress)
        self.assertEqual(
            self._status_log(lead),
            [
                (False, "In progress", "manual"),
                ("In progress", "Junk", "lost"),
                ("Junk", "In progress", "restore"),
            ],
        )
        self.assertReplay(lead)

    def test_junk_dialog_chooses_among_junk_statuses(self):
        spam = self.env["prospect.status"].create({"name": "Spam", "kind": "junk"})
        lead = self._prospect()
        self.env["crm.lead.lost"].with_user(self.salesman).create(
            {
                "lead_ids": [(6, 0, lead.ids)],
                "lost_reason_id": self.reason.id,
                "junk_status_id": spam.id,
            }
        ).action_lost_reason_apply()
        self.assertEqual(lead.status_id, spam)
        self.assertEqual(self._status_log(lead)[1:], [("New", "Spam", "lost")])

    def test_lost_many(self):
        leads = self._prospect() + self._prospect(status_id=self.to_clarify.id)
        leads.action_set_lost(lost_reason_id=self.reason.id)
        self.assertEqual(leads.status_id, self.junk)
        leads.action_unarchive()
        self.assertEqual(leads[0].status_id, self.new)
        self.assertEqual(leads[1].status_id, self.to_clarify)
        self.assertReplay(leads)

    def test_mixed_restore(self):
        """Only the junk among several prospects is restored."""
        junk, other = self._prospect(status_id=self.junk.id), self._prospect()
        self.assertEqual(junk.won_status, "lost")
        probability = other.probability
        (junk + other).status_id = self.in_progress
        self.assertTrue(junk.active)
        self.assertEqual(other.probability, probability)
        self.assertReplay(junk + other)

    def test_created_lost(self):
        """An import of a lost lead makes junk, in one row."""
        lead = self._prospect(active=False, probability=0)
        self.assertEqual(self._status_log(lead), [(False, "Junk", "manual")])
        self.assertReplay(lead)

    def test_archive_is_not_junk(self):
        lead = self._prospect(probability=20)
        lead.action_archive()
        self.assertEqual(lead.status_id, self.new)
        self.assertFalse(lead.is_listed)
        lead.action_unarchive()
        self.assertTrue(lead.is_listed)
        self.assertEqual(len(self._status_log(lead)), 1)

    def test_second_junk_status(self):
        """From one junk status to another, the prospect stays lost."""
        spam = self.env["prospect.status"].create({"name": "Spam", "kind": "junk"})
        lead = self._prospect(status_id=self.in_progress.id)
        lead.status_id = spam
        lead.status_id = self.junk
        self.assertEqual(lead.won_status, "lost")
        lead.action_restore()
        self.assertEqual(lead.status_id, self.in_progress)
        self.assertReplay(lead)

    def test_activities(self):
        """What was to be done is closed with the junk and comes back."""
        lead = self._prospect()
        mine = lead.activity_schedule("mail.mail_activity_data_call")
        other = lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        done = lead.activity_schedule("mail.mail_activity_data_todo")
        done.action_done()
        lead.with_user(self.salesman).status_id = self.junk
        self.assertFalse(lead.activity_ids)
        self.assertTrue((mine + other).exists())
        lead.with_user(self.salesman).status_id = self.new
        self.assertEqual(lead.activity_ids, mine + other)
        self.assertFalse(mine.date_done)

    def test_convert(self):
        self._allow("convert", "assigned")
        lead = self._prospect(status_id=self.in_progress.id)
        partner = self.env["res.partner"].create({"name": "Marie Dupont"})
        lead.with_user(self.salesman).convert_opportunity(partner)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.converted_by_id, self.salesman)
        self.assertTrue(lead.is_listed)
        self.assertEqual(
            self._status_log(lead)[-1], ("In progress", "Converted", "conversion")
        )
        # A lost opportunity stays converted, and listed [MO-34].
        lead.action_set_lost()
        self.assertEqual(lead.status_id, self.converted)
        self.assertTrue(lead.is_listed)
        lead.action_restore()
        self.assertEqual(lead.status_id, self.converted)
        # Back to a lead, it starts again.
        lead.type = "lead"
        self.assertEqual(lead.status_id, self.new)
        self.assertFalse(lead.converted_by_id)
        self.assertReplay(lead)

    def test_convert_wizard(self):
        lead = self._prospect()
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.manager)
            .with_context(
                active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
            )
            .create({"name": "convert", "action": "create", "lead_id": lead.id})
        )
        wizard.action_apply()
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.converted_by_id, self.manager)
        self.assertReplay(lead)

    def test_won_lead(self):
        lead = self._prospect()
        lead.action_set_won()
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(self._status_log(lead)[-1][2], "won")
        self.assertReplay(lead)

    def test_opportunity_to_lead(self):
        opportunity = self._prospect(type="opportunity")
        opportunity.type = "lead"
        self.assertEqual(opportunity.status_id, self.new)
        self.assertTrue(opportunity.is_listed)
        self.assertReplay(opportunity)

    def test_copy(self):
        lead = self._prospect(status_id=self.to_clarify.id)
        copy = lead.copy()
        self.assertEqual(copy.status_id, self.new)
        self.assertEqual(self._status_log(copy), [(False, "New", "manual")])
        lead.convert_opportunity(self.env["res.partner"])
        self.assertFalse(lead.copy().status_id)

    def test_merge_leads(self):
        lists = self.env["prospect.list"].create([{"name": "A"}, {"name": "B"}])
        first = self._prospect(
            status_id=self.in_progress.id, list_ids=[(4, lists[0].id)]
        )
        second = self._prospect(
            assistant_email="assistant@example.com", list_ids=[(4, lists[1].id)]
        )
        second_id = second.id
        survivor = (first + second).merge_opportunity()
        self.assertEqual(survivor, first)
        self.assertFalse(second.exists())
        self.assertEqual(survivor.status_id, self.in_progress)
        self.assertEqual(survivor.list_ids, lists)
        self.assertEqual(survivor.assistant_email, "assistant@example.com")
        self.assertReplay(survivor)
        rows = survivor.status_change_ids.filtered("former_lead_id")
        self.assertEqual(rows.mapped("former_lead_id"), [second_id])
        join = survivor.membership_ids.filtered(
            lambda row: row.list_id == lists[1] and not row.former_lead_id
        )
        self.assertEqual((join.action, join.cause), ("join", "merge"))

    def test_merge_into_opportunity(self):
        lead = self._prospect()
        opportunity = self._prospect(type="opportunity")
        survivor = (lead + opportunity).merge_opportunity()
        self.assertEqual(survivor, opportunity)
        self.assertEqual(survivor.status_id, self.converted)
        self.assertEqual(self._status_log(survivor), [(False, "Converted", "merge")])
        self.assertTrue(survivor.converted_by_id)
        plain = self._prospect(type="opportunity") + self._prospect(type="opportunity")
        self.assertFalse(plain.merge_opportunity().status_id)

    def test_merge_keeps_private_lists_of_others(self):
        hidden = self.env["prospect.list"].create(
            {"name": "Mine", "visibility": "private", "user_id": self.manager.id}
        )
        first = self._prospect(status_id=self.in_progress.id)
        second = self._prospect(list_ids=[(4, hidden.id)])
        survivor = (first + second).with_user(self.salesman).merge_opportunity()
        self.assertEqual(survivor.sudo().list_ids, hidden)
        self.assertReplay(survivor.sudo())

    def test_merge_across_companies(self):
        """Odoo's assignment merges what it finds; lists never stop it."""
        other = self.env["res.company"].create({"name": "Other"})
        lists = self.env["prospect.list"].create(
            [{"name": "A"}, {"name": "B", "company_id": other.id}]
        )
        leads = self._prospect(
            company_id=self.env.company.id, list_ids=[(4, lists[0].id)]
        ) + self._prospect(
            company_id=other.id,
            user_id=False,
            team_id=False,
            list_ids=[(4, lists[1].id)],
        )
        survivor = leads._merge_opportunity(auto_unlink=False)
        self.assertEqual(survivor.list_ids, lists)
        # Those that are left to be deleted later begin a new history.
        self.assertReplay(leads)
        (leads - survivor).status_id = self.in_progress
        self.assertReplay(leads)

    def test_merge_keeps_closed_activities(self):
        for status, open_again in ((self.junk, False), (self.new, True)):
            with self.subTest(survivor=status.name):
                survivor = self._prospect(
                    status_id=self.in_progress.id, email_from=f"{status.id}@example.com"
                )
                junk = self._prospect()
                activity = junk.activity_schedule("mail.mail_activity_data_call")
                junk.status_id = self.junk
                if not open_again:
                    survivor.status_id = self.junk
                survivor = (survivor + junk)._merge_opportunity()
                self.assertTrue(activity.exists())
                self.assertEqual(activity.res_id, survivor.id)
                self.assertEqual(activity.active, open_again)
                if not open_again:
                    survivor.action_restore()
                    self.assertTrue(activity.active)

    def test_junk_of_a_opportunity(self):
        """Asked for in so many words, an opportunity is junk too, and comes back
        whole.
        """
        lead = self._prospect()
        lead.convert_opportunity(self.env["res.partner"])
        wizard = (
            self.env["crm.lead.lost"]
            .with_context(prospect_junk=True)
            .create({"lead_ids": [(6, 0, lead.ids)], "lost_reason_id": self.reason.id})
        )
        wizard.action_lost_reason_apply()
        self.assertEqual(lead.status_id, self.junk)
        self.assertEqual(lead.won_status, "lost")
        lead.action_restore()
        self.assertEqual(lead.status_id, self.converted)
        lead.status_id = self.junk
        self.assertFalse(lead.active)
        lead.status_id = self.converted
        self.assertTrue(lead.active)
        self.assertEqual(lead.won_status, "pending")
        self.assertReplay(lead)

    def test_lost_contact_is_junk(self):
        """Converted without an opportunity, Odoo's Lost makes junk."""
        lead = self._prospect(status_id=self.converted.id)
        lead.action_set_lost()
        self.assertEqual(lead.status_id, self.junk)
        lead.action_restore()
        self.assertEqual(lead.status_id, self.converted)

    def test_leaving_junk_always_lists(self):
        lead = self._prospect(status_id=self.junk.id)
        lead.probability = 50
        lead.status_id = self.in_progress
        self.assertTrue(lead.active)
        self.assertTrue(lead.is_listed)

    def test_lost_opportunity_back_to_lead(self):
        lead = self._prospect()
        lead.convert_opportunity(self.env["res.partner"])
        lead.status_id = self.in_progress
        lead.action_set_lost()
        lead.type = "lead"
        self.assertEqual(lead.status_id, self.junk)
        self.assertReplay(lead)

    def test_won_lead_back_to_work(self):
        lead = self._prospect()
        lead.action_set_won()
        lead.status_id = self.in_progress
        self.assertEqual(lead.won_status, "pending")
        lead.status_id = self.junk
        self.assertEqual(lead.won_status, "lost")
        self.assertReplay(lead)

    def test_created_converted(self):
        """By hand in that column, by an import or through the API."""
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesman)
            .create({"type": "lead", "name": "A", "status_id": self.converted.id})
        )
        self.assertEqual(lead.converted_by_id, self.salesman)
        self.assertReplay(lead)

    def test_log_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        row = self._prospect().status_change_ids
        self.assertEqual(row.to_label, "New")
        self.assertEqual(row.with_context(lang="fr_FR").to_label, "Nouveau")

    def test_mass_edit(self):
        """As the list saves several rows at once."""
        guests = self.env["prospect.list"].create({"name": "Guests"})
        leads = self._prospect() + self._prospect(status_id=self.to_clarify.id)
        leads.with_user(self.salesman).web_save(
            {"status_id": self.in_progress.id, "list_ids": [(4, guests.id)]}, {}
        )
        self.assertEqual(leads.status_id, self.in_progress)
        for lead in leads:
            self.assertEqual(self._status_log(lead)[-1][1], "In progress")
        self.assertReplay(leads)

    def test_hand_over_in_the_same_write(self):
        """What follows from a write is done, though the prospect is not theirs now."""
        self._allow("convert", "assigned")
        for values in (
            {"last_name": "Durand"},
            {"status_id": self.junk.id},
            {"type": "opportunity"},
            {"status_id": self.in_progress.id, "contact_name": "Anne Le Goff"},
        ):
            with self.subTest(values=values):
                lead = self._prospect()
                lead.with_user(self.salesman).write(
                    {"user_id": self.manager.id, **values}
                )
                self.assertEqual(lead.user_id, self.manager)
                self.assertEqual(lead.name, lead.contact_name)
                self.assertReplay(lead)

    def test_copy_of_junk(self):
        copy = self._prospect(status_id=self.junk.id).copy()
        self.assertEqual(copy.status_id, self.new)
        self.assertTrue(copy.active)

    def test_mail_of_a_stranger_to_leads(self):
        """The gateway makes a prospect whoever runs it."""
        public = self.env.ref("base.public_user")
        lead = (
            self.env["crm.lead"]
            .with_user(public)
            .sudo()
            .message_new({"subject": "Hello", "from": "a@example.com"})
        )
        self.assertEqual(lead.status_id, self.new)

    def test_delete(self):
        """The history of a deleted prospect goes with it."""
        lead = self._prospect()
        rows = lead.status_change_ids
        lead.unlink()
        self.assertFalse(rows.exists())

    def test_hooks(self):
        """Each hook runs once a batch, after the write; batches run their own."""
        calls = []
        model = self.env.registry["crm.lead"]
        for name in (
            "_prospect_on_created",
            "_prospect_on_updated",
            "_prospect_on_status_changed",
            "_prospect_on_list_joined",
            "_prospect_on_converted",
        ):
            self.patch(
                model,
                name,
                lambda leads, *args, hook=name: calls.append((hook, len(leads))),
            )
        leads = self.env["crm.lead"].create(
            [{"type": "lead", "email_from": f"{n}@example.com"} for n in range(3)]
        )
        self.assertEqual(calls, [("_prospect_on_created", 3)])
        calls.clear()
        leads.status_id = self.in_progress
        self.assertIn(("_prospect_on_status_changed", 3), calls)
        self.assertIn(("_prospect_on_updated", 3), calls)
        calls.clear()
        prospect_list = self.env["prospect.list"].create({"name": "A"})
        leads.list_ids = prospect_list
        self.assertIn(("_prospect_on_list_joined", 3), calls)
        calls.clear()
        leads[0].convert_opportunity(self.env["res.partner"])
        self.assertEqual(calls.count(("_prospect_on_converted", 1)), 1)
        calls.clear()
        leads.with_context(**trusted(prospect_batch=True)).write(
            {"status_id": self.to_clarify.id, "list_ids": [(5,)]}
        )
        self.assertEqual(calls, [])
