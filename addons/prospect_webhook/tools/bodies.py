"""What the body of a message says."""

import io
import json
import re
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from .refusals import Refused

# Bytes of a body: an answer to a form is a few thousand.
LARGEST = 256 * 1024
# Objects within objects.
DEEPEST = 20
# Events of one message.
MOST_EVENTS = 500
# Values of a form.
MOST_VALUES = 2000
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_PAIR = re.compile(r"[^\s=&{}\[\]\"<>][^=&\s\"<>]*=[^\s\"<>]*")
_LINE = re.compile(r"\s*([^:=\n]{1,80}?)\s*[:=]\s*(\S.*)?")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
# Keys under which a message holds several events, and those under which it may.
_EVENTS = (
    *("events", "entry", "entries", "records", "messages", "mandrill_events"),
    *("leads", "contacts", "subscribers", "prospects", "people", "submissions"),
)
_MAYBE_EVENTS = (
    *("data", "payload", "payloads", "items", "results", "rows", "members", "event"),
    *("body", "record", "values", "list"),
)
# Objects beside them that say nothing about a person.
_BESIDE = frozenset(
    (
        *("meta", "metadata", "pagination", "paging", "links", "_links", "headers"),
        *("account", "context", "webhook", "subscription", "app"),
    )
)
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.")


def can_read(kind):
    """Whether a body of such a type can be read.

    :param str kind: the header ``Content-Type``; without one, the body says it

    >>> [can_read(kind) for kind in ("application/json", "text/plain; x=y", "", "a/b")]
    [True, True, True, False]
    """
    name = _get_name(kind)
    return name in ("", "application/json", "text/json", "text/plain", FORM) or (
        name == MULTIPART or name.endswith("+json")
    )


def read_events(body, kind="application/json"):
    """The events that a body holds, as a list of objects.

    JSON, or the fields of a form; a text that is neither is read by its lines. A list,
    and an object with one list of objects, hold several events.

    :param bytes body: as it came
    :param str kind: the header ``Content-Type``
    :raises Refused: for anything else, for what is too deep to be read again, and for
        too many events

    >>> read_events(b'[{"email": "a@x.fr"}, {"email": "b@x.fr"}]')
    [{'email': 'a@x.fr'}, {'email': 'b@x.fr'}]
    >>> read_events(b'{"event": "new", "leads": [{"a": 1}, {"a": 2}]}')
    [{'event': 'new', 'leads': {'a': 1}}, {'event': 'new', 'leads': {'a': 2}}]
    >>> read_events(b"data[merges][FNAME]=Ana&tag=a&tag=b", FORM)
    [{'data': {'merges': {'FNAME': 'Ana'}}, 'tag': ['a', 'b']}]
    >>> read_events(b"Nom: Ana\\nE-mail: zoe@x.fr", "text/plain")
    [{'Nom': 'Ana', 'E-mail': 'zoe@x.fr'}]
    >>> read_events(b"[1]")
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: body
    """
    payload = _read(body, kind)
    if _is_deep(payload):
        raise Refused("body")
    if isinstance(payload, dict):
        events = split_events(payload)
    else:
        events = payload if isinstance(payload, list) else []
    if not events or not all(isinstance(event, dict) for event in events):
        raise Refused("body")
    if len(events) > MOST_EVENTS:
        raise Refused("events")
    return events


def read_body(body):
    """The first event of a body of JSON.

    :param bytes body: as it came
    :raises Refused: see :func:`read_events`

    >>> read_body('{"e-mail": "zoé@example.com"}'.encode())
    {'e-mail': 'zoé@example.com'}
    >>> read_body(b"[1]")
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: body
    >>> read_body(b'{"a":' * 30 + b"1" + b"}" * 30)
    Traceback (most recent call last):
    odoo.addons.prospect_webhook.tools.refusals.Refused: body
    """
    return read_events(body)[0]


def split_events(payload):
    """The events of an object: several where it holds one list of them, and says
    nothing of a person beside it.

    >>> answers = {"data": [{"name": "email", "values": ["a@b.fr"]}]}
    >>> split_events(answers) == [answers]
    True
    >>> order = {"email": "a@b.fr", "items": [{"sku": 1}, {"sku": 2}]}
    >>> split_events(order) == [order]
    True
    """
    names = (*_EVENTS, *_MAYBE_EVENTS)
    found = [
        key
        for key, value in payload.items()
        if key.casefold() in names
        and isinstance(value, list)
        and all(map(_is_event, value))
        and (key.casefold() in _EVENTS or all(map(_has_address, value)))
    ]
    if len(found) != 1 or not payload[found[0]]:
        return [payload]
    (key,) = found
    rest = {name: value for name, value in payload.items() if name != key}
    if _has_address(rest) or any(
        isinstance(value, (dict, list)) and name.casefold() not in _BESIDE
        for name, value in rest.items()
    ):
        return [payload]
    return [{**payload, key: event} for event in payload[key]]


