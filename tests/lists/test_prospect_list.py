from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..common import ProspectCase


class TestList(ProspectCase):
    """Lists, their members and the history of both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guests, cls.fair = cls.env["prospect.list"].create(
            [{"name": "Guests"}, {"name": "Fair"}]
        )

    def _history(self, lead):
        return [
            (row.action, row.list_name, row.cause)
            for row in self.env["prospect.membership"].search(
                [("lead_id", "=", lead.id)], order="id"
            )
        ]

    def test_join_and_leave(self):
        lead = self._prospect(list_ids=[(6, 0, self.guests.ids)])
        lead.list_ids = [(4, self.fair.id)]
        lead.list_ids = [(4, self.fair.id)]
        lead.list_ids = [(3, self.guests.id)]
        lead.write({"list_ids": [(6, 0, self.guests.ids)], "city": "Lyon"})
        self.assertEqual(
            self._history(lead),
            [
                ("join", "Guests", "manual"),
                ("join", "Fair", "manual"),
                ("leave", "Guests", "manual"),
                ("leave", "Fair", "manual"),
                ("join", "Guests", "manual"),
            ],
        )
        self.assertReplay(lead)

    def test_set_based_change(self):
        leads = self._prospect() + self._prospect(list_ids=[(4, self.guests.id)])
        leads.with_user(self.salesman)._prospect_lists_change(
            add=self.guests | self.fair, cause="import"
        )
        self.assertEqual(leads[0].list_ids, self.guests | self.fair)
        leads._prospect_lists_change(remove=self.guests)
        self.assertEqual(leads.list_ids, self.fair)
        self.assertEqual(self._history(leads[1])[1], ("join", "Fair", "import"))
        self.assertReplay(leads)

    def test_set_based_change_needs_rights(self):
        lead = self._prospect(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman)._prospect_lists_change(add=self.guests)
        private = self.env["prospect.list"].create(
            {"name": "Private", "visibility": "private", "user_id": self.manager.id}
        )
        mine = self._prospect()
        with self.assertRaises(AccessError):
            mine.with_user(self.salesman)._prospect_lists_change(add=private)
        with self.assertRaises(AccessError):
            mine.with_user(self.salesman).list_ids = [(4, private.id)]

    def test_hidden_lists_survive(self):
        """Setting one's own lists leaves a colleague's private list alone."""
        private = self.env["prospect.list"].create(
            {"name": "Private", "visibility": "private", "user_id": self.manager.id}
        )
        lead = self._prospect(list_ids=[(6, 0, (private | self.guests).ids)])
        self.env.invalidate_all()
        lead.with_user(self.salesman).list_ids = [(6, 0, self.fair.ids)]
        self.env.invalidate_all()
        self.assertEqual(lead.list_ids, private | self.fair)
        self.assertReplay(lead)

    def test_delete_list(self):
        """The members leave first; their history keeps the name."""
        lead = self._prospect(list_ids=[(6, 0, (self.guests | self.fair).ids)])
        junk = self._prospect(list_ids=[(6, 0, self.guests.ids)])
        junk.status_id = self.junk
        self.guests.unlink()
        self.assertEqual(lead.list_ids, self.fair)
        for member in (lead, junk):
            self.assertEqual(
                self._history(member)[-1], ("leave", "Guests", "list_deleted")
            )
        self.assertReplay(lead + junk)

    def test_copies_and_merges(self):
        lead = self._prospect(list_ids=[(6, 0, self.guests.ids)])
        self.assertFalse(lead.copy().list_ids)
        copy = self.guests.copy()
        self.assertEqual(copy.name, "Guests (copy)")
        self.assertFalse(copy.member_count)

    def test_member_count_and_page(self):
        first = self._prospect(list_ids=[(4, self.guests.id)])
        junk = self._prospect(list_ids=[(4, self.guests.id)], status_id=self.junk.id)
        archived = self._prospect(
            list_ids=[(4, self.guests.id)], active=False, probability=10
        )
        self.assertEqual(self.guests.member_count, 2)
        action = self.guests.action_view_members()
        members = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(members, first + junk)
        self.assertEqual(action["context"]["default_list_ids"], [(4, self.guests.id)])
        first.unlink()
        self.assertEqual(self.guests.member_count, 1)
        archived.action_unarchive()
        self.env["prospect.list"]._cron_refresh_member_counts()
        self.assertEqual(self.guests.member_count, 2)
        (junk + archived).list_ids = [(5,)]
        self.assertEqual(self.guests.member_count, 0)

    def test_add_wizard(self):
        leads = self._prospect() + self._prospect(list_ids=[(4, self.guests.id)])
        leads[0].status_id = self.junk
        wizard = (
            self.env["prospect.list.add"]
            .with_user(self.salesman)
            .with_context(default_lead_ids=leads.ids)
            .create({"list_ids": [(6, 0, self.guests.ids)]})
        )
        self.assertEqual(wizard.lead_ids, leads)
        action = wizard.action_add()
        self.assertEqual(
            action["params"]["message"], "1 added to Guests; 1 were already there."
        )
        self.assertEqual(leads.list_ids, self.guests)
        self.assertReplay(leads)
        with self.assertRaises(UserError):
            wizard.copy({"list_ids": [(5,)]}).action_add()

    def test_add_wizard_needs_rights(self):
        private = self.env["prospect.list"].create(
            {"name": "Private", "visibility": "private", "user_id": self.manager.id}
        )
        wizards = self.env["prospect.list.add"].with_user(self.salesman)
        with self.assertRaises(AccessError):
            wizards.create(
                {
                    "lead_ids": [(6, 0, self._prospect().ids)],
                    "list_ids": [(6, 0, private.ids)],
                }
            ).action_add()
        other = self._prospect(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            wizards.create(
                {"lead_ids": [(6, 0, other.ids)], "list_ids": [(6, 0, self.fair.ids)]}
            ).action_add()
        self.assertFalse(other.list_ids)

    def test_leave_from_the_members_page(self):
        leads = self._prospect(list_ids=[(6, 0, (self.guests | self.fair).ids)])
        context = self.guests.action_view_members()["context"]
        leads.with_user(self.salesman).with_context(
            **context
        ).action_prospect_leave_list()
        self.assertEqual(leads.list_ids, self.fair)
        self.assertReplay(leads)


@tagged("-at_install", "post_install")
class TestListConcurrency(BaseCase):
    """Real connections: nobody waits, or fails, for the number on a card."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.list_id = env["prospect.list"].create({"name": "Crowd"}).id
            self.lead_ids = (
                env["crm.lead"]
                .create(
                    [{"type": "lead", "contact_name": f"Person {n}"} for n in range(2)]
                )
                .ids
            )
        self.addCleanup(self._delete)

    def _delete(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["crm.lead"].browse(self.lead_ids).unlink()
            env["prospect.list"].browse(self.list_id).unlink()

    def _join(self, cr, lead_id):
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["crm.lead"].browse(lead_id).list_ids = [(4, self.list_id)]
        env.flush_all()

    def _count(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT member_count FROM prospect_list WHERE id = %s", [self.list_id]
            )
            return cr.fetchone()[0]

    def test_at_the_same_time(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SET lock_timeout = '5s'")
            second.execute("SELECT 1")
            self._join(first, self.lead_ids[0])
            # the first has not ended: the second must not wait for it
            self._join(second, self.lead_ids[1])
            first.commit()
            second.commit()
        self.assertEqual(self._count(), 1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            trigger = env["ir.cron.trigger"].search(
                [("cron_id", "=", env.ref("prospect.ir_cron_member_count").id)]
            )
            self.assertTrue(trigger, "the recount is planned")
            trigger.unlink()
            env["prospect.list"]._cron_refresh_member_counts()
        self.assertEqual(self._count(), 2)

    def test_one_after_the_other(self):
        """An older snapshot joins after a newer commit: nothing fails."""
        with self.registry.cursor() as old:
            old.execute("SELECT 1 FROM prospect_list")
            with self.registry.cursor() as new:
                self._join(new, self.lead_ids[0])
            self._join(old, self.lead_ids[1])
            old.commit()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["prospect.list"]._cron_refresh_member_counts()
            members = env["prospect.list"].browse(self.list_id)
            self.assertEqual(members.member_count, 2)
