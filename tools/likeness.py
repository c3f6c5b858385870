"""How alike two names are, from 0 to 100.

Made for names of people, where one letter may be a slip of the keyboard or somebody
else: *Louis* and *Louise*, *Julie* and *Julia* are two people, *Philippe* and *Philipe*
are one.
"""

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from .persons import sound

# From here on two names are one; below the second, they are two people's.
SAME = 80
DIFFERENT = 60
_VOWELS = frozenset("aeiouy")
# Endings by which the name of a woman differs from that of a man.
_FEMININE = frozenset(("a", "e", "ne", "le", "te", "lle", "tte", "ine", "ette", "ie"))
# Short forms that neither sound nor letters show.
_SHORT = {
    "alex": ("alexandre", "alexander", "alexandra", "alexis"),
    "andy": ("andrew",),
    "ben": ("benjamin", "benoit"),
    "bill": ("william",),
    "bob": ("robert",),
    "cathy": ("catherine", "katherine"),
    "chris": ("christophe", "christopher", "christian", "christine"),
    "dan": ("daniel",),
    "dave": ("david",),
    "fred": ("frederic", "frederick", "frederique"),
    "greg": ("gregoire", "gregory"),
    "jim": ("james",),
    "joe": ("joseph",),
    "kate": ("katherine", "catherine"),
    "manu": ("emmanuel", "emmanuelle"),
    "matt": ("matthew", "mathieu", "matthieu"),
    "max": ("maxime", "maximilien", "maxwell"),
    "mike": ("michael",),
    "nico": ("nicolas",),
    "nick": ("nicholas", "nicolas"),
    "phil": ("philippe", "philip"),
    "sam": ("samuel", "samantha", "samir"),
    "seb": ("sebastien", "sebastian"),
    "steph": ("stephane", "stephanie", "stephen"),
    "steve": ("stephen", "steven"),
    "tom": ("thomas",),
    "tony": ("anthony", "antoine"),
    "vero": ("veronique",),
}


@lru_cache(maxsize=50_000)
def compare_first(left, right):
    """How alike two first names are, as tuples of words.

    >>> compare_first(("jean", "pierre"), ("jp",)), compare_first(("j",), ("jean",))
    (90, 82)
    >>> compare_first(("philippe",), ("philipe",))
    92
    >>> compare_first(("louis",), ("louise",)), compare_first(("julie",), ("julia",))
    (30, 30)
    >>> compare_first(("bob",), ("robert",)), compare_first(("jean",), ("paul",)) < 60
    (90, True)
    >>> compare_first(("jean",), ("jean", "pierre"))
    75
    """
    if left == right:
        return 100
    if len(left) > len(right):
        left, right = right, left
    short, long = "".join(left), "".join(right)
    if short == long:
        return 98
    if len(left) == 1 and (abbreviated := _compare_short(short, right)):
        return abbreviated
    if len(left) < len(right):
        return 75 if left == right[: len(left)] else _compare_letters(short, long)
    if _is_other_gender(short, long):
        return 30
    return _compare_letters(short, long)


def _compare_short(short, words):
    """Initials and short forms, or 0 where it is neither."""
    initials = "".join(word[0] for word in words)
    if short == initials and len(words) > 1:
        return 90
    if len(short) == 1:
        return 82 if short == initials[0] else 20
    if len(words) == 1:
        if len(words[0]) == 1:
            return 82 if short[0] == words[0] else 20
        if words[0] in _SHORT.get(short, ()) or short in _SHORT.get(words[0], ()):
            return 90
    return 0


def _is_other_gender(left, right):
    """Whether two names differ as a brother's and a sister's do."""
    if len(left) > len(right):
        left, right = right, left
    if right.startswith(left):
        return right[len(left) :] in _FEMININE
    return (
        len(left) == len(right)
        and left[:-1] == right[:-1]
        and left[-1] in _VOWELS
        and right[-1] in _VOWELS
    )


