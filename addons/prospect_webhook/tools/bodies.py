"""What the body of a message says."""

import json

from .refusals import Refused

# Bytes of a body: an answer to a form is a few thousand.
LARGEST = 256 * 1024
# Objects within objects.
DEEPEST = 20


def read_body(body):
    """The JSON object that a body is.

    :param bytes body: as it came
    :raises Refused: for anything else, and for what is too deep to be read again

    >>> read_body('{"e-mail": "zoé@example.com"}'.encode())
    {'e-mail': 'zoé@example.com'}
    >>> read_body(b"[1]")
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: body
    >>> read_body(b'{"a":' * 30 + b"1" + b"}" * 30)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: body
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("body") from error
    if not isinstance(payload, dict) or _is_deep(payload):
        raise Refused("body")
    return payload


def _is_deep(payload):
    level = [payload]
    for _depth in range(DEEPEST):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
