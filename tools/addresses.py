"""Where somebody lives, as it is compared: streets without what people abbreviate.

Plain Python. Streets in French and English; what is alike to a postman comes out the
same, or nearly.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from .persons import read_words

# Kinds of streets, each followed by how it is abbreviated. People mistake a rue for an
# avenue more often than a town has both of one name.
_SPELLINGS = """
    allee all aly alley / avenue av ave / boulevard bd bld blv blvd boul bvd
    chemin ch che chem / chaussee chs / circuit circ cct / close cl clos / court ct
    cours crs / crescent cr cres cresc / drive dr / esplanade esp / faubourg fg fbg
    gardens gdns garden / grove gr / highway hwy / impasse imp / lane ln
    lotissement lot / mews / parade pde / passage pas / place pl plaza plc
    promenade prom / quai qu quay / residence res / road rd / route rte / row / rue r
    sentier sent / square sq / street st str / terrace ter tce / trail trl
    traverse tra / village vge vlge villa vla / walk wlk / way
"""
_KINDS = {
    spelling: line.split()[0]
    for line in re.split(r"[/\n]", _SPELLINGS)
    for spelling in line.split()
}
_ARTICLES = frozenset(("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la"))
_ARTICLES |= frozenset(("le", "les", "of", "sur", "the", "and"))
# Words that are written both ways.
_SHORT = {
    "abbe": "ab",
    "adm": "amiral",
    "apt": "",
    "appt": "",
    "appartement": "",
    "apartment": "",
    "bat": "",
    "batiment": "",
    "building": "",
    "bldg": "",
    "cap": "capitaine",
    "cdt": "commandant",
    "cne": "capitaine",
    "col": "colonel",
    "doc": "docteur",
    "doct": "docteur",
    "esc": "",
    "etage": "",
    "fl": "",
    "flat": "",
    "floor": "",
    "gal": "general",
    "gen": "general",
    "gd": "grand",
    "gde": "grand",
    "grande": "grand",
    "lt": "lieutenant",
    "mal": "marechal",
    "mar": "marechal",
    "mgr": "monseigneur",
    "mt": "mont",
    "no": "",
    "nd": "notredame",
    "number": "",
    "numero": "",
    "pdt": "president",
    "pres": "president",
    "pr": "professeur",
    "prof": "professeur",
    "pt": "petit",
    "pte": "petit",
    "petite": "petit",
    "rep": "republique",
    "saint": "st",
    "sainte": "st",
    "sgt": "sergent",
    "ste": "st",
    "suite": "",
    "unit": "",
    "vx": "vieux",
}
_NUMBER = re.compile(r"(\d+)([a-z]|bis|ter|quater)?")
# What stands after a house number and belongs to it.
_AFTER = {"b": "b", "bis": "b", "t": "t", "ter": "t", "a": "a", "c": "c", "d": "d"}
# How alike the letters of two streets or towns are that may be one, and of those that
# are.
ALIKE = 82
SURE = 92
# A postcode within a line, and the town after it.
_CODE = re.compile(
    r"^(.*?[a-z].*?)[\s,;-]+\d{4,5}\s+(\D.*)$", re.IGNORECASE | re.DOTALL
)
_NO_TOWN = frozenset(
    "arr arrdt arrondissement cedex saint sainte st ste".split()  # noqa: SIM905
)


class Home(NamedTuple):
    """An address as it is compared: lines with and without the kind of the street."""

    numbers: tuple
    street: tuple
    more: tuple
    city: str


@lru_cache(maxsize=50_000)
def read_home(street, street2, city):
    """An address as it is compared, or None where there is none.

    >>> read_home("12 bis, av. du Gal de Gaulle", None, "PARIS CEDEX 07")
    ... # doctest: +NORMALIZE_WHITESPACE
    Home(numbers=('12b',), street=('generalgaulle', 'avenuegeneralgaulle'), more=(),
         city='paris')
    >>> read_home("Hauptstr. 7", "3rd floor", None).numbers
    ('7',)
    >>> read_home("8, rue du 8 mai 1945", "", "").street[0]
    '8mai1945'
    >>> read_home("3 rue Haute, 35000 Rennes", "", "").city
    'rennes'
    >>> read_home("", " ", None)
    """
    if not (street or street2 or city):
        return None
    if street and not city and (found := _CODE.match(street)):
        street, city = found.groups()
    numbers, text = _read_line(street)
    others, more = _read_line(street2)
    town = "".join(
        word for word in _split(city) if word not in _NO_TOWN and not word[0].isdigit()
    )
    if not (numbers or text or more or town):
        return None
    return Home(numbers or others, text, more, town)


def _split(text):
    if not text:
        return ()
    return read_words(text.replace("'", " ").replace("\u2019", " "))


@lru_cache(maxsize=50_000)
def _read_line(text):
    """The house numbers and the words of a line."""
    words = [word for word in (_SHORT.get(w, w) for w in _split(text)) if word]
    numbers = []
    while words and (found := _NUMBER.fullmatch(words[0])):
        number = found.group(1).lstrip("0") + (found.group(2) or "")[:1]
        words.pop(0)
        if words and words[0] in _AFTER and len(words) > 1:
            number += _AFTER[words.pop(0)]
        numbers.append(number)
    is_last = not numbers and len(words) > 1 and len(words[-1]) < 4
    if is_last and _NUMBER.fullmatch(words[-1]):
        # Hauptstraße 12
        numbers.append(words.pop())
    whole = [_KINDS.get(w, w) for w in words if w not in _ARTICLES] or words
    kept = [w for w in words if w not in _KINDS and w not in _ARTICLES] or whole
    return tuple(numbers), ("".join(kept), "".join(whole)) if words else ()


def compare_homes(left, right):
    """How alike the addresses of two persons are, from 0 to 100.

    The same house is 100; without the number on one side, or with a slip in it, a
    little less; the same street, 80. The town must be the same one, or nearly, unless
    the rest is the same. Without a street on one side there are the number and the
    town, or the town and its postcode alone.

    :param left: a :class:`~.persons.Person`
    :param right: a :class:`~.persons.Person`

    >>> from .persons import read_person
    >>> def compare(one, two):
    ...     return compare_homes(*(
    ...         read_person("", "", "", "", "", "", code, read_home(street, "", town))
    ...         for street, code, town in (one, two)
    ...     ))
    >>> here = ("12 bd Saint-Michel", "75005", "Paris")
    >>> compare(here, ("12, Boulevard St Michel", "75005", ""))
    100
    >>> compare(here, ("21 boulevard St Michel", "75050", "Paris"))
    92
    >>> compare(here, ("47 boulevard St Michel", "75005", "Paris"))
    80
    >>> compare(here, ("12 bd Victor Hugo", "69001", "Lyon"))
    0
    """
    one, two = left.home, right.home
    if not one or not two:
        return 0
    town = _compare_towns(left, right)
    street = _compare_streets(one, two)
    if street >= ALIKE:
        return _compare_houses(one, two, street, town)
    return _compare_rest(left, right, town) if town else 0


def _compare_houses(one, two, street, town):
    """Two addresses whose streets are alike."""
    number = _compare_numbers(one, two)
    if (number < 90 or not town) and _are_both_alike(one, two):
        # a house that has a name, or its street in another line
        number, town = 90, town or 84
    if not town:
        return 79 if street >= SURE and number == 100 and one.numbers else 0
    # of what is alike, letters say less than the number
    return min(town, 100 if street >= SURE else 92, number)


def _compare_rest(left, right, town):
    """Two addresses in one town whose streets are not alike, or not known."""
    one, two = left.home, right.home
    if _compare_lines(one.more, two.more) >= ALIKE:
        return min(town, 90)
    if town == 100 and one.numbers == two.numbers and len("".join(one.numbers)) > 1:
        # each street has a number 3
        return 79
    is_known = left.zip and right.zip and alike(one.city, two.city) >= ALIKE
    # a place, and nothing against it
    return 70 if is_known and town >= 95 and not (one.street and two.street) else 0


def _are_both_alike(one, two):
    """Whether two lines each are alike, in whichever order."""
    if not (one.more and two.more and one.street and two.street):
        return False
    return (
        min(_compare_lines(one.more, two.more), _compare_lines(one.street, two.street))
        >= ALIKE
        or min(
            _compare_lines(one.more, two.street), _compare_lines(one.street, two.more)
        )
        >= ALIKE
    )


def _compare_streets(one, two):
    """The best of the lines: which is the street, people do not agree upon."""
    best = _compare_lines(one.street, two.street)
    if best < ALIKE and (one.more or two.more):
        best = max(
            best,
            _compare_lines(one.street, two.more),
            _compare_lines(one.more, two.street),
        )
        if best < ALIKE and not (one.street and two.street):
            best = max(best, _compare_lines(one.more, two.more))
    return best


def _compare_lines(one, two):
    """How alike two lines are: a slip may be in the street's kind, or hide it."""
    if not one or not two:
        return 0
    if one[0] == two[0]:
        return 100
    return int(max(fuzz.ratio(one[0], two[0]), fuzz.ratio(one[1], two[1])))


def _compare_numbers(left, right):
    """100: the same house; 92: none on one side, or turned round; 88: another slip; 80:
    another house.
    """
    one, two = left.numbers, right.numbers
    if not one or not two:
        return 92
    if one[0] == two[0] or set(one) & set(two):
        return 100
    longest = max(len(one[0]), len(two[0]))
    if longest > 1 and OSA.distance(one[0], two[0], score_cutoff=1) == 1:
        # digits that were turned round are no neighbour's
        return 92 if sorted(one[0]) == sorted(two[0]) else 88
    return 80


def _compare_towns(left, right):
    """100: the same postcode or place; 95: a slip in the postcode; 0: another one."""
    if left.zip and left.zip == right.zip:
        return 100
    city, other = left.home.city, right.home.city
    if alike(city, other) >= ALIKE:
        return 100
    if left.zip and right.zip:
        return 95 if OSA.distance(left.zip, right.zip, score_cutoff=1) == 1 else 0
    return 0 if city and other else 90


def alike(one, two):
    """How alike two texts are, 0 where one is empty."""
    if not one or not two:
        return 0
    return 100 if one == two else int(fuzz.ratio(one, two))
