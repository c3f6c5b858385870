"""Cells to phone numbers: several in one, and numbers that a spreadsheet has spoilt.

Plain Python without the ORM.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from .phones import Phone, read_phone
from .texts import clean_lines, fold
from .values import clean_phone_text, has_lost_digits

# Between two numbers; some of them stand within one as well, so they are tried in turn.
_SURELY = re.compile(
    r"(?<=\d{8})[-.](?=\d{8})|\s*(?:\n|;|\||:::|\s[/,&+](?=\s)|,(?=\s))\s*"
)
_WORDS = re.compile(
    r"\s+(?:ou(?:\s+bien)?|or|et|and|oder|und|puis|sinon|y|e|en|of|o)\s+(?=[+(\d])",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"\s*[/,&]\s*|\s+-\s+")
# What a number is called, before or behind it.
_NAME = re.compile(
    r"^\W*(?:[^\W\d_]{1,14}\.?[\s.]*){1,3}[:.\s]\s*(?=[+(\d])|\s*\([^()\d]*\)\s*$"
    r"|\s*[-\u2013,]?\s*\b[^\W\d_]{2,14}\.?\s*$",
)
# Words behind a number, or in brackets, that are none of its names.
_SAID = re.compile(
    r"\d\W*\([^()\d]*[^\W\d_]{2}[^()\d]*\)\W*$|\d[\s,-]+[^\W\d_]{3}[^\d]*$"
)
_LEAST = 6


class PhoneCell(NamedTuple):
    """What a cell says of phones.

    :ivar str text: the first number, as it was written
    :ivar Phone phone: the same, where it can be dialled
    :ivar tuple rest: the others, as they were written
    :ivar str problem: ``lost_digits``, ``invalid``, or an empty text
    """

    text: str
    phone: Phone | None
    rest: tuple
    problem: str


@lru_cache(maxsize=20_000)
def read_phone_cell(text, country_code=None):
    """A cell as one phone number, and what else is in it.

    :param str text: as people write it
    :param str country_code: two letters, of numbers without prefix

    >>> cell = read_phone_cell("06 12 34 56 78 / 01 42 68 53 00", "FR")
    >>> cell.text, cell.phone.e164, cell.rest
    ('06 12 34 56 78', '+33612345678', ('01 42 68 53 00',))
    >>> read_phone_cell("3,36123E+10", "FR")
    PhoneCell(text='3,36123E+10', phone=None, rest=(), problem='lost_digits')
    >>> read_phone_cell("06 12 34 56 78 (perso)", "FR").phone.e164
    '+33612345678'
    >>> read_phone_cell("030/1234567", "DE").rest
    ()
    """
    whole = " ".join(text.split())
    if has_lost_digits(whole):
        return PhoneCell(whole, None, (), "lost_digits")
    plain = clean_phone_text(whole)
    # an extension may be told, where numbers are kept with theirs
    phone = read_phone(whole, country_code) or read_phone(plain, country_code)
    if phone:
        said = sum(map(str.isdigit, plain)) >= _LEAST and _SAID.search(whole)
        return PhoneCell(plain, phone, (whole,) if said else (), "")
    parts = _split(clean_lines(text), country_code)
    read = [(part, read_phone(_strip_name(part), country_code)) for part in parts]
    for index, (part, phone) in enumerate(read):
        if phone:
            others = tuple(other for at, (other, _p) in enumerate(read) if at != index)
            if len(read) == 1 and _SAID.search(part):
                others = (whole,)
            return PhoneCell(_strip_name(part), phone, others, "")
    return PhoneCell(plain or whole, None, (), "invalid")


def _split(text, country_code):
    """The numbers of a text, each with its name, by the separators that make most of
    them numbers.
    """
    best, most = [text], 0
    for separators in (
        (_SURELY,),
        (_SURELY, _WORDS),
        (_SURELY, _WORDS, _PERHAPS),
    ):
        parts = [text]
        for separator in separators:
            parts = [piece for part in parts for piece in separator.split(part)]
        parts = [part.strip() for part in parts if part.strip()]
        good = sum(bool(read_phone(_strip_name(part), country_code)) for part in parts)
        if good > most:
            best, most = parts, good
    if most:
        return best
    return _match(text, country_code) or best


def _match(text, country_code):
    """The numbers that the library finds in a text, and the texts between them."""
    parts, end, label = [], 0, ""
    for found in phonenumbers.PhoneNumberMatcher(text, country_code):
        between = text[end : found.start].strip(" ,;/|")
        if sum(map(str.isdigit, between)) >= _LEAST:
            # more of a number than was found
            return _halve(text, country_code)
        label = f"{between} " if between else ""
        parts.append(f"{label}{found.raw_string}")
        end = found.end
    left = text[end:].strip(" ,;/|")
    if not parts or sum(map(str.isdigit, left)) >= _LEAST:
        return _halve(text, country_code)
    return [*parts, left] if left else parts


def _halve(text, country_code):
    """Two numbers with a blank between them."""
    words = text.split()
    for cut in range(1, len(words)):
        parts = [" ".join(words[:cut]), " ".join(words[cut:])]
        if all(read_phone(part, country_code) for part in parts):
            return parts
    return []


def _strip_name(part):
    """A number without what it is called."""
    plain = clean_phone_text(part)
    for _time in range(2):
        shorter = clean_phone_text(_NAME.sub("", plain))
        if sum(map(str.isdigit, shorter)) < sum(map(str.isdigit, plain)):
            break
        plain = shorter
    return plain


# --- In which country -----------------------------------------------------------------

# Where most people are whose numbers are read, for lists that fit several countries.
_LIKELY = (
    *(
        "FR",
        "US",
        "GB",
        "DE",
        "ES",
        "IT",
        "BE",
        "NL",
        "CH",
        "CA",
        "PT",
        "AT",
        "LU",
        "IE",
    ),
    *(
        "PL",
        "SE",
        "DK",
        "NO",
        "FI",
        "CZ",
        "MA",
        "TN",
        "DZ",
        "SN",
        "CI",
        "IN",
        "AU",
        "BR",
    ),
)
# Numbers that are tried, so that a long list costs no more than a short one.
_TRIED = 50


def pick_national(texts):
    """Some numbers that do not say their country themselves.

    >>> pick_national(["06 12 34 56 78", "+33 6 12 34 56 79", "", "call me"])
    ['06 12 34 56 78']
    """
    national = []
    for text in texts:
        plain = clean_phone_text(text or "")
        digits = sum(map(str.isdigit, plain))
        if _LEAST <= digits <= 15 and plain[0] != "+" and not read_phone(plain):
            national.append(plain)
        if len(national) >= _TRIED:
            break
    return national


def count_valid(texts, country_code):
    """How many numbers are valid in a country.

    >>> [count_valid(["06 12 34 56 78", "12"], code) for code in ("FR", "US")]
    [1, 0]
    """
    return sum(bool(_is_valid(text, country_code)) for text in texts)


def find_phone_country(texts, preferred=()):
    """The country in which most numbers without prefix are valid.

    :param texts: cells
    :param preferred: codes that win where others fit no better, best first
    :return: (code or None, how many are valid there, how many say no country
        themselves)

    >>> numbers = ["06 12 34 56 78", "01 42 68 53 00", "+1 202 555 0143"]
    >>> find_phone_country(numbers, ["US"])
    ('FR', 2, 2)
    >>> find_phone_country(["+33 6 12 34 56 78", "call me"], ["US"])
    (None, 0, 0)
    """
    national = pick_national(texts)
    if not national:
        return None, 0, 0
    order = list(dict.fromkeys(filter(None, (*preferred, *_LIKELY))))
    order += sorted(phonenumbers.SUPPORTED_REGIONS.difference(order))
    counts = {}
    for code in order:
        counts[code] = sum(bool(_is_valid(text, code)) for text in national)
        if counts[code] == len(national) and code in preferred:
            return code, counts[code], len(national)
    best = max(counts.values())
    if not best:
        return None, 0, len(national)
    places = {code: place for place, code in enumerate(order)}
    code = min(
        (code for code in order if counts[code] == best),
        key=lambda code: (
            code not in preferred,
            -sum(_is_written_as_in(text, code) for text in national),
            places[code],
        ),
    )
    return code, best, len(national)


def _is_written_as_in(text, country_code):
    """Whether the digits of a number stand together as they do in its country."""
    try:
        number = phonenumbers.parse(text, country_code)
    except phonenumbers.NumberParseException:
        return False
    usual = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return re.findall(r"\d+", usual) == re.findall(r"\d+", text)


def _is_valid(text, country_code):
    try:
        number = phonenumbers.parse(text, country_code)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number_for_region(number, country_code)


@lru_cache(maxsize=300)
def get_phone_example(country_code):
    """A mobile number as it is written at home, that is nobody's; or an empty text.

    >>> get_phone_example("FR"), get_phone_example("XX")
    ('06 12 34 56 78', '')
    """
    mobile = phonenumbers.PhoneNumberType.MOBILE
    number = phonenumbers.example_number_for_type(country_code or "", mobile)
    if not number:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def is_national(text):
    """Whether a number names no country itself, so that it was read in ours.

    >>> [is_national(text) for text in ("06 12", "+33 6", "0033 6", "x")]
    [True, False, False, False]
    """
    plain = fold(text)
    return bool(re.search(r"\d", plain)) and not re.match(r"\W*(?:\+|00)", text)
