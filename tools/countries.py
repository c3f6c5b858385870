"""Names of countries to their codes: ISO codes, and what they are called anywhere.

Plain Python without the ORM. The names are those of the CLDR, which comes with Babel,
in the languages that people most often write files in, then in those of each country.
"""
# ruff: noqa: RUF002 - letters as people write them

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

from .texts import fold, fold_letters

_LANGUAGES = (
    *(
        "en",
        "fr",
        "de",
        "es",
        "it",
        "nl",
        "pt",
        "pl",
        "cs",
        "sv",
        "da",
        "nb",
        "fi",
        "ro",
    ),
    *("hu", "tr", "ca", "el", "ru", "uk", "ar", "zh", "ja", "ko", "he"),
)
# Names that are no country's own, of its parts, and of before.
_MORE = {
    "AE": "uae|eau|emirats|emirates|emirats arabes unis",
    "BA": "bosnie|bosnia|bosnien|bosnia herzegovina|bosnie herzegovine",
    "BE": "wallonie|flandre|flandres|flanders|vlaanderen|wallonia",
    "BO": "bolivie etat plurinational de",
    "CD": "rdc|drc|congo kinshasa|zaire|republique democratique du congo"
    "|democratic republic of the congo|congo dr",
    "CG": "congo|congo brazzaville|republique du congo|republic of the congo",
    "CH": "confederation suisse|swiss confederation|suisse romande",
    "CI": "ivory coast|elfenbeinkuste",
    "CN": "chine populaire|people's republic of china|prc"
    "|republique populaire de chine",
    "CV": "cap vert|cape verde",
    "CZ": "czech republic|republique tcheque|tchequie|tschechische republik|czechia"
    "|republica checa|repubblica ceca|tsjechie",
    "DE": "federal republic of germany|bundesrepublik deutschland|brd"
    "|republique federale d'allemagne|rfa",
    "FR": "france metropolitaine|republique francaise|metropole|french republic",
    "GB": "uk|u.k.|great britain|britain|england|scotland|wales|northern ireland"
    "|angleterre|ecosse|pays de galles|cymru|alba|irlande du nord"
    "|grande bretagne|grossbritannien"
    "|schottland|inglaterra|inghilterra|gran bretana|gran bretagna|engeland"
    "|groot brittannie|united kingdom of great britain and northern ireland"
    "|royaume uni de grande bretagne et d'irlande du nord|gbr|velka britanie",
    "GR": "el|hellas|hellenic republic",
    "HK": "hongkong|hong kong|hong kong sar|rae de hong kong",
    "IE": "eire|republic of ireland|republique d'irlande|irlande du sud",
    "IN": "bharat",
    "IR": "iran islamic republic of|islamic republic of iran",
    "KP": "north korea|coree du nord|dprk",
    "KR": "south korea|korea|한국|republica de corea|coree"
    "|coree du sud|republic of korea|republique de coree"
    "|korea republic of",
    "LA": "laos|lao",
    "LI": "lichtenstein",
    "LY": "libye|jamahiriya arabe libyenne",
    "MD": "moldavie|moldova republic of|republic of moldova",
    "MK": "macedonia|macedoine|fyrom|mazedonien",
    "MM": "burma|birmanie",
    "MO": "macau|macao",
    "MU": "ile maurice|l'ile maurice",
    "NL": "holland|hollande|the netherlands|netherlands|niederlande|pays bas|holanda"
    "|olanda|nederland|kingdom of the netherlands|royaume des pays bas",
    "PS": "palestine|palestinian territories|palestina",
    "RU": "russia|russie|russian federation|federation de russie|russland|urss|ussr",
    "SA": "ksa|arabie saoudite|kingdom of saudi arabia",
    "SY": "syrie|syria|syrian arab republic",
    "SZ": "swaziland",
    "TL": "timor oriental|east timor|timor leste",
    "TR": "turkey|turkiye|turquie",
    "TW": "taiwan|formose|republic of china|roc",
    "TZ": "tanzanie|tanzania united republic of",
    "US": "usa|us|u.s.|u.s.a.|united states of america|etats unis d'amerique|amerique"
    "|america|the states|vereinigte staaten von amerika|estados unidos de america"
    "|ee uu|eeuu|eua|stati uniti d'america|verenigde staten van amerika",
    "VA": "vatican|holy see|saint siege|vatican city|etat de la cite du vatican",
    "VE": "venezuela bolivarian republic of",
    "VN": "viet nam|vietnam",
    "XK": "kosovo",
}
_PARTS = re.compile(r"[()/,;|]|\s[-\u2013]\s|(?<=^[A-Z]{2})-|-(?=[A-Z]{2}$)")
_ARTICLES = (
    "the",
    "la",
    "le",
    "les",
    "l",
    "die",
    "der",
    "das",
    "el",
    "los",
    "las",
    "il",
    "lo",
)


def find_country_code(text):
    """The two letters of a country that a text names, or an empty text.

    >>> [find_country_code(text) for text in ("USA", "UK", "Deutschland", "Holland")]
    ['US', 'GB', 'DE', 'NL']
    >>> find_country_code("Côte d’Ivoire"), find_country_code("cote d'ivoire")
    ('CI', 'CI')
    >>> [find_country_code(text) for text in ("840", "fra", "Atlantis", "DE-Germany")]
    ['US', 'FR', '', 'DE']
    """
    key = fold_letters(text)
    if not key or len(key) > 60:
        return ""
    code = _known().get(key) or _find_without_article(text)
    if code or len(key) < 3 or key.isdigit():
        return code or ""
    return _own_names().get(key) or _find_in_parts(text)


def _find_in_parts(text):
    """The one country that parts of a text name: "France (FR)", "Belgique/België"."""
    parts = [part for part in _PARTS.split(text) if part.strip()]
    if len(parts) < 2:
        return ""
    found = {
        _known().get(fold_letters(part)) or _find_without_article(part.strip())
        for part in parts
    } - {"", None}
    return found.pop() if len(found) == 1 else ""


def _find_without_article(text):
    words = fold(text).replace("'", " ").split()
    if len(words) > 1 and words[0] in _ARTICLES:
        return _known().get(fold_letters(" ".join(words[1:])), "")
    return ""


@lru_cache(maxsize=1)
def _known():
    """{letters: code} of codes, of the languages that files are most often in, and of
    names that are no country's own.
    """
    territories = _territories()
    found = {code.lower(): code for code in territories}
    for alias, codes in get_global("territory_aliases").items():
        # three letters and digits of ISO 3166, and codes of before
        if len(codes) == 1 and codes[0] in territories:
            found.setdefault(alias.lower(), codes[0])
    for code, names in _MORE.items():
        found.update((fold_letters(name), code) for name in names.split("|"))
    for language in _LANGUAGES:
        _add_names(found, language, territories)
    return found


@lru_cache(maxsize=1)
def _own_names():
    """{letters: code} of what countries are called in their own languages."""
    found = {}
    for code in _territories():
        for language in get_official_languages(code, regional=True):
            _add_names(found, language, (code,))
    return found


@lru_cache(maxsize=1)
def _territories():
    names = Locale.parse("en").territories
    groups = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
    return frozenset(
        code
        for code in names
        if len(code) == 2 and code.isalpha() and code not in groups
    )


def _add_names(found, language, codes):
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return
    for code in codes:
        key = fold_letters(territories.get(code) or "")
        if key:
            found.setdefault(key, code)
