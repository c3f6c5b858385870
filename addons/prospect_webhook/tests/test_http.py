"""The address as other systems use it, over real HTTP."""

import json
import os
import random
import re
import subprocess
import time
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from odoo import fields
from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tests.common import TablesMixin

from ..models.prospect_webhook import SCHEMES
from ..tools.bodies import LARGEST
from ..tools.examples import PERSON, make_example
from ..tools.signatures import make_secret, sign_body
from .common import SECRET, WebhookCase, make_headers

ANA = {"email": "ana@hook.example.com", "first_name": "Ana", "company": "Blue Door"}
# Seconds of fuzzing; the suite does a fixed number of requests instead.
FUZZ_SECONDS = int(os.environ.get("PROSPECT_FUZZ_SECONDS", "0"))
FUZZ_REQUESTS = 150


@tagged("post_install", "-at_install", "web")
class TestHttp(HttpCase, TablesMixin, WebhookCase):
    """Signed messages come in once; others change nothing [BX-06, MO-06]."""

    def _post(self, body, headers, token=None):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if callable(headers):
            headers = headers(body)
        return self.url_open(
            f"/prospect/hook/{token or self.webhook.token}",
            data=body,
            headers=headers,
            method="POST",
        )

    def _send(self, payload=None, event="evt_1", secret=SECRET, moment=None, **options):
        """Post as Standard Webhooks does; Ana where nothing else is said."""
        payload = ANA if payload is None else payload
        return self._post(
            payload, lambda body: make_headers(secret, event, body, moment), **options
        )

    def test_known_and_unknown(self):
        """What is done for an address that exists and for another is the same."""
        done = []
        for token in (self.webhook.token, "x" * len(self.webhook.token)):
            for _again in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                headers = make_headers(make_secret(), "1", b"{}")
                before = self.env.cr.sql_log_count
                answer, status = self.env["prospect.webhook"]._take(
                    token, headers, b"{}"
                )
                self.assertEqual((answer["error"], status), ("signature", 401))
                done.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(set(done)), 1, done)

    def test_signed_message(self):
        """It is a message of the inbox at once, and a prospect by the job."""
        answer = self._send()
        self.assertEqual(answer.status_code, 202)
        self.assertEqual(answer.json(), {"status": "accepted", "event": "evt_1"})
        self.assertNotIn("session_id", answer.headers.get("Set-Cookie", ""))
        message = self._messages()
        self.assertEqual((message.state, message.channel), ("received", "webhook"))
        self.assertEqual(message.payload, ANA)
        self._run_job()
        self.assertEqual((message.state, message.outcome), ("done", "created"))
        lead = message.lead_id
        self.assertRecordValues(
            lead,
            [
                {
                    "email_from": "ana@hook.example.com",
                    "first_name": "Ana",
                    "partner_name": "Blue Door",
                    "source_id": self.webhook.source_id.id,
                    "status_id": self.new.id,
                    "is_listed": True,
                }
            ],
        )
        self.assertEqual(self.webhook.source_id.prospect_channel, "webhook")
        self.assertEqual(self.webhook.source_id.display_name, "Test shop")
        self.assertReplay(lead)

    def test_replay(self):
        """The same event counts once, whatever it says the second time."""
        first = self._send()
        again = self._send()
        other = self._send({**ANA, "email": "other@hook.example.com"})
        for answer in (again, other):
            self.assertEqual(answer.status_code, 202)
            self.assertEqual(answer.json(), first.json())
        self.assertEqual(self._messages().mapped("payload"), [ANA])
        self._run_job()
        self._send()
        self.assertEqual(self._messages().outcome, "created")
        # another event of the same person is an update or nothing
        self._send({**ANA, "function": "Owner"}, event="evt_2")
        self._run_job()
        self.assertEqual(
            self._messages().mapped("outcome"),
            ["created", "updated"],
        )
        self.assertEqual(len(self._messages().lead_id), 1)
        # the number of another webhook's event is another event
        second = self.webhook.copy({"secret": SECRET})
        self._send(token=second.token)
        self.assertEqual(len(self._messages(second)), 1)

    @mute_logger("odoo.http")
    def test_refused(self):
        """Nothing is kept of what is not signed, now, by who knows the secret."""
        now = time.time()
        body = json.dumps(ANA).encode()
        good = make_headers(SECRET, "evt_1", body)
        without = [
            {key: value for key, value in good.items() if key != name}
            for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        ]
        archived = self.webhook.copy({"secret": SECRET, "active": False})
        for name, answer, status, code in (
            *(
                (f"without {n}", self._post(body, headers), 401, "signature")
                for n, headers in enumerate(without)
            ),
            ("changed", self._post(body + b" ", good), 401, "signature"),
            (
                "another event",
                self._post(body, {**good, "webhook-id": "evt_2"}),
                401,
                "signature",
            ),
            (
                "another time",
                self._post(body, {**good, "webhook-timestamp": str(int(now) + 9)}),
                401,
                "signature",
            ),
            ("secret", self._send(secret=make_secret()), 401, "signature"),
            ("old", self._send(moment=now - 400), 401, "time"),
            ("early", self._send(moment=now + 400), 401, "time"),
            ("archived", self._send(token=archived.token), 401, "signature"),
            ("unknown", self._send(token="x" * 32), 401, "signature"),
            ("odd", self._send(token="%00%0a"), 401, "signature"),
            ("list", self._send([1, ANA]), 400, "body"),
            ("text", self._send(b'"email=ana"'), 400, "body"),
            ("no json", self._send(b"email=ana"), 400, "body"),
            ("many", self._send([{"a": 1}] * 501), 413, "events"),
            ("nan", self._send(b'{"a": ' + b"9" * 5000 + b"}"), 400, "body"),
            ("deep", self._send(b"[" * 50_000), 400, "body"),
            (
                "form",
                self._post(
                    b"email=ana%40example.com",
                    {**good, "Content-Type": "application/x-www-form-urlencoded"},
                ),
                401,
                "signature",
            ),
            (
                "page",
                self._post(body, {**good, "Content-Type": "text/html"}),
                415,
                "type",
            ),
        ):
            with self.subTest(name=name):
                self.assertEqual(answer.status_code, status)
                self.assertEqual(answer.json()["error"], code)
                self.assertFalse(self._messages() + self._messages(archived))
        large = self._send({**ANA, "message": "x" * LARGEST})
        self.assertEqual(large.status_code, 413)
        self.assertFalse(self._messages())

    @mute_logger("odoo.http")
    def test_same_answer_for_a_wrong_address(self):
        """Nobody finds out which addresses there are."""
        wrong = self._send(secret=make_secret())
        unknown = self._send(secret=make_secret(), token="y" * 32)
        self.assertEqual(wrong.json(), unknown.json())
        self.assertEqual(wrong.status_code, unknown.status_code)

    @mute_logger("odoo.http")
    def test_refusal_is_told(self):
        """The page says why nothing comes, and is written once a minute at most."""
        self._send(secret=make_secret())
        self.env.invalidate_all()
        self.assertEqual(self.webhook.refused_code, "signature")
        noted = self.webhook.refused_at
        self.assertTrue(noted)
        self._send(moment=time.time() - 400)
        self.env.invalidate_all()
        self.assertEqual(
            (self.webhook.refused_at, self.webhook.refused_code), (noted, "signature")
        )
        self.webhook.refused_at = noted - timedelta(minutes=2)
        self._send(moment=time.time() - 400)
        self.env.invalidate_all()
        self.assertEqual(self.webhook.refused_code, "time")

    @mute_logger("odoo.http")
    def test_get_changes_nothing(self):
        before = self._tables()
        for token in (self.webhook.token, self.plain.token, "z" * 32):
            for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
                answer = self.url_open(f"/prospect/hook/{token}", method=method)
                status = 405 if method in ("PUT", "DELETE") else 200
                self.assertEqual(answer.status_code, status)
        self.assertSameTables(before)

    def test_signature_of_the_body(self):
        """As forms sign: hexadecimal or base64, with sha256= or without."""
        shapes = ("{0}", "sha256={0}", "{1}", "sha256={1}", "{2}")
        for number, shape in enumerate(shapes):
            payload = {**ANA, "event_id": f"{number}"}
            digest = sign_body(self.plain.secret, json.dumps(payload).encode())
            encoded = b64encode(bytes.fromhex(digest)).decode()
            with self.subTest(shape=shape):
                answer = self._post(
                    payload,
                    {
                        "Content-Type": "application/json; charset=utf-8",
                        "Form-Signature": shape.format(digest, encoded, digest.upper()),
                    },
                    token=self.plain.token,
                )
                self.assertEqual(answer.status_code, 202)
                self.assertEqual(answer.json()["event"], f"{number}")
        self.assertEqual(len(self._messages(self.plain)), 5)

    @mute_logger("odoo.http")
    def test_replay_of_a_body(self):
        """The number that the body names counts once; without one, the body does."""

        def send(payload, **headers):
            return self._post(
                payload,
                lambda body: {
                    "Content-Type": "application/json",
                    "Form-Signature": sign_body(self.plain.secret, body),
                    **headers,
                },
                token=self.plain.token,
            ).status_code

        self.assertEqual(send({**ANA, "event_id": 7}), 202)
        self.assertEqual(send({**ANA, "event_id": 7, "first_name": "Anne"}), 202)
        self.assertEqual(len(self._messages(self.plain)), 1)
        self.assertEqual(send(ANA), 202)
        self.assertEqual(send(ANA), 202)
        self.assertEqual(len(self._messages(self.plain)), 2)
        self.assertEqual(send({**ANA, "first_name": "Anne"}), 202)
        self.assertEqual(len(self._messages(self.plain)), 3)
        self.assertEqual(send(ANA, **{"Form-Signature": "sha256="}), 401)
        self.assertEqual(send(ANA, **{"Form-Signature": "é".encode()}), 401)

    @mute_logger("odoo.http")
    def test_new_secret(self):
        """The former one counts for a day, or as long as the administrator wants."""
        webhook = self.webhook.with_user(self.manager)
        webhook.action_new_secret()
        self.assertNotEqual(webhook.secret, SECRET)
        self.assertEqual(self._send(event="a").status_code, 202)
        self.assertEqual(self._send(event="b", secret=webhook.secret).status_code, 202)
        webhook.write({"former_secret": SECRET, "former_until": fields.Datetime.now()})
        self.assertEqual(self._send(event="c").status_code, 401)
        webhook.secret = make_secret()
        webhook.action_forget_former()
        self.assertEqual(self._send(event="d").status_code, 401)
        self.assertEqual(len(self._messages()), 2)
        # a secret of the other way of signing is no former secret
        webhook.write({"scheme": "body", "secret": "another secret of a form"})
        self.assertFalse(webhook.former_secret)

    @mute_logger("odoo.http")
    def test_limit(self):
        self.webhook.limit_minute = 2
        statuses = [self._send(event=f"l{n}").status_code for n in range(4)]
        self.assertEqual(statuses, [202, 202, 429, 429])
        refused = self._send(event="l2")
        self.assertEqual(refused.headers["Retry-After"], "60")
        self.env.cr.execute(
            "UPDATE prospect_capture SET received_at = received_at - INTERVAL '2 min'"
            " WHERE webhook_id = %s",
            [self.webhook.id],
        )
        self.assertEqual(self._send(event="l2").status_code, 202)
        self.webhook.limit_minute = 0
        self.assertEqual(self._send(event="l3").status_code, 202)
        self.assertEqual(len(self._messages()), 4)

    def _run_shell(self, script):
        """Run commands of the documentation as they stand; what they print.

        What tests need besides (the database, the key of the test) is given to curl by
        its own file of settings.
        """
        self.env.flush_all()
        with TemporaryDirectory() as home, self.allow_requests():
            Path(home, ".curlrc").write_text(
                f'cookie = "test_request_key={self.http_request_key}"\n'
                f'header = "X-Odoo-Database: {get_db_name()}"\n'
                "noproxy = *\n"
            )
            return subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                env={"PATH": os.environ["PATH"], "HOME": home, "CURL_HOME": home},
                capture_output=True,
                text=True,
                check=True,
                timeout=30,
            ).stdout

    def test_commands_of_the_page(self):
        """What the page says to type works, with the secret filled in."""
        for scheme, _label in SCHEMES:
            webhook = self.webhook if scheme == "standard" else self.plain
            webhook.scheme = scheme
            script = webhook.example.replace(webhook.get_base_url(), self.base_url())
            self.assertEqual("SECRET='...'" in script, scheme != "address")
            script = script.replace("SECRET='...'", f"SECRET='{webhook.secret}'")
            with self.subTest(scheme=scheme):
                answer = json.loads(self._run_shell(script))
                self.assertEqual(answer["status"], "accepted")
                self.assertEqual(self._messages(webhook).payload, json.loads(PERSON))
        self._run_job()
        lead = self._messages().lead_id
        self.assertEqual(lead, self._messages(self.plain).lead_id)
        self.assertEqual(lead.partner_name, "Blue Door Studio")

    def test_commands_of_the_manual(self):
        """What docs/webhooks.rst says to type is what the page says, and works."""
        url = "https://odoo.example.com/prospect/hook/..."
        # the add-ons are links to the checkout
        manual = Path(__file__).resolve().parents[3] / "docs" / "webhooks.rst"
        text = manual.read_text("utf-8")
        blocks = re.findall(r"\.\. code-block:: bash\n\n((?:   [^\n]*\n|\n)+)", text)
        scripts = [re.sub(r"^   ", "", block, flags=re.M).strip() for block in blocks]
        schemes = [scheme for scheme, _label in SCHEMES]
        self.assertEqual(
            scripts,
            [
                make_example(
                    scheme,
                    f"{url}?token=..." if scheme == "address" else url,
                    "X-Signature",
                ).strip()
                for scheme in schemes
            ],
        )
        self.plain.header = "X-Signature"
        for scheme, script in zip(schemes, scripts, strict=True):
            webhook = self.webhook if scheme == "standard" else self.plain
            webhook.scheme = scheme
            script = script.replace("token=...", f"token={quote(webhook.secret)}")
            address = f"{self.base_url()}/prospect/hook/{webhook.token}"
            script = script.replace(url, address)
            script = script.replace("SECRET='...'", f"SECRET='{webhook.secret}'")
            self.assertEqual(json.loads(self._run_shell(script))["status"], "accepted")

    @mute_logger("odoo.http")
    def test_fuzz(self):
        """Nonsense gets no error of ours, and no message but what is signed."""
        chance = random.Random(20261122)
        accepted, end = set(), time.monotonic() + FUZZ_SECONDS
        number = 0
        self.webhook.limit_minute = self.plain.limit_minute = 0
        with self.assertNoLogs("odoo.http", "ERROR"):
            while number < FUZZ_REQUESTS or time.monotonic() < end:
                number += 1
                body, headers, token = self._make_nonsense(chance, number)
                answer = self._post(body, headers, token=token)
                self.assertIn(
                    answer.status_code,
                    (202, 400, 401, 404, 405, 413, 415, 431),
                    (body[:200], headers, token),
                )
                self.assertNotIn("Traceback", answer.text)
                if answer.status_code == 202:
                    told = answer.json()
                    keys = told.get("events") or [told["event"]]
                    accepted.update((token, key) for key in keys)
        self.assertGreater(len(accepted), number / 10)
        messages = self._messages(self.webhook + self.plain)
        self.assertEqual(len(messages), len(accepted))
        self._run_job()
        self.assertLessEqual(set(messages.mapped("state")), {"done", "quarantined"})
        self.assertTrue(
            all(
                message.reason for message in messages if message.state == "quarantined"
            )
        )

    def _make_nonsense(self, chance, number):
        """A body, headers and the end of an address, some of them well signed."""
        body = chance.choice(
            (
                lambda: json.dumps(self._make_value(chance, 0)).encode(),
                lambda: json.dumps({"email": self._make_text(chance)}).encode(),
                lambda: json.dumps(
                    {"a": self._make_value(chance, 0), "email": f"{number}@x.fr"}
                ).encode(),
                lambda: chance.randbytes(chance.randrange(200)),
                lambda: b'{"a":' * chance.randrange(3000),
                lambda: b'{"email": "\xff\xfe"}',
                lambda: b'{"email": "\\ud83d\\u0000", "first_name": 1e999}',
            )
        )()
        event = chance.choice((f"n{number}", f"n {number} é", f"{number}" * 40))
        if chance.random() < 0.5:
            webhook = self.webhook
            headers = make_headers(SECRET, event.encode().decode("latin-1"), body)
            # the wire carries bytes: what was signed is what the server will read
            headers = {name: value.encode("latin-1") for name, value in headers.items()}
        else:
            webhook = self.plain
            headers = {
                "Content-Type": "application/json",
                "Form-Signature": sign_body(webhook.secret, body),
            }
        if chance.random() < 0.4:
            name = chance.choice(sorted(headers))
            headers[name] = chance.choice(
                ("", "0", "-1", "9" * 30, "sha256=", "v1,", "é".encode(), "v1, v1, a")
            )
        token = webhook.token
        if chance.random() < 0.1:
            token = chance.choice(("%00", "..", "a%2Fb", "é" * 30, "'--", "x" * 3000))
        return body, headers, token

    def _make_text(self, chance):
        return "".join(
            chance.choice("aé@.\x00\n<>'\"%;{}\ud83d\u202e0 ")
            for _n in range(chance.randrange(40))
        )

    def _make_value(self, chance, depth):
        if depth > 3 or chance.random() < 0.3:
            return chance.choice(
                (None, True, 0, -1, 1.5, 10**400, self._make_text(chance), "x" * 3000)
            )
        if chance.random() < 0.5:
            return [self._make_value(chance, depth + 1) for _n in range(3)]
        keys = ("email", "phone", "id", "user_id", "tags", "", "a.b", "name", "value")
        return {
            chance.choice(keys): self._make_value(chance, depth + 1) for _n in range(4)
        }
