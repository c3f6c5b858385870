"""Phone numbers to the one form by which people are told apart.

Plain Python; the rules are Odoo's (``phone_validation``), read once instead of
twice for numbers that need no second look.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from odoo.exceptions import UserError

from odoo.addons.phone_validation.tools import phone_validation

# Brazil: Odoo mends old numbers by writing and reading them again.
_REWRITTEN = frozenset({55})
_INTERNATIONAL = re.compile(r"\+[1-9][0-9 .()-]{4,24}[0-9]", re.ASCII).fullmatch
# What stands before the extension of a number, in several languages.
_find_extension = re.compile(
    r"(?<=\d)[\s.,;/(-]*(?:\b(?:extension|extn?|poste|p|int[ée]rieur|int|durchwahl|dw|anexo"
    r"|interno|x)|(?<=\d)x|#)\s*[.:#=]*\s*(\d{1,6})\s*\)?\s*$",
    re.IGNORECASE,
).search
_NOT_DIGITS = re.compile(r"[^0-9]+").sub


_FIXED = frozenset(
    (
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.UAN,
    )
)


class Phone(NamedTuple):
    """A number that can be dialled."""

    e164: str
    international: str
    extension: str = ""


def is_fixed_line(e164):
    """Whether a number is that of a place, and not somebody's mobile.

    >>> is_fixed_line("+33145678900"), is_fixed_line("+33612345678"), is_fixed_line("")
    (True, False, False)
    """
    if not e164:
        return False
    return phonenumbers.number_type(phonenumbers.parse(e164)) in _FIXED


@lru_cache(maxsize=20_000)
def read_phone(text, country_code=None):
    """A text as a phone number, or None when nobody could dial it.

    :param str text: as people write it
    :param str country_code: two letters, the country of a number without prefix
    :return: :class:`Phone`, equal to what Odoo makes of the same text

    >>> read_phone("06 12 34 56 78", "FR")
    Phone(e164='+33612345678', international='+33 6 12 34 56 78', extension='')
    >>> read_phone("01 99 00 12 34 poste 101", "FR").international
    '+33 1 99 00 12 34 ext. 101'
    >>> read_phone("0033612345678", "BE").e164
    '+33612345678'
    >>> read_phone("33612345678", "FR").e164
    '+33612345678'
    >>> read_phone("06 12 34 56 78")
    >>> read_phone("12", "FR")
    >>> read_phone("call me", "FR")
    """
    text, extension = split_extension(text)
    number = (
        _read_international(text)
        or _read_plain(text, country_code)
        or _read_as_host(text, country_code)
    )
    if not number:
        return None
    international = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        f"{international} ext. {extension}" if extension else international,
        extension,
    )


def split_extension(text):
    """A number and its extension, which is another number's part [IY-19].

    >>> split_extension("01 99 00 12 34 poste 101"), split_extension("+33 1 x0042")
    (('01 99 00 12 34', '101'), ('+33 1', '42'))
    >>> split_extension("01 99 00 12 34")
    ('01 99 00 12 34', '')
    """
    found = _find_extension(text)
    if not found:
        return text, ""
    return text[: found.start()], found.group(1).lstrip("0") or "0"


def read_extension(text):
    """The extension that a number is kept with, or an empty text.

    >>> read_extension("+33 1 99 00 12 34 ext. 101"), read_extension("")
    ('101', '')
    """
    return split_extension(text)[1]


def _read_international(text):
    """A number that is written out and needs no interpretation, or None.

    Half the work of ``phonenumbers.parse``, which comes to the same where there is
    nothing to strip: no national prefix, no leading zero, no extension.
    """
    if not _INTERNATIONAL(text):
        return None
    digits = _NOT_DIGITS("", text)
    for length in (1, 2, 3):
        code = int(digits[:length])
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            break
    else:
        return None
    national = digits[length:]
    prefix = _national_prefix(code)
    if code in _REWRITTEN or national[:1] in ("", "0") or len(national) < 2:
        return None
    if prefix and prefix.match(national):
        return None
    number = phonenumbers.PhoneNumber(code, int(national))
    return number if phonenumbers.is_valid_number(number) else None


@lru_cache(maxsize=300)
def _national_prefix(code):
    """What a country's numbers may begin with at home, as a pattern, or None."""
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        code, region
    )
    pattern = metadata and metadata.national_prefix_for_parsing
    return re.compile(pattern) if pattern else None


def _read_plain(text, country_code):
    try:
        number = phonenumbers.parse(text, region=country_code, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code in _REWRITTEN or number.extension:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _read_as_host(text, country_code):
    try:
        number = phone_validation.phone_parse(text, country_code)
    except UserError:
        return None
    # what the library takes for an extension behind a comma or semicolon is to be
    # dialled after a pause; in files it is another number, or the cents of a sum
    return None if number.extension and re.search(r"[,;]", text) else number
