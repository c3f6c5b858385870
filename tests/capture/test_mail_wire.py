"""Mails as a server gets them: links in headers are readable (odoo/odoo#289182)."""

from odoo.tests import tagged

from ..common import ProspectCase
from ..smtp_sink import read_header, smtp_sink

LINK = f"https://prospect.example.com/unsubscribe/181-0-{'1b0f40ffbbcda9e7' * 6}"
POST = "List-Unsubscribe=One-Click"


@tagged("post_install", "-at_install")
class TestMailWire(ProspectCase):
    def _send(self, headers, **values):
        """A mail of Odoo's, by SMTP; what the server got."""
        self.patch(
            self.registry["ir.mail_server"], "_disable_send", lambda _self: False
        )
        with smtp_sink() as (port, mails):
            server = self.env["ir.mail_server"].create(
                {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port}
            )
            mail = self.env["mail.mail"].create(
                {
                    "subject": "Se désabonner est facile",
                    "body_html": "<p>Déjà vu</p>",
                    "email_from": "shop@prospect.example.com",
                    "email_to": "ana@prospect.example.com",
                    "headers": repr(headers),
                    "mail_server_id": server.id,
                    **values,
                }
            )
            mail.send(raise_exception=True)
        self.assertEqual(len(mails), 1)
        return mails[0]

    def test_unsubscribe(self):
        mail = self._send(
            {"List-Unsubscribe": f"<{LINK}>", "List-Unsubscribe-Post": POST}
        )
        self.assertEqual(
            read_header(mail, "List-Unsubscribe"), [f"List-Unsubscribe: <{LINK}>"]
        )
        self.assertEqual(
            read_header(mail, "List-Unsubscribe-Post"),
            [f"List-Unsubscribe-Post: {POST}"],
        )
        subject = "".join(read_header(mail, "Subject"))
        self.assertIn("=?utf-8?", subject, "what people read is still encoded")

    def test_all_headers_of_links(self):
        headers = {
            "List-Unsubscribe": f"<mailto:leave+{'a' * 80}@x.example.com>, <{LINK}>",
            "List-Id": f"News <{'news' * 20}.prospect.example.com>",
            "List-Help": f"<{LINK}>",
            "List-Archive": f"<{LINK}>",
            "Feedback-ID": f"{'1' * 60}:{'2' * 60}:mail:prospect",
            "Archived-At": f"<{LINK}>",
        }
        mail = self._send(headers)
        for name, value in headers.items():
            with self.subTest(header=name):
                self.assertEqual(read_header(mail, name), [f"{name}: {value}"])

    def test_long_lines(self):
        """No line is longer than servers take, and it breaks between links."""
        links = [f"<{LINK}/{number}/{'x' * 400}>" for number in range(4)]
        mail = self._send({"List-Unsubscribe": ", ".join(links)})
        lines = read_header(mail, "List-Unsubscribe")
        self.assertGreater(len(lines), 1)
        self.assertLessEqual(max(map(len, lines)), 998)
        text = "".join(lines).removeprefix("List-Unsubscribe: ")
        self.assertEqual(text.split(", "), links)

    def test_other_headers_are_odoos(self):
        """Words that people read are folded and encoded as ever."""
        mail = self._send({"X-Prospect": "é" * 90, "List-Help": f"<{LINK}/é>"})
        for name in ("X-Prospect", "List-Help"):
            lines = read_header(mail, name)
            self.assertTrue("".join(lines).isascii())
            self.assertIn("=?utf-8?", "".join(lines))
