from contextlib import contextmanager

from odoo.tests import tagged

from ..browser import ForeignSite, Visitor
from ..common import PublicCase


class VisitorCase(PublicCase):
    """A form in a page of another origin, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = ForeignSite()
        cls.addClassCleanup(cls.site.stop)
        cls.framed = cls.site.put("/frame", cls.form.embed_code)
        cls.scripted = cls.site.put("/script", cls.form.embed_script)
        cls.alone = cls.form.public_url

    @contextmanager
    def _visit(self, url="", frame=None):
        """A browser on a page; afterwards, prospects are made of what it has sent."""
        self.env.flush_all()
        self.env.cr.clear()
        # visitors have no cookie of a test
        with self.allow_requests(all_requests=True):
            try:
                visitor = Visitor(self, self.site)
                try:
                    if url:
                        visitor.open(url, frame or "")
                    yield visitor
                    self.assertFalse(visitor.errors)
                finally:
                    visitor.stop()
                self._wait_remaining_requests()
            finally:
                self.http_request_allow_all = False
        self._make_answers()

    def _fill(self, visitor, stay="no"):
        """Fill the form in with the mouse and the keys."""
        visitor.fill("#pf-first_name", "Marie")
        visitor.fill("#pf-last_name", "Curie")
        visitor.fill("#pf-e_mail", "marie.curie@example.com")
        visitor.click(f"input[name=accommodation][value={stay}]")

    def assertMarie(self, stay="no"):
        """One prospect has come in, once, with what was written."""
        leads = self._leads()
        self.assertEqual(
            leads.mapped("email_from"), ["marie.curie@example.com"], "once"
        )
        self.assertEqual((leads.first_name, leads.last_name), ("Marie", "Curie"))
        answer = self._answers()[-1]
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(answer.lead_id, leads)
        kept = {value.key: value.value_char for value in answer.value_ids}
        self.assertEqual(kept["accommodation"], stay.capitalize())
        return kept


@tagged("post_install", "-at_install")
class TestWebPublic(VisitorCase):
    """What visitors do, on a page of somebody else's."""

    def test_frame(self):
        """The iframe variant: conditions, growth, no cookies."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            visitor.wait_for(".pf-form")
            self.assertFalse(visitor.sees("#pf-room"))
            low = visitor.wait(
                "document.querySelector('iframe').clientHeight !== 480"
                " && document.querySelector('iframe').clientHeight",
                outside=True,
            )
            self._fill(visitor, "yes")
            visitor.wait_for("#pf-room")
            visitor.wait(
                f"document.querySelector('iframe').clientHeight > {low}", outside=True
            )
            # the frame has no bar to scroll
            visitor.wait("document.documentElement.scrollHeight <= innerHeight")
            visitor.choose("#pf-room", "double")
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
            self.assertTrue(visitor.has_focus(".pf-thanks"))
            self.assertFalse(visitor.ask("Network.getAllCookies")["cookies"])
        self.assertEqual(self.assertMarie("yes")["room"], "Double")

    def test_hidden_again(self):
        """What is hidden by another answer is not sent."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            self._fill(visitor, "yes")
            visitor.wait_for("#pf-room")
            visitor.choose("#pf-room", "single")
            visitor.click("input[name=accommodation][value=no]")
            visitor.wait("!document.querySelector('#pf-room').checkVisibility()")
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertNotIn("room", self.assertMarie())

    def test_script(self):
        """The script variant; the campaign of the page around it is kept."""
        with self._visit(
            f"{self.scripted}?utm_campaign=spring&other=1", "/prospect/form/"
        ) as visitor:
            visitor.wait_for(".pf-form")
            visitor.wait("document.querySelector('[name=utm_campaign]').value")
            self._fill(visitor)
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertMarie()
        answer = self._answers()
        self.assertEqual(answer.utm_campaign, "spring")
        self.assertEqual(answer.origin, f"{self.site.url}/script")

    def test_thanks_elsewhere(self):
        """An answer leads to the form's address, in the whole window."""
        self.form.thanks_url = self.site.put("/thanks", "<b id='bye'>Bye</b>")
        with self._visit(self.framed, "/prospect/form/") as visitor:
            self._fill(visitor)
            visitor.click(".pf-button")
            visitor.frame = ""
            visitor.wait_for("#bye")
        self.assertMarie()

    def test_wrong_input(self):
        """Errors stand at their fields, the focus is on the first, nothing is lost."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            visitor.fill("#pf-first_name", "Marie")
            visitor.fill("#pf-e_mail", "marie.curie@")
            visitor.click("input[name=accommodation][value=yes]")
            visitor.click(".pf-button")
            visitor.wait_for("#pf-e_mail-error")
            self.assertTrue(visitor.has_focus("#pf-last_name"))
            for key in ("last_name", "e_mail", "room"):
                self.assertEqual(
                    visitor.look(
                        f"document.getElementById('pf-{key}')"
                        ".getAttribute('aria-describedby')"
                    ),
                    f"pf-{key}-error",
                )
            self.assertIn("not an e-mail address", visitor.text("#pf-e_mail-error"))
            self.assertEqual(
                visitor.look("document.querySelectorAll('.pf-message-list li').length"),
                3,
            )
            self.assertFalse(visitor.find_barriers())
            visitor.click(".pf-message-list li:nth-child(2) a")
            self.assertTrue(visitor.has_focus("#pf-e_mail"))
            self._fill(visitor)
            self.assertFalse(visitor.sees("#pf-e_mail-error"))
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertEqual(len(self._answers()), 1)
        self.assertMarie()

    def test_double_click_on_slow_network(self):
        """Who presses twice sends once, and sees that it is being sent."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            self._fill(visitor)
            visitor.slow_down()
            visitor.click(".pf-button", times=2)
            self.assertTrue(
                visitor.wait("document.querySelector('.pf-progress').innerText")
            )
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertEqual(len(self._answers()), 1)
        self.assertMarie()

    def test_connection_lost(self):
        """Without a connection nothing is lost: it can be sent again."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            self._fill(visitor)
            offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
            visitor.ask("Network.emulateNetworkConditions", offline=True, **offline)
            visitor.click(".pf-button")
            visitor.wait("document.querySelector('.pf-message-text').innerText")
            visitor.ask("Network.emulateNetworkConditions", offline=False, **offline)
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
            visitor.errors.clear()
        self.assertEqual(len(self._answers()), 1)
        self.assertMarie()

    def test_back(self):
        """Who goes back and sends again is the same person."""
        with self._visit(self.alone) as visitor:
            self._fill(visitor)
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
            visitor.ask("Page.navigate", url=self.framed)
            visitor.wait_for("#below")
            visitor.look("history.back()")
            visitor.wait_for(".pf-form")
            self._fill(visitor, "yes")
            visitor.choose("#pf-room", "single")
            visitor.click(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertEqual(len(self._answers()), 2)
        self.assertMarie("yes")

    def test_without_scripts(self):
        """The simple form: all questions are there, and the server decides."""
        with self._visit() as visitor:
            visitor.forbid_scripts()
            visitor.open(self.framed, "/prospect/form/")
            # nobody could show it later
            visitor.wait_for("#pf-room")
            self._fill(visitor)
            visitor.fill("#pf-e_mail", "marie.curie@")
            visitor.click(".pf-button")
            visitor.wait_for("#pf-e_mail-error")
            self.assertEqual(
                visitor.look("document.querySelector('#pf-last_name').value"), "Curie"
            )
            visitor.forbid_scripts(False)
            self.assertFalse(visitor.find_barriers())
            visitor.forbid_scripts()
            visitor.fill("#pf-e_mail", "marie.curie@example.com")
            visitor.click(".pf-button", times=2)
            visitor.wait_for(".pf-thanks")
        self.assertEqual(len(self._answers()), 1)
        self.assertMarie()

    def test_keyboard(self):
        """From the first field to the button without a mouse."""
        with self._visit(self.framed, "/prospect/form/") as visitor:
            visitor.wait_for(".pf-form")
            for _ in range(12):
                if visitor.has_focus("#pf-first_name"):
                    break
                visitor.press("Tab")
            for text in ("Marie", "Curie", "marie.curie@example.com"):
                visitor.type_in(text)
                visitor.press("Tab")
            self.assertTrue(visitor.has_focus("input[name=accommodation]"))
            visitor.press(" ")
            visitor.wait_for("#pf-room")
            visitor.press("ArrowDown")
            visitor.wait("!document.querySelector('#pf-room').checkVisibility()")
            visitor.press("Tab")
            self.assertTrue(visitor.has_focus(".pf-button"))
            visitor.press("Enter")
            visitor.wait_for(".pf-thanks")
        self.assertMarie()

    def test_phone(self):
        """With a finger, on 390 pixels: nothing lies beside the screen."""
        with self._visit() as visitor:
            visitor.hold(390, 844)
            visitor.open(self.framed, "/prospect/form/")
            visitor.wait_for(".pf-form")
            for outside in (True, False):
                self.assertLessEqual(
                    visitor.look("document.documentElement.scrollWidth", outside), 390
                )
            for key, text in (
                ("first_name", "Marie"),
                ("last_name", "Curie"),
                ("e_mail", "marie.curie@example.com"),
            ):
                visitor.tap(f"#pf-{key}")
                visitor.wait(f"document.activeElement.id === 'pf-{key}'")
                visitor.type_in(text)
            visitor.tap("input[name=accommodation][value=no]")
            # as large as a finger needs it
            self.assertGreaterEqual(
                visitor.look(
                    "document.querySelector('.pf-button').getBoundingClientRect().height"
                ),
                44,
            )
            visitor.tap(".pf-button")
            visitor.wait_for(".pf-thanks")
        self.assertMarie()


@tagged("post_install", "-at_install")
class TestWebAccessible(VisitorCase):
    """Nothing stands in the way of people with disabilities: axe-core, WCAG 2.1 AA."""

    def _check(self, visitor, url, selector):
        """A page has no barriers, on a desktop and on a phone."""
        visitor.open(url)
        visitor.wait_for(selector)
        self.assertEqual(visitor.find_barriers(), [], url)

    def test_templates(self):
        """All templates, in English and French, with each question shown."""
        self.env["res.lang"]._activate_lang("fr_FR")
        forms = self.env["prospect.form"]
        urls = []
        for name in forms._get_templates():
            form = forms._make_from_template(name)
            form.field_ids.condition_ids.unlink()
            urls += [form.public_url, f"{form.public_url}/fr"]
        with self._visit() as visitor:
            for url in urls:
                self._check(visitor, url, ".pf-form")
            visitor.hold(390, 844)
            for url in urls[::2]:
                self._check(visitor, url, ".pf-form")

    def test_other_pages(self):
        """Thanks, a closed form, colours of somebody's own."""
        closed = self.form.copy({"active": False})
        dark = self.form.copy(
            {
                "colour_background": "#10202b",
                "colour_text": "#f2f5f7",
                "colour_primary": "#f2c200",
            }
        )
        with self._visit() as visitor:
            self._check(visitor, f"{self.alone}/thanks", ".pf-thanks")
            self._check(visitor, closed.public_url, ".pf-closed")
            self._check(visitor, dark.public_url, ".pf-form")
            visitor.click(".pf-button")
            visitor.wait_for("#pf-last_name-error")
            self.assertEqual(visitor.find_barriers(), [])

    def test_axe_sees(self):
        """What axe-core finds nothing wrong with was looked at."""
        url = self.site.put("/bad", "<input type='text'><img src='x.png'>")
        with self._visit(url) as visitor:
            found = " ".join(visitor.find_barriers())
            self.assertIn("label", found)
            self.assertIn("image-alt", found)
