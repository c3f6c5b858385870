"""Who has sent a message: signatures made with a secret that both sides know.

*Standard Webhooks* (https://www.standardwebhooks.com) signs the number of the event,
the time and the body, so that neither can be changed and an old message is told from a
new one; ``t=...,v1=...`` signs the time and the body, and many forms the body alone.
Others send the secret itself: in a header, as a password, or in the address.
"""

import binascii
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode

from .refusals import Refused

PREFIX = "whsec_"
# Bytes of a secret: shorter ones could be guessed.
SHORTEST = 16
# Seconds that the clocks of both sides may differ, and a message may take.
TOLERANCE = 300
# Characters of the number of an event.
LONGEST_EVENT = 256
# Who speaks Standard Webhooks calls its headers one or the other.
_NAMES = ("webhook", "svix")
# Signatures of one message that are compared: who changes the secret sends two.
_MOST = 5
_TIME = re.compile(r"[0-9]{1,12}")
_BEARER = re.compile(r"^\s*(?:bearer|token|apikey)\s+", re.IGNORECASE)


def make_secret():
    """A new secret of 256 bits, as Standard Webhooks writes it.

    >>> len(read_secret(make_secret()))
    32
    """
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def read_secret(text):
    """The bytes of a secret as Standard Webhooks writes it.

    :raises ValueError: when it is no base64, or too short

    >>> read_secret("whsec_MDEyMzQ1Njc4OWFiY2RlZg==")
    b'0123456789abcdef'
    >>> read_secret("whsec_c2hvcnQ=")
    Traceback (most recent call last):
    ValueError: too short
    """
    try:
        secret = b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(secret) < SHORTEST:
        raise ValueError("too short")
    return secret


