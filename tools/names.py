"""Names of people: one full name to first and last name, and back.

Plain Python without the ORM, so that a form, an import and the SQL of an
installation all follow the same rules.
"""

import re

# Words that open a family name when they stand after a first name.
PARTICLES = frozenset(
    """
    af al av ben bin da das de del della den der des di do dos du el ibn la las le les
    los mac saint san st ten ter van vom von y zu zum zur
    """.split()  # noqa: SIM905 - read as words
)
_COMMA = re.compile(r"\s*[,;]\s*")


def join_name(first_name, last_name):
    """The full name made of its two parts, either of which may be empty.

    >>> join_name("Jean", "Dupont")
    'Jean Dupont'
    >>> join_name(False, " Dupont ")
    'Dupont'
    >>> join_name(None, "")
    ''
    """
    return " ".join(f"{first_name or ''} {last_name or ''}".split())


def split_name(name):
    """First and last name of a full name, as a pair of strings that may be empty.

    - a comma settles it: what stands before it is the last name;
    - family names in capitals are last names, on either side;
    - a particle after the first word opens the last name;
    - otherwise the last word is the last name;
    - a single word is the last name, as in an address book.

    >>> split_name("Jean Dupont")
    ('Jean', 'Dupont')
    >>> split_name("Dupont,  Jean Marie")
    ('Jean Marie', 'Dupont')
    >>> split_name("DE LA TOUR Anne-Sophie")
    ('Anne-Sophie', 'DE LA TOUR')
    >>> split_name("Anne Sophie LEFÈVRE")
    ('Anne Sophie', 'LEFÈVRE')
    >>> split_name("Ludwig van Beethoven")
    ('Ludwig', 'van Beethoven')
    >>> split_name("Jean Marie d'Ormesson")
    ('Jean Marie', "d'Ormesson")
    >>> split_name("Le Corbusier")
    ('Le', 'Corbusier')
    >>> split_name("van den Berg")
    ('', 'van den Berg')
    >>> split_name("Cher")
    ('', 'Cher')
    >>> split_name(False)
    ('', '')
    """
    name = " ".join((name or "").split())
    parts = _COMMA.split(name)
    if len(parts) == 2 and all(parts):
        return parts[1], parts[0]
    words = name.split()
    if len(words) < 2:
        return "", name
    cut = _capitals_cut(words)
    if cut is not None:
        first, last = cut
    else:
        index = _last_name_index(words)
        first, last = words[:index], words[index:]
    return " ".join(first), " ".join(last)


def complete_names(full_name, first_name, last_name):
    """First and last name beside a full name that was given too.

    The full name wins; the parts that were given are kept, and only what is
    empty is filled from it.

    >>> complete_names("Jean Pierre Martin", "Jean", "")
    ('Jean', 'Pierre Martin')
    >>> complete_names("Jean Pierre Martin", "", "Pierre Martin")
    ('Jean', 'Pierre Martin')
    >>> complete_names("Marie", "Marie", "")
    ('Marie', '')
    >>> complete_names("Jean Martin", "J.", "")
    ('J.', 'Martin')
    """
    full = " ".join((full_name or "").split())
    first = " ".join((first_name or "").split())
    last = " ".join((last_name or "").split())
    if (first and last) or join_name(first, last) == full:
        return first, last
    if first and full.startswith(f"{first} "):
        return first, full[len(first) + 1 :]
    if last and full.endswith(f" {last}"):
        return full[: -len(last) - 1], last
    guessed_first, guessed_last = split_name(full)
    return first or guessed_first, last or guessed_last


def _capitals_cut(words):
    """(first words, last words) when only the family name is in capitals."""
    capitals = [len(word) > 1 and word.isupper() for word in words]
    if all(capitals) or not any(capitals):
        return None
    head = capitals.index(False)
    if head and not any(capitals[head:]):
        return words[head:], words[:head]
    tail = capitals.index(True)
    if tail and all(capitals[tail:]):
        return words[:tail], words[tail:]
    return None


def _last_name_index(words):
    """Where the last name begins: at a particle, else at the last word."""
    if words[0] in PARTICLES:
        return 0
    for index, word in enumerate(words[1:-1], start=1):
        if word.casefold() in PARTICLES:
            return index
    return len(words) - 1
