"""Numbers, dates and moments as people write them: the only reader, for all channels.

Plain Python without the ORM. What a text leaves open (1,200 and 01/02/2026) its
language says: see :class:`Style`.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from .texts import clean_text, fold


class Style(NamedTuple):
    """How a language writes what is not the same everywhere.

    :ivar str dates: order of day, month and year: ``dmy``, ``mdy`` or ``ymd``
    :ivar str decimal: the mark before decimals
    :ivar str thousands: the mark between thousands
    """

    dates: str = "dmy"
    decimal: str = ","
    thousands: str = ""


MACHINE = Style("ymd", ".", ",")
# The years that are meant, where somebody lived or will do something.
FIRST_YEAR, LAST_YEAR = 1850, 2200
_LARGEST_WHOLE = 2**31 - 1


def make_style(date_format, decimal, thousands):
    """The style of a language of Odoo.

    >>> make_style("%m/%d/%Y", ".", ",")
    Style(dates='mdy', decimal='.', thousands=',')
    >>> make_style("%-d %B %Y", ",", "\\u00a0").dates
    'dmy'
    """
    found = re.findall(r"%-?([dejmbByYG])", date_format or "")
    kinds = {**dict.fromkeys("dej", "d"), **dict.fromkeys("mbB", "m")}
    order = "".join(dict.fromkeys(kinds.get(letter, "y") for letter in found))
    if order not in ("dmy", "mdy", "ymd"):
        order = "dmy"
    return Style(order, (decimal or ".").strip() or ".", (thousands or "").strip())


# --- Numbers --------------------------------------------------------------------------

_FIGURE = re.compile(r"(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:e[+-]?\d{1,2})?", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+\.?")
_MULTIPLES = {
    "k": 1000,
    "m": 10**6,
    "mio": 10**6,
    "mn": 10**6,
    "md": 10**9,
    "mrd": 10**9,
}
_MONEY_WORDS = frozenset(
    """
    euro euros dollar dollars eur usd livre livres pound pounds franc francs fr frs sfr
    kr zl zł kc kč ft lei rs yen yens eurs ht ttc us
    """.split()  # noqa: SIM905 - read as words
)


def read_number(text, style=MACHINE, whole=False):
    """A number as people write it, or None when it is none.

    Blanks, apostrophes, currencies and percent signs are let pass: 12 % is 12. Where
    both marks occur, the last one is before the decimals. One alone before three digits
    is what the language says; else, the full stop is as programs write it.

    :param Style style: of the language
    :param bool whole: a number without decimals is wanted

    >>> french = Style("dmy", ",", "")
    >>> [read_number(text, french) for text in ("1.200,50 €", "12 %", "1 200", "-3,5")]
    [1200.5, 12.0, 1200.0, -3.5]
    >>> read_number("1,200", french), read_number("1,200", Style("mdy", ".", ","))
    (1.2, 1200.0)
    >>> read_number("1.5", whole=True), read_number("12.0", whole=True)
    (None, 12)
    >>> read_number("12 people"), read_number("10-50"), read_number("")
    (None, None, None)
    """
    text = unicodedata.normalize("NFKC", clean_text(text))
    text = re.sub("[\u2212\u2013\u2014]", "-", text)
    text, multiple, is_money = _strip_units(text)
    text, sign = _strip_sign(text)
    digits = re.sub(r"(?<=\d)[\s'\u2019\u2018\u02bc\u00b4](?=\d{3}(?!\d))", "", text)
    digits = "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in digits.replace("\u066b", ",").replace("\u066c", "")
    )
    if not _FIGURE.fullmatch(digits):
        return None
    plain = _settle_marks(digits, style, whole or is_money)
    if plain is None:
        return None
    number = float(plain) * multiple * sign
    if not isfinite(number) or abs(number) >= 1e15:
        return None
    if not whole:
        return round(number, 10)
    if number != int(number) or abs(number) > _LARGEST_WHOLE:
        return None
    return int(number)


def _strip_units(text):
    """A text without currency and percent sign; what it is multiplied by; whether it is
    an amount of money.
    """
    is_money = any(unicodedata.category(char) == "Sc" for char in text)
    text = "".join(" " if unicodedata.category(c) == "Sc" else c for c in text)
    multiple = 1
    for word in _WORDS.findall(text):
        plain = fold(word).rstrip(".")
        if plain in _MONEY_WORDS or plain.upper() in _currencies():
            is_money = True
            text = text.replace(word, " ", 1)
        elif plain in _MULTIPLES and is_money and word != "e":
            multiple = _MULTIPLES[plain]
            text = text.replace(word, " ", 1)
    text = re.sub(r"[%\u2030]\s*$", "", text.strip())
    # Swiss and German amounts without cents
    text = re.sub(r"[.,]\s*-{1,2}$", "", text.strip())
    return text.strip(), multiple, is_money


@lru_cache(maxsize=1)
def _currencies():
    return frozenset(list_currencies())


def _strip_sign(text):
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), -1
    for sign, factor in (("-", -1), ("+", 1)):
        if text.startswith(sign):
            return text[1:].strip(), factor
        if text.endswith(sign):
            return text[:-1].strip(), factor
    return text, 1


def _settle_marks(digits, style, no_thousandths):  # noqa: PLR0911 - one for each case
    """Digits with a full stop before the decimals and no other mark, or None."""
    body, exponent = re.fullmatch(r"(?i)(.*?)(e[+-]?\d+)?", digits).groups()
    marks = [char for char in body if char in ",."]
    if not marks:
        return body + (exponent or "")
    last = marks[-1]
    if len(set(marks)) == 2:
        head, _mark, tail = body.rpartition(last)
        if last in head or not _is_grouped(head, "," if last == "." else "."):
            return None
        return re.sub("[,.]", "", head) + "." + tail + (exponent or "")
    if len(marks) > 1:
        # one mark several times stands between thousands
        if not _is_grouped(body, last):
            return None
        return body.replace(last, "") + (exponent or "")
    head, _mark, tail = body.partition(last)
    is_open = len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0"
    if (
        is_open
        and last != style.decimal
        and (last == style.thousands or no_thousandths)
    ):
        return head + tail + (exponent or "")
    if not tail and not head:
        return None
    return f"{head or '0'}.{tail or '0'}{exponent or ''}"


def _is_grouped(text, mark):
    """Whether a mark stands between thousands (or lakhs) and nowhere else."""
    first, *groups = text.split(mark)
    if not groups or not 1 <= len(first) <= 3 or not first.isdigit():
        return bool(not groups and first.isdigit())
    if all(len(group) == 3 and group.isdigit() for group in groups):
        return True
    *middle, end = groups
    return (
        len(end) == 3
        and len(first) <= 2
        and all(len(group) == 2 and group.isdigit() for group in middle)
    )


# --- Dates ----------------------------------------------------------------------------

_TIME = re.compile(
    r"""(?:^|(?<=[\dT\s,.]))[T\s,]*(?:(?:a|à|at|um|om|alle|las|les)\s+)?
        (?P<hour>\d{1,2})\s*(?:[:h]|\.(?=\d\d(?:\s*uhr|\s*$)))\s*(?P<minute>\d{2})?
        (?:[:.m]\s*(?P<second>\d{2})(?:[.,]\d+)?)?\s*s?
        \s*(?P<half>[ap]\.?\s?m\.?)?(?:\s*uhr)?
        \s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_HALF_ONLY = re.compile(
    r"[\s,]+(?P<hour>\d{1,2})\s*(?P<half>[ap]\.?\s?m\.?)\s*$", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"(?<=\d)(?:st|nd|rd|th|er|re|ere|e|eme|de|o|a|\.º|º|ª|°)(?![^\W\d_])",
    re.IGNORECASE,
)
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_NOISE = frozenset(
    """
    le the of de du del the den el dia al la am on vom den der dem em do da di il 'of il
    er st nd rd th
    """.split()  # noqa: SIM905 - read as words
)
# Languages whose months are known, whatever is installed.
_MONTH_LANGUAGES = (
    *(
        "fr",
        "en",
        "de",
        "es",
        "it",
        "nl",
        "pt",
        "pl",
        "cs",
        "sk",
        "da",
        "sv",
        "nb",
        "fi",
    ),
    *("ro", "hu", "tr", "ca", "el", "ru", "uk", "bg", "hr", "sl", "et", "lv", "lt"),
)
_MONTHS_MORE = {
    "jan": 1,
    "janv": 1,
    "feb": 2,
    "fev": 2,
    "fevr": 2,
    "mar": 3,
    "mars": 3,
    "avr": 4,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "jun": 6,
    "juin": 6,
    "jul": 7,
    "juil": 7,
    "aou": 8,
    "aug": 8,
    "aout": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "okt": 10,
    "nov": 11,
    "dec": 12,
    "dez": 12,
    "maerz": 3,
    "mrz": 3,
    "jui": 7,
}


