"""Sentences that are kept: a code with values, said in the language of the reader.

``remark(env, code, **values)`` makes one. Where it is kept as JSON, :func:`pack` gives
its data and :func:`unpack` says it; in a column of text (``tools/remark_fields.py``),
each line is a text as it stands or a remark as JSON: :func:`keep` and :func:`say`. What
is no remark, such as texts of Odoo and of former versions, stays as it is.
"""

import contextlib
import json
import re

from odoo.tools import format_date, formatLang
from odoo.tools.translate import LazyTranslate, get_translation

_lt = LazyTranslate(__name__)

# {code: text, or a function that makes it}. A code is "<wing>.<what>"; add-ons give
# theirs to ``add_remarks``.
_TEXTS = {}
# How a line of a column begins that is a remark.
_BEGIN = '{"code": "'
# The code of several remarks, one below the other.
_LINES = "lines"
# The code of a text that looks like a remark.
_TEXT = "text"
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")


class Remark(str):
    """A sentence in the language of whoever runs, with what it was made of.

    It is used like any text, and kept by its ``code`` and ``values`` (plain data that
    JSON can hold), so that whoever reads it later gets it in their own language. What
    is made of it (``strip``, ``join``, an f-string) is a mere text again.
    """

    __slots__ = ("code", "values")

    def __new__(cls, text, code, values):
        self = super().__new__(cls, text)
        self.code, self.values = code, values
        return self

    def __getnewargs__(self):
        # for copies
        return str(self), self.code, self.values


# Types of values that stand in a sentence as they are.
_PLAIN = frozenset((str, Remark, int, float, bool))


def add_remarks(texts):
    """Make sentences known by their codes.

    :param dict texts: ``{code: lazy text}``, the text made by a ``LazyTranslate`` of
        the add-on, with named placeholders such as ``%(email)s``; or a function of the
        environment and of the values that returns a text
    :raises ValueError: when another sentence has the code already
    """
    for code, text in texts.items():
        former = _TEXTS.setdefault(code, text)
        if getattr(former, "_source", former) != getattr(text, "_source", text):
            raise ValueError(f"Two sentences have the code {code!r}")


def remark(env, code, **values):
    """A sentence, in the language of the environment.

    :param str code: of :func:`add_remarks`
    :param values: of its placeholders: texts, numbers, remarks (a label made by
        :func:`field_label` and the like among them), or lists of these
    :rtype: Remark
    :raises KeyError: for a code that nobody has added
    """
    return Remark(_make_text(env, _TEXTS[code], values), code, values)


def _make_text(env, text, values):
    if not hasattr(text, "_source"):
        return text(env, **values)
    lang = env.lang or "en_US"
    if values and all(type(value) in _PLAIN for value in values.values()):
        # a file may have one for each row, and Odoo looks into each value three times
        translation = get_translation(text._module, lang, text._source, ())
        with contextlib.suppress(TypeError, ValueError, KeyError):
            return translation % values
    return get_translation(text._module, lang, text._source, values)


def _describe(env, code, values):
    """A kept sentence in words: its code and values where nobody knows it any more."""
    text = _TEXTS.get(code)
    try:
        if text is not None:
            return _make_text(env, text, values)
    except Exception:  # noqa: BLE001 - kept by another version; it has to be readable
        text = None
    if not values:
        return code
    return f"{code} ({', '.join(f'{name}: {value}' for name, value in values.items())})"


# --- Data ----------------------------------------------------------------------


def pack(text):
    """A text, a remark or a list of them as plain data for JSON.

    >>> pack("As it stands."), pack(Remark("Exists.", "gate.exists", {}))
    ('As it stands.', {'code': 'gate.exists'})
    >>> pack([Remark("1 of a", "x.of", {"count": 1, "name": "a"})])
    [{'code': 'x.of', 'values': {'count': 1, 'name': 'a'}}]
    """
    if isinstance(text, Remark):
        if not text.values:
            return {"code": text.code}
        return {
            "code": text.code,
            "values": {name: pack(value) for name, value in text.values.items()},
        }
    if text is None or isinstance(text, (bool, int, float)):
        return text
    if isinstance(text, (list, tuple)):
        return [pack(item) for item in text]
    return str(text)


def unpack(env, data):
    """What :func:`pack` has made of texts, in the language of the environment.

    :param data: also a mere text, which is given back
    """
    if isinstance(data, dict):
        code, values = str(data.get("code")), data.get("values")
        values = values if isinstance(values, dict) else {}
        values = {name: unpack(env, value) for name, value in values.items()}
        return Remark(_describe(env, code, values), code, values)
    if isinstance(data, list):
        return [unpack(env, item) for item in data]
    return data


def keep(text):
    r"""A text as a column of texts holds it, or None where there is none.

    >>> keep(Remark("Exists.", "gate.exists", {}))
    '{"code": "gate.exists"}'
    >>> keep("Old.\nTwo lines."), keep("")
    ('Old.\nTwo lines.', None)
    >>> keep(join_remarks(["Old.", Remark("Exists.", "gate.exists", {})]))
    'Old.\n{"code": "gate.exists"}'
    """
    if not isinstance(text, Remark):
        if not text or _BEGIN not in text:
            return text or None
        # what a stranger has written is no remark of ours
        return "\n".join(map(_keep_line, text.split("\n")))
    if not text.values:
        return f'{_BEGIN}{text.code}"}}'
    if text.code == _LINES:
        return "\n".join(filter(None, map(keep, text.values["of"])))
    # one order of the keys, whatever JSON was read from: kept texts are compared
    return json.dumps(pack(text), ensure_ascii=False, sort_keys=True)