def sign_standard(secret, event, time, body):
    """The signature of a message as Standard Webhooks makes it.

    :param str secret: as ``make_secret`` writes it
    :param str event: the number of the event
    :param time: seconds since 1970
    :param bytes body: as it is sent

    The example of the specification:

    >>> sign_standard(
    ...     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ...     "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...     1614265330,
    ...     b'{"test": 2432232314}',
    ... )
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = b".".join([event.encode(), str(time).encode(), body])
    digest = hmac.new(read_secret(secret), signed, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


def check_standard(known, headers, body, now):
    """The number of the event of a message that was signed by Standard Webhooks.

    :param list known: the secrets that count
    :param headers: of the message; ``get`` finds them whatever their case
    :param bytes body: as it came
    :param float now: seconds since 1970
    :raises Refused: when it is signed otherwise, or not now

    >>> secret, body = make_secret(), b"{}"
    >>> headers = {"webhook-id": "7", "webhook-timestamp": "100"}
    >>> headers["webhook-signature"] = sign_standard(secret, "7", 100, body)
    >>> check_standard([secret], headers, body, 399)
    '7'
    >>> check_standard([secret], {**headers, "webhook-id": "8"}, body, 399)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: signature
    >>> check_standard([secret], headers, body, 401)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: time
    """
    name = next((name for name in _NAMES if headers.get(f"{name}-id")), _NAMES[0])
    event, time, given = (
        headers.get(f"{name}-{part}") or "" for part in ("id", "timestamp", "signature")
    )
    if not event or len(event) > LONGEST_EVENT or not _TIME.fullmatch(time):
        raise Refused("signature")
    expected = [sign_standard(secret, event, time, body) for secret in known]
    _compare(expected, given.split()[:_MOST])
    if abs(now - int(time)) > TOLERANCE:
        raise Refused("time")
    return event


def sign_body(secret, body):
    """The signature of a body alone, in hexadecimal digits.

    :param str secret: any text
    :param bytes body: as it is sent

    >>> sign_body("It's a Secret to Everybody", b"Hello, World!")[:16]
    '757107ea0eb2509f'
    """
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check_body(known, given, body):
    """Whether a body was signed: in hexadecimal digits or base64, after ``sha256=`` or
    after nothing.

    :param list known: the secrets that count
    :param str given: the header with the signature, if there is one
    :param bytes body: as it came
    :raises Refused: when it is signed otherwise

    >>> signature = sign_body("secret of two", b"{}")
    >>> check_body(["another", "secret of two"], f"sha256={signature}", b"{}")
    >>> check_body(["secret of two"], signature.upper(), b"{}")
    >>> check_body(["secret of two"], signature, b"[]")
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: signature
    """
    given = (given or "").strip().removeprefix("sha256=")
    digests = [sign_body(secret, body) for secret in known]
    encoded = [b64encode(bytes.fromhex(digest)).decode() for digest in digests]
    _compare([*digests, *encoded], [given, given.lower()])


def sign_timed(secret, moment, body):
    """The header that signs the time and the body.

    :param str secret: any text
    :param moment: seconds since 1970
    :param bytes body: as it is sent

    >>> sign_timed("whsec_test", 1492774577, b"{}")[:16]
    't=1492774577,v1='
    """
    digest = sign_body(secret, f"{moment}.".encode() + body)
    return f"t={moment},v1={digest}"


def check_timed(known, given, body, now):
    """Whether time and body were signed: ``t=...,v1=...``, as Stripe and Calendly do.

    :param list known: the secrets that count
    :param str given: the header with the signature, if there is one
    :param bytes body: as it came
    :param float now: seconds since 1970
    :raises Refused: when it is signed otherwise, or not now

    >>> secret, body = "a secret of some length", b"{}"
    >>> header = sign_timed(secret, 100, body)
    >>> check_timed(["another secret", secret], header, body, 399)
    >>> check_timed([secret], header, b"[]", 100)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: signature
    >>> check_timed([secret], header, body, 401)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: time
    """
    parts = [part.strip().partition("=") for part in (given or "").split(",")]
    moment = next((value for name, _is, value in parts if name == "t"), "")
    signatures = [value.strip() for name, _is, value in parts if name == "v1"][:_MOST]
    is_time = bool(_TIME.fullmatch(moment))
    signed = f"{moment if is_time else 0}.".encode() + body
    _compare([sign_body(secret, signed) for secret in known], signatures)
    if not is_time:
        raise Refused("signature")
    if abs(now - int(moment)) > TOLERANCE:
        raise Refused("time")


def check_token(known, given):
    """Whether one of some texts is the secret itself, after ``Bearer`` or nothing.

    :param list known: the secrets that count
    :param given: what headers or the address say
    :raises Refused: when none is

    >>> check_token(["secret of some length"], [None, "Bearer secret of some length"])
    >>> check_token(["secret of some length"], ["", None])
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: signature
    """
    texts = [_BEARER.sub("", text or "").strip() for text in given]
    _compare(list(map(_digest, known)), list(map(_digest, texts)))


def check_basic(known, login, given):
    """Whether a request has the right name and password, by HTTP Basic.

    :param list known: the passwords that count
    :param str login: the name
    :param str given: the header ``Authorization``, if there is one
    :raises Refused: when it has not

    >>> header = "Basic " + b64encode(b"shop:a secret of some length").decode()
    >>> check_basic(["a secret of some length"], "shop", header)
    >>> check_basic(["a secret of some length"], "form", header)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: signature
    """
    kind, _blank, text = (given or "").strip().partition(" ")
    said = ""
    if kind.lower() == "basic":
        try:
            said = b64decode(text.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            said = ""
    _compare([_digest(f"{login}:{secret}") for secret in known], [_digest(said)])


def _digest(text):
    """A text of a fixed length, so that comparing takes as long whatever is given."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _compare(expected, given):
    """Whether one of two lists of texts is in the other, in a time that reveals
    nothing.

    :raises Refused: when none is
    """
    found = [
        hmac.compare_digest(one.encode(), other.encode(errors="replace"))
        for one in expected
        for other in given
    ]
    if not any(found):
        raise Refused("signature")
