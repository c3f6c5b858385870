from odoo.tests import HttpCase, tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install", "web")
class TestWebWays(HttpCase, ProspectCase):
    """Ways of working, lists and custom fields in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids = [(4, cls.env.ref("base.group_system").id)]
        cls.manager.tour_enabled = False
        cls.env["crm.lead"].search([("type", "=", "lead")]).active = False
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "contact_name": f"Person {n}",
                    "name": f"Person {n}",
                    "email_from": f"{n}@ways.example.com",
                    "user_id": cls.manager.id,
                    "team_id": cls.team.id,
                }
                for n in (1, 2, 3)
            ]
        )

    def test_mode(self):
        """To work without prospects, with three open ones, and back."""
        self.leads[0].activity_schedule("mail.mail_activity_data_call")
        login = self.manager.login
        self.start_tour("/odoo", "prospect_mode_simple", login=login)
        self.env.invalidate_all()
        self.assertFalse(self.env["crm.lead"]._prospect_uses_leads())
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})
        self.assertEqual(len(self.leads.partner_id), 3)
        self.assertEqual(len(self.leads[0].partner_id.activity_ids), 1)
        self.start_tour("/odoo", "prospect_mode_classic", login=login)
        self.assertTrue(self.env["crm.lead"]._prospect_uses_leads())

    def test_expiry(self):
        guests = self.env["prospect.list"].create(
            {"name": "Tour guests", "user_id": self.manager.id}
        )
        self.leads[0].list_ids = [(4, guests.id)]
        page = "/odoo/prospect-lists"
        self.start_tour(page, "prospect_list_expiry", login=self.manager.login)
        newcomer = self.env["crm.lead"].search([("last_name", "=", "Newcomer")])
        ends = newcomer._prospect_read_expiries()
        self.assertEqual(len([end for end in ends.values() if end]), 1)

    def test_custom_fields(self):
        self.env["prospect.property"].search([]).unlink()
        page = "/odoo/action-prospect.prospect_property_action"
        self.start_tour(page, "prospect_custom_fields", login=self.manager.login)
        self.env.invalidate_all()
        field = self.env["prospect.property"].search([("name", "=", "Shoe size")])
        self.assertEqual(self.leads[0].properties[field.key], "42")
