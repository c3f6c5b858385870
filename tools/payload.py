"""What other systems send: any JSON, made safe to store and easy to read."""

import json
import math
from typing import NamedTuple

from .columns import TARGETS

# A payload is shown and mapped up to here; what is stored is whole.
MOST_KEYS = 200
# A text that is JSON itself is read up to this length, and this deep.
LONGEST_TEXT = 100_000
DEEPEST = 20
# Longer keys of events are replaced by their digest.
LONGEST_KEY = 200
# What a stranger's message says of a person. The rest (owner, team, status, lists ...)
# is for the channel to say, with ``defaults``.
PERSONAL = frozenset(TARGETS) - {
    *("id", "list_ids", "source_id", "status_id", "tag_ids", "team_id", "user_id"),
}
# What an item of a list is addressed by, the surest first; never its position, which is
# another one as soon as a question is skipped.
_ADDRESSES = (
    *("ref", "id", "fieldId", "field_id", "questionId", "question_id", "key"),
    *("name", "field", "label", "question", "title", "type"),
)
# What it is called, for people.
_TITLES = ("title", "label", "question", "text", "name", "field", "key")
_VALUES = ("value", "values", "answer", "answers", "response", "answerDetails")
# A question that everybody asks, beside its number.
_ASKED_BY_ALL = ("predefinedField", "predefined_field")
# What a choice may say beside its text.
_CHOICE = frozenset(
    (
        *("id", "ref", "key", "uuid", "slug", "value", "color", "type", "order"),
        *("label", "labels", "text", "name", "title", "other", "ids", "refs"),
    )
)
_CHOICE_TEXTS = ("label", "labels", "text", "title", "name")
# What is said of a value, and is nothing else.
_ABOUT = frozenset(
    (
        *("id", "type", "timestamp", "source", "sourceId", "sourceType", "versions"),
        *("updatedByUserId", "required", "raw_value", "format", "order", "verified"),
    )
)
# Lists that say what was asked, and hold no answers.
_DEFINITIONS = frozenset(("fields", "questions", "elements", "endings", "form_fields"))
# A kind of address or number, which says nothing without what it is a kind of.
_KINDS = frozenset(
    (
        *("work", "home", "mobile", "other", "primary", "main", "personal", "default"),
        *("pro", "perso", "business", "office", "cell", "private", "secondary"),
    )
)


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


class Entry(NamedTuple):
    """One text of a payload.

    :ivar tuple keys: where it stands, from the outside; numbers are places in lists
    :ivar str header: what it is called for people: the question, else the last key
    :ivar str text: what it says
    :ivar bool is_asked: whether the header is a question that somebody has answered
    """

    keys: tuple
    header: str
    text: str
    is_asked: bool = False

    @property
    def path(self):
        """The keys as one text, by which fields are chosen for it."""
        return ".".join(self.keys) or "value"

    @property
    def name(self):
        """What people see: the question, else the keys."""
        return self.header if self.is_asked else self.path


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
    return {entry.path: entry.text for entry in read_payload(payload)}


def read_payload(payload):
    """What a payload says, as a list of :class:`Entry`, empty ones left out.

    Items of a list that carry their question are addressed by what names it. What was
    asked may stand elsewhere in the payload; a key that comes twice is joined.

    >>> answer = {"type": "email", "email": "a@b.fr", "field": {"id": "x", "ref": "r"}}
    >>> asked = {"fields": [{"id": "x", "ref": "r", "title": "Your e-mail"}]}
    >>> (entry,) = read_payload({"definition": asked, "answers": [answer]})
    >>> entry.path, entry.header, entry.text
    ('answers.r', 'Your e-mail', 'a@b.fr')
    >>> options = [{"id": "1", "text": "Lyon"}, {"id": "2", "text": "Nice"}]
    >>> choice = {"key": "q1", "label": "City", "value": ["2"], "options": options}
    >>> [(entry.path, entry.text) for entry in read_payload([choice])]
    [('q1', 'Nice')]
    """
    return _Walk(payload).entries


