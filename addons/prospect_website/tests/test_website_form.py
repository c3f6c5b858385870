from odoo.tests import HttpCase, tagged

from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestWebsiteForm(HttpCase, ProspectCase):
    """The host's website form, as a visitor without an account fills it in."""

    def _post(self, **values):
        answer = self.url_open(
            "/website/form/crm.lead",
            data={
                "name": "Callback",
                "contact_name": "Anne Le Goff",
                "email_from": "anne@example.com",
                **values,
            },
        )
        lead_id = answer.json()["id"]
        return self.env["crm.lead"].browse(lead_id)

    def test_prospect(self):
        lead = self._post()
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.status_id, self.new)
        self.assertTrue(lead.is_listed)
        self.assertEqual(lead.source_id, self.env.ref("prospect.utm_source_form"))
        self.assertEqual((lead.first_name, lead.last_name), ("Anne", "Le Goff"))
        self.assertEqual(self._status_log(lead), [(False, "New", "form")])

    def test_team_with_leads(self):
        self.env["website"].search([]).crm_default_team_id = self.team
        lead = self._post()
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.status_id, self.new)

    def test_team_without_leads(self):
        """A team that was told to work without leads gets a deal."""
        self.team.use_leads = False
        self.env["website"].search([]).crm_default_team_id = self.team
        lead = self._post()
        self.assertEqual(lead.type, "opportunity")
        self.assertFalse(lead.status_id)

    def test_campaign_of_the_visitor(self):
        """The source of the visitor's campaign wins over ours."""
        self.opener.cookies["odoo_utm_source"] = "Spring fair"
        lead = self._post()
        self.assertEqual(lead.source_id.name, "Spring fair")

    def test_without_leads_at_all(self):
        self.env["res.config.settings"].create({"group_use_lead": False}).execute()
        self.assertEqual(self._post().type, "opportunity")

    def test_rotation(self):
        """A form goes to whose turn it is, where the host gives it to the leader."""
        website = self.env["website"].search([])
        website.crm_default_team_id = self.team
        self.assertEqual(self._post().user_id, self.manager)
        rotation = self.env["prospect.rotation"].create(
            {
                "team_id": self.team.id,
                "member_ids": [(0, 0, {"user_id": self.salesman.id})],
            }
        )
        lead = self._post(email_from="turn@example.com")
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(lead.assignment_ids.rotation_id, rotation)
        # who is named in the settings of the website stays
        website.crm_default_user_id = self.manager
        lead = self._post(email_from="named@example.com")
        self.assertEqual(lead.user_id, self.manager)
