"""Who wrote a mail, where it says that somebody passed it on.

Plain Python. A contact form, a group and a mailing list send mails of strangers in
their own name, and say elsewhere whose they are. Anybody can write these headers, as
anybody can write ``From``: they say whom to answer, and prove nothing.
"""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import NamedTuple

from odoo.tools.mail import email_normalize, email_split_tuples, formataddr

from .persons import FREE_DOMAINS, SHARED_MAILBOXES, read_words

# Where the one who wrote is named, the best first.
_SOURCES = ("X-Original-From", "X-Original-Sender", "Reply-To")
# No-reply addresses, as people abbreviate them in some languages.
_NO_REPLY = re.compile(
    r"""(?:^|[._+-])
    (?:no|non|not|nao|nie|do[._-]?not|dont|ne[._-]?pas|pas[._-]?de|sans|nicht|keine?)
    [._-]?
    (?:reply|replies|respond(?:er)?|responda|repond(?:re|ez)?|reponses?|answer
      |antwort(?:en)?|risposta|rispondere|respuesta)
    (?:$|[._+-]|\d)""",
    re.VERBOSE,
)
# Mailboxes that only programs write from.
_MACHINES = frozenset(
    """
    apache automail automailer bot bounce bounces cron daemon donotreply
    form-submission form-submissions formmail formsubmission formsubmissions mailbot
    mailer nginx nobody notification notifications notify noreply robot root webform
    webforms webmailer wordpress www-data wwwdata
    """.split()  # noqa: SIM905 - read as words
)
# Those that people may read as well, beside shared ones: forms often write from them.
_PASSING = SHARED_MAILBOXES | frozenset(
    """
    alert alerte alertes alerts cms form forms formulaire formulaires form-contact
    contact-form contactform site siteweb smtp system systeme web website www
    """.split()  # noqa: SIM905 - read as words
)
# "Ana Roux via My Site": groups and forms write so, since senders are checked.
_VIA = re.compile(r"\s+via\s+", re.IGNORECASE)
# What groups and lists leave on the mails that they pass on.
_GROUPS = (
    "List-Id",
    "List-Post",
    "Mailing-List",
    "X-Original-From",
    "X-Google-Group-Id",
)
# Shorter words are in too many names.
_LONG = 3


class Writer(NamedTuple):
    """Who wrote a mail that somebody else passed on."""

    email: str
    name: str

    @property
    def formatted(self):
        """As in a header."""
        return formataddr((self.name, self.email))


def is_no_reply(address):
    """Whether nobody reads a normalised address, so that it is nobody's.

    >>> [is_no_reply(f"{local}@x.example.com") for local in (
    ...     "noreply", "no-reply+12", "ne-pas-repondre", "wordpress", "notifications")]
    [True, True, True, True, True]
    >>> [is_no_reply(f"{local}@x.example.com") for local in (
    ...     "nora.reply", "ana", "contact", "noel.repond")]
    [False, False, False, False]
    """
    local = _plain((address or "").rpartition("@")[0])
    return local.partition("+")[0] in _MACHINES or bool(_NO_REPLY.search(local))


def is_list_address(address, message):
    """Whether a mail came from an address by being sent to it: a group, a list.

    >>> from email.message import EmailMessage
    >>> mail = EmailMessage()
    >>> mail["To"] = "Sales <sales@x.example.com>"
    >>> mail["List-Post"] = "<https://x.example.com/p>, <mailto:team@x.example.com>"
    >>> mail["List-Id"] = "Club <club.x.example.com>"
    >>> [is_list_address(f"{local}@x.example.com", mail)
    ...  for local in ("sales", "team", "club", "ana")]
    [True, True, True, False]
    """
    if not address:
        return False
    if f"<{address.replace('@', '.')}>" in _read(message, "List-Id").lower():
        return True
    texts = [_read(message, name) for name in ("List-Post", "Mailing-List")]
    named = re.findall(r"[^\s<>:,;?]+@[^\s<>:,;?]+", " ".join(texts).lower())
    if address in named:
        return True
    # who writes to themselves has us in copy, unless there is a trace of a group
    passed = ("To", "X-BeenThere") if _is_of_group(message) else ("X-BeenThere",)
    return any(
        address == email for name in passed for _name, email in _split(message, name)
    )


def _is_of_group(message):
    return _read(message, "Precedence").strip().lower() == "list" or any(
        _read(message, name) for name in _GROUPS
    )


