"""Cells of people's files to values: addresses, numbers, several in a cell.

Plain Python without the ORM. What an e-mail address is, Odoo says: the plain ones,
nearly all, are told by their letters alone; for the others it is asked.
"""

import re
import unicodedata

from odoo.tools.mail import email_normalize, email_split

_SEPARATORS = re.compile(r"[,;|\r\n]+")
# Only letters that mean nothing else in a list of addresses.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_DOMAIN = re.compile(r"[^\s@.,;:<>()\[\]\"\\]+(?:\.[^\s@.,;:<>()\[\]\"\\]+)+")
# Zero-width marks, soft hyphens, direction marks: no one sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_MAILTO = re.compile(r"\b(?:mailto|e-?mail|courriel)\s*:\s*", re.IGNORECASE)
_QUERY = re.compile(r"(@[^\s?,;<>]+)\?[^\s,;<>]*")
_EDGE = " \t\r\n.,;:|/"
_FLOAT = re.compile(r"(\+?\d+)[.,]0+")
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_TEL = re.compile(
    r"^\s*(?:t[ée]l|t[ée]l[ée]phone|phone|mobile|mob|portable|gsm|port|fixe|cell)\b\s*[.:]*\s*",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\s*[,;]?\s*(?:\b(?:extension|ext|poste|x(?=\s*\d))|(?<=\d)x(?=\d)|#)\s*[.:]*\s*\d{1,6}\s*$",
    re.IGNORECASE,
)
_TRUE = frozenset(
    [
        "1",
        "true",
        "vrai",
        "yes",
        "oui",
        "y",
        "o",
        "x",
        "ok",
        "on",
        "t",
        "v",
        "✓",
        "✔",
        "☑",
        "checked",
    ]
)
_FALSE = frozenset(
    [
        "0",
        "false",
        "faux",
        "no",
        "non",
        "n",
        "off",
        "f",
        "✗",
        "✘",
        "☐",
        "unchecked",
        "-",
    ]
)


def split_cell(text):
    """The several values of a cell, each once, in their order.

    >>> split_cell("VIP, salon 2026;vip | ; Lyon")
    ['VIP', 'salon 2026', 'Lyon']
    >>> split_cell("")
    []
    """
    values = {}
    for part in _SEPARATORS.split(text or ""):
        part = " ".join(part.split())
        if part:
            values.setdefault(part.casefold(), part)
    return list(values.values())


def clean_email(text):
    """The normalised address of a cell, and what is wrong with it.

    The address is what ``odoo.tools.email_normalize`` makes of it, so that it matches
    what Odoo stores.

    :returns: ``(address or None, problem or None)``; the problem is ``"invalid"``
        (no address that could be written to) or ``"several"`` (the first is taken)

    >>> clean_email("Marie.Dupont@Example.COM")
    ('marie.dupont@example.com', None)
    >>> clean_email("Marie Dupont <marie@example.com>; ")
    ('marie@example.com', None)
    >>> clean_email("mailto:marie@example.com, paul@example.com")
    ('marie@example.com', 'several')
    >>> clean_email("marie at example.com")
    (None, 'invalid')
    >>> clean_email(" ")
    (None, None)
    """
    if not text:
        return None, None
    if _PLAIN_EMAIL.fullmatch(text):
        return text.lower(), None
    text = _QUERY.sub(r"\1", _UNSEEN.sub("", text).replace("\u00a0", " ").strip())
    if not text:
        return None, None
    stripped = text.strip(_EDGE) if text[0] != "." else text
    if _PLAIN_EMAIL.fullmatch(stripped):
        return stripped.lower(), None
    return _clean_odd_email(text)


def is_plain_email(text):
    """Whether a text is one address and nothing else, in letters that mean no more.

    Odoo normalises such an address by writing it in small letters.

    >>> is_plain_email("Marie.Dupont@example.com"), is_plain_email("é@example.com")
    (True, False)
    """
    return bool(_PLAIN_EMAIL.fullmatch(text))


def _clean_odd_email(text):
    """An address that is not plain: one that Odoo accepts as one, else the first."""
    address = email_normalize(text)
    if address and is_deliverable(address):
        return address, None
    mended = _MAILTO.sub("", text).strip(_EDGE)
    address = email_normalize(mended)
    if address and is_deliverable(address):
        return address, None
    found = {}
    for part in re.split(r"[,;|/\s]+", mended):
        part = part.strip(_EDGE + "<>()[]\"'")
        address = part and "@" in part and email_normalize(part)
        if address and is_deliverable(address):
            found[address] = True
    for part in email_split(mended):
        address = email_normalize(part)
        if address and is_deliverable(address):
            found[address] = True
    if not found:
        return None, "invalid"
    return next(iter(found)), "several" if len(found) > 1 else None


def is_deliverable(address):
    """Whether a normalised address has a domain that mail could go to.

    >>> is_deliverable("jose@exämple.com"), is_deliverable("root@localhost")
    (True, False)
    """
    local, _at, domain = address.rpartition("@")
    return bool(
        local
        and _DOMAIN.fullmatch(domain)
        and len(address) <= 320
        and (local[0] == '"' or not _SPACES.search(local))
    )


def clean_phone_text(text):
    """A phone number as it was meant, before its country is looked at.

    A number that a spreadsheet took for one loses its ``.0``; marks that no one sees,
    ``tel:`` and an extension are taken off.

    >>> clean_phone_text("33612345678.0")
    '33612345678'
    >>> clean_phone_text("Tél. : 06 12 34 56 78 ext. 12")
    '06 12 34 56 78'
    >>> clean_phone_text("\\u202a+33\\u00a06\\u00a012\\u202f34 56 78\\u202c")
    '+33 6 12 34 56 78'
    >>> clean_phone_text("3.3612345678E+10")
    '33612345678'
    """
    if not text:
        return ""
    if text.isascii() and text.isdigit():
        return text
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    text = _SPACES.sub(" ", text).strip(" '\"")
    if found := _FLOAT.fullmatch(text):
        return found.group(1)
    if _EXPONENT.fullmatch(text):
        return str(int(float(text.replace(",", "."))))
    text = _TEL.sub("", text)
    return _EXTENSION.sub("", text).strip(" .,;:")


def parse_bool(text):
    """True or False as people write it in French or English, None when it is neither.

    >>> [parse_bool(text) for text in ("Oui", "FALSE", "x", "1", "peut-être", "")]
    [True, False, True, True, None, None]
    """
    text = (text or "").strip().casefold()
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def fold(text):
    """A name without case, accents and double blanks, to find it again.

    >>> fold(" Côte  d'Ivoire ")
    "cote d'ivoire"
    """
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())
