from odoo.tests import tagged

from .common import PublicCase

FILL = """
(async () => {
    const wait = (what) => new Promise((resolve, reject) => {
        let turns = 0;
        const timer = setInterval(() => {
            const found = what();
            if (found || ++turns > 100) {
                clearInterval(timer);
                found ? resolve(found) : reject(new Error(String(what)));
            }
        }, 50);
    });
    const check = (condition, text) => {
        if (!condition) {
            throw new Error(text);
        }
    };
    const type = (key, text) => {
        const input = document.getElementById(`pf-${key}`);
        input.value = text;
        input.dispatchEvent(new Event("input", {bubbles: true}));
    };
    const form = document.querySelector(".pf-form");
    const room = form.querySelector("[data-key=room]");
    check(room.hidden, "the room is asked for");
    form.requestSubmit();
    await wait(() => document.getElementById("pf-last_name-error"));
    check(document.activeElement.id === "pf-last_name", "the focus is elsewhere");
    const described = document.activeElement.getAttribute("aria-describedby");
    check(described === "pf-last_name-error", "the error is not tied to its field");
    type("first_name", "Marie");
    type("last_name", "Curie");
    type("e_mail", "marie.curie@example.com");
    check(!document.getElementById("pf-last_name-error"), "the error stays");
    form.querySelector("input[value=yes]").click();
    check(!room.hidden, "the room is not asked for");
    form.querySelector("input[value=no]").click();
    check(room.hidden, "the room is still asked for");
    form.querySelector("input[value=yes]").click();
    type("room", "double");
    form.requestSubmit();
    form.requestSubmit();
    const thanks = await wait(() => document.getElementById("pf-thanks"));
    check(document.activeElement === thanks, "the thanks have no focus");
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestBrowser(PublicCase):
    """The page's script, in a real browser."""

    def test_fill(self):
        """Conditions, wrong input, the focus, and a double click: one prospect."""
        self.browser_js(
            f"/prospect/form/{self.form.slug}?utm_source=letter",
            FILL,
            ready="Boolean(document.querySelector('.pf-form'))",
        )
        self._make_answers()
        answer = self._answers()
        self.assertEqual((answer.state, answer.utm_source), ("accepted", "letter"))
        self.assertEqual(
            answer.value_ids.mapped("value_char"),
            ["Marie", "Curie", "marie.curie@example.com", "Yes", "Double"],
        )
        self.assertEqual(len(self._leads()), 1)
        whole = self.env["prospect.form.count"].search(
            [("form_id", "=", self.form.id), ("field_id", "=", False)]
        )
        self.assertEqual((whole.views, whole.starts, whole.answers), (1, 1, 1))
