"""Addresses: of web pages, and of the machines of visitors."""

from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit


def is_web_address(text):
    """Whether a text is the whole address of a web page, and nothing that runs.

    >>> is_web_address("https://example.com/thanks?a=1")
    True
    >>> is_web_address("javascript:alert(1)"), is_web_address("//example.com")
    (False, False)
    >>> is_web_address("https://"), is_web_address("http://[oops")
    (False, False)
    """
    text = text or ""
    if any(character.isspace() or ord(character) < 32 for character in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def read_as_written(query):
    """{key: [texts]} of what follows a question mark, where a plus is a plus.

    Mail merges put addresses there as they are, and browsers would read a blank.

    :param bytes query: as it was sent

    >>> read_as_written(b"email=ana+x@example.com&a=%20b&email=c%2Bd&empty")
    {'email': ['ana+x@example.com', 'c+d'], 'a': [' b'], 'empty': ['']}
    """
    found = {}
    for part in query.decode("ascii", "replace").split("&"):
        key, _sign, text = part.partition("=")
        if key:
            found.setdefault(unquote(key.replace("+", " ")), []).append(unquote(text))
    return found


def machine_of(address):
    """What one visitor's machine is known by: its address, or its network where each
    home has a whole network of them.

    >>> machine_of("203.0.113.7"), machine_of("2001:db8:1:2:3:4:5:6")
    ('203.0.113.7', '2001:db8:1:2::/64')
    >>> machine_of("::ffff:203.0.113.7"), machine_of("no address")
    ('203.0.113.7', '')
    """
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.version == 4:
        return str(found)
    return str(ip_network((int(found), 64), strict=False))
