"""Whether a person or a program opened a mail, or followed a link.

Plain Python. Nobody can know for sure: each verdict has the name of its rule, so that
it can be understood and made anew when the rules get better.
"""

import re

HUMAN, MACHINE, PROXY = "human", "machine", "proxy"

# Services that load pictures on behalf of the reader when the mail is shown.
_PROXIES = (
    ("google", re.compile(r"googleimageproxy|via ggpht\.com", re.I)),
    ("yahoo", re.compile(r"yahoomailproxy|yahoocachesystem", re.I)),
)
# Scanners of links and attachments, and programs that are no browser.
_PROGRAMS = (
    (
        "scanner",
        re.compile(
            r"barracuda|proofpoint|mimecast|messagelabs|symantec|trendmicro|fireeye"
            r"|safelinks|urldefense|forcepoint|sophos|zscaler|cloudmark|vade|ironport"
            r"|trustwave|retarus|hornetsecurity|bitdefender|kaspersky|avast|microsoft"
            r" office existence",
            re.I,
        ),
    ),
    (
        "robot",
        re.compile(
            r"bot\b|bot/|crawl|spider|preview|slurp|facebookexternalhit|whatsapp/"
            r"|headless|phantomjs|monitor|validator|linkcheck",
            re.I,
        ),
    ),
    (
        "library",
        re.compile(
            r"^(python|curl|wget|java|go-http|okhttp|libwww|ruby|php|axios|node"
            r"|apache-httpclient|guzzle|aiohttp|httpx|perl|dart)\b",
            re.I,
        ),
    ),
)
_BROWSERS = (
    ("outlook", re.compile(r"outlook|ms-?office|microsoft office", re.I)),
    ("thunderbird", re.compile(r"thunderbird", re.I)),
    ("iphone", re.compile(r"iphone|ipad", re.I)),
    ("android", re.compile(r"android", re.I)),
    ("edge", re.compile(r"edg/|edge/", re.I)),
    ("firefox", re.compile(r"firefox/", re.I)),
    ("chrome", re.compile(r"chrome/", re.I)),
    ("safari", re.compile(r"safari/|applewebkit", re.I)),
)
# Apple's privacy protection loads all pictures with this and nothing more.
_BARE = "mozilla/5.0"
# Nobody reads a mail and clicks this soon after it has left the server, in seconds.
SOON = {"open": 2, "click": 5}


def read_reader(kind, agent, seconds, is_head=False, other_links=0):
    """Who opened a mail or followed a link.

    :param str kind: "open" or "click"
    :param str agent: ``User-Agent`` of the request, or None
    :param float seconds: how long after the mail was sent
    :param bool is_head: whether only the head of the answer was asked for
    :param int other_links: of the same mail, followed in the same two seconds
    :return: (family of the program, "human", "machine" or "proxy", name of the rule)

    >>> read_reader("open", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", 600)
    ('firefox', 'human', 'browser')
    >>> read_reader("open", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)", 600)
    ('google', 'proxy', 'image_proxy')
    >>> read_reader("click", "python-requests/2.32", 600)
    ('library', 'machine', 'agent')
    >>> read_reader("click", "Mozilla/5.0 (X11) Firefox/140.0", 1)
    ('firefox', 'machine', 'too_soon')
    """
    agent = (agent or "").strip()
    program = _find_family(agent, _PROGRAMS)
    proxy = _find_family(agent, _PROXIES)
    browser = _find_family(agent, _BROWSERS) or "other"
    rules = (
        (program, program, MACHINE, "agent"),
        (not agent, "none", MACHINE, "no_agent"),
        (is_head, browser, MACHINE, "head_only"),
        (proxy, proxy, PROXY, "image_proxy"),
        (agent.lower() == _BARE, "apple", PROXY, "privacy_proxy"),
        (seconds < SOON[kind], browser, MACHINE, "too_soon"),
        (other_links, browser, MACHINE, "all_links"),
        (True, browser, HUMAN, "browser"),
    )
    return next(rule[1:] for rule in rules if rule[0])


def _find_family(agent, table):
    return next((name for name, pattern in table if pattern.search(agent)), None)
