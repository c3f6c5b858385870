"""What makes a prospect doubtful, from its own values alone [MO-54].

Plain Python. Each reader gives codes of ``CODES`` or an empty text; what an empty value
means is nothing: an empty phone is no fraud.
"""

import re
from functools import lru_cache
from itertools import pairwise

import phonenumbers
from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email

from .phones import read_phone

# Codes of reasons, in the order in which they are shown.
CODES = (
    *("email_syntax", "email_bounced", "email_no_server", "email_disposable"),
    *("email_role", "phone_impossible", "phone_invalid", "phone_premium"),
    *("phone_shared", "name_link", "name_noise", "arrival_burst", "honeypot"),
)
# Reasons because of which no mail can arrive.
UNREACHABLE = ("email_syntax", "email_bounced", "email_no_server")
# Of a post and not of a person: RFC 2142, and what sites of companies print.
ROLES = frozenset(
    """
    abuse accounting accueil admin administrateur administration administrator
    billing bonjour bureau commercial compta comptabilite contact contacts devis
    direction enquiries enquiry facturation hello help helpdesk hostmaster hr info
    information informations infos inquiries jobs mail mailer-daemon marketing no-reply
    noreply office orders postmaster press presse recrutement reception reservation
    reservations rh root sales sav secretariat security service serviceclient support
    team usenet vente ventes webmaster
    """.split()  # noqa: SIM905 - read as words
)
_NO_NAME = frozenset("abcdefghijklmnopqrstuvwxyz") - frozenset("aeiouy")
# Rows of keys, and how many neighbours in a row are no name: Werth and Azer are names.
_KEYBOARD = (
    *((row, 5) for row in ("qwertyuiop", "azertyuiop")),
    *((row, 4) for row in ("asdfghjkl", "qsdfghjklm", "zxcvbnm", "wxcvbn")),
)
# Letters of a word without any vowel: Krch is a name, and Smrž; this long, none is.
_CONSONANTS = 6
# The status of a delivery (RFC 3463) in what a server says; no address of a machine.
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
# The same letter so often in a row: III ends a name.
_SAME = 4
_PREMIUM = frozenset((phonenumbers.PhoneNumberType.PREMIUM_RATE,))


@lru_cache(maxsize=20_000)
def read_email(text, normalized):
    """Reasons to doubt an address, as a tuple of codes.

    :param str text: as it was given
    :param str normalized: what Odoo makes of it, or nothing

    >>> read_email("marie@acme.example.com", "marie@acme.example.com")
    ()
    >>> read_email("x@", None), read_email("", None), read_email("a@b", "a@b")
    (('email_syntax',), (), ('email_syntax',))
    >>> read_email("Info <Info@acme.fr>", "info@acme.fr")
    ('email_role',)
    >>> read_email("x@yopmail.com", "x@yopmail.com")
    ('email_disposable',)
    """
    if not (text or "").strip():
        return ()
    if not normalized or not is_address(normalized):
        return ("email_syntax",)
    local, _at, domain = normalized.rpartition("@")
    reasons = []
    if is_disposable(domain):
        reasons.append("email_disposable")
    if local.partition("+")[0] in ROLES:
        reasons.append("email_role")
    return tuple(reasons)


@lru_cache(maxsize=20_000)
def is_address(text):
    """Whether a mail could be sent there, for all that can be told by reading it.

    >>> [is_address(text) for text in ("é@example.com", "a@b", "a..b@example.com")]
    [True, False, False]
    """
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_disposable(domain):
    """Whether a domain, or the one that it is part of, gives addresses to throw away.

    >>> [is_disposable(name) for name in ("yopmail.com", "x.yopmail.com", "gmail.com")]
    [True, True, False]
    """
    while "." in domain:
        if domain in blocklist:
            return True
        domain = domain.partition(".")[2]
    return False