class _Walk:
    """Reads one payload."""

    def __init__(self, payload):
        self.titles = {}
        self.found = {}
        self._find_titles(payload, "")
        self._walk(payload, (), "", False)

    @property
    def entries(self):
        return list(self.found.values())

    def _find_titles(self, value, key):
        """Remember what questions are called, by the names that answers use."""
        if isinstance(value, dict):
            for inner_key, inner in value.items():
                self._find_titles(inner, inner_key)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                if isinstance(inner, dict) and key in _DEFINITIONS:
                    title = _first_text(inner, _TITLES[:4])
                    for name in ("ref", "id", "key"):
                        if title and isinstance(inner.get(name), (str, int)):
                            self.titles.setdefault(str(inner[name]), title)
                self._find_titles(inner, key)

    def _walk(self, value, keys, header, is_asked):
        if len(self.found) >= MOST_KEYS:
            return
        if isinstance(value, dict):
            self._walk_object(value, keys, header, is_asked)
        elif isinstance(value, (list, tuple)):
            self._walk_list(value, keys, header, is_asked)
        elif (inner := _read_json(value)) is not None:
            self._walk(inner, keys, header, is_asked)
        else:
            self._put(keys, header, "" if value is None else str(value), is_asked)

    def _walk_object(self, value, keys, header, is_asked):
        answers = {key: _read_answered(inner) for key, inner in value.items()}
        has_questions = any(asked and asked[0] for asked in answers.values())
        for key, inner in value.items():
            key, asked = str(key), answers[key]
            if has_questions and not asked and _is_unanswered(inner):
                continue
            if asked:
                title, answer = asked
                if is_asked and len(value) == 1:
                    # nothing but the answer, in a wrapping
                    title = title or header
                self._answer((*keys, key), title or key, answer, inner, bool(title))
            else:
                name = f"{header} {key}" if is_asked else key
                self._walk(inner, (*keys, key), name, is_asked)

    def _walk_list(self, values, keys, header, is_asked):
        text = _join_plain(values)
        if text is not None:
            self._put(keys, header, text, is_asked)
            return
        items = self._read_items(values, keys)
        if items is not None:
            for address, title, answer, item in items:
                self._answer((*keys, address), title, answer, item, True)
            return
        if _is_definition(values, keys):
            return
        text = _read_choices(values)
        if text is not None:
            self._put(keys, header, text, is_asked)
            return
        for number, inner in enumerate(values, start=1):
            self._walk(inner, (*keys, str(number)), header, is_asked)

    def _read_items(self, values, keys):
        """[(address, title, answer, item)] of a list whose items carry their question;
        None for any other list.
        """
        items, answered = [], False
        for value in values:
            if not isinstance(value, dict):
                return None
            address, title = self._name_item(value)
            if not address:
                return None
            answer, has_answer = _find_answer(value)
            answered = answered or has_answer
            if title.casefold() in _KINDS and keys:
                title = f"{keys[-1]} {title}"
            items.append((address, title, answer, value))
        return items if answered else None

    def _name_item(self, item):
        """How an item is addressed, and what it is called."""
        asked = item.get("field")
        if not isinstance(asked, dict):
            asked = item.get("question")
        asked = asked if isinstance(asked, dict) else {}
        names = [
            str(source[name])
            for source in (asked, item)
            for name in _ADDRESSES
            if _is_name(source.get(name))
        ]
        if not names:
            return None, ""
        title = next((self.titles[name] for name in names if name in self.titles), "")
        title = title or _first_text(item, _ASKED_BY_ALL)
        title = title or _first_text(asked, _TITLES)
        titles = _TITLES if _has(item, _VALUES) else [n for n in _TITLES if n != "text"]
        return names[0], title or _first_text(item, titles) or names[0]

    def _answer(self, keys, title, answer, item, is_asked):
        """Keep an answer: its text, or what is in it where it has several parts."""
        text = _describe_answer(answer, _read_options(item))
        if text is None:
            self._walk(answer, keys, title, is_asked)
        else:
            self._put(keys, title, text, is_asked)

    def _put(self, keys, header, text, is_asked):
        if not text.strip():
            return
        known = self.found.get(keys)
        if known and text not in known.text.split(", "):
            text = f"{known.text}, {text}"
        elif known:
            return
        self.found[keys] = Entry(keys, header or (keys or ("",))[-1], text, is_asked)


