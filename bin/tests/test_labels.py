"""Labels that people read in English whatever their language is."""

import unittest

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from house import terms
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


def find_shown(env, addons):
    """{(model, field)} whose labels the views of add-ons show."""
    data = env["ir.model.data"].search(
        [("model", "=", "ir.ui.view"), ("module", "in", list(addons))]
    )
    shown = set()
    for view in env["ir.ui.view"].browse(data.mapped("res_id")).exists():
        if view.model in env:
            shown |= get_shown(etree.fromstring(view.arch_db), env[view.model])
    return shown


class TestLabels(unittest.TestCase):
    def setUp(self):
        self.cr = Registry(get_db_name()).cursor()
        self.addCleanup(self.cr.close)
        self.env = api.Environment(self.cr, SUPERUSER_ID, {"lang": LANGUAGE})

    def test_shown(self):
        """What is shown is exported, so that it can be translated."""
        wrong = [
            f"{name}.{fname}: “{field.string}” is shown, never exported"
            for name, fname in sorted(find_shown(self.env, addon_sources()))
            for field in [self.env[name]._fields[fname]]
            if field._module in addon_sources() and not field.export_string_translation
        ]
        self.assertFalse(wrong, "\n".join(wrong))

    def test_related(self):
        """The label of a related field is its own, though Odoo takes the origin's."""
        wrong = [
            f"{name}.{fname}: “{field.string}” is offered, never exported"
            for name, model in self.env.registry.items()
            if not model._transient
            for fname, field in model._fields.items()
            if field.related
            and field._module in addon_sources()
            and field.type not in ("binary", "json")
            and not field.export_string_translation
            and field._description_searchable
        ]
        self.assertFalse(wrong, "\n".join(wrong))

    def test_translated(self):
        """What is shown is not the English text, unless the French is the same."""
        wrong = []
        english = self.env(context={"lang": "en_US"})
        same = {
            (addon, entry.msgid)
            for addon, folder in addon_sources().items()
            for entry in terms.read(folder / "i18n" / "fr.po")
            if entry.msgid == entry.msgstr
        }
        for name, fname in sorted(find_shown(self.env, addon_sources())):
            field = self.env[name]._fields[fname]
            label = field._description_string(english)
            if (
                field._module in addon_sources()
                and label == field._description_string(self.env)
                and (field._module, label) not in same
            ):
                wrong.append(f"{name}.{fname}: “{label}” is English only")
        self.assertFalse(wrong, "\n".join(wrong))

    def test_it_can_fail(self):
        """A label that is shown and never exported is found."""
        leads = self.env["crm.lead"]
        arch = etree.fromstring(
            "<list><field name='status_kind'/><field name='name' string='What'/>"
            "<field name='active' column_invisible='1'/></list>"
        )
        self.assertEqual(get_shown(arch, leads), {("crm.lead", "status_kind")})
