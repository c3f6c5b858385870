"""Which encoding of one byte a letter the lines of a text file are in.

Nothing in such a file says so: it is the one by which its letters are those that people
write, in words that one language has.
"""

import re
import unicodedata

# How much of the lines is looked at.
_MOST_BYTES = 200_000
# Letters of languages, the more usual ones before the bar.
_WESTERN = (
    "éèêçà|ëïôîûâùüÿœæ",
    "äöüß|",
    "áéíóúñ|üªº",
    "ãçáéíóêõ|âàôúüªº",
    "àèìòù|éíóúîªº",
    "åäöæø|éü",
    "áéíóúýðþæö|",
    "ëéï|öüèáêîóç",
)
_CENTRAL = (
    "ąćęłńóśżź|",
    "áčéěířšúůýž|ďňóťäĺľôŕ",
    "áéíóöőúüű|",
    "ăâîşţ|",
    "čćđšž|",
)
_CYRILLIC = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё|",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя|",
    "абвгдђежзијклљмнњопрстћуфхцчџш|",
)
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ|",)
_TURKISH = ("çğıöşü|âîi\u0307",)
# The usual one first: others have to be better by some.
CANDIDATES = (
    ("cp1252", _WESTERN, 0.35),
    ("cp850", _WESTERN, 0.1),
    ("mac-roman", _WESTERN, 0.1),
    ("cp1250", _CENTRAL, 0.1),
    ("cp1251", _CYRILLIC, 0.0),
    ("cp1254", _TURKISH, 0.0),
    ("cp1253", _GREEK, 0.0),
)
# Signs that stand beside words, and those that stand in them.
_SIGNS = frozenset(
    "’‘“”„«»–—…€°ºª·•©®™½¼¾£§¿¡№\xa0\xad²³±×µ‹›¹"  # noqa: RUF001
)
_MONEY = frozenset("€£")
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHE = "\u2019"
_DASHES = "\u00ad\u2013-"
# What stands before an apostrophe within a word.
_ELIDED = re.compile(
    r"(?:^|[^\W\d_]*\W)(?:[^\W\d_]|qu|aujourd|jusqu|lorsqu|mc|dell|nell)$"
)
# Letters that only end words, and those that stand alone.
_AT_END = frozenset("ìòù")
_ALONE = frozenset("àÀôóéÉ")


def find_single_byte(lines):
    """The encoding of lines that are not UTF-8.

    :param lines: bytes
    :return: one of ``CANDIDATES``

    >>> names = "Nom;Prénom\\nLefèvre;Élodie\\n".splitlines()
    >>> codes = ("cp1252", "cp850", "mac-roman")
    >>> [find_single_byte([n.encode(code) for n in names]) for code in codes]
    ['cp1252', 'cp850', 'mac-roman']
    >>> find_single_byte(["Dvořák;Černý".encode("cp1250")])
    'cp1250'
    """
    sample = b"\n".join(_with_letters(lines))
    best, chosen = None, "cp1252"
    for encoding, languages, prior in CANDIDATES:
        score = _rate(sample, encoding, languages) + prior
        if best is None or score > best:
            best, chosen = score, encoding
    return chosen


def _with_letters(lines):
    left = _MOST_BYTES
    for line in lines:
        if not line.isascii():
            yield line[:left]
            left -= len(line)
            if left <= 0:
                return


def _rate(sample, encoding, languages):
    """How plausible the letters of a text are in an encoding, on the average."""
    text = sample.decode(encoding, "replace")
    points, count = 0.0, 0
    for at, char in enumerate(text):
        if char.isascii():
            continue
        count += 1
        before = text[at - 1] if at else "\n"
        after = text[at + 1] if at + 1 < len(text) else "\n"
        points += _rate_char(char, before, after, text[max(at - 12, 0) : at])
    if not count:
        return 0
    return points / count + 2 * _rate_words(text, languages)


def _rate_words(text, languages):
    """Which part of the letters of each word one language has, on the average."""
    weights = [
        {
            **dict.fromkeys(language.partition("|")[2], 0.9),
            **dict.fromkeys(language.partition("|")[0], 1.0),
        }
        for language in languages
    ]
    total = words = 0
    for word in _WORD.findall(text):
        letters = [letter for letter in word.lower() if not letter.isascii()]
        if letters:
            words += 1
            total += max(
                sum(weight.get(letter, 0) for letter in letters) for weight in weights
            ) / len(letters)
    return total / words if words else 0.8


def _rate_char(char, before, after, so_far):
    if char == "\ufffd" or unicodedata.category(char) == "Cc":
        return -4
    if char.isalpha():
        return _rate_letter(char, before, after)
    if char not in _SIGNS:
        return -4 if before.isalpha() else -3
    return _rate_sign(char, before, after, so_far)


def _rate_sign(char, before, after, so_far):
    if before.isalpha() and after.isalpha():
        if char == _APOSTROPHE:
            fits = after == "s" or _ELIDED.search(so_far.lower())
        else:
            fits = char in _DASHES or (char == "·" and {before, after} <= set("lL"))
        return 1 if fits else -3
    if char in _MONEY and after.isalpha():
        return -2
    if char in "³²¹" and not (before.isalpha() or before.isdigit()):
        return -1
    return 0.3


def _rate_letter(char, before, after):
    """Whether a letter stands where its case and its script belong."""
    points = 1.0
    if not unicodedata.name(char, "").startswith("LATIN"):
        mixed = any(other.isascii() and other.isalpha() for other in (before, after))
        points -= 4 * mixed
    if not before.isalpha() and not after.isalpha() and char not in _ALONE:
        points -= 1
    if char.isupper():
        points -= 2 * before.islower()
        points -= 0.5 * (after.islower() and before.isupper())
    elif char.islower():
        points -= 2 * (before.isupper() and after.isupper())
        points -= 1.5 * (before.islower() and after.isupper())
        points -= 0.3 * (not before.isalpha() and after.islower())
    if char.lower() in _AT_END and after.isalpha():
        points -= 1
    if char.lower() == "õ" and after.isalpha() and after.lower() not in "es":
        points -= 1.5
    return points
