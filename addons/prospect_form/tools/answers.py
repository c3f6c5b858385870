"""What was sent with a form, read question by question. Plain Python.

Whatever is no question of the form, or is hidden by its conditions, is left out: the
list of what is taken is the form's, never the sender's.
"""

import re

from odoo.addons.prospect.tools import figures
from odoo.addons.prospect.tools.figures import Style
from odoo.addons.prospect.tools.phone_cells import is_national
from odoo.addons.prospect.tools.phones import read_phone
from odoo.addons.prospect.tools.texts import clean_lines, clean_text
from odoo.addons.prospect.tools.values import clean_email, parse_bool

from .addresses import is_web_address
from .conditions import find_shown

# Letters at most.
LONGEST = {"char": 500, "text": 20_000, "hidden": 500, "phone": 40, "email": 254}
# Answers to one question at most, whatever was sent.
MOST_VALUES = 100
CHOOSING = ("single", "multiple", "dropdown")


class Bad(ValueError):
    """An answer that cannot be taken.

    :ivar str code: why
    :ivar params: what the message to people says of it
    """

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


def _style_of(question):
    """How the language of the page writes dates and numbers."""
    return Style(*question.get("style") or figures.MACHINE)


def _read_number(question, texts):
    number = figures.read_number(
        texts[0], _style_of(question), whole=question["type"] == "integer"
    )
    if number is None:
        raise Bad("number")
    return number


def _read_date(question, texts):
    """A day, as browsers send it or as people write it, as ``YYYY-MM-DD``."""
    day = figures.read_date(texts[0], _style_of(question))
    if not day:
        raise Bad("date")
    return day.isoformat()


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
    text = clean_lines(texts[0])
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
    country = question.get("country") or ""
    told = {"country": country if is_national(text) else ""}
    if len(text) > LONGEST["phone"]:
        raise Bad("phone", **told)
    for code in (country, *question.get("countries", ())):
        phone = read_phone(text, code or None)
        if phone:
            return phone.international
    raise Bad("phone", **told)


def _with_country(question, posted):
    """A question for a phone, with the country that the visitor has chosen.

    Who has left it as it was may mean another one that the page speaks for.
    """
    (country,) = posted.get(f"{question['key']}__country", ())[:1] or ("",)
    if (
        isinstance(country, str)
        and re.fullmatch("[A-Z]{2}", country)
        and country != question.get("country")
    ):
        return {**question, "country": country, "countries": ()}
    return question


def _read_email(question, texts):
    text = clean_text(texts[0])
    if len(text) > LONGEST["email"]:
        raise Bad("email")
    address, problem = clean_email(text)
    if problem or not address:
        raise Bad("email_blank" if re.search(r"\S\s+\S", text) else "email")
    return address


def _read_boolean(question, texts):
    return parse_bool(texts[0]) is not False


READERS = {
    "char": _read_char,
    "text": _read_text,
    "hidden": _read_hidden,
    "single": _read_choice,
    "dropdown": _read_choice,
    "multiple": _read_choices,
    "integer": _read_number,
    "float": _read_number,
    "date": _read_date,
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
