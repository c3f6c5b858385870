"""How other systems prove who they are, over real HTTP."""

import json
import logging
import time
from base64 import b64encode
from urllib.parse import quote

from odoo.exceptions import ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tests.common import TablesMixin

from ..models.prospect_webhook import SCHEMES
from ..tools.signatures import sign_body
from .common import SECRET, WebhookCase, make_headers, make_proof

FORM = "application/x-www-form-urlencoded"
ANA = {"email": "ana@scheme.example.com", "first_name": "Ana"}


@tagged("post_install", "-at_install", "web")
class TestSchemes(HttpCase, TablesMixin, WebhookCase):
    """Each way of signing, each kind of body, and checks of the address."""

    def _post(self, webhook, body, headers=None, kind="application/json", query=""):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if headers is None:
            headers = make_proof(webhook, body)
            query = query or (
                f"?token={quote(webhook.secret)}" if webhook.scheme == "address" else ""
            )
        return self.url_open(
            f"/prospect/hook/{webhook.token}{query}",
            data=body,
            headers={"Content-Type": kind, **headers} if kind else headers,
            method="POST",
        )

    @mute_logger("odoo.http")
    def test_schemes(self):
        """Who knows the secret sends; who does not changes nothing."""
        webhook = self.plain
        body = json.dumps(ANA).encode()
        for scheme, _label in SCHEMES[1:]:
            webhook.write({"scheme": scheme, "former_secret": False})
            self._messages(webhook).unlink()
            wrong = make_proof(webhook, body, secret="another secret of some length")
            with self.subTest(scheme=scheme):
                for headers, query in (
                    (wrong, "?token=another%20secret%20of%20some%20length"),
                    ({}, ""),
                    ({"Authorization": "Basic ###"}, "?token="),
                    ({"Authorization": "Bearer"}, ""),
                    ({webhook.header: "t=,v1="}, ""),
                    ({webhook.header: "é".encode()}, ""),
                ):
                    answer = self._post(webhook, body, headers, query=query)
                    self.assertEqual(answer.status_code, 401, (headers, query))
                    self.assertEqual(answer.json()["error"], "signature")
                    self.assertNotIn(webhook.secret, answer.text)
                self.assertFalse(self._messages(webhook))
                self.assertEqual(self._post(webhook, body).status_code, 202)
                self.assertEqual(self._post(webhook, body).status_code, 202)
                self.assertEqual(len(self._messages(webhook)), 1, "counts once")

    @mute_logger("odoo.http")
    def test_time_of_a_signature(self):
        """An old message is refused, and no other time can be written beside it."""
        webhook, body = self.plain, json.dumps(ANA).encode()
        webhook.scheme = "timed"
        now = time.time()
        for moment, status in ((now - 400, 401), (now + 400, 401), (now - 200, 202)):
            headers = make_proof(webhook, body, moment=moment)
            self.assertEqual(self._post(webhook, body, headers).status_code, status)
        (header,) = make_proof(webhook, body, moment=now - 400).values()
        signature = header.partition(",")[2]
        moved = {webhook.header: f"t={int(now)},{signature}"}
        self.assertEqual(self._post(webhook, body, moved).status_code, 401)
        # two signatures of one message, as after a new secret; other versions beside it
        (header,) = make_proof(webhook, b"{}", moment=now).values()
        moment, _comma, good = header.partition(",")
        several = {"Stripe-Signature": f"{moment},v1={'0' * 64},{good},v0=ab"}
        self.assertEqual(self._post(webhook, b'{"a"', several).status_code, 401)
        self.assertEqual(
            self._post(
                webhook,
                b"{}",
                {"Calendly-Webhook-Signature": several["Stripe-Signature"]},
            ).status_code,
            202,
        )

    def test_usual_headers(self):
        """Well-known systems are understood without naming their header."""
        body = json.dumps(ANA).encode()
        digest = sign_body(self.plain.secret, body)
        encoded = b64encode(bytes.fromhex(digest)).decode()
        self.plain.header = "X-Signature"
        for name, value in (
            ("Typeform-Signature", f"sha256={encoded}"),
            ("X-Hub-Signature-256", f"sha256={digest}"),
            ("Tally-Signature", encoded),
            ("X-Cal-Signature-256", digest),
        ):
            with self.subTest(name=name):
                answer = self._post(self.plain, body, {name: value})
                self.assertEqual(answer.status_code, 202)

    @mute_logger("odoo.http")
    def test_token(self):
        """In the header that was named, or as Bearer."""
        webhook = self.plain
        webhook.write({"scheme": "token", "header": "X-Api-Key"})
        for headers, status in (
            ({"X-Api-Key": webhook.secret}, 202),
            ({"Authorization": f"Bearer {webhook.secret}"}, 202),
            ({"X-Other": webhook.secret}, 401),
            ({"X-Api-Key": webhook.secret[:-1]}, 401),
        ):
            with self.subTest(headers=headers):
                self.assertEqual(self._post(webhook, ANA, headers).status_code, status)
        answer = self._post(webhook, ANA, {}, query=f"?token={quote(webhook.secret)}")
        self.assertEqual(answer.status_code, 401, "not in the address")

    @mute_logger("odoo.http")
    def test_basic(self):
        webhook = self.plain
        webhook.write({"scheme": "basic", "login": "brévo"})
        self.assertEqual(self._post(webhook, ANA).status_code, 202)
        other = b64encode(f"other:{webhook.secret}".encode()).decode()
        answer = self._post(webhook, ANA, {"Authorization": f"Basic {other}"})
        self.assertEqual(answer.status_code, 401)
        with self.assertRaises(ValidationError):
            webhook.login = "a:b"

    def test_new_secret(self):
        """The former one counts for a day, whatever the way."""
        for scheme, _label in SCHEMES[1:]:
            webhook = self.plain
            webhook.write({"scheme": scheme, "secret": f"first secret of {scheme}"})
            former = webhook.secret
            body = json.dumps({**ANA, "scheme": scheme}).encode()
            headers = make_proof(webhook, body)
            webhook.with_user(self.manager).action_new_secret()
            query = f"?token={quote(former)}" if scheme == "address" else ""
            with self.subTest(scheme=scheme):
                answer = self._post(webhook, body, headers, query=query)
                self.assertEqual(answer.status_code, 202)

    @mute_logger("odoo.http")
    def test_known_and_unknown(self):
        """What is done for an address that exists and for another is the same, in all
        ways.
        """
        done = set()
        for scheme, _label in SCHEMES:
            if scheme != "standard":
                self.plain.scheme = scheme
            webhook = self.webhook if scheme == "standard" else self.plain
            for token in (webhook.token, "x" * len(webhook.token)):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                headers = {"Content-Type": "application/json"}
                answer, status = self.env["prospect.webhook"]._take(
                    token, headers, b"{}"
                )
                self.assertEqual((answer["error"], status), ("signature", 401))
                done.add(self.env.cr.sql_log_count - before)
        self.assertEqual(len(done), 1, done)

    @mute_logger("odoo.http")
    def test_no_secret_in_logs(self):
        """Neither our logs nor an answer say a secret."""
        records = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: records.append(record.getMessage())
        logger = logging.getLogger("odoo.addons.prospect_webhook")
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        for scheme in ("token", "basic", "body", "timed"):
            self.plain.scheme = scheme
            self._post(self.plain, b"nonsense")
            self._post(self.plain, ANA)
        self.assertFalse([text for text in records if self.plain.secret in text])

    def test_bodies(self):
        """JSON, forms and texts, as they come, signed as bytes."""
        boundary = "----x"
        parts = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            f"{value}\r\n"
            for name, value in (
                ("formTitle", "Contact"),
                ("rawRequest", '{"q4_email": "m@scheme.example.com"}'),
            )
        )
        multipart = f"{parts}--{boundary}--\r\n".encode()
        for kind, body, email in (
            (FORM, b"email=f%40scheme.example.com&first_name=Zo%C3%A9", "f"),
            (f"{FORM}; charset=utf-8", b"data[email]=g%40scheme.example.com", "g"),
            (FORM, b'{"email": "h@scheme.example.com"}', "h"),
            ("text/plain", b'{"email": "i@scheme.example.com"}', "i"),
            ("text/plain;charset=utf-8", b"E-mail: j@scheme.example.com\nA: b", "j"),
            ("text/plain", b"email=k%40scheme.example.com&a=b", "k"),
            (f"multipart/form-data; boundary={boundary}", multipart, "m"),
            ("application/vnd.api+json", b'{"email": "n@scheme.example.com"}', "n"),
        ):
            with self.subTest(kind=kind, body=body):
                answer = self._post(self.plain, body, kind=kind)
                self.assertEqual(answer.status_code, 202, answer.text)
                self._run_job()
                lead = self._messages(self.plain)[-1].lead_id
                self.assertEqual(lead.email_from, f"{email}@scheme.example.com")

    def test_mailchimp(self):
        """A form with keys within keys, and a token in the address."""
        self.plain.scheme = "address"
        body = (
            "type=subscribe&fired_at=2026-03-26+21%3A35%3A57&data[id]=8a25ff1d98"
            "&data[list_id]=a6b5da1054&data[email]=ana%40scheme.example.com"
            "&data[merges][EMAIL]=ana%40scheme.example.com&data[merges][FNAME]=Ana"
            "&data[merges][LNAME]=Roux&data[ip_opt]=10.20.10.30"
        )
        self.assertIn("?token=", self.plain.url)
        self.assertEqual(
            self._post(self.plain, body.encode(), kind=FORM).status_code, 202
        )
        self._run_job()
        lead = self._messages(self.plain).lead_id
        self.assertRecordValues(
            lead,
            [
                {
                    "email_from": "ana@scheme.example.com",
                    "first_name": "Ana",
                    "last_name": "Roux",
                }
            ],
        )

    def test_several_events(self):
        """Each is a message of its own; what came already counts once."""

        def send(payload, event="b1", webhook=self.webhook):
            body = json.dumps(payload).encode()
            headers = make_headers(SECRET, event, body)
            return self._post(webhook, body, headers, kind=None)

        people = [{"email": f"p{n}@scheme.example.com"} for n in range(3)]
        answer = send(people)
        self.assertEqual(answer.status_code, 202)
        self.assertEqual(answer.json()["events"], ["b1:1", "b1:2", "b1:3"])
        self.assertEqual(self._messages().mapped("payload"), people)
        self.assertEqual(send(people).json(), answer.json())
        self.assertEqual(len(self._messages()), 3)
        self._run_job()
        self.assertEqual(
            self._messages().lead_id.mapped("email_from"),
            [person["email"] for person in people],
        )
        answer = send({"type": "lead", "leads": people[:2]}, event="b2")
        self.assertEqual(len(answer.json()["events"]), 2)
        self.assertEqual(
            self._messages()[-1].payload, {"type": "lead", "leads": people[1]}
        )
        # where the number is the event's own, whatever it comes with
        for numbers in ((1, 2), (2, 3), (3, 1)):
            batch = [{**ANA, "event_id": number} for number in numbers]
            self.assertEqual(self._post(self.plain, batch).status_code, 202)
        self.assertEqual(len(self._messages(self.plain)), 3)
        # ... and where there is none, what it says
        for names in ("ab", "bc", "c"):
            batch = [{**ANA, "first_name": name} for name in names]
            self._post(self.plain, batch)
        self.assertEqual(len(self._messages(self.plain)), 6)

    @mute_logger("odoo.http")
    def test_checks_of_the_address(self):
        """GET and OPTIONS are answered alike for any address, and write nothing."""
        before = self._tables()
        for token in (self.webhook.token, "z" * len(self.webhook.token)):
            url = f"/prospect/hook/{token}"
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("text/plain", answer.headers["Content-Type"])
            self.assertNotIn("Set-Cookie", answer.headers)
            answer = self.url_open(url, method="OPTIONS")
            self.assertEqual(answer.status_code, 200)
            self.assertIn("POST", answer.headers["Allow"])
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
            hub = f"{url}?hub.mode=subscribe&hub.challenge=%3Cb%3E1158201444"
            answer = self.url_open(hub)
            self.assertEqual((answer.status_code, answer.text), (200, "<b>1158201444"))
            self.assertIn("text/plain", answer.headers["Content-Type"])
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            answer = self.url_open(f"{hub}&hub.verify_token={token}")
            self.assertEqual(answer.text, "<b>1158201444")
            answer = self.url_open(f"{hub}&hub.verify_token=other")
            self.assertEqual((answer.status_code, answer.text), (403, ""))
        self.assertSameTables(before)
        answer = self._post(self.plain, {"challenge": "abc", "type": "check"})
        self.assertEqual(
            (answer.status_code, answer.json()), (200, {"challenge": "abc"})
        )
        self.assertFalse(self._messages(self.plain))

    def test_page(self):
        """The page says how safe each way is, and which header it uses."""
        told = set()
        with Form(self.plain.with_user(self.manager)) as form:
            for scheme, _label in SCHEMES[1:]:
                form.scheme = scheme
                told.add(form.safety)
        self.assertEqual(len(told), 5)
        self.assertTrue(all(told))
        self.plain.header = "X-Signature"
        with Form(self.plain.with_user(self.manager)) as form:
            form.scheme = "token"
            self.assertEqual(form.header, "Authorization")
            form.scheme = "body"
            self.assertEqual(form.header, "X-Signature")