def read_date(text, style=MACHINE, today=None):
    """A day as people write it, or None when it is none.

    The order of the language counts where both are possible; ``31/01`` and ``01/31``
    can be one thing each, and full stops are for the day first.

    :param Style style: of the language
    :param date today: from which two digits of a year are read; else today

    >>> french, american = Style("dmy"), Style("mdy")
    >>> read_date("31/01/2026", american), read_date("31 janvier 2026")
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    >>> read_date("01/02/2026", french), read_date("01/02/2026", american)
    (datetime.date(2026, 2, 1), datetime.date(2026, 1, 2))
    >>> read_date("31/02/2026"), read_date("janvier 2026"), read_date("12")
    (None, None, None)
    """
    moment = _read_moment(text, style, today)
    return moment[0] if moment else None


def read_moment(text, style=MACHINE, zone=None, today=None):
    """A day with a time, in UTC and without zone, or None. A day alone is its midnight.

    :param Style style: of the language
    :param zone: time zone of texts that name none; else UTC

    >>> read_moment("31/01/2026 14h30", Style("dmy"))
    datetime.datetime(2026, 1, 31, 14, 30)
    >>> read_moment("2026-01-31T14:30:00+02:00"), read_moment("Jan 31, 2026 2:30 PM")
    (datetime.datetime(2026, 1, 31, 12, 30), datetime.datetime(2026, 1, 31, 14, 30))
    """
    found = _read_moment(text, style, today)
    if not found:
        return None
    day, clock, own_zone = found
    moment = datetime.combine(day, clock, tzinfo=own_zone)
    if own_zone is None:
        if zone is None:
            return moment
        moment = (
            zone.localize(moment)
            if hasattr(zone, "localize")
            else moment.replace(tzinfo=zone)
        )
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _read_moment(text, style, today):
    """(day, time, zone or None) of a text, or None."""
    text = unicodedata.normalize("NFKC", clean_text(text))
    if not text or len(text) > 60:
        return None
    serial = _read_serial(text)
    if serial:
        return serial
    day = _read_day(text, style, today)
    if day:
        return day, time(), None
    found = _TIME.search(text) or _HALF_ONLY.search(text)
    if not found or not found.start():
        return None
    clock = _read_clock(found.groupdict())
    day = clock and _read_day(text[: found.start()].strip(" ,-T"), style, today)
    if not day:
        return None
    return day, clock, _read_zone(found.groupdict().get("zone"))


