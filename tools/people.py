"""The rows of one operation and the people whom they are about, whatever their order.

Plain Python: the records that share a key are given, :mod:`.identity` judges.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain

from .identity import (
    IS_OTHER,
    IS_SILENT,
    Face,
    is_assistant,
    is_role,
    judge_call,
    judge_email,
    judge_phone,
    read_face,
    relate,
)
from .persons import sound

# Candidates that are compared for one key; those of the same name come first.
MOST = 50
# Where more share a key than this, only those are compared who may be meant.
FEW = 12
# Channels in which whoever types an address has not proved that it is theirs.
UNPROVED = frozenset(("form", "survey", "event", "checkout", "booking"))
# Channels that know people and change no field of theirs.
FIELDLESS = frozenset(("email", "call"))


@dataclass(frozen=True)
class Terms:
    """On which terms rows come in.

    - ``policy``: for existing people, see :data:`~.matching.POLICIES`
    - ``defaults``: values of new prospects only
    - ``channel``: by which they came; empty: a program or a file
    - ``is_proved``: who wrote has shown that the address is theirs
    - ``apart``: people who share a personal address are kept apart
    """

    policy: str = "update"
    defaults: dict = field(default_factory=dict)
    channel: str = ""
    is_proved: bool = False
    apart: bool = False

    @property
    def may_rename(self):
        """Whether who contradicts a name may change it."""
        return self.policy == "update" and (
            self.is_proved or self.channel not in UNPROVED
        )


class Shelf:
    """Those who share one key."""

    def __init__(self):
        self.faces = []
        self._exact = defaultdict(list)
        self._alike = defaultdict(list)
        self._vague = []

    def add(self, face):
        if any(other is face for other in self._exact.get(_name(face), ())):
            return
        self.faces.append(face)
        self._exact[_name(face)].append(face)
        if face.first and face.last and min(map(len, face.first)) > 1:
            for word in {*_marks(face.first), *_marks(face.last)}:
                self._alike[word].append(face)
        else:
            self._vague.append(face)

    def find(self, one):
        """Those who may be meant: all, where there are few."""
        if len(self.faces) <= FEW:
            return self.faces
        exact = self._exact.get(_name(one), [])[:MOST]
        if any(not face.is_closed for face in exact) and one.has_name:
            return exact
        found = {id(face): face for face in [*exact, self.faces[0]]}
        alike = self.faces
        if one.first and one.last and min(map(len, one.first)) > 1:
            # one after the other: of thousands, a few are looked at
            alike = chain(
                *(self._alike[word] for word in _marks(one.first)), self._vague
            )
        for face in alike:
            if len(found) >= MOST:
                break
            found[id(face)] = face
        return list(found.values())


def _name(face):
    return (face.first, face.last)


def _marks(words):
    """How a name begins, and how it is heard."""
    text = "".join(words)
    return text[:3], f"~{sound(text)[:4]}"


class People:
    """Who is who among some rows and the records that share their keys."""

    def __init__(self, terms):
        self.terms = terms
        self._shelves = defaultdict(Shelf)
        self._known = {}
        self._members = {}
        self._pairs = defaultdict(dict)

    def add(self, key, face):
        """Make a record known by a key that it shares with rows.

        :param tuple key: (company, kind, address or number), see :func:`get_keys`
        :param face: a :class:`~.identity.Face`
        """
        face = self._known.setdefault(face.number, face)
        self._shelves[key].add(face)

    def shares(self, key):
        """Whether a record has a key."""
        return key in self._shelves

    def assign(self, rows):
        """Say of each row whom it is about.

        A row gets ``existing`` (an open record), ``closed`` (one whose person comes
        back) or ``target`` (the number of the row that makes the person), and in
        ``noticed`` what people are told: (code, key, face).
        """
        rows = [row for row in rows if not row.outcome]
        fixed, mailed, others, made = self._sort(rows)
        for row in fixed:
            if row.existing:
                self._fix(row)
        for row in sorted(mailed, key=_order):
            self._place(row)
        # whoever has nothing but a number is looked for when all numbers are known:
        # who is found does not depend on the order of the rows
        for row in sorted(others, key=_order):
            self._place(row)
        for row in made:
            self._make_again(row)
        self._fix_targets(rows, fixed)
        self._write()
        self._note_pairs()

    def _sort(self, rows):
        """Rows by how their person is found; those that share nothing are left out."""
        counts = Counter(key for row in rows for key in get_keys(row))
        numbers = {row.number for row in rows if not (row.existing or row.target)}
        fixed, mailed, others, made = [], [], [], []
        for row in rows:
            if row.existing or row.target in numbers:
                fixed.append(row)
                continue
            row.target = 0
            if not any(
                counts[key] > 1 or key in self._shelves for key in get_keys(row)
            ):
                continue
            if self.terms.policy == "create":
                made.append(row)
            elif row.email and self.terms.channel != "call":
                mailed.append(row)
            else:
                others.append(row)
        return fixed, mailed, others, made

    # --- One row ----------------------------------------------------------------------

    def _fix(self, row):
        """A row that names its prospect, or that the plan has put somewhere."""
        face = self._known.setdefault(row.existing, Face(number=row.existing))
        self._join(row, self._read(row), face)
        for key in get_keys(row):
            self._shelves[key].add(face)

    def _fix_targets(self, rows, fixed):
        """Rows that go where another one of them makes a person."""
        targets = {row.target for row in fixed if row.target and not row.existing}
        if not targets:
            return
        creators = {row.number: row for row in rows if row.number in targets}
        owners = {
            row.number: face
            for face, members in self._members.values()
            for row, _one in members[1:]
        }
        for row in fixed:
            if row.target and not row.existing:
                face = owners.get(row.target)
                if face is None:
                    creator = creators[row.target]
                    face = owners[row.target] = self._make(creator, self._read(creator))
                self._join(row, self._read(row), face)

    def _place(self, row):
        """Look for the person of a row; the first step that finds somebody decides."""
        one, terms = self._read(row), self.terms
        email, phone = _email_key(row), _phone_key(row)
        verdict, key = None, None
        if terms.channel == "call" and phone:
            found = self._find(phone, one)
            verdict, key = (judge_call(found), phone) if found else (None, None)
        elif email and (found := self._find(email, one)):
            verdict, key = judge_email(one, found, terms.apart), email
        elif phone:
            found = [
                face
                for face in self._find(phone, one)
                if not (one.email and face.email)
            ]
            verdict, key = (judge_phone(one, found), phone) if found else (None, None)
        if verdict is None:
            self._make(row, one)
        else:
            self._settle(row, one, verdict, key)

    def _settle(self, row, one, verdict, key):
        """Do what the table says."""
        face, pair, why = verdict.face, verdict.pair, verdict.why
        if face and row.is_planned_new and not face.number:
            # the plan, which has looked at all rows, has made two people of them
            face = None
        if face and face.is_closed:
            if verdict.is_other:
                face, pair, why = None, face, "other_person"
            else:
                former = face
                face = self._make(row, one)
                face.former = former.number
                face.learn(former)
                return
        if face is None:
            face = self._make(row, one)
            if pair:
                self._pairs[key][id(face)] = (face, why)
                self._pairs[key].setdefault(id(pair), (pair, why))
            return
        if verdict.several:
            row.noticed.append(("several_people", key[2], face))
        self._join(row, one, face)

    def _make_again(self, row):
        """A row that makes a person without looking: who shares a key is told."""
        one = self._read(row)
        for key in get_keys(row):
            if key in self._shelves and self._shelves[key].faces:
                pair = min(
                    self._shelves[key].faces,
                    key=lambda face: (face.is_closed, face.age),
                )
                face = self._make(row, one)
                self._pairs[key][id(face)] = (face, "other_person")
                self._pairs[key].setdefault(id(pair), (pair, "other_person"))
                return
        self._make(row, one)

    def _find(self, key, one):
        return self._shelves[key].find(one) if key in self._shelves else []

    def _read(self, row):
        return read_face(
            row.values, email=row.email, phone=row.phone, assistant=row.assistant
        )

    def _make(self, row, one):
        """Somebody new, whom later rows may be about."""
        face = one.twin()
        face.row = row.number
        self._members[id(face)] = (face, [(None, one), (row, one)])
        for key in get_keys(row):
            self._shelves[key].add(face)
        return face

    def _join(self, row, one, face):
        """A row about somebody known."""
        if id(face) not in self._members:
            self._members[id(face)] = (face, [(None, face.twin())])
        self._members[id(face)][1].append((row, one))
        if face.row:
            face.row = min(face.row, row.number)
        had_name = face.has_name
        face.learn(one)
        if one.email and not (face.email or face.has_contact):
            if self.terms.policy in ("update", "fill"):
                face.email = one.email
            self._shelves[_email_key(row)].add(face)
        elif not had_name and face.has_name and face.email:
            # known by its name from now on
            self._shelves[(row.company, "e", face.email)].add(face)
        if one.email and one.phone:
            self._shelves[_phone_key(row)].add(face)

    # --- What rows get ----------------------------------------------------------------

    def _write(self):
        """Give rows the person that was found, in their own order."""
        for face, (_self, members) in [
            (entry[0], entry) for entry in self._members.values()
        ]:
            former = members[0][1]
            members = sorted(members[1:], key=lambda member: member[0].number)
            if face.number:
                for row, _one in members:
                    row.existing, row.closed, row.target = face.number, 0, 0
                self._note_names(former, members)
                continue
            creator, one = members[0]
            creator.closed, creator.target = face.former, 0
            face.row = creator.number
            creator.noticed = [
                noticed for noticed in creator.noticed if noticed[0] != "several_people"
            ]
            for row, _one in members[1:]:
                row.target, row.existing, row.closed = creator.number, 0, 0
            self._note_names(one, members[1:])

    def _note_names(self, former, members):
        """Note what people are told of rows about one person, one after the other."""
        now = former.twin() if members else None
        for row, one in members:
            if row.is_pinned or row.wanted or self.terms.channel == "call":
                now.learn(one, names=self.terms.may_rename)
                now.email = now.email or one.email
                continue
            # the name of today, and not all that were given before
            now.others = []
            by_email = bool(one.email) and one.email == now.email
            relation, similar = relate(
                one, now, companies=not by_email or is_role(one.email)
            )
            key = one.email if by_email else one.phone or one.email
            known = now.twin()
            if relation == IS_OTHER:
                row.contradicts = True
                row.noticed.append(("name_differs", key, known))
            elif relation == IS_SILENT:
                if by_email and is_assistant(one, now):
                    row.noticed.append(("assistant_address", key, known))
                elif one.email and not now.email and one.phone == now.phone:
                    row.noticed.append(("matched_by_phone", one.phone, known))
                if similar:
                    row.noticed.append(("similar_name", key, known))
            now.learn(one, names=relation == IS_OTHER and self.terms.may_rename)
            now.email = now.email or one.email

    def _note_pairs(self):
        """Note on who is new that somebody else has the same address or number."""
        creators = {
            face.row: members
            for face, members in self._members.values()
            if not face.number
        }
        for key, faces in self._pairs.items():
            first, *others = sorted(faces.values(), key=lambda entry: entry[0].age)
            for face, why in others:
                if face.number:
                    continue
                row = min(
                    (row for row, _one in creators[face.row][1:]),
                    key=lambda row: row.number,
                )
                row.noticed.append((why, key[2], first[0]))


def get_keys(row):
    """What a row can be known by: [(company, kind, address or number)].

    >>> from .incoming import Incoming
    >>> get_keys(Incoming(2, {}, email="a@x.fr", phone="+33612345678", company=1))
    [(1, 'e', 'a@x.fr'), (1, 'p', '+33612345678')]
    """
    return [key for key in (_email_key(row), _phone_key(row)) if key]


def _email_key(row):
    return (row.company, "e", row.email) if row.email else None


def _phone_key(row):
    return (row.company, "p", row.phone) if row.phone else None


def _order(row):
    """Sorts rows by what they say, whatever their order: who says most comes first."""
    values = row.values
    name = " ".join(
        str(values.get(fname) or "")
        for fname in ("first_name", "last_name", "contact_name")
    ).strip()
    return (
        not name,
        not row.phone,
        -len(name.split()),
        -len(name),
        name,
        row.email or "",
        row.phone or "",
        repr(sorted(values.items(), key=lambda item: item[0])),
        row.number,
    )
