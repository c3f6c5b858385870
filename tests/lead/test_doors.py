from odoo.tests import Form, HttpCase, tagged

from odoo.addons.mail.tests.common import MailCommon

from ..common import ProspectCase

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{subject}@prospect.example.com>
Date: Mon, 2 Nov 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8

Please call me back.
"""


class TestDoors(MailCommon, ProspectCase):
    """What Odoo's own doors bring in becomes a prospect with a status."""

    def assertProspect(self, lead, cause="manual"):
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.status_id, self.new)
        self.assertTrue(lead.is_listed)
        self.assertEqual(self._status_log(lead), [(False, "New", cause)])

    def _receive(self, team, subject):
        team.write({"alias_name": "prospect-door"})
        self.env["mail.thread"].sudo().message_process(
            None,
            MAIL.format(
                sender='"Anne Le Goff" <anne.legoff@example.com>',
                to=team.alias_email,
                subject=subject,
            ),
        )
        return self.env["crm.lead"].search([("name", "=", subject)])

    def test_alias(self):
        """On a stock database, a mail to a team is a prospect of that channel."""
        lead = self._receive(self.team, "door-alias")
        self.assertProspect(lead, "email")
        self.assertEqual(lead.source_id, self.env.ref("prospect.utm_source_email"))
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.email_normalized, "anne.legoff@example.com")

    def test_alias_of_a_new_team(self):
        team = self.env["crm.team"].create({"name": "Brand new"})
        self.assertTrue(team.use_leads)
        self.assertProspect(self._receive(team, "door-new-team"), "email")

    def test_alias_with_own_source(self):
        """A source that the alias sets wins over ours."""
        source = self.env["utm.source"].create({"name": "Hotline mailbox"})
        self.team.alias_defaults = (
            f"{{'type': 'lead', 'team_id': {self.team.id}, 'source_id': {source.id}}}"
        )
        self.assertEqual(self._receive(self.team, "door-source").source_id, source)

    def test_quick_create(self):
        """The kanban's quick create gives the status of its column."""
        action = self.env["crm.lead"]._prospect_action([])
        form = Form(
            self.env["crm.lead"]
            .with_user(self.salesman)
            .with_context(**action["context"], default_status_id=self.in_progress.id),
            view="prospect.crm_lead_view_form_quick_create",
        )
        form.contact_name = "Anne Le Goff"
        lead = form.save()
        self.assertEqual(lead.status_id, self.in_progress)
        self.assertEqual(lead.first_name, "Anne")
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(lead.source_id, self.env.ref("prospect.utm_source_dashboard"))

    def test_quick_create_of_odoo(self):
        """The quick create of Odoo's lead page, and its pipeline's, beside it."""
        leads = self.env["crm.lead"].with_user(self.salesman)
        form = Form(
            leads.with_context(default_type="lead"),
            view="crm.quick_create_opportunity_form",
        )
        form.name = "Chairs"
        self.assertProspect(form.save())
        form = Form(
            leads.with_context(default_type="opportunity"),
            view="crm.quick_create_opportunity_form",
        )
        form.name = "Tables"
        self.assertFalse(form.save().status_id)

    def test_name_create(self):
        lead_id, _name = self.env["crm.lead"].with_user(self.salesman).name_create("A")
        self.assertProspect(self.env["crm.lead"].browse(lead_id))


