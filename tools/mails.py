"""Which mails nobody has written by hand, and what a mail was before it was read.

Plain Python: headers are given as anything with ``get`` and ``get_all``, such as the
messages of :mod:`email`.
"""

import contextlib
import email.policy
import re
from typing import NamedTuple

# Not "list": an address such as sales@ is often a group, which puts that on the mails
# of customers when it passes them on.
_BULK = frozenset(("auto_reply", "bulk", "junk"))
# Exchange: OOF alone stands on newsletters that people want to answer.
_SUPPRESS = frozenset(("all", "autoreply"))
_REPLY_HEADERS = (
    *("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"),
    *("X-Autoreply-From", "X-Mail-Autoreply", "X-Auto-Reply-From"),
)
_NO = frozenset(("", "0", "false", "no", "none"))
# What mails of people may have as well: it counts beside words of an absence.
_HINTS = (
    *("X-Auto-Response-Suppress", "X-Loop", "X-MS-Exchange-Inbox-Rules-Loop"),
    "X-MS-Exchange-Generated-Message-Source",
)
# How mail programs open the subject of an absence. People write the same ("Absence :
# who replaces you?"), so that the words alone say nothing.
_SUBJECT = re.compile(
    r"""\s*(?:
        auto(?:matic|matische|matique)?[\s-]*(?:reply|response|antwort)
      | out\s+of\s+(?:the\s+)?office(?:\s+auto\s*reply)?
      | r[ée]ponse\s+automatique
      | (?:message\s+d['\u2019])?absence(?:\s+du\s+bureau)?
      | absent(?:e)?\s+du\s+bureau
      | abwesenheitsnotiz
      | respuesta\s+autom[áa]tica
      | risposta\s+automatica
    )\s*:""",
    re.IGNORECASE | re.VERBOSE,
)


def automatic_header(message):
    """The name of the header by which a mail says that a program wrote it, or "".

    RFC 3834, and what programs did before it: an out-of-office reply, a receipt, a
    notification. Words of the subject count only beside a header that points to the
    same.

    >>> from email.message import EmailMessage
    >>> mail = EmailMessage()
    >>> mail["Auto-Submitted"] = "no"
    >>> mail["Subject"] = "Absence : who replaces you?"
    >>> automatic_header(mail)
    ''
    >>> mail["X-Auto-Response-Suppress"] = "OOF"
    >>> automatic_header(mail)
    'X-Auto-Response-Suppress'
    >>> mail = EmailMessage()
    >>> mail["Precedence"] = "Bulk"
    >>> automatic_header(mail)
    'Precedence'
    """
    submitted = _value(message, "Auto-Submitted").split(";")[0].split("(")[0].strip()
    if submitted not in _NO:
        return "Auto-Submitted"
    if _value(message, "Precedence") in _BULK:
        return "Precedence"
    asked = re.split(r"[,;\s]+", _value(message, "X-Auto-Response-Suppress"))
    if _SUPPRESS & set(asked):
        return "X-Auto-Response-Suppress"
    for name in _REPLY_HEADERS:
        if _value(message, name) not in _NO:
            return name
    return "Return-Path" if _value(message, "Return-Path") == "<>" else _hint(message)


def _hint(message):
    """The header that confirms what a subject says of an absence, or ""."""
    if not _SUBJECT.match(_value(message, "Subject")):
        return ""
    return next((name for name in _HINTS if _value(message, name) not in _NO), "")


def mail_source(message):
    r"""The source of a mail (RFC 822), as bytes; None where it cannot be written.

    Its headers as they came, not folded anew: a signature stays good.

    >>> source = b"Subject: =?utf-8?q?=C3=A9?=\r\nX-Odd: \xe9\r\n\r\nHi\r\n"
    >>> parsed = email.message_from_bytes(source, policy=email.policy.SMTP)
    >>> mail_source(parsed) == source
    True
    """
    for policy in (
        message.policy.clone(refold_source="none"),
        email.policy.compat32.clone(linesep="\r\n"),
    ):
        # mails are as broken as they come
        with contextlib.suppress(AttributeError, LookupError, ValueError):
            return message.as_bytes(policy=policy)
    return None


def _value(message, name):
    """A header in small letters, or an empty text."""
    return str(message.get(name) or "").strip().lower()


# What a report says of mails that have not come back (RFC 3464).
NOT_FAILED = frozenset(("delayed", "delivered", "expanded", "relayed"))


class Bounce(NamedTuple):
    """What the report of a mail that came back says of its first recipient."""

    action: str
    status: str
    diagnostic: str


def read_bounce(message):
    r"""What a delivery report (RFC 3464) says; empty texts where it says nothing.

    :param message: an ``email.message.EmailMessage``, or nothing where the report has
        been read already

    >>> report = email.message_from_string(
    ...     "Content-Type: multipart/report; boundary=x\n\n"
    ...     "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.b\n\n"
    ...     "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n"
    ...     "--x--\n", policy=email.policy.default)
    >>> read_bounce(report)
    Bounce(action='failed', status='5.1.1', diagnostic='550 no such user')
    >>> read_bounce(email.message_from_string("Hi", policy=email.policy.default))
    Bounce(action='', status='', diagnostic='')
    """
    for part in message.walk() if message else ():
        if part.get_content_type() != "message/delivery-status":
            continue
        # first what is said of the mail, then a block for each recipient
        for block in part.get_payload()[1:]:
            code = " ".join(str(block.get("Diagnostic-Code") or "").split())
            status = _value(block, "Status").split(" ")[0]
            if code.partition(";")[0].strip().lower() in ("smtp", "x-unix", "x400"):
                code = code.partition(";")[2].strip()
            return Bounce(_value(block, "Action"), status, code)
    return Bounce("", "", "")
