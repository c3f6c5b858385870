"""Cells of the exports of other programs, which hold more than one value."""

import csv
import re

from .values import split_cell

# "Ana Roux <ana@x.example>", and "ana@x.example (Ana Roux)".
_BEFORE = re.compile(r"\s*[\"']?([^<>@\"]*?)[\"']?\s*<\s*[^<>@\s]+@[^<>\s]+>[\s;,]*")
_AFTER = re.compile(r"\s*[^<>@\s()]+@[^<>\s()]+\s*\(([^()@]+)\)[\s;,]*")
# Google puts a star before the groups that it makes by itself.
_STARRED = re.compile(r"^\*\s+")
_TRIPLE = re.compile(r"\s*:::\s*")
_OWN_GROUPS = frozenset(("mycontacts", "my contacts", "starred", "mes contacts"))


def read_name_beside(text):
    """The name that stands beside the address in a cell, or "".

    >>> read_name_beside("Ana Roux <ana@x.example>")
    'Ana Roux'
    >>> read_name_beside('"Roux, Ana" <ana@x.example>;')
    'Roux, Ana'
    >>> read_name_beside("ana@x.example (Ana Roux)"), read_name_beside("ana@x.example")
    ('Ana Roux', '')
    >>> read_name_beside("<ana@x.example>"), read_name_beside("mailto: <ana@x.example>")
    ('', '')
    """
    found = _BEFORE.fullmatch(text or "") or _AFTER.fullmatch(text or "")
    name = " ".join(found.group(1).split()) if found else ""
    return name if any(map(str.isalpha, name)) and not name.endswith(":") else ""


def split_names(text):
    """The several names of a cell, each once, in their order.

    Names may be in quotes, as Mailchimp writes them, and then have commas; Google puts
    three colons between them.

    >>> split_names('"VIP","Paris, salon"'), split_names("VIP, salon;vip")
    (['VIP', 'Paris, salon'], ['VIP', 'salon'])
    >>> split_names("* myContacts ::: Salon")
    ['Salon']
    """
    text = (text or "").strip()
    if text[:1] == '"' and text[-1:] == '"' and len(text) > 1:
        for mark in ",;|":
            parts = _read_quoted(text, mark)
            if parts:
                return parts
    if ":::" in text or text.startswith("* "):
        parts = [_STARRED.sub("", part).strip() for part in _TRIPLE.split(text)]
        parts = [part for part in parts if part.casefold() not in _OWN_GROUPS]
        return list({part.casefold(): part for part in parts if part}.values())
    return split_cell(text)


def _read_quoted(text, mark):
    """The parts of a text of quoted names, or nothing for any other."""
    rows = list(csv.reader([text], delimiter=mark, skipinitialspace=True))
    parts = [" ".join(part.split()) for part in rows[0]] if len(rows) == 1 else []
    if not parts or any('"' in part for part in parts):
        return []
    return list({part.casefold(): part for part in parts if part}.values())
