"""Which column of a file is which field: by its header, and by what is in it."""

import re
from typing import NamedTuple

from .headers import (
    STANDINGS,
    TITLES,
    field_of_header,
    is_bare_name,
    normalize_header,
    read_header,
)
from .opt_outs import are_standings
from .properties import CUSTOM, PROPERTY
from .values import clean_email

# What a column can be put in; "company" and "full_name" are said of columns, and are
# the fields partner_name and contact_name.
TARGETS = (
    *("title_id", "first_name", "last_name", "contact_name", "partner_name"),
    *("function", "phone", "email_from", "assistant_email", "website"),
    *("street", "street2", "zip", "city", "state_id", "country_id", "lang_id"),
    *("tag_ids", "list_ids", "source_id", "status_id", "user_id", "team_id"),
    *("description", "name", "id"),
)
# Said of a row, and no field of prospects: see ``opt_outs``.
OPTED_OUT = "opted_out"
REPEATABLE = frozenset(("tag_ids", "list_ids", "description", OPTED_OUT))
_ALIASES = {
    "company": "partner_name",
    "full_name": "contact_name",
    "civility": "title_id",
    "mobile": "phone",
    ".id": "id",
}
# What people are known by, whatever a custom field is called.
_IDENTITY = frozenset(
    ("email_from", "phone", "first_name", "last_name", "contact_name")
)
_ASSISTANT = re.compile(
    r"\b(?:assistant|assistante|secretaire|secretary|secretariat)\b"
)
# Headers of what is about colleagues, or those who know the person.
_OTHERS = re.compile(
    r"\b(?:owner|host|organi[sz]er|organisateur|assigned|assignee|created by|updated by"
    r"|modified by|proprietaire|commercial|vendeur|salesperson|sales rep"
    r"|manager|assistant|assistante|spouse|conjoint|referrer|parrain|emergency|urgence"
    r"|recipient|destinataire|agent)\b"
)
_URL = re.compile(r"(?:https?://|www\.)\S+\.\S+", re.IGNORECASE)
_BARE_URL = re.compile(r"(?:[a-z0-9-]+\.)+(?:com|fr|net|org|io|eu|be|ch|de|co|uk)/?\S*")
_PHONE = re.compile(r"[+(]?[\d\s().\-/\u00a0]{8,24}")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_LEADING = re.compile(r"\s*[+(0]|\s*33\d{9}\s*$")
# Headers under which a column of numbers is anything but a phone.
_NOT_A_PHONE = re.compile(
    r"\b(?:siret|siren|tva|vat|iban|id|ref|reference|code|date|montant|amount|price"
    r"|prix|ca|total|zip|cp|lat|lon|longitude|latitude|fax|facture|invoice)\b"
)


class Guess(NamedTuple):
    """What a column is taken for.

    :ivar str target: one of ``TARGETS``
    :ivar str why: ``saved`` (a person said so before), ``technical`` (the field's own
        name), ``label`` (what the interface calls it), ``header``, or ``content``
    :ivar float confidence: from 0 to 1
    """

    target: str
    why: str
    confidence: float


def guess_columns(header, samples, saved=None, labels=None, titles=()):
    """{position: Guess} of the columns that mean something.

    No target is given to two columns but those of ``REPEATABLE``. A second column of
    phones or addresses is left out, unless the first one is empty in the samples.

    :param list header: the names of the columns
    :param list samples: some rows, as lists of cells
    :param dict saved: {normalised header: target or None} that somebody chose before;
        None is a column that was to be left out
    :param dict labels: {label in the interface: target}
    :param titles: known titles of people, as ``normalize_header`` writes them

    >>> guess_columns(["Nom", "Prénom", "Adresse mail"], [])[0].target
    'last_name'
    >>> guess_columns(["A", "B"], [["a@b.fr", "06 12 34 56 78"]])[1]
    Guess(target='phone', why='content', confidence=0.7)
    >>> two = [["", "06 12 34 56 78"], ["", "06 12 34 56 79"]]
    >>> guess_columns(["Téléphone", "Portable"], two)
    {1: Guess(target='phone', why='header', confidence=0.9)}
    >>> guess_columns(["Title"], [["Ms."], ["Buyer"], ["Mr"]], titles={"ms", "mr"})
    {0: Guess(target='title_id', why='header', confidence=0.9)}
    >>> guess_columns(["Titre"], [["Buyer"], ["Mr"]], titles={"ms", "mr"})[0].target
    'function'
    """
    board = _Board(header, samples, titles)
    board.settle_saved(saved or {})
    board.settle_technical()
    board.settle_labels(labels or {})
    board.settle_headers()
    board.settle_contents()
    return dict(sorted(board.guesses.items()))


