from odoo.exceptions import AccessError, UserError

from .common import ProspectCase


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
        self._prospect(list_ids=[(4, self.guests.id)])
        self._prospect(list_ids=[(4, self.guests.id)], status_id=self.junk.id)
        self._prospect(list_ids=[(4, self.guests.id)], active=False, probability=10)
        self.assertEqual(self.guests.member_count, 2)
        action = self.guests.action_view_members()
        members = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(len(members), 2)
        self.assertEqual(
            action["context"]["default_list_ids"], [(4, self.guests.id)]
        )

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
            action["params"]["message"], "1 added to Guests; 1 were there already."
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
