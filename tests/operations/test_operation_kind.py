"""Kinds of operations bring steps, and leave the engine alone."""

import sys
from inspect import isfunction
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ProspectCase

KINDS = ("imports", "bulk", "merge", "convert")


@tagged("post_install", "-at_install")
class TestOperationKind(ProspectCase):
    def _get_wings(self, model):
        """{wing: names of the methods that it defines on a model}."""
        wings = {}
        for owner in self.registry[model].__mro__:
            _models, _sep, place = owner.__module__.partition("prospect.models.")
            names = {name for name, value in vars(owner).items() if isfunction(value)}
            wings.setdefault(place.split(".")[0], set()).update(names)
        return wings

    def test_no_kind_overrides_the_engine(self):
        for model in ("prospect.operation", "prospect.operation.line"):
            wings = self._get_wings(model)
            self.assertGreater(len(wings["operations"]), 10)
            for kind in KINDS:
                with self.subTest(model=model, kind=kind):
                    self.assertEqual(
                        wings.get(kind, set()) & wings["operations"], set()
                    )

    def test_an_import_enters_no_other_kind(self):
        """From the preview to the undo, nothing of bulk operations and merges runs."""
        wings = set()

        def note(frame, event, _arg):
            if event == "call":
                _root, found, place = frame.f_code.co_filename.partition("/models/")
                if found:
                    wings.add(place.split("/")[0])

        operation = self._import_wizard(
            "Nom;E-mail\nSilva;ana@kind.example.com\nDupont;bo@kind.example.com\n"
        )._make_operation()
        former = sys.getprofile()
        sys.setprofile(note)
        try:
            operation.action_preview()
            operation.action_run()
            self.env.flush_all()
            operation.action_undo()
            self.env.flush_all()
        finally:
            sys.setprofile(former)
        self.assertEqual((operation.state, operation.reversed_count), ("undone", 2))
        self.assertLessEqual({"operations", "imports", "gate"}, wings)
        self.assertEqual(wings & {"bulk", "merge"}, set())

    def test_steps(self):
        """A step is found by its kind; what a kind need not say has a default."""
        operation = self.env["prospect.operation"].new({"kind": "merge"})
        self.assertEqual(operation._of_kind("get_batch_size", 7, default=9), 7)
        self.assertEqual(operation._of_kind("get_batch_size", 70, default=9), 50)
        operation.kind = "convert"
        self.assertEqual(operation._of_kind("get_batch_size", 7, default=9), 9)
        self.assertIsNone(operation._of_kind("finish_undo"))
        with (
            patch.object(prospect_operation, "NEEDED", {"finish_undo"}),
            self.assertRaisesRegex(NotImplementedError, "_finish_undo_convert"),
        ):
            operation._of_kind("finish_undo")
        for kind, _label in operation._fields["kind"].selection:
            operation.kind = kind
            for name in prospect_operation.NEEDED:
                self.assertTrue(hasattr(operation, f"_{name}_{kind}"), (name, kind))
