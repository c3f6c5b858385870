import hmac
import json
import re
import time
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.prospect.tools.payload import flatten_payload
from odoo.addons.prospect.tools.transactions import CONCURRENCY_ERRORS
from odoo.addons.prospect.tools.trusted import trusted

from ..tools.bodies import MOST_EVENTS, can_read, read_events
from ..tools.refusals import Refused
from ..tools.signatures import (
    check_basic,
    check_body,
    check_standard,
    check_timed,
    check_token,
    make_secret,
    sign_body,
)

# Seconds between two refusals that are noted: who sends nonsense writes little.
NOTED = 60
# What is read of a webhook before its message is known to be right.
READ = ("scheme", "header", "login", "secret", "former_secret", "former_until")
# How well-known systems call the headers that sign a body, and time and body.
BODY_HEADERS = (
    *("Typeform-Signature", "Tally-Signature", "X-Hub-Signature-256", "X-Signature"),
    *("X-Cal-Signature-256", "X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature"),
)
TIMED_HEADERS = ("Stripe-Signature", "Calendly-Webhook-Signature", "X-Signature")
# Characters of what a check of the address is answered with.
LONGEST_CHALLENGE = 1000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
# For addresses that do not exist, so that they are answered as late as others.
_NOBODY = make_secret()


