"""Links of mails: of one purpose, signed, and, where they end, with their end."""

import re
import secrets
from typing import NamedTuple

_LINK = re.compile(
    r"(?P<number>[0-9]{1,18})-(?P<until>[0-9]{1,12})-(?P<sign>[0-9a-f]{16,128})",
    re.ASCII,
)


class Link(NamedTuple):
    """What a link says.

    :ivar int number: of the record that it is about
    :ivar int until: when it ends, seconds since 1970; 0: never
    """

    number: int
    until: int


def make_link(number, until, sign):
    """The last part of a link's address.

    :param int number: of a record
    :param int until: when it ends, seconds since 1970; 0: never
    :param sign: a function of a text, which returns its signature in hexadecimal

    >>> make_link(7, 1000, lambda text: "0f" * 16)
    '7-1000-0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f'
    """
    return f"{int(number)}-{int(until)}-{sign(f'{int(number)}.{int(until)}')}"


def read_link(text, sign):
    """What a link says, as :class:`Link`, or None when it was not made here.

    >>> sign = lambda text: ("%032x" % (len(text) * 7919))
    >>> link = make_link(7, 1000, sign)
    >>> read_link(link, sign)
    Link(number=7, until=1000)
    >>> read_link(link[:-1] + "0", sign), read_link("8" + link, sign)
    (None, None)
    >>> read_link("nonsense", sign), read_link(None, sign)
    (None, None)
    """
    found = _LINK.fullmatch(text or "")
    if not found:
        return None
    number, until = int(found["number"]), int(found["until"])
    expected = sign(f"{number}.{until}")
    if not secrets.compare_digest(expected.encode(), found["sign"].encode()):
        return None
    return Link(number, until)


def is_over(link, now):
    """Whether the time of a link is over.

    >>> is_over(Link(7, 1000), 999), is_over(Link(7, 1000), 1000)
    (False, True)
    >>> is_over(Link(7, 0), 1000)
    False
    """
    return bool(link.until) and now >= link.until
