"""Sentences that would be kept in the language of whoever ran.

What is kept is a remark (``tools/remarks.py``): a code and values, said anew to each
reader.
"""

import ast
import unittest

from house.places import addon_sources

TRANSLATED = {"_"}
# What writes records; of dicts and keywords, the values are kept.
WRITING = {"write", "create", "_set"}
# What keeps the sentence that it is given.
KEEPING = {"fail", "stop", "remark", "_fail", "_quarantine", "_keep_ignored"}
# The first of two, where a method answers what becomes of a line and why.
OUTCOMES = {"failed", "impossible", "kept", "skipped", "unchanged"}
# Not kept for others to read: names that people may change as they like, and what Odoo
# keeps as text, such as mails.
PROPER = {
    *(
        "name",
        "execution_details",
        "subject",
        "body",
        "note",
        "summary",
        "message",
        "text",
        "filename",
    ),
}
SKIPPED = {"tests", "demo", "migrations"}
# What is a sentence when one of its parts is.
PARTS = {
    ast.JoinedStr: ("values",),
    ast.FormattedValue: ("value",),
    ast.IfExp: ("body", "orelse"),
    ast.BoolOp: ("values",),
    ast.List: ("elts",),
    ast.Tuple: ("elts",),
}


def _name(node):
    """The last name of what is called."""
    return getattr(node, "attr", None) or getattr(node, "id", None)


class _Finder(ast.NodeVisitor):
    """What one function keeps."""

    def __init__(self, function):
        self.found = []
        self.texts = set()
        self.errors = {
            node.name
            for node in ast.walk(function)
            if isinstance(node, ast.ExceptHandler) and node.name
        } | ({"error"} & {argument.arg for argument in function.args.args})
        self.is_compute = function.name.startswith(("_compute_", "_onchange_"))
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and self._is_text(node.value):
                self.texts |= {
                    target.id for target in node.targets if isinstance(target, ast.Name)
                }
        self.visit(function)

    def _is_text(self, node):
        """Whether a node is a sentence in the language of whoever runs."""
        if isinstance(node, ast.Name):
            return node.id in self.texts
        if isinstance(node, ast.Call):
            return self._makes_text(node)
        parts = next(
            (
                [getattr(node, name) for name in names]
                for kind, names in PARTS.items()
                if isinstance(node, kind)
            ),
            [],
        )
        return any(
            self._is_text(part)
            for value in parts
            for part in (value if isinstance(value, list) else [value])
        )

    def _makes_text(self, call):
        name = _name(call.func)
        if name == "str" and call.args:
            return getattr(call.args[0], "id", None) in self.errors
        return name in TRANSLATED or (
            name == "join" and any(map(self._is_text, call.args))
        )

    def _note(self, node, where):
        self.found.append((node.lineno, f"{where} is kept in one language"))

    def visit_Call(self, node):
        name = _name(node.func)
        if name in KEEPING or (
            name == "append" and _name(getattr(node.func, "value", None)) == "notes"
        ):
            for argument in node.args:
                if self._is_text(argument):
                    self._note(argument, f"{name}()")
        if name in WRITING:
            for keyword in node.keywords:
                if keyword.arg not in PROPER and self._is_text(keyword.value):
                    self._note(keyword.value, keyword.arg)
            for argument in node.args:
                self._look_at_dicts(argument)
        self.generic_visit(node)

    def _look_at_dicts(self, argument):
        for node in ast.walk(argument):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    name = getattr(key, "value", None)
                    if name not in PROPER and self._is_text(value):
                        self._note(value, name)

    def visit_Assign(self, node):
        target = node.targets[0]
        if (
            isinstance(target, ast.Attribute)
            and not self.is_compute
            and not target.attr.startswith("_")
            and target.attr not in PROPER
            and self._is_text(node.value)
        ):
            self._note(node, target.attr)
        self.generic_visit(node)

    def visit_Return(self, node):
        if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
            first, second = node.value.elts[:2]
            if getattr(first, "value", None) in OUTCOMES and self._is_text(second):
                self._note(second, "the reason")
        self.generic_visit(node)


def find(source):
    """[(line, what is wrong)] of a module.

    >>> keep = "def f(self):\\n    "
    >>> find(keep + 'self.write({"error": self.env._("Gone.")})')
    [(2, 'error is kept in one language')]
    >>> find(keep + 'self.write({"error": remark(self.env, "x.gone")})')
    []
    >>> find(keep + 'text = self.env._("Gone.")\\n    self._set(error=text)')
    [(3, 'error is kept in one language')]
    >>> find(keep + 'row.reason = self.env._("Gone.") if gone else ""')
    [(2, 'reason is kept in one language')]
    >>> find(keep + 'row.fail("\\\\n".join([self.env._("Gone.")]))')
    [(2, 'fail() is kept in one language')]
    >>> find(keep + 'return "kept", self.env._("Gone.")')
    [(2, 'the reason is kept in one language')]
    >>> find("def f():\\n  try: g()\\n  except E as error: row.error = str(error)")
    [(3, 'error is kept in one language')]
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            found |= set(_Finder(node).found)
    return sorted(found)


class TestKeptTexts(unittest.TestCase):
    """What is kept is said in the language of who reads it."""

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
        self.assertTrue(
            find('def f(self):\n    self._fail(self.env._("Nobody is left."))')
        )
