"""Odoo's own lint of add-ons (its add-on test_lint), turned on ours alone.

As a program it runs what needs no database; bin/tests/test_host_lint.py runs the rest
in the test database.
"""

import os
import sys
import unittest
from unittest.mock import patch

from odoo.modules import Manifest

from odoo.addons.test_lint.tests import (
    test_dunderinit,
    test_i18n,
    test_jstranslate,
    test_manifests,
    test_onchange_domains,
    test_test_holes,
)

from . import console, databases
from .places import addon_sources

WALK = os.walk  # the original: through the links that our add-ons' folder holds


def manifests():
    """Our add-ons' manifests, as Odoo reads them."""
    return [
        manifest for name in addon_sources() if (manifest := Manifest.for_addon(name))
    ]


class OurAddons:
    """Mixin: Odoo's tests see our add-ons and no others."""

    def setUp(self):
        super().setUp()
        patches = [patch.object(Manifest, "all_addon_manifests", manifests)]
        # The core is a folder of links, which Odoo's tests would not follow.
        patches.append(
            patch(
                "os.walk",
                lambda top, **options: WALK(top, **{**options, "followlinks": True}),
            )
        )
        for one in patches:
            one.start()
            self.addCleanup(one.stop)

    def run(self, result=None):
        """Plain unittest's: Odoo's own expects Odoo's runner."""
        return unittest.TestCase.run(self, result)

    def subTest(self, *args, **kwargs):
        """As for run."""
        return unittest.TestCase.subTest(self, *args, **kwargs)


class _Manifests(OurAddons, test_manifests.ManifestLinter):
    def test_manifests(self):
        with self.assertNoLogs("odoo", "WARNING"):
            super().test_manifests()


def _ours(case):
    """A test class of Odoo's that sees our add-ons alone."""
    return type(case.__name__, (OurAddons, case), {"__module__": __name__})


CASES = (
    _Manifests,
    _ours(test_dunderinit.TestDunderinit),
    _ours(test_i18n.TestI18n),
    _ours(test_jstranslate.TestJsTranslations),
    _ours(test_onchange_domains.TestOnchangeDomains),
    _ours(test_test_holes.TestTestHoles),
)


def run():
    """Run what needs no database."""
    databases.start_odoo()
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in CASES
    )
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    return not result.wasSuccessful()


if __name__ == "__main__":
    console.main(run)