def _is_event(value):
    """Whether an item of a list is an event, and no answer to a question or choice."""
    if not isinstance(value, dict) or {"values", "value", "answer"} & value.keys():
        return False
    return bool(value.keys() - {"id", "name", "label", "text", "title", "key", "ref"})


def _has_address(value):
    """Whether something says an e-mail address anywhere."""
    if isinstance(value, dict):
        return any(map(_has_address, value.values()))
    if isinstance(value, list):
        return any(map(_has_address, value))
    return isinstance(value, str) and bool(_ADDRESS.search(value))


def read_sample(text):
    """The first event of a message that somebody has pasted: JSON, or a form.

    :raises Refused: for anything else

    >>> read_sample("email=ana%40x.fr&tag=a"), read_sample('{"a": 1}')
    ({'email': 'ana@x.fr', 'tag': 'a'}, {'a': 1})
    """
    kind = FORM if _PAIR.fullmatch(text.strip()) else "application/json"
    return read_events(text.strip().encode(errors="replace"), kind)[0]


def _get_name(kind):
    return (kind or "").partition(";")[0].strip().lower()


def _read(body, kind):
    name = _get_name(kind)
    if name == MULTIPART:
        return _read_multipart(body, kind)
    if name.endswith("json"):
        return _read_json(body)
    # senders often say that JSON is a form
    text = body.decode("utf-8-sig", "replace").strip()
    if text[:1] in ("{", "["):
        return _read_json(text)
    if name == FORM or _PAIR.fullmatch(text):
        return _read_form(text)
    return _read_lines(text)


def _read_json(body):
    try:
        return json.loads(body, object_pairs_hook=_join_twice)
    except (ValueError, RecursionError) as error:
        raise Refused("body") from error


def _join_twice(pairs):
    """An object in which a key that comes twice has both values."""
    found = {}
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif isinstance(found[key], _Several):
            found[key].append(value)
        elif found[key] != value:
            found[key] = _Several((found[key], value))
    return {
        key: list(value) if isinstance(value, _Several) else value
        for key, value in found.items()
    }


class _Several(list):
    """Values of one key."""


def _read_form(text):
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_VALUES)
    except ValueError as error:
        raise Refused("body") from error
    return _nest(pairs)


def _read_multipart(body, kind):
    boundary = parse_options_header(kind)[1].get("boundary", "").encode()
    try:
        form, _files = MultiPartParser(
            max_form_memory_size=LARGEST, max_form_parts=MOST_VALUES
        ).parse(io.BytesIO(body), boundary, len(body))
    except (ValueError, HTTPException) as error:
        raise Refused("body") from error
    return _nest(form.items(multi=True))


def _nest(pairs):
    """Fields of a form as an object: ``data[merges][FNAME]`` is three keys, and what
    is JSON in a field is read.
    """
    found = {}
    for name, text in pairs:
        keys = [name.partition("[")[0], *_BRACKETS.findall(name)]
        if not name or len(keys) > DEEPEST:
            keys = [name or "value"]
        _put(found, [key for key in keys if key] or [name], _read_inner(text))
    if not found:
        raise Refused("body")
    return found


def _read_inner(text):
    """A value of a form, read where it is JSON."""
    if text[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]"):
        try:
            inner = _read_json(text)
        except Refused:
            return text
        return text if _is_deep(inner) else inner
    return text


def _put(found, keys, value):
    *outer, last = keys
    for key in outer:
        inner = found.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = found[key] = {"value": inner}
        found = inner
    if last not in found:
        found[last] = value
    elif isinstance(found[last], list):
        found[last].append(value)
    elif found[last] != value:
        found[last] = [found[last], value]


def _read_lines(text):
    """Lines of ``name: value``; a text without any is kept as it is."""
    pairs = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            pairs.append((found.group(1), (found.group(2) or "").strip()))
        elif line.strip() and pairs:
            name, value = pairs[-1]
            pairs[-1] = (name, f"{value}\n{line.strip()}")
        elif line.strip():
            pairs.append(("text", line.strip()))
    if not any(value for _name, value in pairs[:MOST_VALUES]):
        raise Refused("body")
    found = {}
    for name, value in pairs[:MOST_VALUES]:
        _put(found, [name], value)
    return found


def _is_deep(payload):
    level = [payload] if isinstance(payload, (dict, list)) else []
    for _depth in range(DEEPEST):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