class _Board:
    """The columns while it is found out what they are."""

    def __init__(self, header, samples, titles=()):
        self.titles = titles
        self.names = [normalize_header(name) for name in header]
        self.header = header
        self.cells = [
            [row[position] for row in samples if position < len(row) and row[position]]
            for position in range(len(header))
        ]
        self.guesses = {}
        self.left_out = set()

    def give(self, position, target, why, confidence):
        """Whether the column got the target."""
        if position in self.guesses or position in self.left_out:
            return False
        if target not in REPEATABLE and target in self.taken():
            return False
        self.guesses[position] = Guess(target, why, confidence)
        return True

    def taken(self):
        return {guess.target for guess in self.guesses.values()}

    def settle_saved(self, saved):
        for position, name in enumerate(self.names):
            if name in saved:
                target = saved[name]
                target = target if is_own(target) else canonical_target(target)
                if target is None:
                    self.left_out.add(position)
                else:
                    self.give(position, target, "saved", 1.0)

    def settle_technical(self):
        for position, name in enumerate(self.header):
            target = canonical_target(name.strip().split("/")[0])
            # "id" and "name" are written by people too, and then mean something else
            exported = name.strip() == ".id" or (
                target == "id" and any("." in cell for cell in self.cells[position])
            )
            if target and (target not in ("id", "name") or exported):
                self.give(position, target, "technical", 1.0)

    def settle_labels(self, labels):
        known = {normalize_header(label): target for label, target in labels.items()}
        for position, name in enumerate(self.names):
            target = name and known.get(name)
            if is_own(target):
                # of a custom field: it says more than a word that many use
                if field_of_header(name) not in _IDENTITY:
                    self.give(position, target, "label", 0.95)
            elif canonical_target(target) and not field_of_header(name):
                self.give(position, target, "label", 0.95)

    def settle_headers(self):
        """What is headed as it is: a header that says more before a general one."""
        # A column that is empty in every sample gives way to one that is not.
        ranks = [read_header(name).rank for name in self.header]
        has_cells = any(self.cells)
        order = sorted(
            range(len(self.names)),
            key=lambda at: (has_cells and not self.cells[at], ranks[at]),
        )
        group = ""
        for position in order:
            target = self._by_header(position)
            if not target or not self._contents_agree(position, target):
                continue
            own = read_header(self.header[position]).group
            if own and group and own != group:
                # of another address than the one that is taken
                continue
            if self.give(position, target, "header", 0.9):
                group = group or own
        self._bare_names()

    def _by_header(self, position):
        name, meaning = self.names[position], read_header(self.header[position])
        if name in STANDINGS and are_standings(
            self.cells[position], is_certain=name not in ("status", "statut", "etat")
        ):
            return OPTED_OUT
        if meaning.base in TITLES:
            return self._title_or_job(position)
        target = meaning.field
        if (
            target in (None, "email_from")
            and _ASSISTANT.search(name)
            and re.search(r"\be?\s?mail|courriel", name)
        ):
            return "assistant_email"
        return target

    def _title_or_job(self, position):
        """What "Title" means: titles of people where most of its values are, else
        what they do.
        """
        is_title = share(
            self.cells[position], lambda cell: normalize_header(cell) in self.titles
        )
        return "title_id" if is_title > 0.5 else "function"

    def _contents_agree(self, position, target):
        """Whether what is in a column belies its header."""
        cells = self.cells[position]
        if not cells:
            return True
        emails = share(cells, looks_like_email)
        if target in ("email_from", "assistant_email"):
            return emails > 0 or share(cells, looks_like_phone) < 0.5
        return not (emails > 0.8 and target not in REPEATABLE)

    def _bare_names(self):
        """« Nom » or "Name" is the family name beside a first name, else the whole."""
        order = sorted(
            range(len(self.header)), key=lambda at: read_header(self.header[at]).rank
        )
        for position in order:
            if not is_bare_name(self.header[position]):
                continue
            target = "last_name" if "first_name" in self.taken() else "contact_name"
            if self._contents_agree(position, target):
                self.give(position, target, "header", 0.9)

    def settle_contents(self):
        for position, cells in enumerate(self.cells):
            if not cells or position in self.guesses or position in self.left_out:
                continue
            if _OTHERS.search(self.names[position]):
                continue
            if share(cells, looks_like_email) > 0.6:
                self.give(position, "email_from", "content", 0.8)
            elif share(cells, looks_like_url) > 0.6:
                self.give(position, "website", "content", 0.7)
            elif not _NOT_A_PHONE.search(self.names[position]) and (
                share(cells, looks_like_phone) > 0.6
            ):
                self.give(position, "phone", "content", 0.7)


def is_own(target):
    """Whether a target is a custom field, or a property of a team.

    >>> is_own("custom.a1"), is_own("phone"), is_own(None)
    (True, False, False)
    """
    return bool(target) and target.startswith((CUSTOM, PROPERTY))


def canonical_target(target):
    """The field of a target, by any of its names; None when there is none.

    >>> canonical_target("company"), canonical_target("phone"), canonical_target("x")
    ('partner_name', 'phone', None)
    """
    target = _ALIASES.get(target, target)
    return target if target in TARGETS or target == OPTED_OUT else None


def share(cells, test):
    """Which part of some cells that are not empty passes a test.

    >>> share(["a@b.fr", "x"], looks_like_email)
    0.5
    """
    return sum(map(bool, map(test, cells))) / len(cells) if cells else 0


def looks_like_email(cell):
    """Whether a cell is an address, or several.

    >>> looks_like_email("Jean <jean@example.com>"), looks_like_email("jean")
    (True, False)
    """
    return "@" in cell and len(cell) < 400 and clean_email(cell)[0] is not None


def looks_like_phone(cell):
    """Whether a cell can be nothing but a phone number.

    >>> [looks_like_phone(cell) for cell in ("06 12 34 56 78", "+1 202 555 0143")]
    [True, True]
    >>> [looks_like_phone(cell) for cell in ("31/01/2026", "75001", "44306184100047")]
    [False, False, False]
    """
    text = cell.strip()
    if not _PHONE.fullmatch(text) or _DATE.fullmatch(text):
        return False
    digits = sum(char.isdigit() for char in text)
    grouped = not text.isdigit() and digits < len(text)
    return 8 <= digits <= 15 and bool(_LEADING.match(text) or grouped)


def looks_like_url(cell):
    """Whether a cell is the address of a page.

    >>> [looks_like_url(cell) for cell in ("https://a.fr/x", "example.com", "a.b")]
    [True, True, False]
    """
    text = cell.strip()
    return bool(_URL.fullmatch(text) or _BARE_URL.fullmatch(text.lower()))
