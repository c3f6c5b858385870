"""Names of people: one full name to title, first and last name, and back.

Plain Python without the ORM, so that a form, an import and the SQL of an
installation all follow the same rules.
"""
# ruff: noqa: RUF001 - letters as people write them

import re
from functools import lru_cache
from typing import NamedTuple

from .texts import clean_text, fold
from .titles import BESIDE, DOTTED, HONORIFICS, KIND_OF, RANKS, choose_kind, find_kind

# Words that open a family name when they stand after a first name.
PARTICLES = frozenset(
    """
    'n 't aan abu af ait aït al ap auf av bat ben bin bint da das de degli dei del
    della delle dello den der des di do dos du el ibn ibnu la las le les los mac mc
    nic ní op ould saint sainte san santa st ste ten ter und van vande vanden vander
    vd vom von y zu zum zur בן بن ابن آل أبو ابو
    """.split()  # noqa: SIM905 - read as words
)
# Between two family names.
_JOINING = frozenset(("y", "e", "i", "und"))
_COMMA = re.compile(r"\s*[,;،、]\s*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?)+")
# Behind a name: degrees, generations, posts of honour.
_SUFFIXES = frozenset(
    """
    mba emba phd dphil md dds dmd jd llm llb ll.m msc mscs bsc beng meng bba mph mpa mfa
    edd psyd dvm dnp msn bsn cpa cfa cfp pmp cissp acca fca aca cima frcs frcp mrcp facs
    facp esq obe mbe cbe kbe dbe ceng mbbs mdiv dba dsc dipl-ing dipl-kfm dess dea dut
    bts hdr jr jnr sr snr jun sen ii iii iv vi vii viii 2nd 3rd 4th ing
    """.split()  # noqa: SIM905 - read as words
)
# The same, where no name can be meant: after a comma, or after two names.
_PERHAPS_SUFFIXES = frozenset(
    """
    ma ba bs ms rn pe ra do pa np pt ot ca cs mp qc kc sc v junior senior fils pere
    filho neto sobrinho hijo vater sohn el-hajj scd mag bacc
    """.split()  # noqa: SIM905 - read as words
)
# What follows is a name of before, or of a spouse.
_BORN = frozenset(
    """
    dit dite alias aka nee ne born geb geborene geborener epouse ep epse veuve vve
    divorcee nata ur
    """.split()  # noqa: SIM905 - read as words
)
_COUPLE_WORDS = frozenset(
    ("et", "and", "und", "y", "e", "&", "en", "+", "ou", "/", "u")
)
_FAMILY_WORDS = frozenset(("famille", "family", "familie", "familia", "famiglia", "mm"))
# A title, or initials, with the name right behind them.
_GLUED = re.compile(r"(?:[^\W\d_]{1,8}\.)+(?=[^\W\d_][^\W\d_.])")
# What is said of somebody behind the name.
_REMARK = re.compile(r"\s+[-/|\u2013\u2014]\s+\S.*$")
_TWO_WORDS = re.compile(r"^(?:aan )?de heer\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_PATRONYMIC = re.compile(
    r"[\u0400-\u04ff]+(?:ович|евич|ьич|овна|евна|ична|инична|йович|івна|івна)$",
    re.IGNORECASE,
)
_FAMILY_FIRST = re.compile(
    "[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff々〆]+"
)
# Two words as most people write their names, which need no second look ...
_PLAIN = re.compile(r"([A-Z][a-z]+\d*) ([A-Z][a-z]+\d*)")
# ... unless one of them means something else in a name.
_MEANT = frozenset(
    word.replace(".", "")
    for words in (
        *(KIND_OF, RANKS, BESIDE, PARTICLES, _JOINING, _COUPLE_WORDS, _FAMILY_WORDS),
        *(_SUFFIXES, _PERHAPS_SUFFIXES, _BORN),
    )
    for word in words
)
# First names that people write as two letters.
_TWO_LETTERS = frozenset(("AJ", "EJ", "OJ", "JO", "AL", "ED", "BO"))


