"""Whether a person or a program opened a mail."""

from odoo.tests import BaseCase, tagged

from ..tools.readers import read_reader

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148"
)
GMAIL = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"
    " (via ggpht.com GoogleImageProxy)"
)


@tagged("post_install", "-at_install")
class TestReaders(BaseCase):
    def test_verdicts(self):
        for arguments, expected in (
            (("open", FIREFOX, 600), ("firefox", "human", "browser")),
            (("open", IPHONE, 600), ("iphone", "human", "browser")),
            (("click", IPHONE, 30), ("iphone", "human", "browser")),
            (("open", GMAIL, 600), ("google", "proxy", "image_proxy")),
            (("open", "YahooMailProxy; x", 9), ("yahoo", "proxy", "image_proxy")),
            (("open", "Mozilla/5.0", 600), ("apple", "proxy", "privacy_proxy")),
            (("open", "", 600), ("none", "machine", "no_agent")),
            (("open", None, 600), ("none", "machine", "no_agent")),
            (("click", "curl/8.5.0", 600), ("library", "machine", "agent")),
            (("click", "python-requests/2.3", 600), ("library", "machine", "agent")),
            (("click", "Barracuda Sentinel", 600), ("scanner", "machine", "agent")),
            (
                ("click", f"{FIREFOX} bingbot/2.0", 600),
                ("robot", "machine", "agent"),
            ),
            (("click", FIREFOX, 600, True), ("firefox", "machine", "head_only")),
            (("click", FIREFOX, 1), ("firefox", "machine", "too_soon")),
            (("open", FIREFOX, 1), ("firefox", "machine", "too_soon")),
            (("click", FIREFOX, 600, False, 2), ("firefox", "machine", "all_links")),
        ):
            with self.subTest(arguments):
                self.assertEqual(read_reader(*arguments), expected)
