"""Opening, clicking and leaving, over HTTP as mail programs do it."""

from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import MailingCase

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@tagged("post_install", "-at_install")
class TestUnsubscribe(MailingCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.people[0]
        cls.email = cls.lead.email_normalized

    def _sent(self):
        mailing = self._mailing(
            body_html='<p><a href="https://example.com/a">A</a></p>'
        )
        traces = self._send(mailing)
        trace = traces[self.lead]
        trace.sent_datetime = trace.sent_datetime.replace(year=2025)
        self.env.flush_all()
        return mailing.sudo(), trace

    def _is_listed(self):
        self.env.invalidate_all()
        return bool(self.env["mail.blacklist"].search([("email", "=", self.email)]))

    def _path(self, url):
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}"

    def test_opening_an_address_changes_nothing(self):
        """A scanner opens each address of a mail; Odoo would unsubscribe it."""
        mailing, trace = self._sent()
        asked = self._path(mailing._get_unsubscribe_url(self.email, self.lead.id))
        direct = asked.replace("confirm_unsubscribe", "unsubscribe")
        for path in (asked, direct):
            for method in ("GET", "HEAD"):
                answer = self.url_open(path, method=method)
                self.assertEqual(answer.status_code, 200)
                self.assertFalse(self._is_listed(), (method, path))
        self.assertIn("confirm_unsubscribe", self.url_open(direct).text)
        self.assertFalse(trace.unsubscribed_at)

    def test_button_of_mail_programs(self):
        """RFC 8058: one request without a question; counted for this mailing."""
        mailing, trace = self._sent()
        url = mailing._get_unsubscribe_oneclick_url(self.email, self.lead.id)
        answer = self.url_open(
            self._path(url), data={"List-Unsubscribe": "One-Click"}, method="POST"
        )
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(self._is_listed())
        self.assertTrue(trace.unsubscribed_at)
        self.assertEqual(mailing.prospect_unsubscribed_count, 1)
        # the page then shows it, and takes it back
        direct = self._path(url).replace("unsubscribe_oneclick", "unsubscribe")
        self.assertNotIn("/mailing/confirm_unsubscribe", self.url_open(direct).text)
        token = mailing._generate_mailing_recipient_token(self.lead.id, self.email)
        self.make_jsonrpc_request(
            "/mailing/blocklist/remove",
            {
                "mailing_id": mailing.id,
                "document_id": self.lead.id,
                "email": self.email,
                "hash_token": token,
            },
        )
        self.assertFalse(self._is_listed())
        self.assertFalse(trace.unsubscribed_at, "nobody was lost")

    @mute_logger("odoo.http")
    def test_signatures(self):
        """Nobody unsubscribes anybody else."""
        mailing, trace = self._sent()
        url = self._path(mailing._get_unsubscribe_oneclick_url(self.email, 1))
        url = url.replace("document_id=1", f"document_id={self.lead.id}")
        for path in (url, url.replace("hash_token", "x")):
            answer = self.url_open(path, data={"a": "b"}, method="POST")
            self.assertGreaterEqual(answer.status_code, 400)
        self.assertFalse(self._is_listed())
        self.assertFalse(trace.unsubscribed_at)

    def test_openings(self):
        """A person, a picture service and a program; the figures keep them apart."""
        mailing, trace = self._sent()
        trace.mail_mail_id_int = trace.mail_mail_id_int or 987_654_321
        self.env.flush_all()
        number = trace.mail_mail_id_int
        token = self.env["mail.mail"]._generate_mail_recipient_token(number)
        path = f"/mail/track/{number}/{token}/blank.gif"
        for headers, human in (
            ({"User-Agent": "GoogleImageProxy"}, False),
            ({"User-Agent": "curl/8.5"}, False),
            (FIREFOX, True),
        ):
            answer = self.url_open(path, headers=headers)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(bool(trace.human_open_at), human, headers)
        self.env.invalidate_all()
        self.assertEqual(
            trace.prospect_hit_ids.mapped("verdict"), ["human", "machine", "proxy"]
        )
        self.assertEqual(mailing.prospect_opened_count, 1)
        self.assertEqual(mailing.prospect_human_opened_count, 1)

    def test_clicks(self):
        mailing, trace = self._sent()
        link = self.env["link.tracker"].search_or_create(
            [
                {
                    "url": "https://example.com/a",
                    "mass_mailing_id": mailing.id,
                    "title": "A",
                }
            ]
        )
        path = f"/r/{link.code}/m/{trace.id}"
        scanner = {"User-Agent": "Barracuda Sentinel"}
        answer = self.url_open(path, headers=scanner, allow_redirects=False)
        self.assertEqual(answer.status_code, 301)
        self.env.invalidate_all()
        self.assertTrue(trace.links_click_datetime)
        self.assertFalse(trace.human_click_at)
        self.url_open(path, headers=FIREFOX, allow_redirects=False)
        self.env.invalidate_all()
        self.assertTrue(trace.human_click_at)
        self.assertEqual(
            [(hit.kind, hit.verdict) for hit in trace.prospect_hit_ids],
            [("click", "human"), ("click", "machine")],
        )
        self.assertEqual(trace.prospect_hit_ids.link_id, link)
        self.assertEqual(mailing.prospect_human_clicked_count, 1)
