"""Which of two spellings of the same is the better one."""

import unicodedata

from .persons import read_words

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def is_worse(known, given, initials=False):
    """Whether a new spelling is the known one without its accents or its case.

    :param bool initials: an initial is a worse spelling of a name

    >>> is_worse("Léa", "Lea"), is_worse("Müller", "MULLER"), is_worse("Lyon", "lyon")
    (True, True, True)
    >>> is_worse("Lea", "Léa"), is_worse("MULLER", "Müller"), is_worse("Lyon", "Paris")
    (False, False, False)
    >>> is_worse("Müller", "Mueller"), is_worse("Jean", "J.", initials=True)
    (True, True)
    >>> is_worse("Jean-Pierre", "J.-P.", initials=True), is_worse("CEO", "ceo")
    (True, True)
    """
    if not known or not given or known == given:
        return False
    if not _is_same(known, given):
        return initials and _is_initials(known, given)
    one, other = _rank(known), _rank(given)
    return other[0] < one[0] or other[1] < one[1]


def keep_spelling(known, given):
    """(first, last) of a person, where a worse spelling never wins.

    :param known: (first, last), as it is known
    :param given: (first, last), as a row says it: what is empty erases nothing

    >>> keep_spelling(("Léa", "Müller"), ("Lea", "MULLER"))
    ('Léa', 'Müller')
    >>> keep_spelling(("Léa", "Müller"), ("MULLER", "Lea"))
    ('Léa', 'Müller')
    >>> keep_spelling(("J.", "Dupont"), ("Jean", "DUPONT"))
    ('Jean', 'Dupont')
    >>> keep_spelling(("Ana", "Roux"), ("", "Blanc"))
    ('Ana', 'Blanc')
    >>> keep_spelling(("", "Roux"), ("Ana", "Roux"))
    ('Ana', 'Roux')
    >>> keep_spelling(("Ana", "Roux"), ("", "Ana"))
    ('Ana', 'Roux')
    """
    first, last = known[0] or "", known[1] or ""
    new_first, new_last = given[0] or "", given[1] or ""
    if not (first or last):
        return new_first, new_last
    if _is_same(first, new_last) and (not new_first or _is_same(last, new_first)):
        # the other way round, or the first name alone
        new_first, new_last = new_last, new_first
    return _keep(first, new_first), _keep(last, new_last)


def _keep(known, given):
    if not given or is_worse(known, given, initials=True):
        return known
    return given


def _is_same(known, given):
    if not known or not given:
        return False
    if read_words(known) == read_words(given):
        return True
    return _expand(known) == _expand(given)


def _expand(text):
    text = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    return read_words(text)


def _is_initials(known, given):
    long, short = read_words(known), read_words(given)
    if not short or max(map(len, short)) > 1 or max(map(len, long), default=0) < 2:
        return False
    letters = "".join(word[0] for word in long)
    return letters.startswith("".join(short))


def _rank(text):
    """(letters with accents, case: small, capitals, or both)."""
    decomposed = unicodedata.normalize("NFD", text)
    accents = sum(unicodedata.combining(char) > 0 for char in decomposed)
    accents += sum(not char.isascii() for char in text if char.isalpha()) and 1
    letters = [char for char in text if char.isalpha()]
    small = any(char.islower() for char in letters)
    large = any(char.isupper() for char in letters)
    return accents, 2 if small and large else 1 if large else 0
