"""Whatever is sent to a public address gets an answer: no error of ours."""

import logging
import os
import random
import time
from contextlib import contextmanager

from odoo.tests import tagged

from ..common import PublicCase

# Seconds; a longer run: PROSPECT_FUZZ_SECONDS=120 bin/test -k fuzz
SECONDS = float(os.environ.get("PROSPECT_FUZZ_SECONDS", "5"))
SEED = int(os.environ.get("PROSPECT_FUZZ_SEED", "19"))
ODD = [
    *("", " ", "\x00", "\u202e", "\U0001f600", "é" * 600, "0", "-1", "1e999", "NaN"),
    *("2030-13-45", "31/12/9999", "'; DROP TABLE crm_lead; --", "<script>", "{{7*7}}"),
    *("%s%n", "../../etc/passwd", "a@b", "a@b.c" * 100, "+33 6", "yes", "no", "YES"),
    *("double", "true", "null", "[]", "{}", "\r\nSet-Cookie: a=b", "9" * 400, "٣"),
]
NAMES = [
    *("first_name", "last_name", "e_mail", "accommodation", "room", "prospect_token"),
    *("prospect_url", "prospect_page", "utm_source", "utm_campaign", "self", "slug"),
    *("lang", "args", "kwargs", "_params", "phone", "phone__country", "day", "number"),
    *("plan", "csrf_token", "kind", "shown", "touched", "last", "\x00", "a[b]", ""),
    *("recaptcha_token_response", "turnstile_captcha", "debug", "db", "context"),
]


@tagged("post_install", "-at_install")
class TestFuzz(PublicCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for values in (
            {"label": "Phone", "type": "phone"},
            {"label": "Day", "type": "date"},
            {"label": "Number", "type": "float"},
            {"label": "Plan", "type": "file", "file_kind": "all"},
            {"label": "News", "type": "consent"},
        ):
            cls.env["prospect.form.field"].create({"form_id": cls.form.id, **values})
        for name in ("address", "form"):
            cls.env["ir.config_parameter"].set_param(
                f"prospect_form.limit_{name}", "100000"
            )

    def setUp(self):
        super().setUp()
        self.dice = random.Random(SEED)

    def _text(self):
        if self.dice.random() < 0.8:
            return self.dice.choice(ODD)
        return "".join(
            chr(self.dice.choice([self.dice.randrange(1, 0xD7FF), 65, 32]))
            for _letter in range(self.dice.randrange(40))
        )

    def _raw(self):
        return bytes(
            self.dice.randrange(256) for _byte in range(self.dice.randrange(300))
        )

    def _values(self):
        """Names and values, some of them right, some of them several times."""
        values = []
        if self.dice.random() < 0.5:
            values += list(self.MARIE.items())
        if self.dice.random() < 0.7:
            values.append(("prospect_token", self._token()))
        for _value in range(self.dice.randrange(8)):
            values.append((self.dice.choice([*NAMES, self._text()]), self._text()))
        self.dice.shuffle(values)
        return values

    def _body(self):
        """What a request carries: a form, with files or not, or anything."""
        values, kind = self._values(), self.dice.random()
        if kind < 0.5:
            return {"data": values}
        if kind < 0.75:
            files = [
                (
                    self.dice.choice(NAMES) or "plan",
                    (
                        self._text().replace("\r\n", " "),
                        self.dice.choice([b"%PDF-1.4", b"PK\x03\x04", self._raw()]),
                        self.dice.choice(["application/pdf", "x", "text/html"]),
                    ),
                )
                for _file in range(self.dice.randrange(1, 4))
            ]
            return {"data": values, "files": files}
        return {
            "data": self._raw(),
            "headers": {
                "Content-Type": self.dice.choice(
                    [
                        *("multipart/form-data", "multipart/form-data; boundary=a"),
                        *("application/x-www-form-urlencoded", "text/plain", ""),
                        *(
                            "application/x-www-form-urlencoded; charset=utf-16",
                            "x" * 90,
                        ),
                    ]
                )
            },
        }

    def _path(self):
        slug = self.dice.choice([self.form.slug] * 6 + ["nothing", "%00", "%27%22"])
        tail = self.dice.choice(
            ["", "", "/fr", "/xx", "/thanks", "/seen", "/%ff", "/%00"]
        )
        return f"/prospect/form/{slug}{tail}"

    @contextmanager
    def _catch_errors(self):
        """A list of what the server logs as errors meanwhile."""
        errors, handler = [], logging.Handler(logging.ERROR)
        handler.emit = lambda record: errors.append(handler.format(record))
        logger = logging.getLogger("odoo.http")
        logger.addHandler(handler)
        try:
            yield errors
        finally:
            logger.removeHandler(handler)

    def test_any_request(self):
        """No status of 500, and nothing in the log as an error."""
        end, count, seen = time.monotonic() + SECONDS, 0, {}
        with self._catch_errors() as errors:
            while time.monotonic() < end:
                count += 1
                options = self._body()
                method = self.dice.choice(["POST", "POST", "POST", "GET", "HEAD"])
                headers = options.pop("headers", {})
                if self.dice.random() < 0.5:
                    headers["Accept"] = "application/json"
                if self.dice.random() < 0.3:
                    headers["Accept-Language"] = self.dice.choice(
                        ["fr", "*", "x-y;q=a", "de-" + "a" * 300, ";;;"]
                    )
                if self.dice.random() < 0.3:
                    headers["Referer"] = self.dice.choice(
                        ["https://[x", "javascript:1", "https://e.example.com/?a"]
                    )
                params = None
                if method != "POST":
                    params = options.get("data") or None
                    options = {}
                    if isinstance(params, bytes):
                        params = params.decode("latin-1")
                path = self._path()
                response = self.opener.request(
                    method,
                    self.base_url() + path,
                    params=params,
                    headers=headers,
                    allow_redirects=False,
                    timeout=30,
                    **options,
                )
                seen[response.status_code] = seen.get(response.status_code, 0) + 1
                told = f"{SEED}, {count}: {method} {path} {errors} {options} {params}"
                self.assertLess(response.status_code, 500, told)
                self.assertFalse(errors, told)
        self._make_answers()
        lost = self.env["prospect.form.answer"].search(
            [("form_id", "=", self.form.id), ("state", "=", "received")]
        )
        self.assertFalse(lost, "every answer is accepted or in quarantine")
        self.assertGreater(seen.get(200, 0), 0)
        self.assertGreater(seen.get(422, 0), 0)
