"""Odoo's own lint of models, methods and routes, turned on our add-ons in the test
database.
"""

from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_index,
    test_naming,
    test_override_signatures,
    test_pofile,
    test_routes,
)

from house.host_lint import OurAddons
from house.places import addon_sources

OURS = tuple(addon_sources())


class OurModels:
    """A registry that names only the models that our add-ons make or extend."""

    def __init__(self, database):
        self.registry = Registry(database)

    def items(self):
        for name, model in self.registry.items():
            if any(getattr(base, "_module", None) in OURS for base in model.mro()):
                yield name, model


class OurRegistry(OurAddons):
    """Mixin: Odoo's tests see our models and no others."""

    linter = None

    def setUp(self):
        super().setUp()
        replaced = patch.object(self.linter, "Registry", OurModels)
        replaced.start()
        self.addCleanup(replaced.stop)

    def test_it_looks_at_our_models(self):
        names = {name for name, _model in OurModels(get_db_name()).items()}
        self.assertIn("crm.lead", names)


class TestNaming(OurRegistry, test_naming.TestNaming):
    linter = test_naming


class TestOverrideSignatures(
    OurRegistry, test_override_signatures.TestLintOverrideSignatures
):
    linter = test_override_signatures


class TestDocstrings(OurRegistry, test_docstring.TestDocstring):
    linter = test_docstring

    def setUp(self):
        super().setUp()
        replaced = patch.object(test_docstring, "MODULES_TO_LINT", OURS)
        replaced.start()
        self.addCleanup(replaced.stop)

    def _test_docstring_params(self, method, doctree):
        """Odoo's own methods are Odoo's."""
        if method.__module__.split(".")[2:3] in [[name] for name in OURS]:
            super()._test_docstring_params(method, doctree)


class TestIndex(test_index.TestIndex):
    pass


class TestPot(test_pofile.PotLinter):
    def setUp(self):
        super().setUp()
        self.patch(test_pofile, "get_modules", lambda: list(OURS))


class TestRoutes(test_routes.RoutesLinter):
    def test_routes_definition(self):
        with self.assertLogs("odoo.addons.test_lint", "WARNING") as logs:
            test_routes._logger.warning("one line at least, which assertLogs wants")
            super().test_routes_definition()
        ours = [
            line
            for line in logs.output
            if any(f"odoo.addons.{name}." in line for name in OURS)
        ]
        self.assertFalse(ours, "\n".join(ours))
