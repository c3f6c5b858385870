"""The examples of the pages for developers are about what is there."""

import ast
import re
import textwrap
import unittest

from house.places import REPO, addon_sources

PAGES = ("docs/extend.rst", "CONTRIBUTING.rst")
BLOCK = re.compile(r"^( *)\.\. code-block:: python\n\n((?:\1 +.*\n|\n)+)", re.M)
OURS = "odoo.addons.prospect"


def read_blocks(text):
    """The Python of a page.

    >>> read_blocks("A\\n\\n.. code-block:: python\\n\\n    a = 1\\n\\nB\\n")
    ['a = 1\\n\\n']
    """
    return [textwrap.dedent(found[2]) for found in BLOCK.finditer(text)]


def read_methods():
    """{name: ways to call it}: names of arguments of all methods of ours."""
    methods = {}
    for folder in addon_sources().values():
        for part in ("models", "wizards", "report"):
            for path in (folder / part).rglob("*.py"):
                for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                    if isinstance(node, ast.FunctionDef):
                        methods.setdefault(node.name, set()).add(arguments(node))
    return methods


def arguments(function):
    """Names of what a function takes."""
    return tuple(argument.arg for argument in function.args.args)


def read_names(module):
    """What a module defines at its top, or imports."""
    names = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        else:
            names |= {
                name.id
                for name in ast.walk(node)
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
    return names


def calls_super(function):
    """Whether a method overrides another."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == function.name
        and getattr(getattr(node.func.value, "func", None), "id", None) == "super"
        for node in ast.walk(function)
    )


def find_wrong(source, methods):
    """What an example gets wrong, a line each.

    >>> override = "def _a(self, b):\\n    return super()._a(b)"
    >>> find_wrong(override, {"_a": {("self", "b")}})
    []
    >>> find_wrong(override, {"_a": {("self",)}})
    ['_a(self, b) overrides nothing']
    >>> find_wrong("from odoo.addons.prospect.tools.gone import x", {})
    ['there is no odoo.addons.prospect.tools.gone']
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and calls_super(node):
            if arguments(node) not in methods.get(node.name, ()):
                found.append(
                    f"{node.name}({', '.join(arguments(node))}) overrides nothing"
                )
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            path = REPO / f"{node.module[len(OURS) + 1 :].replace('.', '/')}.py"
            if not path.exists():
                found.append(f"there is no {node.module}")
                continue
            names = read_names(ast.parse(path.read_text("utf-8")))
            found += [
                f"{node.module} has no {alias.name}"
                for alias in node.names
                if alias.name not in names
            ]
    return found


class TestExamples(unittest.TestCase):
    def test_pages(self):
        methods = read_methods()
        for page in PAGES:
            blocks = read_blocks((REPO / page).read_text("utf-8"))
            self.assertGreater(len(blocks), 5, page)
            for block in blocks:
                with self.subTest(page=page, example=block[:60]):
                    self.assertEqual(find_wrong(block, methods), [])

    def test_hooks_are_described(self):
        """Each hook of tools/hooks.py is in one of the pages."""
        source = (REPO / "tools/hooks.py").read_text("utf-8")
        hooks = set(re.findall(r"\b_prospect_\w+", source))
        text = "".join((REPO / page).read_text("utf-8") for page in PAGES)
        self.assertTrue(hooks)
        self.assertEqual({hook for hook in hooks if hook not in text}, set())

    def test_it_can_fail(self):
        methods = {"_prospect_on_created": {("self",)}}
        right = (
            "def _prospect_on_created(self):\n    return super()._prospect_on_created()"
        )
        self.assertEqual(find_wrong(right, methods), [])
        self.assertTrue(find_wrong(right.replace("created", "made"), methods))
        self.assertTrue(find_wrong(f"from {OURS}.tools.trusted import gone", methods))
        self.assertFalse(
            find_wrong(f"from {OURS}.tools.trusted import trusted", methods)
        )
