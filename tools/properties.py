"""Custom fields: a text as a value, and how a column names one.

Plain Python without the ORM.
"""

from typing import NamedTuple

from odoo.tools import plaintext2html

from .figures import MACHINE, Style, read_date, read_moment, read_number
from .texts import clean_lines, clean_text, fold
from .values import parse_bool, split_cell

# Before the name of a property of a team, and of one that all prospects have, among the
# targets of columns.
PROPERTY = "property."
CUSTOM = "custom."
# Types of custom fields that a text can be read for.
READ_PROPERTIES = (
    *("boolean", "char", "date", "datetime", "float", "html", "integer", "many2many"),
    *("many2one", "monetary", "selection", "tags", "text"),
)
# Those whose values are plain ones, each a single one.
PLAIN_PROPERTIES = ("boolean", "char", "date", "float", "integer", "selection", "text")
# Types whose texts are free: "n/a" is one of them.
FREE_PROPERTIES = ("html", "text")


class Way(NamedTuple):
    """How texts are read.

    :ivar Style style: of the language
    :ivar zone: time zone of moments that name none
    :ivar find: a function of the name of a model and a text that gives the ids of
        the records that are called so
    """

    style: Style = MACHINE
    zone: object = None
    find: object = None


def read_property(definition, text, way=None):
    """A text as the value of a property, or None when it cannot be one.

    >>> read_property({"type": "integer"}, "1 200")
    1200
    >>> read_property({"type": "selection", "selection": [["a", "Été"]]}, "ete")
    'a'
    >>> read_property({"type": "date"}, "31 janvier 2026")
    '2026-01-31'
    >>> read_property({"type": "date"}, "31 janvier")
    >>> tags = [["a", "Blue", 1], ["b", "Red", 2]]
    >>> read_property({"type": "tags", "tags": tags}, "red, BLUE")
    ['b', 'a']
    """
    reader = _PROPERTY_READERS.get(definition.get("type"))
    return reader(definition, text, way or Way()) if reader else None


def _read_date(_definition, text, way):
    day = read_date(text, way.style)
    return day.isoformat() if day else None


def _read_datetime(_definition, text, way):
    moment = read_moment(text, way.style, way.zone)
    return moment.isoformat(sep=" ") if moment else None


def _read_selection(definition, text, _way):
    choices = definition.get("selection") or []
    labels = {fold(str(value)): value for value, _label in reversed(choices)}
    labels.update((fold(str(label)), value) for value, label in reversed(choices))
    return labels.get(fold(text))


def _read_tags(definition, text, _way):
    choices = {fold(str(tag[1])): tag[0] for tag in definition.get("tags") or []}
    if fold(text) in choices:
        return [choices[fold(text)]]
    wanted = [choices.get(fold(part)) for part in split_cell(text)]
    # one that nobody knows is told, and the whole cell kept
    return wanted if wanted and all(wanted) else None


def _find_one(definition, text, way):
    found = way.find(definition.get("comodel"), text) if way.find else ()
    return found[0] if len(found) == 1 else None


def _find_several(definition, text, way):
    whole = _find_one(definition, text, way)
    if whole:
        return [whole]
    found = [_find_one(definition, part, way) for part in split_cell(text)]
    return list(dict.fromkeys(found)) if found and all(found) else None


# each gives None for what it cannot read
_PROPERTY_READERS = {
    "boolean": lambda _definition, text, _way: parse_bool(text),
    "char": lambda _definition, text, _way: clean_text(text),
    "date": _read_date,
    "datetime": _read_datetime,
    "float": lambda _definition, text, way: read_number(text, way.style),
    "html": lambda _definition, text, _way: str(plaintext2html(text)),
    "integer": lambda _definition, text, way: read_number(text, way.style, whole=True),
    "many2many": _find_several,
    "many2one": _find_one,
    "monetary": lambda _definition, text, way: read_number(text, way.style),
    "selection": _read_selection,
    "tags": _read_tags,
    "text": lambda _definition, text, _way: clean_lines(text),
}