class Name(NamedTuple):
    """What a full name says.

    :ivar str title: a kind of :mod:`.titles`, or an empty text
    :ivar str first: first names, and initials
    :ivar str last: the family name
    :ivar str suffix: degrees, generations, and what stands in brackets
    :ivar str plain: the name without its title
    """

    title: str
    first: str
    last: str
    suffix: str
    plain: str


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

    - titles before it, and degrees and generations behind it, are no part of either;
    - a comma settles it: what stands before it is the last name;
    - family names in capitals of two letters or more are last names, on either side;
    - initials are first names, wherever they stand;
    - a particle after the first word opens the last name;
    - otherwise the last word is the last name; in East Asian letters the first one;
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
    >>> split_name("J.R. Tolkien"), split_name("Mme Marie DUPONT")
    (('J.R.', 'Tolkien'), ('Marie', 'DUPONT'))
    >>> split_name("Paul Dupont MBA"), split_name("Marie Dupont, PhD")
    (('Paul', 'Dupont'), ('Marie', 'Dupont'))
    >>> split_name("Cher")
    ('', 'Cher')
    >>> split_name(False)
    ('', '')
    """
    read = read_name(name or "")
    return read.first, read.last


def _tidy(text):
    """A name without marks around it, and with the blanks that were forgotten."""
    text = text.strip(" ,;/|")
    for opening, closing in ('""', "''", "«»", "“”"):
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            text = text[1:-1].strip()
    found = _GLUED.match(text)
    first = text.partition(" ")[0]
    if (
        found
        and not find_kind(first)
        and not first.endswith(".")
        and (find_kind(found.group()) or _is_initials(found.group()))
    ):
        # M.Dupont, J.R.Tolkien
        text = f"{found.group()} {text[found.end() :]}"
    return text


@lru_cache(maxsize=20_000)
def read_name(name):
    """A full name in its parts.

    >>> read_name("Mme Marie DUPONT")
    Name(title='ms', first='Marie', last='DUPONT', suffix='', plain='Marie DUPONT')
    >>> read_name("M. et Mme Dupont")[:4]
    ('', '', 'Dupont', '')
    >>> read_name("Prof. Dr. med. Anna Schmidt")[:3]
    ('prof', 'Anna', 'Schmidt')
    >>> read_name("Smith, John, Jr.")[:4]
    ('', 'John', 'Smith', 'Jr.')
    """
    return _read_plain(name) or _read_any(_tidy(clean_text(name)))


def _read_plain(name):
    """The parts of a name like "Jean Dupont", as those of any other; or None."""
    found = _PLAIN.fullmatch(name)
    if not found or not _MEANT.isdisjoint(name.lower().split()):
        return None
    return Name("", found[1], found[2], "", name)


def _read_any(whole):
    """The parts of a name, however it is written."""
    if not whole:
        return Name("", "", "", "", "")
    couple = _read_couple(whole)
    if couple:
        return couple
    kinds, words = _strip_titles(_TWO_WORDS.sub("Dhr. ", whole).split())
    plain = " ".join(words)
    if not kinds:
        plain, kinds = _strip_last_title(plain)
    body, suffix = _strip_tail(plain)
    first, last, more = _split(body)
    if kinds and first and _is_particle(first) and "," not in body:
        # "Mme Le Goff": nobody is addressed by a first name alone
        first, last = "", join_name(first, last)
    if not (first or last):
        first, last, more, suffix = "", plain, "", ""
    inner, kept = (
        _strip_titles(first.split(), is_alone=False) if kinds == [] else ([], None)
    )
    if inner and "," in plain:
        # Dupont, Dr. Marie
        kinds, first = inner, " ".join(kept)
        plain = join_name(first, last)
    suffix = " ".join(filter(None, (more, suffix)))
    return Name(choose_kind(kinds), first, last, suffix, plain)


def strip_title(text, has_last=False):
    """The kind of the title that a first or last name begins with, and what is left.

    :param bool has_last: a family name stands elsewhere, so that nothing need be left

    >>> strip_title("Mme Marie"), strip_title("Mr", has_last=True), strip_title("M.")
    (('ms', 'Marie'), ('mr', ''), ('', 'M.'))
    """
    words = text.split()
    kinds, left = _strip_titles(words, is_alone=not has_last)
    if not kinds or (not left and fold(text).strip(".") in DOTTED | {"me", "ra", "m"}):
        return "", text
    if any(len(word.strip(".")) == 1 for word in words[: len(words) - len(left)]):
        # J., M.: first letters of first names
        return "", text
    return choose_kind(kinds), " ".join(left)


# --- Titles ---------------------------------------------------------------------------


def _strip_titles(words, is_alone=True):
    """The kinds of the titles that words begin with, and the words behind them.

    :param bool is_alone: the words are a whole name, of which something has to be left
    """
    kinds, at = [], 0
    while at < len(words) - bool(is_alone):
        word = words[at]
        plain = fold(word).strip(".")
        kind = find_kind(word)
        if kind and not _is_letter_of_name(words, at, plain):
            kinds.append(kind)
        elif plain in RANKS and ("." in word or plain in ("rev", "mgr")):
            # it has no field: it stays in the full name alone
            kinds.append("")
        elif not (kinds and _is_beside(word, plain, words[at + 1 :])):
            break
        at += 1
    if not kinds:
        return [], words
    return kinds, words[at:]


def _is_letter_of_name(words, at, plain):
    """Whether what could be a title is a letter, or a word, of the name itself."""
    word, left = words[at], words[at + 1 :]
    if plain in ("me", "ra") and word.isupper() and len(left) > 1:
        return True
    if plain not in DOTTED:
        return False
    if plain == "m":
        # M. is a gentleman before a name, and an initial before another one
        return bool(left and _is_initials(left[0]) and "-" not in left[0])
    return "." not in word


def _is_beside(word, plain, left):
    """Whether a word goes with the title before it: "Dr. med.", "M. le Docteur"."""
    if not left:
        return False
    if plain in ("le", "la") and find_kind(left[0]):
        return True
    parts = [part for part in re.split(r"[.-]", plain) if part]
    return "." in word and bool(parts) and all(part in BESIDE for part in parts)


def _strip_last_title(text):
    """A name without a title that stands behind it: "DUPONT Marie (Mme)"."""
    for honorific in HONORIFICS:
        if text.endswith(honorific) and len(text) > len(honorific):
            return text[: -len(honorific)].strip(), [find_kind(honorific) or "mr"][
                : bool(find_kind(honorific)) and honorific not in ("님", "씨")
            ]
    words = text.split()
    last = words[-1].strip("()[],") if words else ""
    plain = fold(last).strip(".")
    kind = find_kind(last)
    if len(words) > 1 and kind and (plain not in DOTTED or words[-1][0] in "(["):
        is_clear = words[-1][0] in "([" or words[-2].endswith(",") or len(words) > 2
        if is_clear and plain not in ("me", "ra", "pr", "lic", "ms", "sir", "don"):
            return " ".join(words[:-1]).strip(" ,"), [kind]
    return text, []


def _read_couple(text):
    """Two people in one name: their family name, and the name as it is; or None."""
    words = text.replace("&", " & ").replace("/", " / ").replace("+", " + ").split()
    plain = [fold(word).strip(".") for word in words]
    if (
        plain[0] in _FAMILY_WORDS
        and len(words) > 1
        and (plain[0] != "mm" or "." in words[0])
    ):
        return Name("", "", " ".join(words[1:]), "", text)
    titles = [at for at, word in enumerate(words) if find_kind(word)]
    joins = [at for at, word in enumerate(plain) if word in _COUPLE_WORDS]
    if len(titles) < 2 or not joins or titles[0] != 0:
        return None
    if joins[0] == 1 and titles[1] == 2:
        _kinds, left = _strip_titles(words[2:])
        first, last, more = _split(" ".join(left))
        return Name("", first, last, more, text)
    if any(at > joins[0] for at in titles):
        # two people with a name each
        return Name("", "", text, "", text)
    return None


# --- Suffixes -------------------------------------------------------------------------


def _strip_tail(text):
    """A name without what stands in brackets behind it, and that."""
    for pattern in (_TAIL, _REMARK):
        found = pattern.search(text)
        words = text[: found.start()].split() if found else ()
        if words and (pattern is _TAIL or len(words) > 1):
            return " ".join(words), found.group().strip()
    return text, ""


_GENERATIONS = frozenset(("ii", "iii", "iv"))


def _suffix_of(word):
    return fold(word).replace(".", "").strip(",")


def _is_suffix(word, is_sure=False):
    plain = _suffix_of(word)
    return plain in _SUFFIXES or (is_sure and plain in _PERHAPS_SUFFIXES)


def _strip_suffixes(words, has_family=False):
    """Words without the degrees and generations that they end with, and those.

    :param bool has_family: whether the family name stands elsewhere
    """
    born = next(
        (at for at, word in enumerate(words) if at and _suffix_of(word) in _BORN), 0
    )
    if born and born < len(words) - 1 and not (words[born].isupper() and born == 1):
        kept, suffix = _strip_suffixes(words[:born])
        return kept, [*suffix, *words[born:]]
    end = len(words)
    while end > 1:
        word = words[end - 1]
        left = [part for part in words[: end - 1] if not _is_initials(part)]
        sure = len(left) > 1 and not (
            word.isupper()
            and not left[-1].isupper()
            and end > 2
            and _suffix_of(word) in ("ma", "do", "ba", "ra", "sen")
        )
        if end == 2 and not (
            "." in word
            or _suffix_of(word) in ("mba", "phd", "jr", "esq")
            or (has_family and word.isupper() and _suffix_of(word) in _GENERATIONS)
        ):
            break
        if not _is_suffix(word, sure):
            break
        end -= 1
    return words[:end], words[end:]


# --- First and last -------------------------------------------------------------------


def _split(name):
    """(first, last, suffix) of a name without title."""
    parts = [part for part in _COMMA.split(name) if part]
    suffixes = []
    while len(parts) > 1 and all(_is_suffix(word, True) for word in parts[-1].split()):
        suffixes.insert(0, parts.pop())
    if len(parts) == 2:
        last, more = _strip_suffixes(parts[0].split())
        first, others = _strip_suffixes(parts[1].split(), has_family=True)
        suffixes = [*more, *others, *suffixes]
        return " ".join(first), " ".join(last), " ".join(suffixes)
    if len(parts) > 2:
        name = ", ".join(parts)
    elif parts:
        name = parts[0]
    if "\u30fb" in name and " " not in name:
        # of foreigners in Japanese: first names first
        *first, last = name.split("\u30fb")
        return "\u30fb".join(first), last, " ".join(suffixes)
    words, more = _strip_suffixes(name.split())
    first, last = _split_words(words)
    return " ".join(first), " ".join(last), " ".join([*more, *suffixes])


def _split_words(words):
    """First and last names of words, as lists."""
    if len(words) < 2:
        return [], words
    cut = _family_first(words) or _trailing_initials(words) or _capitals_cut(words)
    if cut is not None:
        return cut
    index = _last_name_index(words)
    return words[:index], words[index:]


def _family_first(words):
    if all(_FAMILY_FIRST.fullmatch(word) for word in words):
        return words[1:], words[:1]
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        return words[1:], words[:1]
    if len(words) > 2 and words[-1].islower() and _is_particle(words[-1]):
        # as catalogues write it: Saint-Exupéry Antoine de
        return words[1:-1], [words[-1], words[0]]
    return None


def _is_initials(word):
    """Whether a word is the first letters of first names: "J.", "J.-P.", "JR", "J".

    >>> [_is_initials(word) for word in ("J.", "J.R.R.", "J", "J.-P.", "JP")]
    [True, True, True, True, True]
    >>> [_is_initials(word) for word in ("LI", "Jo.")]
    [False, False]
    """
    letters = [char for char in word if char.isalpha()]
    if not letters or not _INITIALS.fullmatch(word):
        return False
    if not all(char.isupper() for char in letters):
        # scripts without capitals have no such letters
        return False
    if len(letters) == 1:
        return True
    if "." in word:
        return all(len(part) <= 1 for part in re.split(r"[.-]", word))
    return len(letters) == 2 and (
        word in _TWO_LETTERS
        or not (set(fold(word)) & set("aeiouyаеиоуыэюяіїєαεηιουω") or word == "NG")
    )


def _trailing_initials(words):
    """(first words, last words) when only initials follow the family name."""
    end = len(words)
    while (
        end > 1
        and _is_initials(words[end - 1])
        and not (len(words[end - 1].replace(".", "")) > 1 and "." not in words[end - 1])
    ):
        end -= 1
    if end == len(words) or all(map(_is_initials, words)):
        return None
    if _is_initials(words[0]):
        return None
    return words[end:], words[:end]


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
    >>> complete_names("M. et Mme Dupont", "", "Dupont")
    ('', 'Dupont')
    """
    full = " ".join((full_name or "").split())
    first = " ".join((first_name or "").split())
    last = " ".join((last_name or "").split())
    guess = split_name(full)
    if first in ("", guess[0]) and last in ("", guess[1]):
        return guess
    if (first and last) or join_name(first, last) == full:
        return first, last
    if first and full.startswith(f"{first} "):
        return first, full[len(first) + 1 :]
    if last and full.endswith(f" {last}"):
        return full[: -len(last) - 1], last
    return first or guess[0], last or guess[1]


