"""Labels that people read in English whatever their language is."""

import unittest

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from house.places import addon_sources

LANGUAGE = "fr_FR"
HIDDEN = {"1", "True", "true"}
# Where a field without a label of its own shows the model's.
LABELLED = {"list", "search", "group"}


def get_shown(arch, model):
    """Names of the fields whose labels a view shows, as {(model, field)}.

    :param arch: lxml node of a view, or of a part of one
    :param model: the model whose view it is
    """
    shown = set()
    for node in arch:
        if not isinstance(node.tag, str):
            continue
        inner = model
        if node.tag == "field" and arch.tag != "field":
            name = node.get("name")
            field = model._fields.get(name)
            if field is not None and is_labelled(node):
                shown.add((model._name, name))
            if field is not None and field.comodel_name in model.env:
                inner = model.env[field.comodel_name]
        elif (
            node.tag == "label"
            and not node.get("string")
            and node.get("for") in model._fields
        ):
            shown.add((model._name, node.get("for")))
        shown |= get_shown(node, inner)
    return shown


def is_labelled(node):
    """Whether people read the label of a field's own at a node."""
    if node.get("string") is not None or node.get("nolabel") in HIDDEN:
        return False
    if {node.get("invisible"), node.get("column_invisible")} & HIDDEN:
        return False
    return node.getparent().tag in LABELLED


def find(env, addons):
    """[what is wrong] with the labels that the views of add-ons show.

    A related field has the label of its origin, which Odoo translates anew: the French
    of the origin is not its own.
    """
    wrong = []
    data = env["ir.model.data"].search(
        [("model", "=", "ir.ui.view"), ("module", "in", list(addons))]
    )
    shown = set()
    for view in env["ir.ui.view"].browse(data.mapped("res_id")).exists():
        if view.model in env:
            shown |= get_shown(etree.fromstring(view.arch_db), env[view.model])
    for name, fname in sorted(shown):
        field = env[name]._fields[fname]
        ours = field._module in addons
        if ours and not field.export_string_translation:
            wrong.append(f"{name}.{fname}: “{field.string}” is shown, never exported")
    return wrong


class TestLabels(unittest.TestCase):
    def setUp(self):
        self.cr = Registry(get_db_name()).cursor()
        self.addCleanup(self.cr.close)
        self.env = api.Environment(self.cr, SUPERUSER_ID, {"lang": LANGUAGE})

    def test_shown(self):
        wrong = find(self.env, addon_sources())
        self.assertFalse(wrong, "\n".join(wrong))

    def test_offered(self):
        """Debug."""
        n = []
        for name in self.env:
            model = self.env[name]
            if model._transient or model._abstract:
                continue
            for fname, f in model._fields.items():
                if (
                    f._module in addon_sources()
                    and not f.export_string_translation
                    and f._description_searchable
                    and f.type
                    not in ("json", "binary", "properties", "properties_definition")
                ):
                    n.append(f"{name}.{fname} {f.type} {f.string} related={f.related}")
        print("\n".join(n))
        print(len(n))
        self.fail()
