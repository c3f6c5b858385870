"""Cells of people's files to values: addresses, numbers, several in a cell.

Plain Python without the ORM. What an e-mail address is, Odoo says: the plain ones,
nearly all, are told by their letters alone; for the others it is asked.
"""
# ruff: noqa: RUF001 - letters as people write them

import re
import unicodedata
from decimal import Decimal

from .emails import clean_email, is_deliverable, is_plain_email
from .texts import clean_lines, clean_text, fold, is_nothing

__all__ = [
    "clean_email",
    "clean_phone_text",
    "clean_text",
    "fold",
    "has_lost_digits",
    "is_deliverable",
    "is_plain_email",
    "parse_bool",
    "read_cell",
    "split_cell",
]
# Fields of free text, of names of people, of codes (NA is Namibia), and those whose
# cells may have a value on each line.
_FREE = frozenset(("description",))
_PEOPLE = frozenset(("contact_name", "first_name", "last_name"))
_CODES = frozenset(("country_id", "state_id"))
_SEVERAL = frozenset(("assistant_email", "email_from", "list_ids", "phone", "tag_ids"))
_SEPARATORS = re.compile(r"[,;|\r\n]+")
# Zero-width marks, soft hyphens, direction marks: no one sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_FLOAT = re.compile(r"(\+?\d+)[.,]0+")
_EXPONENT = re.compile(r"\+?(\d(?:[.,]\d*)?)\s*(?:[eE]|[x×*]\s*10\s*\^)\s*\+?(\d{1,2})")
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
        *("ja", "j", "si", "s", "sim", "tak", "da", "wahr", "verdadero", "vero", "да"),
        *("actif", "active", "coche", "cochee", "enabled", "☒", "✅", "👍"),
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
        *("nein", "nee", "nao", "nie", "falsch", "falso", "нет", "inactif", "inactive"),
        *("decoche", "decochee", "disabled", "❌", "👎"),
    ]
)


def read_cell(cell, fname):
    r"""What a cell says of a field: cleaned, and empty where it says nothing.

    >>> read_cell(" An\u200ba\n Roux ", "contact_name"), read_cell("n/a", "city")
    ('Ana Roux', '')
    >>> read_cell("-", "description"), read_cell("NA", "country_id")
    ('-', 'NA')
    """
    if fname in _FREE:
        return clean_lines(cell)
    text = clean_lines(cell) if fname in _SEVERAL else clean_text(cell)
    if is_nothing(text, fname in _PEOPLE) and not (
        fname in _CODES and len(text) == 2 and text.isupper()
    ):
        return ""
    return text


def split_cell(text):
    """The several values of a cell, each once, in their order.

    >>> split_cell("VIP, salon 2026;vip | ; Lyon")
    ['VIP', 'salon 2026', 'Lyon']
    >>> split_cell("")
    []
    """
    values = {}
    for part in _SEPARATORS.split(text or ""):
        part = clean_text(part)
        if part and not is_nothing(part):
            values.setdefault(fold(part), part)
    return list(values.values())


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
    >>> clean_phone_text("3,36123E+10")
    '3,36123E+10'
    """
    if not text:
        return ""
    if text.isascii() and text.isdigit():
        return text
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    text = _SPACES.sub(" ", text).strip(" '\"")
    if found := _FLOAT.fullmatch(text):
        return found.group(1)
    if found := _EXPONENT.fullmatch(text):
        if has_lost_digits(text):
            return text
        mantissa = Decimal(found.group(1).replace(",", "."))
        return f"{mantissa.scaleb(int(found.group(2))):.0f}"
    text = _TEL.sub("", text)
    return _EXTENSION.sub("", text).strip(" .,;:")


def has_lost_digits(text):
    """Whether a spreadsheet has kept fewer digits of a number than it has.

    >>> has_lost_digits("3,36123E+10"), has_lost_digits("3.3612345678E+10")
    (True, False)
    """
    found = _EXPONENT.fullmatch(text.strip())
    if not found:
        return False
    return sum(map(str.isdigit, found.group(1))) <= int(found.group(2))


def parse_bool(text):
    """True or False as people write it in French or English, None when it is neither.

    >>> [parse_bool(text) for text in ("Oui", "FALSE", "x", "1", "peut-être", "")]
    [True, False, True, True, None, None]
    """
    text = fold(text or "")
    if text in _TRUE:
        return True
    return False if text in _FALSE else None