@lru_cache(maxsize=20_000)
def read_number(text, country_code=None):
    """The reason to doubt a phone, or an empty text.

    :param str text: as it was given
    :param str country_code: two letters; without, a number that has no prefix of a
        country cannot be judged

    >>> read_number("06 12 34 56 78", "FR"), read_number("", "FR")
    ('', '')
    >>> read_number("123", "FR"), read_number("call me")
    ('phone_impossible', 'phone_impossible')
    >>> read_number("00 12 34 56 78", "FR"), read_number("+33 0 00 00 00 00")
    ('phone_invalid', 'phone_invalid')
    >>> read_number("0899 70 00 00", "FR"), read_number("06 12 34 56 78")
    ('phone_premium', '')
    """
    text = (text or "").strip()
    if not text:
        return ""
    known = read_phone(text, country_code)
    if known:
        number = phonenumbers.parse(known.e164)
        is_premium = phonenumbers.number_type(number) in _PREMIUM
        return "phone_premium" if is_premium else ""
    try:
        number = phonenumbers.parse(text, country_code)
    except phonenumbers.NumberParseException as error:
        unknown = phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        if error.error_type == unknown and not country_code:
            return ""
        return "phone_impossible"
    if phonenumbers.is_possible_number(number):
        return "phone_invalid"
    return "phone_impossible"


@lru_cache(maxsize=20_000)
def read_name(text):
    """The reason to doubt the name of a person, or an empty text.

    >>> read_name("Krzysztof Werth"), read_name("Anne-Marie d'Azur III"), read_name("")
    ('', '', '')
    >>> read_name("Win now https://win.example"), read_name("www.win.example")
    ('name_link', 'name_link')
    >>> [read_name(text) for text in ("asdf", "Qwertz Azerty", "Aaaaa", "Xkcdrt")]
    ['name_noise', 'name_noise', 'name_noise', 'name_noise']
    """
    lowered = (text or "").lower()
    if "://" in lowered or "www." in lowered:
        return "name_link"
    words = "".join(char if char.isalpha() else " " for char in lowered).split()
    return "name_noise" if any(map(_is_noise, words)) else ""


def _is_noise(word):
    """Whether a word was typed by letting the hand fall.

    >>> [_is_noise(word) for word in ("hjkl", "lkjh", "brrrr", "xxx", "grtzpl")]
    [True, True, True, True, True]
    >>> [_is_noise(word) for word in ("power", "werth", "smrž", "poirier")]
    [False, False, False, False]
    """
    return (
        word == "xxx"
        or 1 + _longest(one == other for one, other in pairwise(word)) >= _SAME
        or (len(word) >= _CONSONANTS and _NO_NAME.issuperset(word))
        or any(_runs_along(word, row) >= least for row, least in _KEYBOARD)
    )


def _runs_along(word, row):
    """How many letters in a row are neighbours on a row of keys, either way; 0 where
    they are less than half of the word.

    >>> _runs_along("qwerty", "qwertyuiop"), _runs_along("wertheimer", "qwertyuiop")
    (6, 0)
    """
    steps = [
        row.index(other) - row.index(one) if one in row and other in row else 0
        for one, other in pairwise(word)
    ]
    length = 1 + max(_longest(step == way for step in steps) for way in (1, -1))
    return length if 2 * length > len(word) else 0


def _longest(items):
    """How many true items follow each other, at most."""
    best = run = 0
    for item in items:
        run = run + 1 if item else 0
        best = max(best, run)
    return best


def is_hard_bounce(status, text=""):
    """Whether an address will never work, from what the other server has said.

    :param str status: of the delivery report (RFC 3463), such as ``5.1.1``
    :param str text: what else it says; a full box or a refused size passes

    >>> is_hard_bounce("5.1.1"), is_hard_bounce("4.2.2"), is_hard_bounce("5.2.2")
    (True, False, False)
    >>> is_hard_bounce("", "550 5.1.1 user unknown"), is_hard_bounce("", "mailbox full")
    (True, False)
    >>> is_hard_bounce("5.1.8", "bad sender's system address")
    False
    >>> is_hard_bounce("", "{'x@example.com': (550, b'5.1.1 No such user')}")
    True
    >>> is_hard_bounce("", "550-5.1.1 gone"), is_hard_bounce("", "5.1.12.3 said no")
    (True, False)
    """
    if not status:
        found = _STATUS.search(text)
        status = found.group() if found else ""
    # 5.1.*: the address, but for 5.1.7 and 5.1.8, which are about the sender's; 5.2.1:
    # the box is closed; 5.4.4: no such host. The others say something of the mail, the
    # box or the server of that day.
    if status in ("5.1.7", "5.1.8"):
        return False
    return status.startswith("5.1.") or status in ("5.2.1", "5.4.4", "5.0.0")


# Fields that say whether a prospect is doubtful.
FLAG_FIELDS = frozenset(
    """
    contact_name country_id email_from first_name last_name message_bounce partner_id
    phone source_id status_id
    """.split()  # noqa: SIM905 - read as words
)
