"""How bin/test spreads tests out, and what is said of commits."""

import unittest

from house import repository_check, spreading


class TestSpreading(unittest.TestCase):
    def test_units(self):
        """A class; Odoo's suite and a file of the tools' tests as a whole."""
        for nodeid, unit in (
            ("prospect/tests/gate/test_gate.py::TestGate::test_it", None),
            ("test_crm_lead.py::TestCRMLead::test_it", "crm"),
            ("test_packaging.py::TestWheel::test_it", "test_packaging.py"),
            ("prospect/tests/test_tools.py::test_it", "/test_tools.py"),
        ):
            with self.subTest(nodeid=nodeid):
                expected = unit or nodeid.rpartition("::")[0]
                self.assertTrue(spreading.unit_of(nodeid).endswith(expected))
                self.assertNotIn("::test_it", spreading.unit_of(nodeid))

    def test_longest_first(self):
        """By the last run; by the number of tests what was never run."""
        tests = [
            *("p/a.py::Short::test_1", "p/a.py::Long::test_1", "p/a.py::Short::test_2"),
            *(f"p/b.py::New::test_{number}" for number in range(5)),
        ]
        durations = {"p/a.py::Short": 0.2, "p/a.py::Long": 60}
        self.assertEqual(
            spreading.longest_first(tests, durations),
            ["p/a.py::Long", "p/b.py::New", "p/a.py::Short"],
        )
        self.assertEqual(
            spreading.longest_first(tests, {}),
            ["p/b.py::New", "p/a.py::Short", "p/a.py::Long"],
        )

    def test_ports(self):
        """Two processes never look for a port in the same place."""
        size = spreading.PORTS_OF_WORKER
        places = {spreading.free_port(number) // size for number in range(4)}
        self.assertEqual(len(places), 4)


class TestCommits(unittest.TestCase):
    def test_subjects(self):
        fine = "1234567 [FIX] prospect: /prospect/form answers at once"
        self.assertEqual(repository_check.bad_subjects([fine]), [])
        for word in ("/" + "home/me/prospect", "/" + "tmp/x", "WI" + "P", "wi" + "p:"):
            with self.subTest(word=word):
                bad = repository_check.bad_subjects([f"1234567 Merge {word}"])
                self.assertEqual(len(bad), 1)
