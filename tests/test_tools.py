import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase

from odoo.addons.prospect import tools
from odoo.addons.prospect.tools import headers, names


class TestTools(BaseCase):
    """The examples in the docstrings of ``tools/`` are its unit tests."""

    def test_doctests(self):
        attempted = 0
        for info in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            module = importlib.import_module(info.name)
            with self.subTest(module=info.name):
                result = doctest.testmod(module)
                self.assertEqual(result.failed, 0)
                attempted += result.attempted
        self.assertGreater(attempted, 50)

    def test_split_then_join(self):
        """Splitting loses nothing, but for the comma that is turned round."""
        for name in (
            "Jean Dupont",
            "Cher",
            "Anne-Sophie de La Tour du Pin",
            "DUPONT MARTIN Jean Pierre",
            "李 小龍",
            "María del Carmen García López",
            "محمد بن سلمان",
            "O'Neill",
            "JEAN DUPONT",
            "  two   spaces ",
        ):
            with self.subTest(name=name):
                first_name, last_name = names.split_name(name)
                words = sorted(names.join_name(first_name, last_name).split())
                self.assertEqual(words, sorted(name.split()))
        self.assertEqual(names.split_name("JEAN DUPONT"), ("JEAN", "DUPONT"))
        self.assertEqual(
            names.split_name("María del Carmen García López"),
            ("María", "del Carmen García López"),
        )

    def test_every_synonym_is_normalised(self):
        """A synonym written otherwise than headers are normalised never matches."""
        for field, text in headers.SYNONYMS.items():
            for synonym in headers._words(text):
                with self.subTest(field=field, synonym=synonym):
                    self.assertEqual(headers.normalize_header(synonym), synonym)
