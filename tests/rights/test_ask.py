from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from .test_rights import RightsCase


class AskCase(RightsCase):
    def _ask(self, lead, user):
        wizards = self.env["prospect.convert.ask"].with_user(user)
        return wizards.with_context(active_model="crm.lead", active_id=lead.id)

    def _find_requests(self, lead):
        return lead._prospect_find_convert_requests()


@tagged("post_install", "-at_install")
class TestAsk(AskCase):
    """Who may not convert is told whom to ask, and asks [BX-19]."""

    def test_hint(self):
        lead = self._added()
        hint = lead.with_user(self.salesman).prospect_convert_hint
        self.assertIn("Ask Prospect creator, who created it", hint)
        self.assertIn("Prospect supervisor, who manages Prospect creator", hint)
        self.assertFalse(lead.with_user(self.creator).prospect_convert_hint)
        # who has left is not named
        self.creator.active = False
        lead.invalidate_recordset()
        hint = lead.with_user(self.salesman).prospect_convert_hint
        self.assertNotIn("Prospect creator, who", hint)
        self.env["prospect.right"].search(
            [("operation", "=", "convert")]
        ).active = False
        lead.invalidate_recordset()
        hint = lead.with_user(self.salesman).prospect_convert_hint
        self.assertEqual(hint, "Nobody who works on it may. Ask an administrator.")

    def test_ask(self):
        lead = self._added()
        with Form(self._ask(lead, self.salesman)) as form:
            self.assertEqual(form.user_id, self.creator)
            form.note = "They have signed"
        form.record.action_ask()
        request = self._find_requests(lead)
        self.assertEqual(request.user_id, self.creator)
        self.assertIn("They have signed", request.note)
        # once
        with Form(self._ask(lead, self.salesman)) as form:
            self.assertEqual(form.asked, "Prospect creator has been asked already.")
        form.record.action_ask()
        self.assertEqual(self._find_requests(lead), request)

    def test_done_by_itself(self):
        for activities in ("keep", "contact", "close"):
            lead = self._added()
            lead._prospect_ask_to_convert(self.creator)
            operation = lead.with_user(self.creator)._prospect_convert_to(
                ["contact"], activities=activities
            )
            with self.subTest(activities=activities):
                self.assertEqual(operation.updated_count, 1)
                self.assertFalse(self._find_requests(lead))
                operation.action_undo()
                self.assertEqual(operation.reversed_count, 1, operation.error)
                self.assertEqual(lead.status_id.kind, "new")
        lead = self._added()
        lead._prospect_ask_to_convert(self.creator)
        lead.with_user(self.creator).status_id = self.env["prospect.status"]._get_main(
            "converted"
        )
        self.assertFalse(self._find_requests(lead))

    def test_rights(self):
        """Only who sees it may ask, and only those who may."""
        lead = self._added()
        with self.assertRaises(AccessError):
            self._ask(lead, self.stranger).create({"lead_id": lead.id})
        wizard = self._ask(lead, self.salesman).create(
            {"lead_id": lead.id, "user_id": self.stranger.id}
        )
        with self.assertRaises(UserError):
            wizard.action_ask()
        self.assertFalse(self._find_requests(lead))

    def test_setting(self):
        """An administrator lets salespeople convert what is theirs."""
        lead = self._added()
        settings = self.env["res.config.settings"]
        self.assertFalse(settings.create({}).prospect_assigned_converts)
        for wanted in (True, False, True):
            settings.create({"prospect_assigned_converts": wanted}).execute()
            lead.invalidate_recordset()
            self.assertEqual(lead.with_user(self.salesman).prospect_convert_ok, wanted)
            self.assertEqual(settings.create({}).prospect_assigned_converts, wanted)


@tagged("post_install", "-at_install", "web")
class TestWebAsk(HttpCase, AskCase):
    def _walk(self, size, language=None):
        if language:
            self.env["res.lang"]._activate_lang(language)
            self.salesman.lang = language
        self.browser_size = size
        self.touch_enabled = size == "390x844"
        self.salesman.tour_enabled = False
        lead = self._added(contact_name="Paula Added", name="Paula Added")
        self.start_tour(
            f"/odoo/prospects/{lead.id}", "prospect_ask", login=self.salesman.login
        )
        self.assertEqual(self._find_requests(lead).user_id, self.creator)

    def test_desktop(self):
        self._walk("1366x768")

    def test_phone_in_french(self):
        self._walk("390x844", "fr_FR")
