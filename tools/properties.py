"""Custom fields: a text as a value, and how a column names one.

Plain Python without the ORM.
"""

import re
from datetime import date
from math import isfinite

from .values import fold, parse_bool

# Before the name of a property of a team, and of one that all prospects have, among the
# targets of columns.
PROPERTY = "property."
CUSTOM = "custom."
# Types of custom fields that a text can be read for.
READ_PROPERTIES = ("boolean", "char", "date", "float", "integer", "selection", "text")
_SPACES = re.compile(r"\s+")


def read_property(definition, text):
    """A text as the value of a property, or None when it cannot be one.

    >>> read_property({"type": "integer"}, "1 200")
    1200
    >>> read_property({"type": "selection", "selection": [["a", "Été"]]}, "ete")
    'a'
    >>> read_property({"type": "date"}, "31 janvier")
    """
    try:
        return _PROPERTY_READERS[definition["type"]](definition, text)
    except (KeyError, ValueError):
        return None


def _read_float(_definition, text):
    number = float(_SPACES.sub("", text).replace(",", "."))
    return number if isfinite(number) else None


def _read_selection(definition, text):
    labels = {fold(label): value for value, label in definition.get("selection") or []}
    return labels.get(fold(text))


# each raises ValueError, or gives None, for what it cannot read
_PROPERTY_READERS = {
    "boolean": lambda _definition, text: parse_bool(text),
    "char": lambda _definition, text: text,
    "date": lambda _definition, text: date.fromisoformat(text[:10]).isoformat(),
    "float": _read_float,
    "integer": lambda _definition, text: int(_SPACES.sub("", text)),
    "selection": _read_selection,
    "text": lambda _definition, text: text,
}
