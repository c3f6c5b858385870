"""What other systems send: any JSON, made safe to store and easy to read."""

import math

from .columns import TARGETS

# A payload is shown and mapped up to here; what is stored is whole.
MOST_KEYS = 200
# Longer keys of events are replaced by their digest.
LONGEST_KEY = 200
# What a stranger's message says of a person. The rest (owner, team, status, lists ...)
# is for the channel to say, with ``defaults``.
PERSONAL = frozenset(TARGETS) - {
    *("id", "list_ids", "source_id", "status_id", "tag_ids", "team_id", "user_id"),
}
_NAMES = ("name", "key", "label", "field", "question")
_VALUES = ("value", "values", "answer")


def clean_payload(payload):
    """The same as plain JSON that PostgreSQL takes.

    Null characters, halves of characters and numbers that are none are what it
    refuses; other objects, such as dates, become texts.

    >>> clean_payload({"a": "x\\x00y", 1: [float("nan"), True, None]})
    {'a': 'xy', '1': ['nan', True, None]}
    >>> clean_payload(("\\ud83d", b"caf\\xc3\\xa9"))
    ['\\ufffd', 'café']
    """
    if isinstance(payload, dict):
        return {_text(key): clean_payload(value) for key, value in payload.items()}
    if isinstance(payload, (list, tuple, set, frozenset)):
        return [clean_payload(value) for value in payload]
    if payload is None or isinstance(payload, (bool, int)):
        return payload
    if isinstance(payload, float) and math.isfinite(payload):
        return payload
    return _text(payload)


def _text(value):
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")


def flatten_payload(payload):
    """{key: text} of a payload, empty ones left out.

    Keys of inner objects are joined by a full stop; lists of plain values are one text;
    a list of named values, as forms send them, is read as an object.

    >>> flatten_payload({"who": {"email": "a@b.fr", "x": None}, "tags": ["a", 1]})
    {'who.email': 'a@b.fr', 'tags': 'a, 1'}
    >>> flatten_payload({"data": [{"name": "email", "values": ["a@b.fr"]}]})
    {'data.email': 'a@b.fr'}
    >>> flatten_payload("hello")
    {'value': 'hello'}
    >>> flatten_payload([{"a": 1}, [True]])
    {'1.a': '1', '2': 'True'}
    """
    found = {}
    _walk(payload, "", found)
    return found


def _walk(value, path, found):
    if len(found) >= MOST_KEYS:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(inner, f"{path}.{key}" if path else str(key), found)
        return
    if isinstance(value, (list, tuple)):
        if not any(isinstance(inner, (dict, list, tuple)) for inner in value):
            text = ", ".join(str(inner) for inner in value if inner not in (None, ""))
            _put(found, path, text)
            return
        named = _read_named(value)
        items = named if named is not None else enumerate(value, start=1)
        for key, inner in items:
            _walk(inner, f"{path}.{key}" if path else str(key), found)
        return
    _put(found, path, "" if value is None else str(value))


def _put(found, path, text):
    if text.strip():
        found[path or "value"] = text


def _read_named(values):
    """[(name, value)] of a list of named values, or None for any other list."""
    pairs = []
    for value in values:
        if not isinstance(value, dict):
            return None
        name = next((value[key] for key in _NAMES if value.get(key)), None)
        key = next((key for key in _VALUES if key in value), None)
        if not isinstance(name, str) or key is None:
            return None
        pairs.append((name, value[key]))
    return pairs
