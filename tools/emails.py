"""Cells to e-mail addresses: the one address that a text can mean, or none.

Plain Python without the ORM. What an address is, Odoo says: the plain ones, nearly all,
are told by their letters alone; for the others it is asked. An address is never picked
out of words: "ana roux@example.com" is nobody's, and not roux@example.com.
"""
# ruff: noqa: RUF001 - letters as people write them

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from odoo.tools.mail import email_normalize

from .texts import clean_lines, fold, is_nothing

# Only letters that mean nothing else in a list of addresses.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_SPACES = re.compile(r"\s+")
_MAILTO = re.compile(r"\bmailto\s*:\s*", re.IGNORECASE)
# What a cell calls its address: any word before a colon.
_LABEL = re.compile(r"(?:^|(?<=[\s,;|/(]))[^\W\d_][\w.' -]{0,24}?\s*:\s*(?=\S+@)")
_QUERY = re.compile(r"(@[^\s?,;<>]+)\?[^\s,;<>]*")
_QUOTES = "\"'`´\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a"
_EDGE = f" \t\r\n,;:|/*!{_QUOTES}"
_ESCAPED_EDGE = re.compile(r"^(?:%20|%09|%0[ad])+|(?:%20|%09|%0[ad])+$", re.IGNORECASE)
_BRACKETED = re.compile(
    r"<\s*([^<>\s]+)\s*>|\(\s*([^()\s]+@[^()\s]+)\s*\)|\[\s*([^\[\]\s]+@[^\[\]\s]+)\s*\]"
)
_COMMENT = re.compile(r"\([^()@]*\)|\[[^\[\]@]*\]|\"[^\"@]*\"(?!@)")
_BETWEEN = frozenset(
    "and or et ou und oder y o e en of & puis / - sinon then".split()  # noqa: SIM905
)


def clean_email(text):
    """The normalised address of a cell, and what is wrong with it.

    The address is what ``odoo.tools.email_normalize`` makes of it, so that it matches
    what Odoo stores. It is taken out of a longer text only where what is left is a name
    before ``<...>``, what stands in brackets or quotes, a label, or other addresses.

    :returns: ``(address or None, problem or None)``; the problem is ``"invalid"``
        (no address that could be written to) or ``"several"`` (the first is taken)

    >>> clean_email("Marie.Dupont@Example.COM")
    ('marie.dupont@example.com', None)
    >>> clean_email("Marie Dupont <marie@example.com>; ")
    ('marie@example.com', None)
    >>> clean_email("mailto:marie@example.com, paul@example.com")
    ('marie@example.com', 'several')
    >>> clean_email("'marie@example.com'!"), clean_email("marie@example.com%20")
    (('marie@example.com', None), ('marie@example.com', None))
    >>> clean_email("marie at example.com"), clean_email("marie dupont@example.com")
    ((None, 'invalid'), (None, 'invalid'))
    >>> clean_email(" ")
    (None, None)
    """
    if not text:
        return None, None
    if _PLAIN_EMAIL.fullmatch(text) and "%" not in text:
        return (
            (text.lower(), None) if is_deliverable(text.lower()) else (None, "invalid")
        )
    return _clean_odd_email(text)


def is_plain_email(text):
    """Whether a text is one address and nothing else, in letters that mean no more.

    Odoo normalises such an address by writing it in small letters.

    >>> is_plain_email("Marie.Dupont@example.com"), is_plain_email("é@example.com")
    (True, False)
    >>> is_plain_email("marie@example.com%20"), is_plain_email("marie@1.2.3.4")
    (False, False)
    """
    return bool(
        _PLAIN_EMAIL.fullmatch(text)
        and "%" not in text
        and is_deliverable(text.lower())
    )


@lru_cache(maxsize=20_000)
def _clean_odd_email(text):
    """The same for a text that is not one plain address."""
    text = (
        unicodedata.normalize("NFKC", clean_lines(text)) if not text.isascii() else text
    )
    text = _QUERY.sub(r"\1", text.strip())
    if not text or is_nothing(text):
        return None, None
    if "@" not in text and "%40" in text:
        text = unquote(text)
    address = _read_one(text) if text[:1] == '"' else None
    address = address or _read_one(_strip(text))
    if address:
        return address, None
    found = _find_addresses(_MAILTO.sub("", text))
    if not found:
        return None, "invalid"
    return next(iter(found)), "several" if len(found) > 1 else None


def _find_addresses(text):
    """The addresses of a text as keys, in order; none where it has other words."""
    found, left, start = {}, [], 0
    for bracketed in _BRACKETED.finditer(text):
        address = _read_one(_strip(next(filter(None, bracketed.groups()))))
        if not address:
            continue
        found[address] = True
        if "@" in text[start : bracketed.start()]:
            left.append(text[start : bracketed.start()])
        start = bracketed.end()
    if "@" in text[start:] or not found:
        left.append(text[start:])
    for part in left:
        addresses = _read_list(part)
        if addresses is None:
            return {}
        found.update(dict.fromkeys(addresses, True))
    return found


def _strip(text):
    """A text without what stands around an address by mistake."""
    former = None
    while former != text:
        former = text
        text = _ESCAPED_EDGE.sub("", text.strip(_EDGE))
        if text.endswith("."):
            text = text.rstrip(".")
        text = text.strip("<>")
        if text[-1:] == ")" and "(" not in text:
            text = text[:-1]
        if text[:1] in "([" and text[-1:] in ")]" and text.count("@") == 1:
            text = text[1:-1]
    return _MAILTO.sub("", text) if _MAILTO.match(text) else text


def _read_one(text):
    """A text that is one address and nothing else, normalised, or None."""
    if "@" not in text or "%20" in text:
        return None
    address = email_normalize(text)
    if (
        address
        and is_deliverable(address)
        and unicodedata.normalize("NFC", address).casefold() == text.casefold()
    ):
        return address
    return None


def _read_list(text):
    """The addresses of a text that has nothing but addresses, or None."""
    text = _LABEL.sub(" ", _COMMENT.sub(" ", text))
    found, is_between = [], False
    for part in re.split(r"[\s,;|]+", text):
        if not part.strip(_EDGE) or is_nothing(part):
            continue
        if fold(part) in _BETWEEN and found and not is_between:
            is_between = True
            continue
        address = _read_one(_strip(part))
        if address:
            found.append(address)
            is_between = False
            continue
        several = [_read_one(_strip(piece)) for piece in part.split("/")]
        if len(several) < 2 or not all(several):
            return None
        found += several
        is_between = False
    return None if is_between else found


def is_deliverable(address):
    """Whether a normalised address has a domain that mail could go to.

    >>> is_deliverable("jose@exämple.com"), is_deliverable("root@localhost")
    (True, False)
    >>> is_deliverable("ana@x.example/-"), is_deliverable("ana@-x.example")
    (False, False)
    """
    local, _at, domain = address.rpartition("@")
    if not local or len(address) > 320 or len(domain) > 255:
        return False
    if local[0] != '"' and (_SPACES.search(local) or "@" in local):
        return False
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_is_label, labels)) and not labels[-1].isdigit()


def _is_label(label):
    """Whether a part of a domain has nothing but letters, digits and hyphens."""
    if not label or len(label) > 63 or label[0] == "-" or label[-1] == "-":
        return False
    if label.isascii():
        return label.replace("-", "").isalnum()
    # marks are parts of letters in many scripts
    return all(char == "-" or unicodedata.category(char)[0] in "LNM" for char in label)
