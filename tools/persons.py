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

# Words of a company's name that do not tell it from another one.
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


@lru_cache(maxsize=200_000)
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


@lru_cache(maxsize=200_000)
def read_company(text):
    """What tells a company from others: its words without legal forms, together.

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


@lru_cache(maxsize=200_000)
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


def read_person(first, last, name, company, email, phone, zip_code):
    """A person from what a record says; each value may be None.

    :param str name: the full name, where first and last name are both empty
    :param str email: normalised address
    :param str phone: number in E.164

    >>> read_person("Dr Zoé", "Le Goff", None, "Acme SA", "z@acme.fr", None, "F-75011")
    ... # doctest: +NORMALIZE_WHITESPACE
    Person(first=('zoe',), last=('le', 'goff'), company='acme', email='z@acme.fr',
           mailbox='z@acme.fr', domain='acme.fr', phone='', zip='f75011',
           is_shared=False)
    """
    if name and not (first or last):
        last = name
    first_words, last_words = read_words(first), read_words(last)
    if first_words and first_words[0] in TITLES and len(first_words) > 1:
        first_words = first_words[1:]
    mailbox, domain, is_shared = read_mailbox(email)
    return Person(
        first_words,
        last_words,
        read_company(company),
        email or "",
        mailbox,
        domain,
        phone or "",
        "".join(read_words(zip_code)),
        is_shared,
    )


def get_keys(person, base=""):
    """Numbers that likely duplicates share at least one of, for finding them by index.

    One name, the first letter of the other, and company (or domain, or postcode)
    together, so that few share one. A typing error in one of the two names leaves the
    key of the other; swapped names have the same keys. The same number by accident
    costs a comparison and no more.

    :param str base: told apart by this: records with another one share no number

    >>> one = read_person("Jean", "Lefèvre", "", "Acme", "", "", "75011")
    >>> two = read_person("Lefebvre", "Jeam", "", "ACME Ltd", "", "", "")
    >>> len(set(get_keys(one)) & set(get_keys(two)))
    1
    >>> get_keys(read_person("", "", "", "", "info@acme.fr", "", ""))
    []
    """
    first, last, company, _email, mailbox, domain, phone, zip_code, is_shared = person
    texts = []
    if mailbox and not is_shared:
        texts.append(f"e{mailbox}")
    if phone:
        texts.append(f"p{phone}")
    if first or last:
        places = {company[:4]} if company else set()
        if domain and domain not in FREE_DOMAINS:
            places.add(domain[:4])
        if zip_code:
            places.add(zip_code)
        one = sound("".join(last)) if last else ""
        two = sound(first[0]) if first else ""
        for place in places:
            texts.append(f"n{one}{two[:1]}|{place}")
            if len(two) > 1:
                texts.append(f"n{two}{one[:1]}|{place}")
    elif company:
        texts.append(f"c{company[:5]}")
    return [crc32((base + text).encode()) - 2147483648 for text in texts]
