"""How a mail addresses somebody whose name a stranger may have typed."""

import re

# Longer ones are no names.
LONGEST = 80
# What no name holds: addresses of pages and of people, tags, and ends of lines.
_NO_NAME = re.compile(r"://|www\.|@|[<>{}\r\n\t]|\.[a-z]{2,}/", re.IGNORECASE)


def clean_name(text):
    """A name for the greeting of a mail, or an empty text.

    Anybody can write anything as the name of anybody's address: what could carry a
    message of their own to that person is left out.

    >>> clean_name("  Marie   Dupont "), clean_name(False), clean_name(None)
    ('Marie Dupont', '', '')
    >>> clean_name("Win now: https://example.com"), clean_name("x" * 81)
    ('', '')
    """
    if not isinstance(text, str) or _NO_NAME.search(text.strip()):
        return ""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else ""


def greet(title, first, last, name=""):
    """Title (Mr, Ms) and names as they stand after "Hello", without stray spaces
    [IY-12].

    With a title the first name is left out, as letters do. Without names, nothing.

    >>> greet("Mme", "Marie", "Dupont"), greet(False, "Marie", "Dupont")
    ('Mme Dupont', 'Marie Dupont')
    >>> greet("Mme", "Marie", False), greet("Mme", False, False)
    ('Mme Marie', '')
    >>> greet("", "", "", "Ana")
    'Ana'
    """
    first, last, name = clean_name(first), clean_name(last), clean_name(name)
    title = clean_name(title)
    if title and last:
        return f"{title} {last}"
    whole = " ".join(filter(None, (first, last))) or name
    return " ".join(filter(None, (title, whole))) if whole else ""


def hide_address(address):
    """An e-mail address of which the person knows that it is theirs.

    >>> hide_address("marie.dupont@example.com"), hide_address("a@example.com")
    ('m…@example.com', 'a…@example.com')
    >>> hide_address(""), hide_address(None)
    ('', '')
    """
    local, _at, domain = (address or "").rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""