def _read_serial(text):
    """The moment that a number of a spreadsheet or a program means, or None."""
    if re.fullmatch(r"[1-3]\d{9}(?:\d{3})?", text, re.ASCII):
        # seconds, or thousandths of them, as programs count
        moment = datetime.fromtimestamp(int(text[:10]), timezone.utc)
        return moment.date(), moment.time(), timezone.utc
    if not re.fullmatch(r"[1-6]\d{4}(?:[.,]\d+)?", text, re.ASCII):
        return None
    moment = datetime(1899, 12, 30) + timedelta(days=float(text.replace(",", ".")))
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return moment.date(), moment.time(), None


def _read_clock(parts):
    hour = int(parts["hour"])
    half = (parts.get("half") or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return None


def _read_zone(text):
    if not text:
        return None
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return timezone.utc
    return timezone(-offset if text[0] == "-" else offset)


def _read_day(text, style, today):  # noqa: PLR0911 - one for each way to write it
    found = _CJK.fullmatch(text)
    if found:
        return _make_day(*found.groups(), today=today)
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        day = _make_day(text[:4], text[4:6], text[6:], today=today)
        numbers = [text[:2], text[2:4], text[4:]]
        return day or _settle_order(numbers, text, style, today)
    plain = _ORDINAL.sub("", fold(text))
    if re.search(r"[^\w\s./,'()-]", plain):
        return None
    parts = [part for part in _PARTS.findall(plain) if part not in _NOISE]
    words = [part for part in parts if not part.isdigit()]
    months = [number for number in map(_find_month, words) if number]
    numbers = [part for part in parts if part.isdigit()]
    if words:
        others = [word for word in words if not _find_month(word)]
        if len(months) != 1 or len(numbers) != 2 or not all(map(_is_weekday, others)):
            return None
        return _settle_written(months[0], numbers, today)
    if len(numbers) != 3 or max(map(len, numbers)) > 4:
        return None
    return _settle_order(numbers, plain, style, today)


def _settle_written(month, numbers, today):
    """A day with a month in letters: the year is the longer number, or the last."""
    one, two = numbers
    if len(one) == 4:
        one, two = two, one
    if len(one) > 2 or len(two) not in (2, 4):
        return None
    return _make_day(two, month, one, today=today)


def _settle_order(numbers, text, style, today):
    first, second, third = numbers
    if len(first) == 4:
        return _make_day(first, second, third, today=today)
    if len(third) == 3 or len(first) > 2 or len(second) > 2:
        return None
    orders = ["dmy", "mdy"]
    if style.dates == "mdy" and "." not in text:
        orders = ["mdy", "dmy"]
    if len(third) <= 2 and style.dates == "ymd":
        orders = ["ymd", *orders]
    for order in orders:
        named = dict(zip(order, numbers, strict=True))
        if len(named["y"]) < 2:
            continue
        day = _make_day(named["y"], named["m"], named["d"], today=today)
        if day:
            return day
    return None


def _make_day(year, month, day, today=None):
    year = int(year) if len(str(year)) > 2 else _complete_year(int(year), today)
    try:
        made = date(year, int(month), int(day))
    except ValueError:
        return None
    return made if FIRST_YEAR <= year <= LAST_YEAR else None


def _complete_year(year, today):
    """Two digits as a year that is past, or soon."""
    present = (today or datetime.now(timezone.utc)).year
    year += present // 100 * 100
    return year - 100 if year > present + 10 else year


@lru_cache(maxsize=1)
def _months():
    """{folded name: number of the month}, in many languages."""
    found, twice = dict(_MONTHS_MORE), set()
    for language in _MONTH_LANGUAGES:
        for name, number in _names_of(language, "months"):
            if found.setdefault(name, number) != number:
                twice.add(name)
    return {
        name: number
        for name, number in found.items()
        if name not in twice or name in _MONTHS_MORE
    }


@lru_cache(maxsize=1)
def _weekdays():
    return frozenset(
        name
        for language in _MONTH_LANGUAGES
        for name, _at in _names_of(language, "days")
    )


def _names_of(language, what):
    """(folded name, number) of the months or days of a language."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            names = getattr(locale, what).get(context, {}).get(width, {})
            for number, name in names.items():
                plain = fold(name).strip(". ")
                if plain.isalpha() and len(plain) > 1:
                    yield plain, number


def _find_month(word):
    return _months().get(word, 0)


def _is_weekday(word):
    return word in _weekdays()
