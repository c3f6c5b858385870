"""Data goes one way: no wing imports, calls or names what belongs to a later one.

From the text of the code alone, with ``ast``: see ``docs/architecture.rst``.
"""

import ast
import logging
import re
from collections import Counter, defaultdict
from pathlib import Path

from odoo.tests import BaseCase

from ..models.base.write_path import HOOKS

_logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
# The wings of models/, in the order in which data flows.
WINGS = (
    *("base", "lead", "rights", "gate", "capture", "lists", "segments", "assign"),
    *("quality", "notify", "duplicates", "operations", "imports", "bulk", "merge"),
    *("convert", "lifecycle", "extracts", "privacy", "settings"),
)
# What may call any wing, and is called by none, in their order as well.
READERS = ("report", "wizards", "controllers")
RANKS = {room: rank for rank, room in enumerate(("tools", *WINGS, *READERS))}

# What still goes up: (from, to, what), by why it does. Take away what is not needed any
# more (the test says so); add nothing.
EXCEPTIONS = {
    "crm.lead's create and write still conduct some wings by name": {
        ("lead", "assign", "_prospect_give_turns"),
        ("lead", "assign", "_prospect_hand_over"),
        ("lead", "assign", "_prospect_log_new_assignment"),
        ("lead", "assign", "_prospect_take_turns"),
        ("lead", "lifecycle", "_prospect_log_stages"),
        ("lead", "lists", "_prospect_log_lists"),
        ("lead", "lists", "_prospect_read_lists"),
        ("lead", "rights", "_prospect_check_conversion"),
        ("lead", "rights", "_prospect_check_create"),
    },
    "a row of the gate names lists, which it joins": {
        ("gate", "lists", "_prospect_lists_change"),
        ("gate", "lists", "_describe_closed"),
        ("gate", "lists", "prospect.list"),
        ("gate", "lists", "prospect.membership"),
    },
    "the gate hands out and doubts what it has made at the end of its batch": {
        ("gate", "assign", "_prospect_rotates"),
        ("gate", "quality", "_prospect_flags_later"),
    },
    "digests wait for operations of the same person": {
        ("notify", "operations", "prospect.operation"),
    },
    "operations undo histories of stages": {
        ("merge", "lifecycle", "_prospect_log_stages"),
        ("merge", "lifecycle", "prospect.stage.change"),
        ("convert", "lifecycle", "_prospect_log_stages"),
    },
}
# What names a bridge all the same: (path, text), by why it does.
NAMES_OF_BRIDGES = {
    "a tick in the settings installs the add-on of this name": {
        ("models/settings/res_config_settings.py", "module_prospect_consent"),
        ("models/settings/res_config_settings.py", "module_prospect_form"),
        ("models/settings/res_config_settings.py", "module_prospect_webhook"),
        ("views/settings/res_config_settings_views.xml", "module_prospect_consent"),
        ("views/settings/res_config_settings_views.xml", "module_prospect_form"),
        ("views/settings/res_config_settings_views.xml", "module_prospect_webhook"),
    },
    "the page of the dashboard is called as the bridge to Odoo's dashboards is": {
        ("report/analysis_views.xml", "prospect_dashboard"),
        ("static/src/dashboard/dashboard.js", "prospect_dashboard"),
    },
}
# Hooks of forms: what was agreed to is registered before mails announce it.
LATE_HOOKS = {"_prospect_on_answer", "_prospect_on_answer_waiting"}
# What is written before super() all the same; take away what is not needed any more.
WRITTEN_BEFORE = set()
# Methods that write; none of them comes before super() in an override of ours.
WRITING = frozenset(("_write", "copy", "create", "unlink", "write"))


def get_room(path):
    """The wing of a file, or the folder at the root, or None for files at the root."""
    parts = path.relative_to(ROOT).parts
    if len(parts) < 2:
        return None
    return parts[1] if parts[0] == "models" and len(parts) > 2 else parts[0]


def get_code():
    """[(path, room, tree)] of all that data goes through."""
    code = []
    for folder in ("tools", "models", *READERS):
        # the folder may be a link, see bin/lib/house/places.py
        for path in sorted((ROOT / folder).rglob("*.py")):
            room = get_room(path)
            if room in RANKS:
                code.append((path, room, ast.parse(path.read_text("utf-8"))))
    return code


def get_attribute(cls, name):
    """The plain value of an attribute of a class, such as ``_inherit``, or None."""
    for node in cls.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name
            for target in node.targets
        ):
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                return None
    return None


