"""What was sent with a form, read question by question. Plain Python.

Whatever is no question of the form, or is hidden by its conditions, is left out: the
list of what is taken is the form's, never the sender's.
"""

import math
import re
import unicodedata
from datetime import date

from odoo.addons.prospect.tools.phones import read_phone
from odoo.addons.prospect.tools.values import clean_email

from .addresses import is_web_address
from .conditions import find_shown

# Letters at most.
LONGEST = {"char": 500, "text": 20_000, "hidden": 500, "phone": 40, "email": 254}
# Answers to one question at most, whatever was sent.
MOST_VALUES = 100
CHOOSING = ("single", "multiple", "dropdown")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.][0-9]{1,10})?", re.ASCII)
_DATES = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})", re.ASCII),
    re.compile(
        r"(?P<d>[0-9]{1,2})[./-](?P<m>[0-9]{1,2})[./-](?P<y>[0-9]{4})", re.ASCII
    ),
)
# Never seen and never meant: control characters but tabulator and ends of lines, lone
# surrogates, and marks that turn the direction of texts.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff]"
)


class Bad(ValueError):
    """An answer that cannot be taken.

    :ivar str code: why
    :ivar params: what the message to people says of it
    """

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


def clean_text(text, lines=False):
    r"""A text without what nobody sees; in one line unless ``lines``.

    >>> clean_text(" a\x00\u202e b\n c ")
    'a b c'
    >>> clean_text("a\r\nb\n", lines=True)
    'a\nb'
    """
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", str(text)))
    if lines:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return " ".join(text.split())


def read_number(text, whole=False):
    """A number as people write it.

    :raises Bad: when it is none

    >>> read_number("1 200,50"), read_number("1,200.50"), read_number("12", whole=True)
    (1200.5, 1200.5, 12)
    >>> read_number("1.5", whole=True)
    Traceback (most recent call last):
        ...
    odoo.addons.prospect_form.tools.answers.Bad: number
    """
    plain = re.sub(r"[\s'\u2019]", "", text)
    if "," in plain and "." in plain:
        # the last one is the decimal mark
        mark = max(",.", key=plain.rfind)
        plain = plain.replace("." if mark == "," else ",", "")
    plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise Bad("number")
    number = float(plain)
    if not math.isfinite(number) or (whole and number != int(number)):
        raise Bad("number")
    if whole and abs(number) > 2**31 - 1:
        raise Bad("number")
    return int(number) if whole else number


def read_date(text):
    """A day, as browsers send it or as people write it, as ``YYYY-MM-DD``.

    :raises Bad: when it is none

    >>> read_date("2030-01-31"), read_date("31/1/2030")
    ('2030-01-31', '2030-01-31')
    """
    for pattern in _DATES:
        found = pattern.fullmatch(text)
        if found:
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
            if 1900 <= day.year <= 2200:
                return day.isoformat()
    raise Bad("date")


def _read_char(question, texts):
    text = clean_text(texts[0])
    if len(text) > LONGEST["char"]:
        raise Bad("long", most=LONGEST["char"])
    if question.get("fname") == "website" and not is_web_address(
        text if "://" in text else f"https://{text}"
    ):
        raise Bad("url")
    return text


def _read_text(question, texts):
    text = clean_text(texts[0], lines=True)
    if len(text) > LONGEST["text"]:
        raise Bad("long", most=LONGEST["text"])
    return text


def _read_hidden(question, texts):
    # nobody sees it: what cannot be taken is no fault of the visitor's
    return clean_text(texts[0])[: LONGEST["hidden"]]


def _read_choice(question, texts):
    keys = {choice["key"] for choice in question["choices"]}
    text = texts[0].strip()
    if text not in keys:
        raise Bad("choice")
    return text


def _read_choices(question, texts):
    keys = [choice["key"] for choice in question["choices"]]
    given = {text.strip() for text in texts}
    if given - set(keys):
        raise Bad("choice")
    return [key for key in keys if key in given]


