"""A person as they are told apart: texts without accents, case, titles and legal forms.

Plain Python. What is alike to a reader comes out the same, or nearly; how near is said
by :mod:`.likeness`, and what it means for two records by :mod:`.duplicates`.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from anyascii import anyascii

from odoo.addons.iap.tools.iap_tools import _MAIL_PROVIDERS as FREE_DOMAINS

# Words of a company's name that do not distinguish it from another one.
LEGAL_FORMS = frozenset(
    """
    ag aps asbl association bv bvba cie co company corp corporation ets eurl gbr gie
    gmbh groupe group inc incorporated kft kg kgaa limited llc llp ltd nv ohg oy plc pte
    pty sa sarl sas sasu scop sci sca scp scs selarl sl snc societe spa sprl srl ste
    the ug uab and et le la les und
    """.split()  # noqa: SIM905 - read as words
)
# Addresses that several people read.
SHARED_MAILBOXES = frozenset(
    """
    accounting accounts accueil achat achats admin administration agence billing
    bonjour booking bureau commande commercial communication compta comptabilite
    contact contacts direction events facturation facture hello help hr info
    informations infos invoices jobs kontakt mail mairie marketing newsletter noreply
    office orders postmaster press presse purchasing reception recrutement reservation
    reservations rh sales secretariat service shop staff standard support team
    ventes webmaster welcome
    """.split()  # noqa: SIM905 - read as words
)
# What stands before a name and is no part of it.
TITLES = frozenset(
    [
        "dr",
        "herr",
        "madame",
        "mademoiselle",
        "me",
        "mlle",
        "mme",
        "mr",
        "mrs",
        "ms",
        "pr",
        "prof",
    ]
)
# Providers who deliver me+list@ to me@; those who ignore dots as well.
_TAGGING = frozenset(
    """
    fastmail.com gmail.com googlemail.com hotmail.com hotmail.fr icloud.com live.com
    live.fr mac.com me.com msn.com outlook.com outlook.fr pm.me proton.me
    protonmail.com yandex.com
    """.split()  # noqa: SIM905 - read as words
)
_DOTLESS = {"gmail.com", "googlemail.com"}
_find_words = re.compile(r"[a-z0-9]+").findall
# as typed; no sign that a pattern of SQL reads otherwise
_find_written = re.compile(r"[^\W_]+").findall
# Longest first; the order is the order of application.
_SOUNDS = (
    ("sch", "x"),
    ("eaux", "o"),
    ("eau", "o"),
    ("ault", "o"),
    ("aux", "o"),
    ("au", "o"),
    ("ph", "f"),
    ("th", "t"),
    ("sh", "x"),
    ("ch", "x"),
    ("ck", "k"),
    ("qu", "k"),
    ("bv", "v"),
    ("gn", "n"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("w", "v"),
    ("z", "s"),
    ("y", "i"),
    ("ai", "e"),
    ("ei", "e"),
    ("em", "am"),
    ("en", "an"),
    ("h", ""),
)
_drop_doubles = re.compile(r"(.)\1+").sub
_SILENT = "stdxze"
# A named tuple of a tuple: half the time of calling its class, for each record.
make = tuple.__new__


class Person(NamedTuple):
    """One prospect or contact, as rules look at it. Texts may be empty."""

    first: tuple
    last: tuple
    company: str
    email: str
    mailbox: str
    domain: str
    phone: str
    zip: str
    is_shared: bool
    home: tuple = None


@lru_cache(maxsize=50_000)
def read_words(text):
    """The words of a text in plain letters, as a tuple.

    >>> read_words("Jean-Pierre D'Été")
    ('jean', 'pierre', 'dete')
    >>> read_words("Łukasz Жуков")
    ('lukasz', 'zhukov')
    >>> read_words(None)
    ()
    """
    if not text:
        return ()
    if not text.isascii():
        text = anyascii(text)
    return tuple(_find_words(text.lower().replace("'", "").replace(".", " ")))


@lru_cache(maxsize=50_000)
def read_company(text):
    """What distinguishes a company from others: its words without legal forms,
    together.

    >>> read_company("Société Lefèvre & Fils S.A.R.L."), read_company("Lefevre Fils")
    ('lefevrefils', 'lefevrefils')
    >>> read_company("ACME GmbH"), read_company("The Company")
    ('acme', 'thecompany')
    """
    if not text:
        return ""
    words = read_words(text.replace(".", ""))
    kept = "".join([word for word in words if word not in LEGAL_FORMS])
    return kept or "".join(words)


def get_company_patterns(text):
    """By which patterns of SQL's ``ILIKE`` a company is looked for, whose words other
    records have with another legal form, or other marks between them; as it is typed
    and in plain letters. They find more: :func:`read_company` says who is the same.

    A company of very short words is looked for at the beginning of a name, which an
    index can do.

    >>> get_company_patterns("Lefèvre & Fils SARL"), get_company_patterns("Acme S.A.")
    (['%Lefevre%Fils%', '%Lefèvre%Fils%'], ['%Acme%', '%Acme%S%A%'])
    >>> get_company_patterns("Groupe D'Été"), get_company_patterns("3M")
    (['%D%Ete%', '%D%Été%'], ['3M%'])
    >>> get_company_patterns("&")
    []
    """
    patterns = set()
    for spelling in {text, anyascii(text)}:
        for written in {spelling, spelling.replace(".", "")}:
            words = _find_written(written)
            kept = [w for w in words if anyascii(w).lower() not in LEGAL_FORMS] or words
            if kept:
                start = "%" if any(len(word) >= 3 for word in kept) else ""
                patterns.add(f"{start}{'%'.join(kept)}%")
    return sorted(patterns)


@lru_cache(maxsize=50_000)
def sound(word):
    """A word as it is heard, in French or English, roughly: for finding, not judging.

    >>> sound("lefevre") == sound("lefebvre")
    True
    >>> [sound(word) for word in ("dupont", "dupond", "philippe", "filip")]
    ['dupon', 'dupon', 'filip', 'filip']
    >>> sound("katherine") == sound("catherine"), sound("meyer") == sound("maier")
    (True, True)
    """
    text = word
    for written, heard in _SOUNDS:
        if written in text:
            text = text.replace(written, heard)
    text = _drop_doubles(r"\1", text)
    while len(text) > 3 and text[-1] in _SILENT:
        text = text[:-1]
    return text


def read_mailbox(email):
    """Where mail to a normalised address arrives, and whether several people read it.

    :return: (mailbox, domain, is shared)

    >>> read_mailbox("j.du.pont+news@googlemail.com")
    ('jdupont@gmail.com', 'gmail.com', False)
    >>> read_mailbox("j.dupont+news@acme.fr")
    ('j.dupont+news@acme.fr', 'acme.fr', False)
    >>> read_mailbox("info@acme.fr")
    ('info@acme.fr', 'acme.fr', True)
    >>> read_mailbox("")
    ('', '', False)
    """
    local, _at, domain = (email or "").rpartition("@")
    if not local:
        return "", "", False
    if domain in _TAGGING:
        local = local.partition("+")[0] or local
        if domain in _DOTLESS:
            local, domain = local.replace(".", ""), "gmail.com"
        return f"{local}@{domain}", domain, local in SHARED_MAILBOXES
    return email, domain, local in SHARED_MAILBOXES


def read_person(first, last, name, company, email, phone, zip_code, home=None):
    """A person from what a record says; each value may be None.

    :param str name: the full name, where first and last name are both empty
    :param str email: normalised address
    :param str phone: number in E.164
    :param home: by :func:`.addresses.read_home`

    >>> read_person("Dr Zoé", "Le Goff", None, "Acme SA", "z@acme.fr", None, "F-75011")
    ... # doctest: +NORMALIZE_WHITESPACE
    Person(first=('zoe',), last=('le', 'goff'), company='acme', email='z@acme.fr',
           mailbox='z@acme.fr', domain='acme.fr', phone='', zip='f75011',
           is_shared=False, home=None)
    """
    if name and not (first or last):
        last = name
    first_words, last_words = read_words(first), read_words(last)
    if first_words and first_words[0] in TITLES and len(first_words) > 1:
        first_words = first_words[1:]
    mailbox, domain, is_shared = read_mailbox(email)
    return make(
        Person,
        (
            first_words,
            last_words,
            read_company(company),
            email or "",
            mailbox,
            domain,
            phone or "",
            _read_code(zip_code),
            is_shared,
            home,
        ),
    )


@lru_cache(maxsize=50_000)
def _read_code(text):
    return "".join(read_words(text))


def get_keys(person):
    """Numbers that likely duplicates share at least one of, for finding them by index.

    An address, a number, or names at a place: few people share one, so that few pairs
    are compared in vain. A name is there in three ways, so that one slip in it leaves a
    key of the other: see :func:`_get_name_keys`. The same number by accident costs a
    comparison and no more.

    :return: a set

    >>> one = read_person("Jean", "Lefèvre", "", "Acme", "", "", "75011")
    >>> two = read_person("Lefebvre", "Jean", "", "ACME Ltd", "", "", "")
    >>> len(get_keys(one) & get_keys(two))
    1
    >>> initial = read_person("Lefèvre", "J.", "", "Acme", "", "", "")
    >>> len(get_keys(one) & get_keys(initial))
    1
    >>> get_keys(read_person("", "", "", "", "info@acme.fr", "", ""))
    set()
    """
    first, last, company, _email, mailbox, domain, phone, zip_code, is_shared, home = (
        person
    )
    texts = set()
    if mailbox and not is_shared:
        texts.add(f"e{mailbox}")
    if phone:
        texts.add(f"p{phone}")
    if last:
        _add_name_keys(texts, first, last, company, domain, zip_code)
    elif not first and company:
        # the beginning of many companies is their trade: too many share it
        texts.update((f"c{company[:5]}", f"c{_get_ends(company)}"))
    if not home:
        return {(crc32(text.encode()) & -2) - 2147483648 for text in texts}
    keys = {(crc32(text.encode()) & -2) - 2147483648 for text in texts}
    for text in _get_home_texts(first, last, zip_code, home):
        keys.add((crc32(text.encode()) | 1) - 2147483648)
    return keys


def _add_name_keys(texts, first, last, company, domain, zip_code):
    """Add a name at its places (company or its domain, postcode), in three ways.

    - the family name as it is heard and an initial: slips in the first name, initials;
    - the first name as it is heard, and how the family name begins and ends: slips
      within it. More of it, and one slip would hide the person; less, and all the Jeans
      of a town were compared with each other;
    - both as they are heard, in any order: swapped names. The beginning of the company
      does here.
    """
    places = set()
    if len(last) == 1 and len(last[0]) == 1 and first:
        # an initial is no family name, wherever it was typed
        first, last = last, first
    one, two = sound("".join(last)), sound(first[0]) if first else ""
    both = (one + two if one < two else two + one) if two else ""
    initial = first[0][0] if first else ""
    if company:
        places.add(_get_ends(company))
        if both:
            texts.add(f"b{both}|{company[:4]}")
    if domain and domain not in FREE_DOMAINS:
        places.add(_get_ends(domain.partition(".")[0]))
    if zip_code:
        places.add(zip_code)
        if both:
            texts.add(f"b{both}|{zip_code}")
    for place in places:
        texts.add(f"n{one}{initial}|{place}")
        if len(two) > 1:
            texts.add(f"m{two}{last[0][0]}{last[0][-1]}|{place}")


def _get_home_texts(first, last, zip_code, home):
    """What a house is found by, whatever the name: few live there.

    The beginning of the street with its postcode, its town, the number, and the
    initials of the name; the number with the town. Of both lines, since people do not
    agree which of them is the street.
    """
    numbers, street, more, city = home
    number = numbers[0] if numbers else ""
    initials = "".join(sorted(words[0][0] for words in (first, last) if words))
    for line in (street, more):
        if not line:
            continue
        text = line[0][:3]
        if zip_code:
            yield f"z{text}|{zip_code}"
        if city:
            yield f"t{text}|{city[:3]}"
        if number:
            yield f"h{number}|{text}"
        if initials:
            yield f"i{line[0][:4]}|{initials}"
    if number and city:
        yield f"l{number}|{city[:3]}"


def _get_ends(text):
    """How a company begins and ends: between, words are left out or misspelt."""
    return text[:4] + text[-4:]
