import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase

from odoo.addons.prospect_webhook import tools


class TestTools(BaseCase):
    """The examples in the docstrings of ``tools/`` are its unit tests."""

    def test_doctests(self):
        attempted = 0
        for info in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            result = doctest.testmod(importlib.import_module(info.name))
            self.assertEqual(result.failed, 0, info.name)
            attempted += result.attempted
        self.assertGreater(attempted, 15)