def _compare_letters(left, right):
    """Sound, then slips of the keyboard, then what is left of likeness."""
    if sound(left) == sound(right):
        return 92
    longest = max(len(left), len(right))
    slips = OSA.distance(left, right, score_cutoff=2)
    if slips == 1 and longest >= 4 and (left[0] == right[0] or longest >= 6):
        return 88
    if slips == 2 and longest >= 8:
        return 82
    return int(fuzz.ratio(left, right) * 0.6)


@lru_cache(maxsize=50_000)
def compare_last(left, right):
    """How alike two family names are, as tuples of words.

    >>> compare_last(("lefevre",), ("lefebvre",))
    92
    >>> compare_last(("de", "la", "tour"), ("delatour",))
    98
    >>> compare_last(("dupont", "martin"), ("dupont",))
    85
    >>> compare_last(("martin",), ("bernard",)) < 60
    True
    """
    if left == right:
        return 100
    one, two = "".join(left), "".join(right)
    if one == two:
        return 98
    if len(left) != len(right) and _holds(left, right):
        return 85
    return _compare_letters(one, two)


def _holds(left, right):
    """Whether one double name holds the other name: that of somebody married."""
    few, many = sorted((left, right), key=len)
    return all(len(word) > 3 for word in few) and set(few) <= set(many)


def compare_names(left, right):
    """How alike two people's names are, whichever way round they were typed.

    :param left: a :class:`~.persons.Person`
    :param right: a :class:`~.persons.Person`
    :return: 0 to 100, or None when one of them has no name

    >>> from .persons import read_person
    >>> def compare(one, two):
    ...     return compare_names(
    ...         read_person(*one, "", "", "", "", ""),
    ...         read_person(*two, "", "", "", "", ""),
    ...     )
    >>> compare(("Étienne", "Lefèvre"), ("Etienne", "Lefebvre"))
    92
    >>> compare(("Martin", "Paul"), ("Paul", "Martin"))
    98
    >>> compare(("Anne", "Roy"), ("Anne", "Petit")), compare(("A", "Roy"), ("A", "Bo"))
    (65, 24)
    >>> compare(("Jean", "Dupont"), ("", "Dupont")), compare(("", ""), ("A", "B"))
    (70, None)
    """
    first, last = left[:2]
    other_first, other_last = right[:2]
    if not (last or first) or not (other_last or other_first):
        return None
    if last == other_last and first == other_first and first:
        return 100
    straight = _compare_pair(first, last, other_first, other_last)
    if straight >= SAME or not _may_be_crossed(left, right):
        return straight
    crossed = _compare_pair(first, last, other_last, other_first)
    return max(straight, crossed - 2)


def _may_be_crossed(left, right):
    """Whether first and last name begin as the other's last and first name do."""
    if not (left.first and left.last and right.first and right.last):
        return False
    return left.first[0][0] == right.last[0][0] or left.last[0][0] == right.first[0][0]


def _compare_pair(first, last, other_first, other_last):
    if not (last and other_last):
        # one name each: it may be either of the two
        if first and other_first and not (last or other_last):
            return min(compare_first(first, other_first), 70)
        return 70 if (first or last) == (other_first or other_last) else 30
    likeness = compare_last(last, other_last)
    if likeness < DIFFERENT:
        # somebody who married, perhaps: neither one person nor two
        return 65 if first == other_first and len("".join(first)) > 2 else likeness
    if first and other_first:
        return min(likeness, compare_first(first, other_first))
    return (
        min(likeness, 70) if likeness >= SAME and (first or other_first) else likeness
    )


@lru_cache(maxsize=50_000)
def compare_companies(left, right):
    """How alike two companies are, as :func:`~.persons.read_company` gives them.

    >>> compare_companies("acme", "acme"), compare_companies("", "acme")
    (100, 0)
    >>> compare_companies("northernbakery", "nothernbakery") > 90
    True
    >>> compare_companies("acme", "acmefrance"), compare_companies("acme", "acne") < 85
    (86, True)
    """
    if not left or not right:
        return 0
    if left == right:
        return 100
    if len(left) > len(right):
        left, right = right, left
    if len(left) >= 4 and right.startswith(left):
        return 86
    return int(fuzz.ratio(left, right))