def get_models(tree):
    """Classes of models in a file: (class, names that it inherits, own name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            inherited = get_attribute(node, "_inherit") or []
            inherited = [inherited] if isinstance(inherited, str) else inherited
            name = get_attribute(node, "_name")
            if name or inherited:
                yield node, inherited, name


def is_super(node, name):
    """Whether a node is ``super().name(...)``, or with arguments for super."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id == "super"
    )


def calls_super(node, name):
    return any(is_super(inner, name) for inner in ast.walk(node))


def get_body(method):
    """Statements of a method without its docstring."""
    body = method.body
    is_text = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1:] if is_text else body


class TestDirection(BaseCase):
    """The wings in their order, by imports, calls and names of models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = get_code()
        cls.models = defaultdict(set)
        for _path, room, tree in cls.code:
            for _node, inherited, name in get_models(tree):
                if name and name not in inherited:
                    cls.models[name].add(room)
        cls.owners = cls._read_owners()

    @classmethod
    def _read_owners(cls):
        """{name of a model's method: rooms that define it}."""
        methods = [
            (method, room)
            for _path, room, tree in cls.code
            for node, _inherited, _name in get_models(tree)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        ]
        owners = {method.name: set() for method, _room in methods}
        for _path, room, tree in cls.code:
            # a name that plain Python uses as well says nothing of who is called
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name in owners:
                    owners[node.name].add(room)
        for method, _room in methods:
            # of one room, and it calls super(): Odoo has it as well
            if calls_super(method, method.name) and len(owners[method.name]) == 1:
                owners[method.name] = set()
        return owners

    def _find_up(self):
        """{(from, to, what): places} of all that goes up."""
        found = defaultdict(list)
        for path, room, tree in self.code:
            for node in ast.walk(tree):
                for owner, what in self._get_named(path, node):
                    if RANKS[owner] > RANKS[room] and what not in HOOKS:
                        place = f"{path.relative_to(ROOT)}:{node.lineno}"
                        found[room, owner, what].append(place)
        return found

    def _get_named(self, path, node):
        """(room, what) of what a node imports, calls or names."""
        if isinstance(node, ast.ImportFrom):
            yield from self._get_imported(path, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owners = self.owners.get(node.func.attr, ())
            if len(owners) == 1:
                yield next(iter(owners)), node.func.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            owners = self.models.get(node.slice.value, ())
            if len(owners) == 1:
                yield next(iter(owners)), node.slice.value

    def _get_imported(self, path, node):
        """The same for ``from ... import ...``."""
        parts = (node.module or "").split(".")
        if node.level:
            place = path.relative_to(ROOT).parts[: -node.level]
            parts = [*place, *filter(None, parts)]
        elif parts[:3] == ["odoo", "addons", "prospect"]:
            parts = parts[3:]
        else:
            return
        for alias in node.names:
            inner = [*parts, alias.name]
            room = inner[1] if inner[0] == "models" and len(inner) > 1 else inner[0]
            if room in RANKS:
                yield room, "import"

    def test_folders(self):
        """Each wing is in the list, and each one in the list is there."""
        folders = {path.parent.name for path in (ROOT / "models").glob("*/__init__.py")}
        self.assertEqual(folders, set(WINGS))
        imported = re.findall(
            r"from \. import (\w+)", (ROOT / "models/__init__.py").read_text("utf-8")
        )
        self.assertEqual(imported, list(WINGS), "the order of super() is another one")

    def test_data_goes_one_way(self):
        """What goes up is on the list, and all that is on the list is needed."""
        found = self._find_up()
        allowed = set().union(*EXCEPTIONS.values())
        _logger.info("%s calls still go up to a later wing", len(allowed))
        self.assertEqual(
            {key: places for key, places in found.items() if key not in allowed},
            {},
            "a call into a later wing: let that one add to a method of this one",
        )
        self.assertEqual(
            allowed - found.keys(), set(), "no longer needed: take them off the list"
        )

    def test_it_would_be_seen(self):
        """Each way of going up is one that the test sees."""
        tree = ast.parse(
            "from ..merge.keeper import MergeKeeper\n"
            "from odoo.addons.prospect.models.merge import keeper\n"
            "self.env['prospect.merge.pointer']\n"
            "leads._prospect_open_merge()\n"
            "leads._prospect_on_created()\n"
        )
        path = ROOT / "models/gate/stranger.py"
        named = Counter()
        for node in ast.walk(tree):
            named.update(self._get_named(path, node))
        self.assertEqual(named["merge", "import"], 2)
        self.assertEqual(named["merge", "prospect.merge.pointer"], 1)
        self.assertEqual(named["merge", "_prospect_open_merge"], 1)
        self.assertEqual(sum(named.values()), 4)

    def test_hooks_call_super_first(self):
        """So that the reactions run in the order of the wings; bridges as well."""
        bridges = [
            (path, "bridge", ast.parse(path.read_text("utf-8")))
            for path in sorted((ROOT / "addons").rglob("models/**/*.py"))
        ]
        stubs, wrong, seen = defaultdict(list), defaultdict(list), 0
        for path, _room, tree in [*self.code, *bridges]:
            place = str(path.relative_to(ROOT))
            for node, _inherited, _name in get_models(tree):
                for method in node.body:
                    if not isinstance(method, ast.FunctionDef):
                        continue
                    name = method.name
                    if not name.startswith("_prospect_on_"):
                        continue
                    seen += 1
                    body = get_body(method)
                    if not calls_super(method, name):
                        stubs[name].append(place)
                    elif not calls_super(body[0], name):
                        wrong[name].append(place)
        self.assertGreater(seen, 10)
        # a checkout without bridges has no forms
        late = LATE_HOOKS if bridges else set()
        self.assertEqual(wrong.keys(), late, f"before super(): {dict(wrong)}")
        self.assertEqual(
            {name: places for name, places in stubs.items() if len(places) > 1},
            {},
            "one of these does not call super()",
        )

    def test_nothing_is_written_before_super(self):
        """Only checks and clean-ups of values stand before it."""
        wrong, seen = set(), 0
        for path, room, tree in self.code:
            if room not in WINGS:
                continue
            for node, inherited, _name in get_models(tree):
                methods = [
                    method
                    for method in node.body
                    if inherited and isinstance(method, ast.FunctionDef)
                ]
                for method in methods:
                    body = get_body(method)
                    first = next(
                        (
                            position
                            for position, statement in enumerate(body)
                            if calls_super(statement, method.name)
                        ),
                        0,
                    )
                    seen += bool(first)
                    wrong |= {
                        (path.relative_to(ROOT).as_posix(), method.name)
                        for statement in body[:first]
                        for call in ast.walk(statement)
                        if isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute)
                        and call.func.attr in WRITING
                        and not is_super(call, method.name)
                    }
        self.assertGreater(seen, 10)
        self.assertEqual(wrong, WRITTEN_BEFORE)

    def test_no_bridge_is_named(self):
        """Nothing in the core knows a bridge, but for a few words."""
        bridges = [path.parent.name for path in ROOT.glob("addons/*/__manifest__.py")]
        if not bridges:
            self.skipTest("the bridges are elsewhere")
        pattern = re.compile(
            rf"(?<![\w-])(?:module_)?(?:{'|'.join(sorted(bridges))})(?![\w-])"
        )
        found = set()
        folders = ("data", "models", "security", "static/src", "tools", "views")
        files = [ROOT / "hooks.py", ROOT / "__manifest__.py"]
        for folder in (*folders, *READERS):
            files += (ROOT / folder).rglob("*.*")
        for path in files:
            if path.suffix in (".csv", ".js", ".py", ".xml"):
                for name in pattern.findall(path.read_text("utf-8")):
                    found.add((path.relative_to(ROOT).as_posix(), name))
        self.assertEqual(found, set().union(*NAMES_OF_BRIDGES.values()))


class TestArchitecture(BaseCase):
    """What ``docs/architecture.rst`` names is there."""

    def test_paths(self):
        page = ROOT / "docs/architecture.rst"
        if not page.is_file():
            self.skipTest("the add-on comes without its documentation")
        text = page.read_text("utf-8")
        paths = re.findall(r"``([\w.-]+/[\w./-]*)``", text)
        self.assertGreater(len(paths), 20)
        missing = [path for path in paths if not (ROOT / path).exists()]
        self.assertEqual(missing, [])

    def test_names(self):
        """Methods that it names are defined somewhere, and all wings are in it."""
        page = ROOT / "docs/architecture.rst"
        if not page.is_file():
            self.skipTest("the add-on comes without its documentation")
        text = page.read_text("utf-8")
        defined = {
            node.name
            for _path, _room, tree in get_code()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        named = set(re.findall(r"``(\w+)\(\)``", text))
        self.assertGreater(len(named), 10)
        self.assertEqual(named - defined - {"sudo", "super"}, set())
        for wing in WINGS:
            self.assertIn(f"``models/{wing}/``", text)