def _read_phone(question, texts):
    text = clean_text(texts[0])
    if len(text) > LONGEST["phone"]:
        raise Bad("phone")
    phone = read_phone(text, question.get("country") or None)
    if not phone:
        raise Bad("phone")
    return phone.international


def _with_country(question, posted):
    """A question for a phone, with the country that the visitor has chosen."""
    (country,) = posted.get(f"{question['key']}__country", ())[:1] or ("",)
    if isinstance(country, str) and re.fullmatch("[A-Z]{2}", country):
        return {**question, "country": country}
    return question


def _read_email(question, texts):
    text = clean_text(texts[0])
    if len(text) > LONGEST["email"]:
        raise Bad("email")
    address, problem = clean_email(text)
    if problem or not address:
        raise Bad("email")
    return address


def _read_boolean(question, texts):
    return texts[0].strip().lower() not in ("0", "false", "off", "no", "non")


READERS = {
    "char": _read_char,
    "text": _read_text,
    "hidden": _read_hidden,
    "single": _read_choice,
    "dropdown": _read_choice,
    "multiple": _read_choices,
    "integer": lambda _question, texts: read_number(texts[0].strip(), whole=True),
    "float": lambda _question, texts: read_number(texts[0].strip()),
    "date": lambda _question, texts: read_date(texts[0].strip()),
    "phone": _read_phone,
    "email": _read_email,
    "boolean": _read_boolean,
    "consent": _read_boolean,
}


def read_answers(questions, posted, uploads=None, read_file=None):
    """The answers of a form: ``(answers, errors)``.

    :param list questions: of the form, see ``find_shown``; with ``required``, and
        ``choices`` ({"key": ...}) where there are any
    :param dict posted: {key: list of texts}, from anybody
    :param dict uploads: {key: anything that ``read_file`` understands}
    :param read_file: a function of a question and an upload: a plain answer, or raises
        :class:`Bad`
    :return: ``answers`` {key: text, number, list of keys, True, or what ``read_file``
        gave}, of what is shown and answered; ``errors`` {key: (code, params)}

    >>> ask = {"mode": "all", "conditions": [], "required": False}
    >>> name = {**ask, "key": "name", "type": "char", "required": True}
    >>> form = [name, {**ask, "key": "age", "type": "integer"}]
    >>> read_answers(form, {"name": [" Ana "], "age": [""], "owner": ["1"]})
    ({'name': 'Ana'}, {})
    >>> read_answers(form, {"age": ["old"]})
    ({}, {'name': ('required', {}), 'age': ('number', {})})
    """
    uploads = uploads or {}
    texts = {
        question["key"]: [
            text
            for text in posted.get(question["key"], ())[:MOST_VALUES]
            if isinstance(text, str) and clean_text(text)
        ]
        for question in questions
    }
    given = {
        key: [text for text in texts[key] if _is_given(question, text)]
        for key, question in ((question["key"], question) for question in questions)
    }
    shown = find_shown(questions, given)
    answers, errors = {}, {}
    for question in questions:
        key, kind = question["key"], question["type"]
        if key not in shown or kind == "section":
            continue
        try:
            if kind == "file":
                answer = uploads.get(key) and read_file(question, uploads[key])
            else:
                if kind == "phone":
                    question = _with_country(question, posted)
                answer = texts[key] and READERS[kind](question, texts[key])
        except Bad as bad:
            errors[key] = (bad.code, bad.params)
            continue
        if answer in ("", [], None, False):
            if question["required"] and kind != "hidden":
                errors[key] = ("required", {})
        else:
            answers[key] = answer
    return answers, errors


def _is_given(question, text):
    """Whether a text counts as an answer for the conditions of other questions."""
    if question["type"] in ("boolean", "consent"):
        return _read_boolean(question, [text])
    return True
