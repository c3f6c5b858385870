"""Each ``sudo()`` says why: what it reads or writes, and for whom that is safe.

From the text of the code alone. What can be driven by a value of a client is listed in
``docs/sudo.rst``, by file and method; what stands there exists.
"""

import ast
import re
from pathlib import Path

from odoo.tests import BaseCase

ROOT = Path(__file__).resolve().parents[1]
# Code of the add-ons; tools of developers are not theirs.
FOLDERS = ("models", "wizards", "controllers", "report", "tools", "hooks.py", "addons")
LEFT_OUT = {"tests", "test_prospect", "demo"}


def find_code():
    """(path, text) of each file of code."""
    for folder in FOLDERS:
        start = ROOT / folder
        paths = [start] if start.is_file() else sorted(start.rglob("*.py"))
        for path in paths:
            parts = path.relative_to(ROOT).parts
            if not LEFT_OUT & set(parts):
                yield "/".join(parts), path.read_text()


def find_sudos(text):
    """(name of the function, line of its start, line) of each ``sudo()`` of a file."""

    def walk(node, name, start):
        if isinstance(node, ast.FunctionDef):
            name, start = node.name, node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sudo":
            ends = node.args and getattr(node.args[0], "value", True) is False
            if not ends:
                yield name, start, node.func.end_lineno
        for child in ast.iter_child_nodes(node):
            yield from walk(child, name, start)

    return walk(ast.parse(text), "", 1)


class TestSudo(BaseCase):
    def test_each_says_why(self):
        """A comment ``# sudo: ...`` stands above it, in its function."""
        count, silent = 0, []
        for path, text in find_code():
            lines = text.splitlines()
            for name, start, line in find_sudos(text):
                count += 1
                above = lines[start - 1 : line]
                if not any(re.search(r"#.*\bsudo: ", words) for words in above):
                    silent.append(f"{path}:{line} {name}")
        self.assertGreater(count, 300)
        self.assertFalse(silent, "\n".join(["without a reason:", *silent]))

    def test_list(self):
        """What the page names is there, and uses sudo or SQL."""
        page = (ROOT / "docs" / "sudo.rst").read_text()
        named = re.findall(r"``([\w/]+\.py)``: ((?:``\w+``(?:,\s+)?)+)", page)
        self.assertGreater(len(named), 30)
        code = dict(find_code())
        for path, methods in named:
            self.assertIn(path, code)
            for method in re.findall(r"``(\w+)``", methods):
                with self.subTest(path=path, method=method):
                    self.assertRegex(code[path], rf"def {method}\(")