def _keep_line(line):
    return keep(Remark(line, _TEXT, {"text": line})) if _BEGIN in line else line


def say(env, kept):
    """What a column of texts holds, in the language of the environment.

    :param kept: of :func:`keep`; or None, which is given back
    """
    if not kept or _BEGIN not in kept:
        return kept
    return join_remarks([_say_line(env, line) for line in kept.split("\n")])


def _say_line(env, line):
    if line.startswith(_BEGIN):
        try:
            data = json.loads(line)
        except ValueError:
            return line
        if isinstance(data, dict):
            return unpack(env, data)
    return line


def join_remarks(texts):
    r"""Texts and remarks, one below the other, without the empty ones.

    >>> both = join_remarks(["", "Old.", Remark("Exists.", "gate.exists", {})])
    >>> both, [type(text).__name__ for text in both.values["of"]]
    ('Old.\nExists.', ['str', 'Remark'])
    """
    texts = [
        part
        for text in filter(None, texts)
        for part in (
            text.values["of"] if getattr(text, "code", "") == _LINES else [text]
        )
    ]
    if len(texts) < 2:
        return texts[0] if texts else ""
    if not any(isinstance(text, Remark) for text in texts):
        return "\n".join(texts)
    return Remark("\n".join(texts), _LINES, {"of": texts})


def _get_lines(text):
    is_several = isinstance(text, Remark) and text.code == _LINES
    return text.values["of"] if is_several else [text]


def read_error(error):
    """What an exception says, as a remark where it was raised with one.

    >>> read_error(ValueError(Remark("Exists.", "gate.exists", {}))).code
    'gate.exists'
    >>> read_error(ValueError("Wrong."))
    'Wrong.'
    """
    text = error.args[0] if len(error.args) == 1 else None
    return text if isinstance(text, Remark) else str(error)


def find_codes(env, text, whole=False):
    """Codes of the sentences that say a text, in the language of the environment.

    :param str text: a part of a sentence, whatever its case
    :param bool whole: the sentence itself, to the letter
    """
    wanted = text.casefold()
    return [
        code
        for code, lazy in _TEXTS.items()
        if hasattr(lazy, "_source")
        and (
            _make_text(env, lazy, {}) == text
            if whole
            else any(
                wanted in part.casefold()
                for part in _PLACEHOLDER.split(_make_text(env, lazy, {}))
            )
        )
    ]


# --- Labels as values ----------------------------------------------------------


def field_label(env, model, name):
    """The label of a field, in the language of who reads it; else its name."""
    return remark(env, "field", model=model, name=name)


def choice_label(env, model, name, value):
    """The label of a choice of a selection, in the language of who reads it."""
    return remark(env, "choice", model=model, name=name, value=value)


def model_label(env, model):
    """What a model is called, in the language of who reads it."""
    return remark(env, "model", model=model)


def number_label(env, number):
    """A whole number, written as in the language of who reads it."""
    return remark(env, "number", number=number)


def record_label(record):
    """What a record is called that has a name in each language, such as a type of
    activities; as it was when it has gone.
    """
    return remark(
        record.env,
        "record",
        model=record._name,
        id=record.id,
        name=record.display_name or "",
    )


def day_label(env, day):
    """A day, written as in the language of who reads it.

    :param date day:
    """
    return remark(env, "day", day=str(day))


def _say_field(env, model, name):
    field = env[model]._fields.get(name) if model in env else None
    return field._description_string(env) if field else name


def _say_choice(env, model, name, value):
    field = env[model]._fields.get(name) if model in env else None
    return dict(field._description_selection(env)).get(value, value) if field else value


def _say_record(env, model, id, name):
    # sudo: the name alone, of what somebody has chosen who could see it
    record = env[model].sudo().browse(id).exists() if model in env else None
    return (record and record.display_name) or name


def _say_model(env, model):
    # sudo: what a model is called is no secret
    return env["ir.model"].sudo()._get(model).name or model


def _say_number(env, number):
    return formatLang(env, number, digits=0)


def _say_day(env, day):
    return format_date(env, day)


def _say_text(env, text):
    return text


def _say_lines(env, of):
    return "\n".join(map(str, of))


add_remarks(
    {
        _LINES: _say_lines,
        _TEXT: _say_text,
        "field": _say_field,
        "choice": _say_choice,
        "model": _say_model,
        "number": _say_number,
        "record": _say_record,
        "day": _say_day,
        "gate.email_invalid": _lt(
            "“%(email)s” is not an e-mail address: kept, but not used to identify "
            "people."
        ),
        "gate.phone_invalid": _lt(
            "“%(phone)s” is not a phone number: kept, but not used to identify people."
        ),
    }
)
