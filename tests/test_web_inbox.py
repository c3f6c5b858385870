from odoo.tests import HttpCase, tagged

from .common import ProspectCase


@tagged("post_install", "-at_install")
class TestWebInbox(HttpCase, ProspectCase):
    """The inbox in a real browser: a message is put right and becomes a prospect."""

    def test_inbox(self):
        self.manager.tour_enabled = False
        inbox = self.env["prospect.capture"]
        inbox.search([]).unlink()
        advertising = inbox._receive("form", "1", {"text": "Buy links"})
        message = inbox._receive(
            "form", "2", {"courriel": "anne.roy at example.com", "prénom": ""}
        )
        inbox._receive("form", "3", {"email": "fine@example.com"})
        self.start_tour(
            "/odoo/prospect-inbox", "prospect_inbox", login="prospect_manager"
        )
        self.env.invalidate_all()
        self.assertEqual((message.state, message.outcome), ("done", "created"))
        self.assertEqual(message.lead_id.email_normalized, "anne.roy@example.com")
        self.assertEqual(message.lead_id.status_id, self.new)
        self.assertReplay(message.lead_id)
        self.assertEqual(advertising.state, "ignored")
        self.assertEqual(advertising.reason, "Advertising")
