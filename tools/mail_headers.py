"""How headers of mails are written, so that the programs that get them can read them.

Plain Python, with Odoo's policy for mails.
"""

import email.policy

from odoo.addons.base.models import ir_mail_server  # noqa: F401 - makes the policy

# What holds addresses of pages and nothing that people read: RFC 2369, 2919, 5064 and
# 8058, and Gmail's Feedback-ID. An encoded word in them is none (RFC 2047, 5).
LINK_HEADERS = frozenset(
    """
    archived-at feedback-id list-archive list-help list-id list-owner list-post
    list-subscribe list-unsubscribe list-unsubscribe-post
    """.split()  # noqa: SIM905 - read as words
)
# Bytes of a line, without its end (RFC 5322): strict servers refuse more.
LONGEST_LINE = 998


class WholeLinks(type(email.policy.SMTP)):
    """Odoo's policy, which breaks and encodes long words, but not in links."""

    def _fold(self, name, value, *args, **kwargs):
        if name.lower() in LINK_HEADERS:
            text = write_links(name, str(value))
            if text:
                return text + self.linesep
        return super()._fold(name, value, *args, **kwargs)


def keep_links_whole(message):
    r"""Let a mail be written with its links as they are.

    :param message: an ``email.message.EmailMessage``
    :return: the same one

    >>> from email.message import EmailMessage
    >>> mail = EmailMessage(policy=email.policy.SMTP)
    >>> mail["List-Unsubscribe"] = f"<https://example.com/{'x' * 90}>"
    >>> b"=?" in mail.as_bytes(), b"=?" in keep_links_whole(mail).as_bytes()
    (True, False)
    """
    if not isinstance(message.policy, WholeLinks):
        message.policy = WholeLinks(**vars(message.policy))
    return message


def write_links(name, value):
    r"""A header of links on one line, or broken between two links where it is too long;
    empty where it cannot be written without encoding.

    >>> write_links("List-Id", "News <news.example.com>")
    'List-Id: News <news.example.com>'
    >>> write_links("List-Help", "<https://example.com/é>")
    ''
    >>> long = ", ".join(f"<https://example.com/{at}{'x' * 500}>" for at in range(3))
    >>> [len(line) <= 998 for line in write_links("List-Help", long).split("\r\n")]
    [True, True, True]
    """
    lines = [f"{name}:"]
    for part in " ".join(value.split()).split(", "):
        text = f"{lines[-1]}{',' if lines[-1][-1] == '>' else ''} {part}"
        if len(text) > LONGEST_LINE - 1 and lines[-1] != f"{name}:":
            lines[-1] += ","
            lines.append(f" {part}")
        else:
            lines[-1] = text
    whole = "\r\n".join(lines)
    if not whole.isascii() or max(map(len, lines)) > LONGEST_LINE:
        return ""
    return whole