@tagged("post_install", "-at_install", "web")
class TestWebApi(HttpCase, ProspectCase):
    """The same rights and the same prospects through the web API, JSON-2."""

    def _call(self, user, model, method, **params):
        # sudo: generates the key as the user's settings page does
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "Prospect test", None)
        )
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=params,
            headers={"Authorization": f"Bearer {key}"},
        )

    def test_create_and_change(self):
        answer = self._call(
            self.salesman,
            "crm.lead",
            "create",
            vals_list=[{"first_name": "Anne", "last_name": "Le Goff"}],
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        lead = self.env["crm.lead"].browse(answer.json())
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.status_id, self.new)
        self.assertEqual(lead.contact_name, "Anne Le Goff")
        self.assertEqual(lead.user_id, self.salesman)
        answer = self._call(
            self.salesman,
            "crm.lead",
            "write",
            ids=lead.ids,
            vals={"status_id": self.junk.id},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        lead.invalidate_recordset()
        self.assertEqual(lead.won_status, "lost")
        self.assertReplay(lead)

    def test_rights(self):
        other = self._prospect(user_id=self.manager.id)
        row = other.status_change_ids
        refused = [
            (
                self.salesman,
                "prospect.status",
                "create",
                {"vals_list": [{"name": "A"}]},
            ),
            (
                self.salesman,
                "prospect.title",
                "create",
                {"vals_list": [{"name": "A"}]},
            ),
            (
                self.salesman,
                "utm.source",
                "create",
                {"vals_list": [{"name": "A", "prospect_channel": "api"}]},
            ),
            (
                self.salesman,
                "crm.lead",
                "write",
                {"ids": other.ids, "vals": {"status_id": self.junk.id}},
            ),
            (
                self.salesman,
                "prospect.status.change",
                "read",
                {"ids": row.ids, "fields": ["cause"]},
            ),
            (
                self.manager,
                "prospect.status.change",
                "write",
                {"ids": row.ids, "vals": {"cause": "import"}},
            ),
            (self.manager, "prospect.status.change", "unlink", {"ids": row.ids}),
            (
                self.manager,
                "prospect.status.change",
                "create",
                {"vals_list": [{"lead_id": other.id}]},
            ),
            (self.employee, "crm.lead", "search_read", {"domain": []}),
            (self.employee, "prospect.list", "search_read", {"domain": []}),
            (self.employee, "prospect.membership", "search_read", {"domain": []}),
        ]
        for user, model, method, params in refused:
            with self.subTest(user=user.login, model=model, method=method):
                answer = self._call(user, model, method, **params)
                self.assertEqual(answer.status_code, 403, answer.text)
        answer = self._call(
            self.manager, "prospect.status", "create", vals_list=[{"name": "Quotation"}]
        )
        self.assertEqual(answer.status_code, 200, answer.text)

    def test_each_model_as_each_role(self):
        """Who reads, creates and deletes what, as a program sees it."""
        guests = self.env["prospect.list"].create(
            {"name": "Guests", "user_id": self.manager.id}
        )
        lead = self._prospect(list_ids=[(4, guests.id)])
        configured = self.env["prospect.status"].create({"name": "Unused"})
        title = self.env["prospect.title"].create({"name": "Unused"})
        sales = (self.salesman, self.salesman_all, self.manager)
        everybody = (*sales, self.employee)
        for record, readers, creators, deleters in (
            (lead, sales, sales, ()),
            (configured, sales, (self.manager,), (self.manager,)),
            (title, everybody, (self.manager,), (self.manager,)),
            (guests, sales, sales, (self.manager,)),
            (lead.status_change_ids, sales, (), ()),
            (lead.membership_ids, sales, (), ()),
        ):
            model = record._name
            values = {"name": "By the API"} if "name" in record._fields else {}
            for user in everybody:
                with self.subTest(model=model, user=user.login):
                    read = self._call(
                        user, model, "read", ids=record.ids, fields=["display_name"]
                    )
                    self.assertEqual(read.status_code == 200, user in readers)
                    create = self._call(user, model, "create", vals_list=[values])
                    self.assertEqual(create.status_code == 200, user in creators)
                    if user not in deleters and user != self.manager:
                        unlink = self._call(user, model, "unlink", ids=record.ids)
                        self.assertNotEqual(unlink.status_code, 200)
            for user in deleters:
                with self.subTest(model=model, user=user.login):
                    unlink = self._call(user, model, "unlink", ids=record.ids)
                    self.assertEqual(unlink.status_code, 200, unlink.text)
