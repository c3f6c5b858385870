"""The sign that a page of a form was really opened here, and when.

Nothing is written when a page is opened: the token holds what is known of it, and a
signature that only the server can make.
"""

import base64
import binascii
import secrets
from typing import NamedTuple

# Seconds from which a page counts as opened in the future: clocks differ.
AHEAD = 120


class Token(NamedTuple):
    """What a token says.

    :ivar int form: number of the form
    :ivar int opened: when the page was opened, seconds since 1970
    :ivar int ready: from when on it is believed that a person has filled it in
    :ivar str nonce: distinguishes this page from all others
    """

    form: int
    opened: int
    ready: int
    nonce: str


def make_token(form, now, least, sign, nonce=None):
    """The text of a token.

    :param int least: seconds that a person needs at least
    :param sign: a function of a text, which returns its signature
    :param str nonce: of a page whose time was over: it stays the same page

    >>> token = make_token(7, 1000, 3, lambda text: "00" * 16)
    >>> read_token(token, lambda text: "00" * 16)[:3]
    (7, 1000, 1003)
    >>> read_token(token, lambda text: "11" * 16)
    >>> read_token(token[:-4], lambda text: "00" * 16)
    """
    nonce = nonce or secrets.token_urlsafe(12)
    text = f"{form}.{int(now)}.{int(now + least)}.{nonce}"
    return (
        f"{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}.{sign(text)}"
    )


def read_token(token, sign):
    """What a token says, as :class:`Token`, or None when it was not made here.

    >>> read_token("nonsense", lambda text: ""), read_token(None, lambda text: "")
    (None, None)
    """
    body, _dot, signature = (token or "").rpartition(".")
    if not body or len(body) > 200:
        return None
    try:
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        form, opened, ready, nonce = text.split(".")
        found = Token(int(form), int(opened), int(ready), nonce)
    except (ValueError, binascii.Error):
        return None
    if not secrets.compare_digest(sign(text).encode(), signature.encode()):
        return None
    return found


def is_over(token, now, hours):
    """Whether a page was opened too long ago, or not yet.

    >>> page = Token(1, 1000, 1003, "n")
    >>> is_over(page, 1010, 1), is_over(page, 1000 + 3601, 1), is_over(page, 500, 1)
    (False, True, True)
    """
    return not -AHEAD <= now - token.opened <= hours * 3600
