from odoo.tests import HttpCase, tagged

from odoo.addons.prospect.tests.common import AnywhereMixin, ProspectCase


@tagged("post_install", "-at_install", "web")
class TestWebsiteForm(AnywhereMixin, HttpCase, ProspectCase):
    """Odoo's website form, as a visitor without an account fills it in."""

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

    def test_erased(self):
        """Who was erased sees the usual answer, and nothing is kept."""
        values = {
            "contact_name": "Zenobia Quxworth",
            "email_from": "zenobia.quxworth@nobody.example.com",
        }
        lead = self._post(**values)
        self.env["website.visitor"].search([], limit=1).name = values["contact_name"]
        self.assertIn("crm_lead.contact_name", self._find_anywhere(["quxworth"]))
        self.env["prospect.erasure"].with_user(self.manager)._ask(lead)
        self.assertEqual(self._find_anywhere(["quxworth"]), {})
        self.assertFalse(self._post(**values).exists())
        self.assertEqual(self._find_anywhere(["quxworth"]), {})

    def test_team_with_leads(self):
        self.env["website"].search([]).crm_default_team_id = self.team
        lead = self._post()
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.status_id, self.new)

    def test_team_without_leads(self):
        """A team that was told to work without leads gets an opportunity."""
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
        """The form makes the contact and the opportunity at once, each only once."""
        self.env["res.config.settings"].create({"group_use_lead": False}).execute()
        lead = self._post()
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.partner_id.email, "anne@example.com")
        self.assertEqual(lead.partner_id.name, "Anne Le Goff")
        again = self._post(name="Second")
        self.assertEqual(again.status_id, self.converted)
        self.assertEqual(again.partner_id, lead.partner_id)
        self.assertEqual(again.prospect_opportunity_id, lead)
        self.assertEqual(
            self.env["crm.lead"].search(
                [
                    ("type", "=", "opportunity"),
                    ("email_normalized", "=", "anne@example.com"),
                ]
            ),
            lead,
        )

    def test_defaults_of_the_source(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        self.env.ref("prospect.utm_source_form").write(
            {
                "prospect_list_ids": [(6, 0, guests.ids)],
                "prospect_status_id": self.to_clarify.id,
            }
        )
        lead = self._post()
        self.assertEqual(lead.list_ids, guests)
        self.assertEqual(lead.status_id, self.to_clarify)

    def test_field_that_people_do_not_see(self):
        """MO-54: a machine fills it in; the answer is the same."""
        honest = self._post(prospect_url="", phone="+33 6 12 34 56 78")
        self.assertFalse(honest.is_flagged)
        lead = self._post(
            prospect_url="https://win.example", email_from="bot@example.com"
        )
        codes = [reason["code"] for reason in lead.flag_reasons]
        self.assertEqual(codes, ["honeypot"])
        self.assertTrue(lead.is_flagged)
        for one in (honest, lead):
            self.assertNotIn("prospect_url", one.description or "")
            self.assertNotIn("win.example", str(one.message_ids.mapped("body")))
        lead.action_prospect_dismiss_flag("honeypot")
        lead.email_from = "bot2@example.com"
        self.assertFalse(lead.is_flagged)

    def test_pages_hold_the_field(self):
        """All forms for prospects, as visitors get them; not as they are edited."""
        self.env["website.page"].create(
            {
                "name": "Trap",
                "url": "/prospect-trap",
                "type": "qweb",
                "is_published": True,
                "key": "website.prospect_trap",
                "website_id": self.env["website"].search([], limit=1).id,
                "arch": """<t t-name="website.prospect_trap"><t t-call="website.layout">
                    <div id="wrap" class="oe_structure oe_empty">
                        <section class="s_website_form"><form action="/website/form/"
                            method="post" data-model_name="crm.lead">
                            <div class="s_website_form_rows"/>
                        </form></section>
                        <form data-model_name="mail.mail"/>
                    </div></t></t>""",
            }
        )
        self.env.flush_all()
        page = self.url_open("/prospect-trap").text
        self.assertEqual(page.count('name="prospect_url"'), 1)
        self.assertEqual(self.url_open("/prospect-trap").text.count("prospect_url"), 1)
        self.authenticate("admin", "admin")
        self.assertNotIn("prospect_url", self.url_open("/prospect-trap").text)

    def test_rotation(self):
        """A form goes to whose turn it is, where Odoo gives it to the leader."""
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
