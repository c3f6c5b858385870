from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import ProspectCase

SALES_MODELS = (
    "prospect.status",
    "prospect.status.change",
    "prospect.list",
    "prospect.membership",
)


@tagged("security")
class TestSecurity(ProspectCase):
    """Each model as each role."""

    def assertRights(self, record, user, rights):
        """``rights`` is a text of letters: r(ead), w(rite), c(reate), u(nlink)."""
        record = record.with_user(user)
        for letter, operation in zip(
            "rwcu", ("read", "write", "create", "unlink"), strict=True
        ):
            self.assertEqual(
                record.has_access(operation),
                letter in rights,
                f"{user.login} {operation} {record._name}",
            )

    def test_configuration(self):
        for record in (self.in_progress, self.env.ref("prospect.prospect_title_ms")):
            self.assertRights(record, self.salesman, "r")
            self.assertRights(record, self.salesman_all, "r")
            self.assertRights(record, self.manager, "rwcu")
        self.assertRights(self.in_progress, self.employee, "")
        self.assertRights(
            self.env.ref("prospect.prospect_title_ms"), self.employee, "r"
        )

    def test_wizard_is_for_administrators(self):
        wizard = self.env["prospect.status.delete"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.salesman_all).create(
                {"status_id": self.to_clarify.id, "target_id": self.new.id}
            )

    def test_prospects(self):
        own, free = self._prospect(), self._prospect(user_id=False)
        other = self._prospect(user_id=self.manager.id)
        for lead in (own, free):
            self.assertRights(lead, self.salesman, "rwc")
        self.assertRights(other, self.salesman, "")
        self.assertRights(other, self.salesman_all, "rwc")
        self.assertRights(other, self.manager, "rwcu")
        self.assertRights(own, self.employee, "")

    def test_histories_follow_the_prospect(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        leads = {
            "own": self._prospect(list_ids=[(4, guests.id)]),
            "own junk": self._prospect(
                list_ids=[(4, guests.id)], status_id=self.junk.id
            ),
            "free": self._prospect(user_id=False, list_ids=[(4, guests.id)]),
            "other": self._prospect(user_id=self.manager.id, list_ids=[(4, guests.id)]),
        }
        for name, lead in leads.items():
            for row in (lead.status_change_ids[:1], lead.membership_ids[:1]):
                with self.subTest(lead=name, model=row._name):
                    self.assertTrue(row)
                    self.assertRights(
                        row, self.salesman, "" if name == "other" else "r"
                    )
                    self.assertRights(row, self.salesman_all, "r")
                    self.assertRights(row, self.manager, "r")
                    self.assertRights(row, self.employee, "")
                    found = row.with_user(self.salesman).search([("id", "=", row.id)])
                    self.assertEqual(bool(found), name != "other")

    def test_lists(self):
        shared, mine, private = self.env["prospect.list"].create(
            [
                {"name": "Shared", "user_id": self.manager.id},
                {"name": "Mine", "user_id": self.salesman.id, "visibility": "private"},
                {
                    "name": "Private",
                    "user_id": self.salesman_all.id,
                    "visibility": "private",
                },
            ]
        )
        self.assertRights(shared, self.salesman, "r")
        self.assertRights(mine, self.salesman, "rwcu")
        self.assertRights(private, self.salesman, "")
        self.assertRights(mine, self.salesman_all, "")
        self.assertFalse(shared.with_user(self.salesman).can_edit)
        self.assertTrue(mine.with_user(self.salesman).can_edit)
        self.assertTrue(shared.with_user(self.manager).can_edit)
        for prospect_list in (shared, mine, private):
            self.assertRights(prospect_list, self.manager, "rwcu")
            self.assertRights(prospect_list, self.employee, "")

    def test_history_of_private_lists(self):
        private = self.env["prospect.list"].create(
            {"name": "P", "user_id": self.salesman_all.id, "visibility": "private"}
        )
        lead = self._prospect(list_ids=[(4, private.id)])
        row = lead.membership_ids
        self.assertRights(row, self.salesman, "")
        self.assertRights(row, self.salesman_all, "r")
        self.assertRights(row, self.manager, "r")
        # The name of a private list stays its owner's when the list is gone.
        private.unlink()
        self.env.invalidate_all()
        self.assertRights(row, self.salesman, "")
        self.assertRights(row, self.salesman_all, "r")
        shared = self.env["prospect.list"].create({"name": "S"})
        lead.list_ids = shared
        row = lead.membership_ids.filtered(lambda row: row.list_id == shared)
        shared.unlink()
        self.assertRights(row, self.salesman, "r")

    def test_private_lists_cannot_be_searched(self):
        private = self.env["prospect.list"].create(
            {"name": "P", "user_id": self.salesman_all.id, "visibility": "private"}
        )
        lead = self._prospect(list_ids=[(4, private.id)])
        domain = [("id", "=", lead.id), ("list_ids", "in", private.ids)]
        leads = self.env["crm.lead"]
        self.assertFalse(leads.with_user(self.salesman).search(domain))
        self.assertFalse(leads.with_user(self.salesman).search_count(domain))
        self.assertEqual(leads.with_user(self.salesman_all).search(domain), lead)
        domain[1] = ("list_ids", "=", private.id)
        self.assertFalse(leads.with_user(self.salesman).search(domain))
        domain[1] = ("list_ids.name", "=", "P")
        self.assertFalse(leads.with_user(self.salesman).search(domain))
        # as if it were on none: that it is missing would announce a hidden list
        domain[1] = ("list_ids", "=", False)
        self.assertEqual(leads.with_user(self.salesman).search(domain), lead)
        domain[1] = ("list_ids", "!=", False)
        self.assertFalse(leads.with_user(self.salesman).search(domain))

    def test_left_panel_beside_private_lists(self):
        """A prospect whose only list is a colleague's private one breaks no page."""
        private = self.env["prospect.list"].create(
            {"name": "P", "user_id": self.salesman_all.id, "visibility": "private"}
        )
        self._prospect(list_ids=[(4, private.id)])
        leads = self.env["crm.lead"].with_user(self.salesman)
        view = leads.get_view(
            self.env.ref("prospect.crm_lead_view_search").id, "search"
        )
        panel = etree.fromstring(view["arch"]).find(".//searchpanel")
        for field in panel.iter("field"):
            with self.subTest(field=field.get("name")):
                values = leads.search_panel_select_multi_range(
                    field.get("name"),
                    enable_counters=bool(field.get("enable_counters")),
                    expand=bool(field.get("expand")),
                    search_domain=[("is_listed", "=", True)],
                )["values"]
                if field.get("name") == "list_ids":
                    self.assertNotIn(private.id, [value["id"] for value in values])
        groups = leads.web_read_group([], ["list_ids"], ["__count"])["groups"]
        self.assertNotIn(
            private.id, [group["list_ids"] and group["list_ids"][0] for group in groups]
        )

    def test_technical_fields(self):
        lead = self._prospect()
        for values in ({"is_listed": False}, {"converted_by_id": self.manager.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                lead.with_user(self.salesman).write(values)

    def test_portal_and_public_see_nothing(self):
        for login, group in (("p1", "base.group_portal"), ("p2", "base.group_public")):
            user = self.env["res.users"].create(
                {
                    "name": login,
                    "login": login,
                    "group_ids": [(6, 0, self.env.ref(group).ids)],
                }
            )
            for model in (*SALES_MODELS, "prospect.title"):
                with self.subTest(group=group, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_salesman_cannot_open_configuration(self):
        for user, configures in ((self.salesman, False), (self.manager, True)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertIn(self.env.ref("prospect.crm_lead_menu_prospect").id, menus)
            self.assertEqual(
                self.env.ref("prospect.prospect_status_menu").id in menus, configures
            )
