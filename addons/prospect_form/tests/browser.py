"""A visitor's browser on a page of somebody else's web site."""

import contextlib
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from odoo.tests.common import ChromeBrowser, ChromeBrowserException

# Seconds for what a visitor waits for.
PATIENCE = 20
# Seconds in which what is at rest does not move.
RESTING = 0.1
# A bad connection: milliseconds before anything comes, bytes a second down and up.
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
# WCAG 2.1, levels A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
KEYS = {
    "Tab": {"code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    " ": {"code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "ArrowDown": {"code": "ArrowDown", "windowsVirtualKeyCode": 40},
}


# What is asked of elements, as functions of a selector.
SEES = """(selector) => Boolean(
    document.querySelector(selector)?.checkVisibility()
)"""
TEXT = "(selector) => document.querySelector(selector)?.innerText"
FOCUS = "(selector) => document.activeElement === document.querySelector(selector)"
SELECT = "(selector) => document.querySelector(selector).select()"
PLACE = """(selector) => {
    const found = document.querySelector(selector);
    found?.scrollIntoView({block: "center", behavior: "instant"});
    const box = found?.getBoundingClientRect();
    return box?.width
        ? {x: box.x + box.width / 2, y: box.y + box.height / 2}
        : null;
}"""
FRAME_PLACE = """() => {
    const box = document.querySelector("iframe").getBoundingClientRect();
    return {x: box.x, y: box.y};
}"""
CHOOSE = """(selector, value) => {
    const list = document.querySelector(selector);
    list.focus();
    list.value = value;
    list.dispatchEvent(new Event("input", {bubbles: true}));
    list.dispatchEvent(new Event("change", {bubbles: true}));
}"""
BARRIERS = """async (rules) => {
    const options = {runOnly: rules, resultTypes: ["violations"]};
    const {violations, passes} = await axe.run(document, options);
    const describe = ({html, failureSummary}) => `${html} ${failureSummary}`;
    return {
        passed: passes.length,
        wrong: violations.map(
            ({id, help, nodes}) => `${id}: ${help} - ${nodes.map(describe).join(" | ")}`
        ),
    };
}"""


def call(function, *values):
    """The JavaScript that calls a function with plain values."""
    return f"({function})({', '.join(json.dumps(value) for value in values)})"


class ForeignSite:
    """A web site of another origin, and of another site: ``localhost``, while Odoo is
    ``127.0.0.1``.

    :ivar dict pages: {path: HTML}
    :ivar list asked: paths that were asked for
    """

    def __init__(self):
        self.pages, self.asked = {}, []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                site.asked.append(self.path)
                page = site.pages.get(path)
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, *_args):
                """Nothing: the test says what went wrong."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, body, width="device-width"):
        """A page with something in its middle."""
        self.pages[path] = (
            "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
            f"<meta name='viewport' content='width={width}'><title>Our fair</title>"
            "</head><body style='margin: 0'><h1>Our fair</h1>"
            f"<main>{body}</main><p id='below'>Below the form.</p></body></html>"
        )
        return self.url + path

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Visitor(ChromeBrowser):
    """Chromium as a person uses it: real clicks and keys, at the places where things
    are. Looks are taken in a world of its own, so that pages notice nothing.

    :ivar str frame: part of the address of the frame to work in; empty: the page
    :ivar list errors: what pages have complained of
    """

    frame = ""

    def __init__(self, case, site):
        self.errors = []
        self.site = site
        super().__init__(case)
        self._websocket_request("Network.enable")

    def _spawn_chrome(self, cmd):
        # frames of other sites in the same process, where one connection reaches them
        switches = [
            "--disable-site-isolation-trials",
            "--disable-features=IsolateOrigins,site-per-process",
        ]
        return super()._spawn_chrome([cmd[0], *switches, *cmd[1:]])

    def _handle_request_paused(self, **params):
        if not params["request"]["url"].startswith(self.site.url):
            return super()._handle_request_paused(**params)
        with contextlib.suppress(Exception):  # the browser is being closed
            self._websocket_send(
                "Fetch.continueRequest", params={"requestId": params["requestId"]}
            )

    def _handle_exception(self, exceptionDetails, timestamp):
        self.errors.append(exceptionDetails.get("text"))

    def _handle_console(self, type, args=None, stackTrace=None, **kw):
        if type == "error":
            self.errors.append(str(args))

    # --- Looking ----------------------------------------------------------------------

    def ask(self, method, **params):
        try:
            return self._websocket_request(method, params=params, timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"the browser does not answer: {method}") from None

    def _find_world(self):
        """A world of our own in the frame that we work in, or None."""
        tree = self.ask("Page.getFrameTree")["frameTree"]
        frames = [tree]
        for one in frames:
            frames.extend(one.get("childFrames", ()))
        for one in frames if self.frame else [tree]:
            if self.frame in one["frame"]["url"]:
                return self.ask("Page.createIsolatedWorld", frameId=one["frame"]["id"])[
                    "executionContextId"
                ]
        return None

    def look(self, expression, outside=False):
        """The value of an expression in the frame, or in the page around it."""
        frame, self.frame = self.frame, "" if outside else self.frame
        try:
            world = self._find_world()
            if world is None:
                return None
            found = self.ask(
                "Runtime.evaluate",
                expression=expression,
                contextId=world,
                awaitPromise=True,
                returnByValue=True,
            )
        finally:
            self.frame = frame
        if "exceptionDetails" in found:
            raise AssertionError(f"{expression[-500:]}\n{found['exceptionDetails']}")
        return found["result"].get("value")

    def wait(self, expression, outside=False):
        """Wait until something is true; what it is then."""
        end, found = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError, ChromeBrowserException):
                found = self.look(expression, outside)
                if found:
                    return found
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression} (it is {found!r})")

    def wait_for(self, selector):
        """Wait until something is there to be seen."""
        return self.wait(call(SEES, selector))

    def sees(self, selector):
        return self.look(call(SEES, selector))

    def text(self, selector):
        return self.look(call(TEXT, selector))

    # --- Doing ------------------------------------------------------------------------

    def open(self, url, frame=""):
        """Go to a page; what follows is done in one of its frames."""
        self.frame = ""
        self.ask("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")
        self.frame = frame
        self.wait("document.readyState === 'complete'")

    def _find_place(self, selector):
        """Where something is in the window, scrolled to, when it has come to rest: a
        frame grows a moment after what is in it.
        """
        former, end = None, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            place = self.wait(call(PLACE, selector))
            if self.frame:
                around = self.look(call(FRAME_PLACE), outside=True)
                place = {name: place[name] + around[name] for name in "xy"}
            if place == former:
                return place
            former = place
            time.sleep(RESTING)
        raise AssertionError(f"never at rest: {selector}")

    def click(self, selector, times=1):
        """Press something with the mouse, several times as fast as can be."""
        place = self._find_place(selector)
        for number in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.ask(
                    "Input.dispatchMouseEvent",
                    type=kind,
                    button="left",
                    clickCount=number,
                    **place,
                )

    def tap(self, selector):
        """Press something with a finger."""
        place = self._find_place(selector)
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[place])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key):
        values = {"key": key, **KEYS[key]}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **values)
        values.pop("text", None)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **values)

    def type_in(self, text):
        """Type where the focus is."""
        self.ask("Input.insertText", text=text)

    def fill(self, selector, text):
        """Put the focus on something, empty it and write."""
        self.click(selector)
        self.look(call(SELECT, selector))
        self.type_in(text)

    def choose(self, selector, value):
        """Choose from a drop-down list, whose menu is not of the page."""
        self.look(call(CHOOSE, selector, value))

    def has_focus(self, selector):
        return self.look(call(FOCUS, selector))

    # --- Circumstances ----------------------------------------------------------------

    def slow_down(self):
        self.ask("Network.emulateNetworkConditions", offline=False, **SLOW)

    def hold(self, width, height):
        """A phone, with fingers instead of a mouse."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2,
            mobile=True,
        )
        self.ask("Emulation.setTouchEmulationEnabled", enabled=True)

    def forbid_scripts(self, forbidden=True):
        """Pages that are opened from now on run no scripts."""
        self.ask("Emulation.setScriptExecutionDisabled", value=forbidden)

    # --- For everybody ----------------------------------------------------------------

    def find_barriers(self):
        """What axe-core finds wrong for people with disabilities: [what, and where]."""
        found = self.look(f"{_read_axe()}; {call(BARRIERS, RULES)}")
        if not found["passed"]:
            raise AssertionError("axe-core has looked at nothing")
        return found["wrong"]


def _read_axe():
    """The source of axe-core, which bin/test installs."""
    path = Path(os.environ.get("PROSPECT_NODE_MODULES", ""), "axe-core", "axe.min.js")
    if not path.is_file():
        raise AssertionError("axe-core is not installed: run the tests with bin/test")
    return path.read_text("utf-8")
