"""Whether the first row of a table names the columns, or is one of the people."""

import re

from ..headers import is_known_header, normalize_header

_EMAIL = re.compile(r"[^\s@<>;:,]+@[^\s@<>;:,]+\.[^\s@<>;:,]{2,}")
_PHONE = re.compile(r"[+(]?[\d\s().\-/\u00a0]{8,24}")
_URL = re.compile(r"(?:https?://|www\.)\S+\.\S+", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
# How people are addressed.
_TITLES = frozenset(
    (
        *("m", "mr", "mme", "mlle", "mrs", "ms", "miss", "monsieur", "madame"),
        *("mademoiselle", "dr", "docteur", "prof", "professeur", "herr", "frau"),
        *("maitre", "mx", "sir", "pr"),
    )
)


def find_kind(cell):
    """What a cell can be nothing else than, or "".

    >>> [find_kind(cell) for cell in ("a@b.fr", "06 12 34 56 78", "2026-01-31")]
    ['email', 'phone', 'date']
    >>> [find_kind(cell) for cell in ("https://a.fr", "12 rue X", "2026", "Nom")]
    ['url', 'digit', 'year', '']
    """
    text = cell.strip()
    for kind, pattern in (
        ("email", _EMAIL),
        ("url", _URL),
        ("date", _DATE),
        ("year", _YEAR),
    ):
        if pattern.fullmatch(text):
            return kind
    digits = sum(char.isdigit() for char in text)
    if _PHONE.fullmatch(text) and 8 <= digits <= 15:
        return "phone"
    return "digit" if text[:1].isdigit() else ""


def looks_like_data(first, below):
    """Whether a row above others is one of them, and no header.

    :param list first: the cells of the row
    :param list below: some of the rows below it

    >>> looks_like_data(["Ana Roux", "ana@x.fr"], [["Bob Blanc", "bob@x.fr"]])
    True
    >>> looks_like_data(["Name", "E-mail"], [["Bob Blanc", "bob@x.fr"]])
    False
    >>> looks_like_data(["Alpha", "Beta"], [["Gamma", "Delta"], ["Epsilon", "Zeta"]])
    False
    """
    cells = [cell.strip() for cell in first]
    kinds = list(map(find_kind, cells))
    if "email" in kinds:
        # no column is called by an address
        return True
    columns = [_read_column(below, at) for at in range(len(cells))]
    # "Commercial" is a header, and what somebody does
    known = sum(
        is_known_header(cell) and (cell not in column or cells in below)
        for cell, column in zip(cells, columns, strict=True)
        if cell
    )
    if known > 1 or (known and not any(kinds)):
        return False
    usual = list(map(_usual_kind, columns))
    alike = {kind for kind, other in zip(kinds, usual, strict=True) if kind == other}
    if known or alike & {"phone", "url", "date"}:
        return bool(alike & {"phone", "url", "date"})
    if any(normalize_header(cell) in _TITLES for cell in cells):
        return True
    return "digit" in alike or _is_headless(cells, kinds, columns, below)


def _is_headless(cells, kinds, columns, below):
    """Whether nothing in a row of words names the columns below it."""
    if cells in ([cell.strip() for cell in row] for row in below):
        # a header that comes again, as where files were put one below the other
        return False
    usual = map(_usual_kind, columns)
    typed = [at for at, kind in enumerate(usual) if kind in ("email", "phone")]
    if any(cells[at] and not kinds[at] for at in typed):
        return False
    repeated = any(
        cell and cell in column for cell, column in zip(cells, columns, strict=True)
    )
    # who has no address: a header would say what the column is
    return (repeated and len(below) > 1) or bool(typed and any(cells))


def _read_column(rows, position):
    found = (row[position].strip() for row in rows if position < len(row))
    return [cell for cell in found if cell]


def _usual_kind(column):
    """The kind of most cells of a column, or ""."""
    if not column:
        return ""
    kinds = list(map(find_kind, column))
    usual = max(set(kinds), key=kinds.count)
    return usual if kinds.count(usual) >= 0.6 * len(kinds) else ""