def find_writer(message, is_ours):
    """Who wrote a mail that came from somebody else's address, or None for the sender.

    Asked where the address of ``From`` is ours, nobody's or a list's: then the mail
    says elsewhere whose it is. A mailbox of several people may pass mails on, or ask
    for answers elsewhere: it passes them on if the names differ, or if somebody of its
    own domain is named.

    :param message: an ``email.message.EmailMessage``
    :param is_ours: a function that says so of a normalised address

    >>> from email.message import EmailMessage
    >>> def find(sender, **headers):
    ...     mail = EmailMessage()
    ...     mail["From"] = sender
    ...     for name, value in headers.items():
    ...         mail[name.replace("_", "-")] = value
    ...     return find_writer(mail, lambda email: email.startswith("team@"))
    >>> find("My Site <noreply@site.example>", Reply_To="ana@x.example")
    Writer(email='ana@x.example', name='')
    >>> find("'Ana' via Club <club@x.example>", X_Original_From="Ana <ana@x.example>")
    Writer(email='ana@x.example', name='Ana')
    >>> find("Ana <info@x.example>", Reply_To="Ana <sales@y.example>")
    >>> find("Site <info@x.example>", Reply_To="Ana <ana@y.example>")
    Writer(email='ana@y.example', name='Ana')
    >>> find("Ana <info@x.example>", Reply_To="ana@x.example").email
    'ana@x.example'
    >>> find("Ana <ana@x.example>", Reply_To="Ana <ana@y.example>")
    >>> find("Team <team@x.example>", Reply_To="Bob <bob@y.example>").name
    'Bob'
    """
    sender = next(iter(_split(message, "From")), ("", ""))
    name, address = sender
    if not address:
        return None
    is_passed = bool(_VIA.search(name)) or is_list_address(address, message)
    if is_passed or is_no_reply(address):
        found = _find_named(message, address, is_ours)
    elif is_ours(address):
        # a colleague who wants answers at home, or at another desk, is still one
        domain = address.rpartition("@")[2]
        found = (
            writer
            for writer in _find_named(message, address, is_ours)
            if (not (name and writer.name) or _differs(name, writer, ""))
            and (domain in FREE_DOMAINS or not writer.email.endswith(f"@{domain}"))
        )
    elif address.rpartition("@")[0].partition("+")[0] in _PASSING:
        domain = address.rpartition("@")[2]
        found = (
            writer
            for writer in _find_named(message, address, is_ours)
            if writer.email.rpartition("@")[2] == domain
            or _differs(name, writer, domain)
        )
    else:
        return None
    for writer in found:
        return writer._replace(name=writer.name or _guess_name(name, writer.email))
    return None


def _find_named(message, sender, is_ours):
    """Those whom the headers name beside the sender, who may have written."""
    for header in _SOURCES:
        for name, address in _split(message, header):
            if (
                address != sender
                and not is_no_reply(address)
                and not is_list_address(address, message)
                and not is_ours(address)
            ):
                yield Writer(address, _VIA.split(name)[0].strip(" '\""))


def _differs(name, writer, domain):
    """Whether a mailbox has another name than who is named beside it.

    Without names, the addresses stand in for them.
    """
    words = set(read_words(name) or read_words(domain.partition(".")[0]))
    if writer.name and name:
        other = set(read_words(writer.name))
        few, many = sorted((words, other), key=len)
        return few != many and not (
            few <= many and any(len(word) >= _LONG for word in few)
        )
    text = "".join(read_words(writer.name or writer.email.partition("@")[0]))
    return not any(len(word) >= _LONG and word in text for word in words)


def _guess_name(name, address):
    """The sender's name, where it is that of who wrote; else an empty text.

    Forms put the visitor's name there, beside the form's own address.

    >>> _guess_name("'Ana Roux' via My Site", "a@x.example")
    'Ana Roux'
    >>> _guess_name("Ana Roux", "ana.r@x.example")
    'Ana Roux'
    >>> _guess_name("My Site", "ana.r@x.example")
    ''
    """
    if _VIA.search(name):
        return _VIA.split(name)[0].strip(" '\"")
    local = "".join(read_words(address.partition("@")[0]))
    words = [word for word in read_words(name) if len(word) >= _LONG]
    return name if any(word in local for word in words) else ""


def _split(message, header):
    """[(name, normalised address)] of a header."""
    found = []
    for name, address in email_split_tuples(_read(message, header)):
        address = email_normalize(address, strict=False)
        if address:
            found.append((name, address))
    return found


def _read(message, header):
    """A header's text, decoded; several of one name together."""
    texts = [str(text) for text in message.get_all(header) or () if text]
    return ", ".join(_decode(text) for text in texts)


def _decode(text):
    """A text whose encoded words are within quotes, where no program may put them."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text


def _plain(text):
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in text if not unicodedata.combining(c))
