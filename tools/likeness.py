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
# Last letters of slips rather than of a sister's name, where much else is the same.
_SLIPPING = frozenset("iuy")
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


def compare_at_home(left, right, likeness):
    """The same for two people at one address, which says that a slip is one.

    What is below :data:`SAME` is compared by letters alone: slips in both names, a
    family name that has changed, a name that only one record has. Another first name
    is another person, however near they live.

    :param int likeness: by :func:`compare_names`
    :return: 0 to 100

    >>> from .persons import read_person
    >>> def compare(one, two):
    ...     one, two = (
    ...         read_person(*name, "", "", "", "", "") for name in (one, two)
    ...     )
    ...     return compare_at_home(one, two, compare_names(one, two))
    >>> compare(("Zoe", "Maccarthy"), ("Zeo", "Mcartxy"))
    78
    >>> compare(("Anne", "Roy"), ("Anne", "Petit"))
    66
    >>> compare(("", "Roy"), ("Ana", "Roy"))
    70
    >>> compare(("Anne", "Roy"), ("Paul", "Roy")) < 60
    True
    >>> compare(("Anna", "Roy"), ("Anne", "Roy"))
    30
    """
    if likeness is None:
        return 66 if (left.first or left.last) or (right.first or right.last) else 0
    if likeness >= SAME:
        return likeness
    if not _share_initial(left, right):
        # neighbours, most of them
        return likeness
    straight = _compare_letters_of(left.first, right.first, left.last, right.last)
    crossed = _compare_letters_of(left.first, right.last, left.last, right.first)
    return max(straight, crossed, likeness)


def _is_slip_at_end(one, two):
    """Whether two names end otherwise by a slip: *Lary* and *Lara*, *Sophi* and
    *Sophie*, and not by a sister's ending.
    """
    if len(one) == len(two):
        return not _SLIPPING.isdisjoint((one[-1], two[-1]))
    short, long = sorted((one, two), key=len)
    return short[-1] == "i" and long == f"{short}e"


def _share_initial(left, right):
    """Whether a name of the one begins nearly as a name of the other does."""
    one, two = ([words[0] for words in person[:2] if words] for person in (left, right))
    if len(one) < 2 or len(two) < 2:
        return True
    return any(
        name[0] in other[:2] or other[0] in name[:2] for name in one for other in two
    )


def _compare_letters_of(first, other_first, last, other_last):
    """Two pairs of names by their letters; 0 where a first name is another one."""
    one, two = _get_letters(first, other_first), _get_letters(last, other_last)
    if one is None and two is None:
        # one has the first name, the other the last name
        return 66 if bool(first) != bool(other_first) else 0
    if one is None:
        return 70 if two >= 75 else 66 if two >= 60 else 0
    if two is None:
        return 70 if one >= 75 else 0
    if one >= 65 and two >= 65:
        return 78
    if one >= 60 and two >= 75:
        return 66
    # an initial is no first name
    is_whole = min(len("".join(first)), len("".join(other_first))) > 2
    return 66 if one >= 75 and is_whole else 0


def _get_letters(left, right):
    """How many letters of two names are in their places, from 0 to 100; None where
    one of them is not known.
    """
    one, two = "".join(left), "".join(right)
    if not one or not two:
        return None
    if one == two:
        return 100
    if len(left) == len(right) == 1 and (
        short := _compare_short(one, right) or _compare_short(two, left)
    ):
        return short
    if (
        len(left) == len(right)
        and _is_other_gender(one, two)
        and not _is_slip_at_end(one, two)
    ):
        return 0
    return int(100 * OSA.normalized_similarity(one, two))


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
