"""Where a person is in texts, and how they are taken out of them.

Plain Python without the ORM. The same patterns are used by the database, to find rows,
and here, to be sure and to take the person out.
"""

import html
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers

from odoo.exceptions import ValidationError

# What stands in a text where a person stood.
MARK = "(erased)"
# Digits that a number needs so that it is looked for in whatever people have written.
SHORTEST_NUMBER = 7
# Letters of a part of a name that is taken out of a text that names the person.
SHORTEST_PART = 2
# What people put between digits.
_BETWEEN = "[^0-9A-Za-z]{0,3}"
# The character before is none of an address; "\n" and the like are blanks in JSON.
_BEFORE = r"(?:(?<![\w.+%-])|(?<=\\[nrt]))"
_AFTER = r"(?![\w-]|\.\w)"


class ErasedPersonError(ValidationError):
    """Somebody who was erased is about to be entered again."""


@dataclass(frozen=True)
class PersonSource:
    """A model whose records may hold a person, and what becomes of these.

    - ``model``: its name; one that is not installed is left out
    - ``how``: ``delete`` the records that are the person's, and take the person out of
      the texts of others; ``edit``: take the person out of texts; ``drop`` whatever
      names the person; ``keep``: they are only counted; else the step
      ``_prospect_erase_<how>(person, source, found, linked)`` of ``prospect.person``
    - ``links``: columns with the number of a prospect
    - ``contacts``: columns with the number of a contact
    - ``of``: columns whose address or number says whose a record is; empty: any column
    - ``names``: whether a full name alone finds records
    - ``parent``: ``(column, model)`` of the record that says whose company it is
    - ``told``: whether somebody is to be told: a filter or a template named the person
    """

    model: str
    how: str = "edit"
    links: tuple = ()
    contacts: tuple = ()
    parent: tuple = ()
    of: tuple = ()
    names: bool = True
    told: bool = False


def get_name_parts(names):
    """Words of full names, the longest first.

    >>> get_name_parts(["Ana Maria Roux", "A. Roux"])
    ['Maria', 'Roux', 'Ana', 'A.']
    """
    words = dict.fromkeys(word for name in names for word in re.split(r"[\s,]+", name))
    return sorted(
        (word for word in words if len(word) >= SHORTEST_PART), key=lambda w: -len(w)
    )


def _spellings(text):
    """A text as it is, in HTML, in JSON and in an address of the web.

    >>> _spellings("o'neil@x.org")
    ["o'neil@x.org", 'o&#x27;neil@x.org', 'o&#39;neil@x.org', 'o%27neil%40x.org']
    """
    escaped = html.escape(text)
    return list(
        dict.fromkeys(
            (
                text,
                escaped,
                escaped.replace("&#x27;", "&#39;"),
                json.dumps(text)[1:-1],
                quote(text, safe=""),
            )
        )
    )


def _number_pattern(number):
    """A pattern of a number however it is written, or None when it is too short."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(parsed)
    if len(national) < SHORTEST_NUMBER:
        return None
    return str(parsed.country_code), _BETWEEN.join(national)


def _name_patterns(name):
    """Patterns of a full name: in its order, and with the last word first."""
    words = [word for word in re.split(r"[\s,]+", name) if word]
    if len(words) < 2:
        return []
    orders = [words, [words[-1], *words[:-1]]]
    return [
        r"[\s,]+".join(re.escape(spelling) for spelling in order)
        for order in [
            *orders,
            *([json.dumps(word)[1:-1] for word in order] for order in orders),
        ]
    ]


class PersonMatcher:
    """Finds one person in texts.

    :param addresses: normalised e-mail addresses
    :param numbers: in E.164
    :param names: full names; one word alone finds nobody
    :param parts: words of names, which only count where the person was found

    >>> ana = PersonMatcher(["ana@x.org"], ["+33612345678"], ["Ana Roux"], ["Roux"])
    >>> [ana.holds(text) for text in ("<ANA@x.org>", "joana@x.org", "ana@x.org.uk")]
    [True, False, False]
    >>> [ana.holds(text) for text in ("06 12 34 56 78", "+33 (0)6.12.34.56.78")]
    [True, True]
    >>> ana.holds("1061234567899"), ana.holds("ROUX, Ana"), ana.holds("Roux")
    (False, True, False)
    >>> ana.clean("Ms Roux, 06.12.34.56.78 or ana@x.org; joana@x.org")
    'Ms (erased), (erased) or (erased); joana@x.org'
    >>> ana.clean("Bob Roux"), ana.clean("Bob Roux", whole=True)
    ('Bob Roux', 'Bob (erased)')
    >>> ana.clean_json({"who": ["Ana Roux"], "ana@x.org": 33612345678, "n": 7})
    {'who': ['(erased)'], '(erased)': '(erased)', 'n': 7}
    """

    def __init__(self, addresses=(), numbers=(), names=(), parts=()):
        wide, exact = [], []
        for address in addresses:
            for spelling in _spellings(address):
                wide.append(re.escape(spelling))
                exact.append(_BEFORE + re.escape(spelling) + _AFTER)
        for number in numbers:
            wide.append(re.escape(number))
            exact.append(re.escape(number) + r"(?!\d)")
            found = _number_pattern(number)
            if found:
                code, national = found
                wide.append(national)
                trunk = rf"(?:\(?0\)?{_BETWEEN})?"
                exact.append(
                    rf"(?<!\d)(?:(?:\+|00)?{code}{_BETWEEN}{trunk}|"
                    rf"\(?\d{{0,2}}{_BETWEEN})?{national}(?!\d)"
                )
        for name in names:
            for pattern in _name_patterns(name):
                wide.append(pattern)
                exact.append(rf"\b{pattern}\b")
        # for the database, which finds too much rather than too little
        self.sql_pattern = "|".join(dict.fromkeys(wide))
        self._exact = exact and re.compile("|".join(exact), re.IGNORECASE)
        words = [
            re.escape(spelling)
            for part in parts
            for spelling in dict.fromkeys((part, json.dumps(part)[1:-1]))
        ]
        self._parts = words and re.compile(
            rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE
        )

    def __bool__(self):
        return bool(self._exact)

    def holds(self, text):
        """Whether a text names the person."""
        return bool(self._exact and text and self._exact.search(text))

    def clean(self, text, whole=False):
        """A text without the person; parts of the name go where the person is named.

        :param bool whole: what it belongs to is about the person: parts of the name are
            theirs, whatever else it says
        """
        if not text or not (whole or self.holds(text)):
            return text
        for pattern in (self._exact, self._parts):
            if pattern:
                text = pattern.sub(MARK, text)
        return text

    def clean_json(self, value, whole=False):
        """The same for plain data, keys included."""
        if isinstance(value, str):
            return self.clean(value, whole)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return MARK if self.holds(str(value)) else value
        if isinstance(value, list):
            return [self.clean_json(item, whole) for item in value]
        if isinstance(value, dict):
            return {
                self.clean(str(key)): self.clean_json(item, whole)
                for key, item in value.items()
            }
        return value
