import re
import time
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.prospect.tools.payload import flatten_payload
from odoo.addons.prospect.tools.transactions import CONCURRENCY_ERRORS
from odoo.addons.prospect.tools.trusted import trusted

from ..tools.bodies import read_body
from ..tools.refusals import Refused
from ..tools.signatures import check_body, check_standard, make_secret

# Seconds between two refusals that are noted: who sends nonsense writes little.
NOTED = 60
# What is read of a webhook before its message is known to be right.
READ = ("scheme", "header", "secret", "former_secret", "former_until")
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
    def _take(self, token, headers, body):
        """Take in one message. Nothing is written before its signature is known.

        :param str token: the last part of the address
        :param headers: of the request; ``get`` finds them whatever their case
        :param bytes body: as it came
        :return: what to answer, as plain data, and the status over HTTP
        """
        webhook = self._find(token)
        try:
            self._check_kind(headers)
            event = webhook._check_signature(headers, body)
            payload = read_body(body)
            event = event or webhook._find_event(payload, body)
            webhook._check_limit()
        except Refused as refusal:
            webhook._note_refusal(refusal.code)
            told = self._describe_refusals()[refusal.code]
            return {"error": refusal.code, "message": told}, refusal.status
        self.env["prospect.capture"].with_context(
            **trusted(prospect_webhook_id=webhook.id)
        )._receive(
            "webhook",
            f"{webhook.id}:{event}",
            payload,
            policy=webhook.policy,
            defaults={"source_id": webhook.source_id},
            company=webhook.company_id,
            process=False,
        )
        return {"status": "accepted", "event": event}, 202

    @api.model
    def _find(self, token):
        """The webhook of an address, or an empty one."""
        if not _TOKEN.fullmatch(token):
            return self.browse()
        # with all that is read of it, so that none is answered sooner
        return self.search_fetch([("token", "=", token)], READ)

    @api.model
    def _check_kind(self, headers):
        """Refuse what is no JSON by its own account: a form in it would have been read
        before the signature is compared.

        :raises Refused: when it is none
        """
        kind = (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Refused("type")

    def _check_signature(self, headers, body):
        """Compare the signature, for an address that does not exist too.

        :return: the number of the event, where what was signed says it
        :raises Refused: when it does not match
        """
        known = self._get_secrets() if self else [_NOBODY]
        if self.scheme == "body":
            check_body(known, headers.get(self.header), body)
            return None
        event = check_standard(known, headers, body, time.time())
        if not self:
            raise Refused("signature")
        return event

    def _get_secrets(self):
        """The secrets that count now."""
        until = self.former_until
        is_known = self.former_secret and until and until > fields.Datetime.now()
        return [self.secret, *([self.former_secret] if is_known else [])]

    def _find_event(self, payload, body):
        """What distinguishes the event from others where only the body is signed: the
        key that holds its number, else all that it says. The same body counts once, for
        ever.
        """
        number = flatten_payload(payload).get(self.event_path or "")
        return number or f"sha256:{sha256(body).hexdigest()}"

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
            "body": self.env._("The body is not one JSON object."),
            "type": self.env._("Send JSON, with Content-Type: application/json."),
            "limit": self.env._("Too many messages: try again in a minute."),
        }
