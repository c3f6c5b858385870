"""Texts for people that no translation reaches."""

import ast
import re
import unittest

from house.places import addon_sources

# What shows its first argument to a person.
SHOWN = {
    *("UserError", "ValidationError", "AccessError", "MissingError"),
    *("RedirectWarning", "AccessDenied"),
}
TRANSLATED = {"_", "_lt"}
# Labels and helps, which Odoo translates as they stand.
ATTRIBUTES = {"string", "help"}
WORD = re.compile(r"[^\W\d_]{3,}")
SKIPPED = {"tests", "demo", "migrations"}


def _name(node):
    """The last name of what is called."""
    return getattr(node, "attr", None) or getattr(node, "id", None)


def _pieces(node):
    """The texts that a node is made of, where it is text and nothing else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [text for value in node.values for text in _pieces(value)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return _pieces(node.left) + _pieces(node.right)
    if isinstance(node, ast.Call) and _name(node.func) == "format":
        return _pieces(getattr(node.func, "value", None))
    return []


def find(source):
    """[(line, what is wrong)] of a module.

    >>> find('raise UserError(f"Choose {one} first.")')
    [(1, 'a person reads it, nobody translates it')]
    >>> find('raise UserError(self.env._("Choose one."))')
    []
    >>> find('self.env._(f"Choose {one}.")')
    [(1, 'made before it is looked up')]
    >>> find('text = f"{name or env._(\'nobody\')}: {count}"')
    [(1, 'inside an f-string, where Odoo does not find it')]
    >>> find('name = fields.Char(string=f"My {word}")')
    [(1, 'a label made of parts')]
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            found += [
                (call.lineno, "inside an f-string, where Odoo does not find it")
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and _name(call.func) in TRANSLATED
            ]
        if not isinstance(node, ast.Call):
            continue
        name, first = _name(node.func), (node.args or [None])[0]
        if name in TRANSLATED and first is not None:
            if not isinstance(first, ast.Constant):
                found.append((node.lineno, "made before it is looked up"))
        elif name in SHOWN and any(map(WORD.search, _pieces(first))):
            found.append((node.lineno, "a person reads it, nobody translates it"))
        elif getattr(getattr(node.func, "value", None), "id", None) == "fields":
            found += [
                (node.lineno, "a label made of parts")
                for keyword in node.keywords
                if keyword.arg in ATTRIBUTES
                and isinstance(keyword.value, (ast.JoinedStr, ast.BinOp))
            ]
    return sorted(found)


class TestUntranslated(unittest.TestCase):
    """What a person reads goes through a translation."""

    def test_texts(self):
        wrong = []
        for name, folder in addon_sources().items():
            for path in sorted(folder.rglob("*.py")):
                inside = path.relative_to(folder).parts
                if SKIPPED & set(inside) or inside[0] in (
                    "addons",
                    "bin",
                    "benchmarks",
                ):
                    continue
                wrong += [
                    f"{name}/{'/'.join(inside)}:{line}: {what}"
                    for line, what in find(path.read_text("utf-8"))
                ]
        self.assertFalse(wrong, "\n".join(wrong))

    def test_it_can_fail(self):
        self.assertTrue(find('raise UserError("Choose one.")'))
        self.assertFalse(find('raise UserError("%s" % text)'))
        self.assertTrue(find("text = f\"{env._('nobody')}: {count}\""))
        self.assertFalse(find('text = f"{name}: {count}"'))
