"""Who is the same person: the one table by which prospects and contacts are told apart.

Plain Python. The gate asks it of each row and the candidates that share a key with it,
the conversion of a prospect and the contacts; ``docs/identity.rst`` has the table for
people.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .likeness import (
    DIFFERENT,
    SAME,
    compare_companies,
    compare_first,
    compare_last,
)
from .names import complete_names
from .persons import SHARED_MAILBOXES, TITLES, read_company, read_words
from .phones import read_extension

# Addresses of a function: several people read them, and who writes changes.
ROLES = SHARED_MAILBOXES
# Names of one person that are compared.
MOST_NAMES = 4
# What two names say of two people.
IS_SAME, IS_SILENT, IS_OTHER = range(3)
# Programs write from them, and nobody reads what comes back.
_NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:no|do[-_.]?not|ne[-_.]?pas)[-_.]?(?:reply|repondre|respond|answer)"
    r"|^(?:mailer-daemon|bounces?|notifications?|(?:inmail-)?hit-reply)$"
)
# Mailing lists, and what is sent for them.
_LIST = re.compile(
    r"^(?:owner-|listserv|majordomo)"
    r"|-(?:bounces|owner|request|subscribe|unsubscribe|list|liste)$"
)
_LIST_DOMAIN = re.compile(
    r"^(?:lists?|listes?|groups|groupes)\.|(?:^|\.)(?:facebookmail|framalistes|freelists"
    r"|googlegroups|groups|yahoogroups)\.[a-z]+$"
)
_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=20_000)
def is_nobodys(email):
    """Whether an address is that of no person: a program's, or a mailing list's.

    :param str email: normalised

    >>> is_nobodys("no-reply@shop.fr"), is_nobodys("messages-noreply@net.example.com")
    (True, True)
    >>> is_nobodys("club-request@x.fr"), is_nobodys("club@googlegroups.com")
    (True, True)
    >>> is_nobodys("info@x.fr"), is_nobodys("noel.replyon@x.fr")
    (False, False)
    """
    local, _at, domain = email.rpartition("@")
    return bool(
        _NO_REPLY.search(local) or _LIST.search(local) or _LIST_DOMAIN.search(domain)
    )


def is_role(email):
    """Whether an address belongs to a function, whoever has it.

    >>> is_role("info+fair@x.fr"), is_role("ana@x.fr")
    (True, False)
    """
    return email.partition("@")[0].partition("+")[0] in ROLES


@dataclass(slots=True)
class Face:
    """A person as the table looks at them.

    - ``number``: of the record; 0 for who is new
    - ``row``: number of the row that makes a new person
    - ``first``, ``last``: words of the names; ``company``: see ``read_company``
    - ``others``: further names that rows have given: [(first, last)]
    - ``email``, ``assistant``: normalised addresses
    - ``phone``: E.164; ``numbers``: all of them, {number: its extensions}
    - ``is_closed``: converted or junk; ``is_shared``: of no company
    - ``has_contact``: its e-mail and phone stay as the contact has them
    - ``contacted``: when it was last in contact, to compare
    - ``name``: as it is told; ``former``: the closed record whose person comes back
    """

    number: int = 0
    row: int = 0
    first: tuple = ()
    last: tuple = ()
    company: str = ""
    email: str | None = None
    assistant: str | None = None
    phone: str | None = None
    extension: str = ""
    is_closed: bool = False
    is_shared: bool = False
    has_contact: bool = False
    contacted: float = float("inf")
    name: str = ""
    former: int = 0
    others: list = field(default_factory=list)
    numbers: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.phone and not self.numbers:
            self.numbers = {self.phone: {self.extension}}

    @property
    def has_name(self):
        """Whether the name of a person is known, and not that of a company alone."""
        return bool(self.first or self.last)

    @property
    def age(self):
        """Sorts the oldest first: records before who is new."""
        return (not self.number, self.number or self.row)

    def twin(self):
        """A face of its own, which learns nothing of what this one learns."""
        # by hand: ten times as fast as copy.copy, and made for each row of a file
        return Face(
            self.number,
            self.row,
            self.first,
            self.last,
            self.company,
            self.email,
            self.assistant,
            self.phone,
            self.extension,
            self.is_closed,
            self.is_shared,
            self.has_contact,
            self.contacted,
            self.name,
            self.former,
            list(self.others),
            {phone: set(known) for phone, known in self.numbers.items()},
        )

    def learn(self, other, names=False):
        """Know of this person what a row has said.

        :param bool names: new names win, else they are further ones
        """
        if other.has_name and (names or not self.has_name):
            self.first, self.last, self.name = other.first, other.last, other.name
        elif other.has_name and len(self.others) < MOST_NAMES:
            pair = (other.first, other.last)
            if pair not in [(self.first, self.last), *self.others]:
                self.others.append(pair)
        for phone, extensions in other.numbers.items():
            self.numbers.setdefault(phone, set()).update(extensions)
        self.company = self.company or other.company
        self.assistant = self.assistant or other.assistant


def read_face(values, **facts):
    """The face of what a record or a row says.

    :param values: has ``first_name``, ``last_name``, ``contact_name``,
        ``partner_name`` and ``phone``; any of them may be missing
    :param facts: the rest, see :class:`Face`

    >>> face = read_face({"contact_name": "Mme Léa Müller", "partner_name": "Acme SA"})
    >>> face.first, face.last, face.company, face.name
    (('lea',), ('muller',), 'acme', 'Mme Léa Müller')
    """
    first, last, name = read_names(
        values.get("first_name"), values.get("last_name"), values.get("contact_name")
    )
    partner = values.get("partner_name") or ""
    facts.setdefault("extension", read_extension(values.get("phone") or ""))
    return Face(
        first=first,
        last=last,
        name=name or partner,
        company=read_company(partner),
        **facts,
    )


@lru_cache(maxsize=50_000)
def read_names(first, last, full):
    """(words of the first name, of the last name, the name as one text).

    >>> read_names("", "", "Dr Paul Martin")
    (('paul',), ('martin',), 'Dr Paul Martin')
    >>> read_names("", "", "ana@x.fr")
    ((), (), '')
    """
    full = full or ""
    if "@" in full:
        full = ""
    if not (first and last):
        first, last = complete_names(full, first, last)
    name = full or " ".join(filter(None, (first, last)))
    return _drop_title(read_words(first)), _drop_title(read_words(last)), name


def _drop_title(words):
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return words if words != ("",) else ()


# --- Names --------------------------------------------------------------------------


def relate(one, other, companies=False):
    """What the names of two people say: (same, silent or other; only similar).

    :param bool companies: where nobody is named, companies stand in

    >>> def ask(left, right):
    ...     verdict, similar = relate(
    ...         read_face({"contact_name": left}), read_face({"contact_name": right})
    ...     )
    ...     return ["same", "silent", "other"][verdict] + "?" * similar
    >>> ask("Ana Roux", "Roux Ana"), ask("Ana Roux", "Bob Blanc")
    ('same', 'other')
    >>> ask("A. Roux", "Ana Roux")
    'same'
    >>> ask("Ana Roux", "Ana Blanc"), ask("Ana Roux", ""), ask("Roux", "Ana Roux")
    ('silent', 'silent', 'silent')
    >>> ask("Roux", "Blanc"), ask("Ana", "Ana Roux"), ask("Bob", "Ana Roux")
    ('other', 'silent', 'other')
    >>> ask("Jean Dupont", "Jean-Pierre Dupont"), ask("Bob Blanc", "Robert Blanc")
    ('same', 'same')
    >>> ask("Isa Roux", "Isabelle Roux"), ask("Louis Roux", "Louise Roux")
    ('silent?', 'other')
    """
    if one.has_name and other.has_name:
        found = _relate(one.first, one.last, other.first, other.last)
        for first, last in other.others:
            if found[0] != IS_OTHER:
                break
            found = _relate(one.first, one.last, first, last)
        return found
    if (
        companies
        and one.company
        and other.company
        and not (one.has_name or other.has_name)
    ):
        likeness = compare_companies(one.company, other.company)
        if likeness >= SAME:
            return IS_SAME, False
        return (IS_OTHER, False) if likeness < DIFFERENT else (IS_SILENT, True)
    return IS_SILENT, False


@lru_cache(maxsize=50_000)
def _relate(first, last, other_first, other_last):
    if first == other_first and last == other_last:
        return IS_SAME, False
    straight = _relate_pair(first, last, other_first, other_last)
    if straight[0] == IS_SAME:
        return straight
    crossed = _relate_pair(first, last, other_last, other_first)
    if crossed[0] == IS_SAME:
        return crossed
    if bool(first and last) == bool(other_first and other_last):
        # two whole names that share a word are not one for it
        return straight
    return min(straight, crossed)


def _relate_pair(first, last, other_first, other_last):
    given = family = None
    if first and other_first:
        given = _compare_first(first, other_first)
    if last and other_last and (given is None or given >= DIFFERENT):
        family = _compare_last(last, other_last)
    decisive = family if given is None else given
    if decisive is None:
        return IS_SILENT, False
    if decisive < DIFFERENT:
        return IS_OTHER, False
    if given is None or family is None:
        # one name of each: the same, if it is all that is known of both
        is_all = not (first or other_first) or not (last or other_last)
        if decisive >= SAME and is_all:
            return IS_SAME, False
        return IS_SILENT, decisive < SAME
    if min(given, family) >= SAME:
        return IS_SAME, False
    # another last name alone: somebody who married
    return IS_SILENT, given < SAME or family >= DIFFERENT


def _compare_first(left, right):
    """How alike first names are: an initial, a short form or a part are the same."""
    if _has_other_number(left, right):
        return 0
    if left == right:
        return 100
    if initials := _compare_initials(left, right):
        return initials
    few, many = sorted((left, right), key=len)
    if len(few) < len(many) and set(few) <= set(many) and max(map(len, few)) > 2:
        return 85
    likeness = compare_first(left, right)
    short, long = sorted(("".join(left), "".join(right)), key=len)
    if likeness < DIFFERENT and likeness != 30 and len(short) > 2:
        # 30: a brother's and a sister's
        return 70 if long.startswith(short) else likeness
    return likeness


def _compare_last(left, right):
    if _has_other_number(left, right):
        return 0
    if initials := _compare_initials(left, right):
        return initials
    return compare_last(left, right)


def _compare_initials(left, right):
    """82 or 20 where one of two names is nothing but initials, else 0."""
    if max(map(len, left)) > 1 and max(map(len, right)) > 1:
        return 0
    one = "".join(word[0] for word in left)
    other = "".join(word[0] for word in right)
    return 82 if one.startswith(other) or other.startswith(one) else 20


def _has_other_number(left, right):
    """Whether both hold digits, and not the same: a slip is one of letters."""
    left, right = "".join(left), "".join(right)
    if left.isalpha() or right.isalpha():
        return False
    one, other = _DIGITS.findall(left), _DIGITS.findall(right)
    return bool(one and other and one != other)


# --- The table ----------------------------------------------------------------------


@dataclass(slots=True)
class Verdict:
    """Whom a row is about.

    - ``face``: the same person, or None: somebody new
    - ``is_other``: the names contradict all the same, at a personal address
    - ``several``: it could be somebody else as well
    - ``pair``: somebody else who shares the key; ``why``: the code that says it
    """

    face: Face | None = None
    is_other: bool = False
    several: bool = False
    pair: Face | None = None
    why: str = ""


def judge_email(one, candidates, apart=False):
    """Whom a row is about, of those who share its e-mail address.

    :param Face one: the row
    :param list candidates: faces, at least one
    :param bool apart: people who share a personal address are kept apart

    >>> def ask(email, name, *names, **options):
    ...     one, *faces = (
    ...         read_face({"contact_name": text}, email=email, number=number)
    ...         for number, text in enumerate([name, *names])
    ...     )
    ...     found = judge_email(one, faces, **options)
    ...     return found.face and found.face.number, found.is_other, found.several
    >>> ask("a@x.fr", "Bob Blanc", "Ana Roux")
    (1, True, False)
    >>> ask("info@x.fr", "Bob Blanc", "Ana Roux")
    (None, False, False)
    >>> ask("a@x.fr", "Bob Blanc", "Ana Roux", apart=True)
    (None, False, False)
    >>> ask("info@x.fr", "", "Ana Roux", "Bob Blanc")
    (1, False, True)
    >>> ask("info@x.fr", "", "Ana Roux", "")
    (2, False, False)
    >>> ask("info@x.fr", "Bob Blanc", "Ana Roux", "Bob Blanc")
    (2, False, False)
    """
    role = is_role(one.email)
    ranked = [
        (relate(one, face, companies=role)[0], face, is_assistant(one, face))
        for face in candidates
    ]
    fitting = [entry for entry in ranked if entry[0] != IS_OTHER]
    if fitting:
        relation, face, assistant = min(
            fitting, key=lambda entry: _rank(*entry[:2], nameless_first=role)
        )
        several = (
            role
            and not assistant
            and relation == IS_SILENT
            and len(fitting) > 1
            and face.has_name
        )
        return Verdict(face, several=several)
    by_age = sorted(ranked, key=lambda entry: _rank(*entry[:2]))
    if not (role or apart):
        for _relation, face, assistant in by_age:
            if not assistant:
                return Verdict(face, is_other=True)
    return Verdict(pair=by_age[0][1], why="other_person")


def is_assistant(one, face):
    """Whether an address that two share is that of an assistant of either.

    >>> is_assistant(Face(email="a@x.fr", assistant="a@x.fr"), Face(email="a@x.fr"))
    True
    """
    return bool(one.email) and one.email in (
        one.assistant,
        face.assistant if face.assistant == face.email else None,
    )


def judge_phone(one, candidates):
    """Whom a row is about, of those who share its phone number.

    :param Face one: the row; with an e-mail address, its candidates have none
    :param list candidates: faces

    >>> def ask(*people):
    ...     one, *faces = (
    ...         read_face(
    ...             {"contact_name": name},
    ...             number=number,
    ...             phone="+331",
    ...             extension=extension,
    ...         )
    ...         for number, (name, extension) in enumerate(people)
    ...     )
    ...     found = judge_phone(one, faces)
    ...     return found.face and found.face.number, found.several, found.why
    >>> ask(("", ""), ("Ana Roux", ""))
    (1, False, '')
    >>> ask(("Bob Blanc", ""), ("Ana Roux", ""))
    (None, False, 'other_person')
    >>> ask(("Ana Roux", "101"), ("Ana Roux", ""))
    (1, False, '')
    >>> ask(("", "101"), ("Ana Roux", ""))
    (None, False, 'other_extension')
    >>> ask(("Ana Roux", "101"), ("Ana Roux", "102"))
    (None, False, '')
    >>> ask(("", ""), ("Ana Roux", ""), ("Bob Blanc", ""))
    (1, True, '')
    """
    ranked = []
    for face in candidates:
        extensions = face.numbers.get(one.phone, ())
        is_whole = one.extension in extensions
        if not is_whole and one.extension and "" not in extensions:
            continue
        relation = relate(one, face, companies=True)[0]
        ranked.append((relation, face, is_whole or relation == IS_SAME))
    fitting = [entry for entry in ranked if entry[0] != IS_OTHER and entry[2]]
    if fitting:
        relation, face, _fits = min(
            fitting,
            key=lambda entry: _rank(*entry[:2], nameless_first=True, by_contact=True),
        )
        return Verdict(face, several=relation == IS_SILENT and len(fitting) > 1)
    if not ranked:
        return Verdict()
    relation, face, _fits = min(ranked, key=lambda entry: _rank(*entry[:2]))
    return Verdict(
        pair=face, why="other_person" if relation == IS_OTHER else "other_extension"
    )


def judge_call(candidates):
    """Who calls: of those who have the number, the one who was last in contact."""
    face = min(
        candidates,
        key=lambda face: (face.is_closed, -face.contacted, face.is_shared, face.age),
    )
    return Verdict(face, several=len(candidates) > 1)


def _rank(relation, face, nameless_first=False, by_contact=False):
    """Sorts candidates: the best one first.

    :param bool nameless_first: of those whose names say nothing, who has none: behind
        an address or a number of many, a name would be somebody's
    """
    return (
        relation == IS_OTHER,
        face.is_closed,
        relation == IS_SILENT,
        nameless_first and relation == IS_SILENT and face.has_name,
        -face.contacted if by_contact and relation == IS_SILENT else 0,
        face.is_shared,
        face.age,
    )