class ProspectWebhook(models.Model):
    """Messages of other systems: who sends, whether it is new, and into the inbox.

    Only for ``prospect.webhook``.
    """

    _name = "prospect.webhook"
    _inherit = ["prospect.webhook"]

    @api.model
    def _take(self, token, headers, body, query=None):
        """Take in one message. Nothing is written before its signature is known.

        A message may hold several events: each is a message of the inbox.

        :param str token: the last part of the address
        :param headers: of the request; ``get`` finds them whatever their case
        :param bytes body: as it came
        :param query: what the address says after its question mark
        :return: what to answer, as plain data, and the status over HTTP
        """
        webhook = self._find(token)
        try:
            self._check_kind(headers)
            number = webhook._check_signature(headers, body, query or {})
            events = read_events(body, headers.get("Content-Type"))
            challenge = self._find_challenge(events)
            if challenge:
                return {"challenge": challenge}, 200
            keys = webhook._find_keys(number, events)
            webhook._check_limit()
        except Refused as refusal:
            webhook._note_refusal(refusal.code)
            told = self._describe_refusals()[refusal.code]
            return {"error": refusal.code, "message": told}, refusal.status
        inbox = self.env["prospect.capture"].with_context(
            **trusted(prospect_webhook_id=webhook.id)
        )
        for key, payload in zip(keys, events, strict=True):
            inbox._receive(
                "webhook",
                f"{webhook.id}:{key}",
                payload,
                policy=webhook.policy,
                defaults={"source_id": webhook.source_id},
                company=webhook.company_id,
                process=False,
            )
        if len(keys) == 1:
            return {"status": "accepted", "event": keys[0]}, 202
        return {"status": "accepted", "events": keys}, 202

    @api.model
    def _answer_check(self, token, query):
        """What to answer a system that looks whether the address is there, the same
        for one that is not: nothing is looked up, nothing is written.

        A ``hub.challenge`` (Meta, WebSub) is given back, where the verify token beside
        it is the last part of the address, or none is given.

        :param query: what the address says after its question mark
        :return: a text, and the status over HTTP
        """
        challenge = query.get("hub.challenge") or query.get("challenge") or ""
        said = query.get("hub.verify_token")
        if said is not None and not hmac.compare_digest(said.encode(), token.encode()):
            return "", 403
        told = self.env._("Messages are taken in here, by POST.")
        return challenge[:LONGEST_CHALLENGE] or told, 200

    @api.model
    def _find_challenge(self, events):
        """What a message asks to be given back, which is a check and no event."""
        event = events[0] if len(events) == 1 else {}
        challenge = event.get("challenge")
        is_check = set(event) <= {"challenge", "token", "type", "event"}
        if is_check and isinstance(challenge, str):
            return challenge[:LONGEST_CHALLENGE]
        return None

    @api.model
    def _find(self, token):
        """The webhook of an address, or an empty one."""
        if not _TOKEN.fullmatch(token):
            return self.browse()
        # with all that is read of it, so that none is answered sooner
        return self.search_fetch([("token", "=", token)], READ)

    @api.model
    def _check_kind(self, headers):
        """Refuse what is neither JSON nor a form by its own account.

        :raises Refused: when it is neither
        """
        if not can_read(headers.get("Content-Type")):
            raise Refused("type")

    def _check_signature(self, headers, body, query):
        """Compare the signature, for an address that does not exist too.

        :return: the number of the event, where what was signed says it
        :raises Refused: when it does not match
        """
        known = self._get_secrets() if self else [_NOBODY]
        check = getattr(self, f"_check_{self.scheme or 'standard'}")
        event = check(known, headers, body, query)
        if not self:
            raise Refused("signature")
        return event

    def _check_standard(self, known, headers, body, _query):
        return check_standard(known, headers, body, time.time())

    def _check_timed(self, known, headers, body, _query):
        given = self._find_header(headers, TIMED_HEADERS)
        check_timed(known, given, body, time.time())

    def _check_body(self, known, headers, body, _query):
        check_body(known, self._find_header(headers, BODY_HEADERS), body)

    def _check_token(self, known, headers, body, _query):
        self._spend(body)
        check_token(known, [headers.get(self.header), headers.get("Authorization")])

    def _check_basic(self, known, headers, body, _query):
        self._spend(body)
        check_basic(known, self.login, headers.get("Authorization"))

    def _check_address(self, known, _headers, body, query):
        self._spend(body)
        check_token(known, [query.get("token")])

    def _find_header(self, headers, usual):
        """The header with the signature: the one that was named, else a usual one."""
        found = (headers.get(name) for name in (self.header, *usual))
        return next(filter(None, found), None)

    @api.model
    def _spend(self, body):
        """Take as long as a signature of the body takes, so that the time of an answer
        does not say how an address is protected.
        """
        sign_body(_NOBODY, body)

    def _get_secrets(self):
        """The secrets that count now."""
        until = self.former_until
        is_known = self.former_secret and until and until > fields.Datetime.now()
        return [self.secret, *([self.former_secret] if is_known else [])]

    def _find_keys(self, number, events):
        """What distinguishes each event from all others, as a list.

        What was signed as the number of the message, else the key that holds that of
        the event, else all that it says: the same counts once, for ever.

        :param str number: of the message, where what was signed says it
        """
        if number and len(events) == 1:
            return [number]
        keys = []
        for place, event in enumerate(events, start=1):
            key = self._find_event(event)
            if number and key.startswith("sha256:"):
                key = f"{number}:{place}"
            keys.append(key)
        return keys

    def _find_event(self, payload):
        """What distinguishes the event from others where its number is not signed: the
        key that holds it, else all that it says.
        """
        number = flatten_payload(payload).get(self.event_path or "")
        whole = json.dumps(payload, sort_keys=True).encode(errors="surrogatepass")
        return number or f"sha256:{sha256(whole).hexdigest()}"

    def _check_limit(self):
        """:raises Refused: when too many messages came within a minute"""
        if not self.limit_minute:
            return
        ((count,),) = self.env.execute_query(
            SQL(
                """SELECT count(*)
                     FROM (SELECT 1
                             FROM prospect_capture
                            WHERE webhook_id = %s
                              AND received_at > now() AT TIME ZONE 'UTC'
                                              - INTERVAL '1 minute'
                            LIMIT %s) AS recent""",
                self.id,
                self.limit_minute,
            )
        )
        if count >= self.limit_minute:
            raise Refused("limit")

    def _note_refusal(self, code):
        """Notify administrators why nothing comes, once a minute at most.

        The same is done for an address that does not exist, and where nothing is
        written: the time of an answer says nothing.
        """
        try:
            with self.env.registry.cursor() as cr:
                # a note that a crash may lose, and no wait for the disk
                cr.execute("SET LOCAL synchronous_commit = off")
                cr.execute(
                    SQL(
                        """UPDATE prospect_webhook
                              SET refused_at = now() AT TIME ZONE 'UTC',
                                  refused_code = %s
                            WHERE id IN (SELECT id
                                           FROM prospect_webhook
                                          WHERE id = %s
                                            AND (refused_at IS NULL
                                                 OR refused_at
                                                    <= now() AT TIME ZONE 'UTC'
                                                       - %s * INTERVAL '1 second')
                                     FOR NO KEY UPDATE SKIP LOCKED)""",
                        code,
                        self.id or 0,
                        NOTED,
                    )
                )
        except CONCURRENCY_ERRORS:
            # another request has noted one at the same time
            return

    @api.model
    def _describe_refusals(self):
        """{code: what is wrong and what to do, for the other system's programmers}"""
        return {
            "signature": self.env._(
                "The address or the signature is wrong: check the secret, and sign the"
                " body as it is sent."
            ),
            "time": self.env._(
                "Signed more than five minutes ago, or in the future: check the clock,"
                " and sign again when trying again."
            ),
            "body": self.env._(
                "The body is neither a JSON object, nor a list of them, nor a form."
            ),
            "type": self.env._(
                "Send JSON with Content-Type: application/json, or a form."
            ),
            "events": self.env._(
                "Too many events in one message: send at most %(count)s.",
                count=MOST_EVENTS,
            ),
            "limit": self.env._("Too many messages: try again in a minute."),
        }