def _read_json(value):
    """What a text holds that is JSON itself, as some programs send it; else None."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    if len(value) > LONGEST_TEXT or _get_depth(value) > DEEPEST:
        return None
    try:
        inner = json.loads(value)
    except ValueError:
        return None
    return inner if isinstance(inner, (dict, list)) else None


def _get_depth(text):
    """How deep brackets are in each other, at most."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _is_name(value):
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _first_text(item, names):
    found = (item.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text.strip()), "")


def _has(item, names):
    return any(name in item for name in names)


def _find_answer(item):
    """What an item answers, and whether it has room for an answer."""
    for name in _VALUES:
        if name in item:
            return item[name], True
    kind = item.get("type")
    if isinstance(kind, str) and kind in item and len(item) <= 4:
        return item[kind], True
    if isinstance(item.get("field"), dict):
        rest = [key for key in item if key not in ("field", "type", "ref", "id")]
        if rest:
            return item[rest[0]], True
    return None, False


def _read_answered(value):
    """(question or "", answer) of an object that is one answer, else None."""
    if not isinstance(value, dict):
        return None
    name = next((name for name in ("value", "answer") if name in value), None)
    if not name or (name == "value" and isinstance(value[name], dict)):
        return None
    title = _first_text(value, _TITLES[:5])
    rest = set(value) - {name, "name", "key"}
    if title or rest <= _ABOUT:
        return title, value[name]
    return None


def _is_unanswered(value):
    """Whether an object beside answers is a question without one, or a heading."""
    return isinstance(value, dict) and bool(_first_text(value, _TITLES[:4]))


def _join_plain(values):
    """The text of a list of plain values, None for any other."""
    if any(isinstance(value, (dict, list, tuple)) for value in values):
        return None
    return ", ".join(str(value) for value in values if value not in (None, ""))


def _is_definition(values, keys):
    """Whether a list says what was asked."""
    named = bool(keys) and keys[-1] in _DEFINITIONS
    return named and all(isinstance(value, dict) for value in values)


def _read_choices(values):
    """The texts of a list of choices, None for any other list."""
    texts = [
        _describe_choice(value) if isinstance(value, dict) else None for value in values
    ]
    return ", ".join(filter(None, texts)) if None not in texts else None


def _describe_choice(value):
    """The text of a choice, or None for any other object."""
    if not set(value) <= _CHOICE or not _has(value, _CHOICE_TEXTS):
        return None
    found = next(value[name] for name in _CHOICE_TEXTS if name in value)
    texts = found if isinstance(found, (list, tuple)) else [found]
    other = value.get("other")
    texts = [*texts, *([other] if isinstance(other, str) else [])]
    return _join_plain(texts)


def _read_options(item):
    """{code: text} of the choices that an item offers."""
    options = {}
    for name in ("options", "choices"):
        offered = item.get(name)
        for option in offered if isinstance(offered, list) else ():
            if isinstance(option, dict):
                text = _first_text(option, _CHOICE_TEXTS)
                for code in ("id", "value", "key", "ref"):
                    if text and _is_name(option.get(code)):
                        options[str(option[code])] = text
    return options


def _describe_answer(answer, options):
    """An answer as a text; None where it has parts that are to be read."""
    if isinstance(answer, dict):
        return _describe_choice(answer)
    if isinstance(answer, (list, tuple)):
        texts = [_describe_answer(one, options) for one in answer]
        if None in texts:
            return None
        return ", ".join(dict.fromkeys(text for text in texts if text))
    if answer is None:
        return ""
    return options.get(str(answer), str(answer))