def _is_capitals(word):
    """Whether a word is a family name by its capitals: two letters at least.

    >>> [_is_capitals(word) for word in ("DUPONT", "O'NEIL", "McDONALD", "J.", "J.R.")]
    [True, True, True, False, False]
    """
    letters = "".join(char for char in word if char.isalpha())
    if len(letters) < 2 or _is_initials(word):
        return False
    plain = re.sub(
        r"^(?:Mac|Mc|Fitz|[dDlL]['\u2019]|De|Di|Du|La|Le|Van)(?=[^\W\d_]{2})", "", word
    )
    if plain != word and plain.isupper() and sum(map(str.isalpha, plain)) > 1:
        return True
    return word.replace("ß", "SS").isupper()


def _is_particle(word):
    # with its accents: Văn is no van
    return word.casefold().rstrip(".").replace("\u2019", "'") in PARTICLES


def _capitals_cut(words):
    """(first words, last words) when only the family name is in capitals."""
    capitals = [_is_capitals(word) for word in words]
    if not any(capitals) or (
        all(
            is_capitals or _is_initials(word)
            for is_capitals, word in zip(capitals, words, strict=True)
        )
        and capitals[-1]
    ):
        return None
    begin = capitals.index(True)
    end = len(words) - capitals[::-1].index(True)
    inside = range(begin, end)
    if not all(capitals[at] or _is_particle(words[at]) for at in inside):
        return None
    # particles before it are written small
    while begin and _is_particle(words[begin - 1]) and not words[begin - 1].isupper():
        begin -= 1
    if begin == 0 and end < len(words):
        return words[end:], words[:end]
    if end == len(words) and begin:
        return words[:begin], words[begin:]
    if end == len(words):
        return [], words
    return None


def _last_name_index(words):
    """Where the last name begins: at a particle, else at the last word."""
    if words[0] in PARTICLES or (words[0][:1].islower() and _is_particle(words[0])):
        return 0
    for index, word in enumerate(words[1:-1], start=1):
        if word.casefold() in _JOINING:
            return max(index - 1, 1)
        if _is_particle(word):
            return index
    return len(words) - 1
