from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import ProspectCase


@tagged("post_install", "-at_install", "web")
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

    def test_download_of_a_mail(self):
        """The page gives the mail as it came, to who may read the inbox alone."""
        domain = self.env["mail.alias.domain"].create({"name": "inbox.example.com"})
        self.team.write({"alias_name": "prospect-inbox"})
        self.team.alias_id.alias_domain_id = domain
        source = (
            f"From: {self.salesman.email}\r\nTo: {self.team.alias_email}\r\n"
            "Subject: passed on\r\nMessage-Id: <web@prospect.example.com>\r\n"
            "Content-Type: text/html\r\n\r\n<script>alert(1)</script>Hello\r\n"
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, source)
        message = self.env["prospect.capture"].search(
            [("event_key", "=", "<web@prospect.example.com>")]
        )
        url = (
            f"/web/content/prospect.capture/{message.id}/mail?filename_field=mail_name"
        )
        self.authenticate(self.manager.login, self.manager.login)
        response = self.url_open(f"{url}&download=true")
        self.assertEqual(response.text, source)
        self.assertIn(f"mail-{message.id}.eml", response.headers["Content-Disposition"])
        self.assertEqual(self.url_open(url).headers["Content-Type"], "message/rfc822")
        self.authenticate(self.salesman.login, self.salesman.login)
        self.assertEqual(self.url_open(f"{url}&download=true").status_code, 404)
