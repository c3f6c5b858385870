"""What is done in the background is worked off by one loop, which stands once.

From the text of the code alone: ``tools/jobs.py`` searches, claims, runs again and
commits; a kind of work says what and how (``prospect.job.mixin``).
"""

import ast
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).resolve().parents[1]
LOOP = "tools/jobs.py"
# The one that runs again, and what it is made of.
RUNS_AGAIN = "tools/transactions.py"
CLAIM = re.compile(r"\bFOR\s+UPDATE\s+SKIP\s+LOCKED\b", re.IGNORECASE)
FOLDERS = ("addons", "controllers", "models", "report", "tools", "wizards")


def get_code():
    """{path in the repository: text} of all that is no test."""
    paths = [
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.relative_to(ROOT).parts
    ]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths
    }


def is_call(node, name):
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return getattr(called, "attr", getattr(called, "id", None)) == name


def find_loops(text):
    """What a file has of the loop: names of its parts."""
    tree = ast.parse(text)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "_commit_progress":
            found.add("commits progress")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value == "_commit_progress":
                found.add("commits progress")
            if CLAIM.search(node.value) and not is_docstring(node, tree):
                found.add("claims rows")
        if isinstance(node, ast.While | ast.For | ast.AsyncFor) and any(
            is_call(inner, "run_again") for inner in ast.walk(node)
        ):
            found.add("runs again in a loop")
    return found


def is_docstring(constant, tree):
    """Whether a text is only said: the text of a module, class or function."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and body[0].value is constant
        ):
            return True
    return False


@tagged("post_install", "-at_install")
class TestOneLoop(BaseCase):
    def test_stands_once(self):
        code = get_code()
        self.assertGreater(len(code), 200)
        found = {
            path: parts
            for path, text in code.items()
            if path != RUNS_AGAIN and (parts := find_loops(text))
        }
        self.assertEqual(
            found.pop(LOOP),
            {"commits progress", "claims rows", "runs again in a loop"},
        )
        self.assertFalse(found, f"the loop stands in {LOOP}, and nowhere else")

    def test_it_can_fail(self):
        for text, part in (
            ("env['ir.cron']._commit_progress(1)", "commits progress"),
            ("commit = getattr(cron, '_commit_progress')", "commits progress"),
            ("while run_again(env, work):\n    pass", "runs again in a loop"),
            ("for one in all:\n    tools.run_again(env, one)", "runs again in a loop"),
            ("SQL('''SELECT id FROM t FOR\n  UPDATE SKIP LOCKED''')", "claims rows"),
            ("SQL(f'SELECT {x} for update skip locked')", "claims rows"),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_loops(text), {part})
        for text in (
            "'''Rows FOR UPDATE SKIP LOCKED.'''",
            "run_again(env, work)",
            "SQL('SELECT id FROM t FOR NO KEY UPDATE SKIP LOCKED')",
        ):
            with self.subTest(text=text):
                self.assertEqual(find_loops(text), set())
