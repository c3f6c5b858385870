import inspect
from contextlib import suppress
from itertools import product
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestWrongTypes(ProspectCase):
    """Clients may send anything: the answer is a message, never a fault."""

    def test_actions_on_nothing(self):
        """Every button of every model of ours."""
        tried = 0
        for name in sorted(self.env.registry.models):
            model = self.env[name].with_user(self.manager)
            if not name.startswith("prospect.") or model._abstract:
                continue
            for method in sorted(dir(type(model))):
                function = getattr(type(model), method, None)
                if not method.startswith("action_") or not callable(function):
                    continue
                needed = [
                    parameter
                    for parameter in inspect.signature(function).parameters.values()
                    if parameter.default is parameter.empty
                    and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
                ]
                tried += 1
                with self.subTest(model=name, method=method):
                    try:
                        with self.env.cr.savepoint():
                            getattr(model.browse(), method)(
                                *[None for _parameter in needed[1:]]
                            )
                    except UserError:
                        continue
        self.assertGreater(tried, 50)

    def test_public_methods(self):
        """Those that take something, each with what it cannot mean."""
        junk = (
            *(None, True, 7, -1, 1 << 70, 1.5, "x", b"x", [], ["x"], [None], [[1]]),
            *({"id": [1]}, {"x": {}}, {1: 2}, {"ids": "x"}, {"period": []}),
        )
        tried = set()
        for name in sorted(self.env.registry.models):
            model = self.env[name].with_user(self.manager)
            if model._abstract and not name.startswith("prospect."):
                continue
            for method, function in inspect.getmembers(type(model), inspect.isroutine):
                # those that check what they are given
                if method.startswith("_") or not hasattr(function, "__wrapped__"):
                    continue
                if not function.__module__.startswith("odoo.addons.prospect"):
                    continue
                parameters = [*inspect.signature(function).parameters][1:]
                tried.add(f"{name}.{method}")
                for parameter, value in product(parameters, junk):
                    with self.subTest(model=name, method=method, value=value):
                        self._call_with(model, function, parameters, parameter, value)
        self.assertLessEqual(
            {
                "crm.lead.prospect_find_existing",
                "prospect.analysis.get_page",
                "prospect.duplicate.pair.get_page",
                "prospect.duplicate.pair.open_merge",
                "prospect.right.set_cell",
                "prospect.segment.get_counts",
                "prospect.segment.set_order",
            },
            tried,
        )

    def _call_with(self, model, function, parameters, parameter, value):
        """Call a method with one thing that is wrong, the others missing or plain."""
        given = {name: None for name in parameters if name != parameter}
        for arguments in ({**given, parameter: value}, {parameter: value}):
            with suppress(UserError), self.env.cr.savepoint():
                function(model.browse(), **arguments)

    def test_selections(self):
        wizards = self.env["prospect.bulk"].with_user(self.salesman)
        for selection in (
            {"domain": "[('id', '>', 0)]"},
            {"domain": 7},
            {"domain": {"id": 1}},
            {"domain": ["id", "=", 1]},
            {"domain": [["no_such_field", "=", 1]]},
            {"domain": [["id"]]},
            {"ids": "all"},
            {"ids": ["x"]},
            {"ids": [None]},
            {"ids": {"1": 2}},
            {"ids": [1 << 70]},
            "domain",
            ["domain"],
            7,
        ):
            with self.subTest(selection=selection), self.assertRaises(UserError):
                wizard = wizards.create({"selection": selection, "note": "x"})
                wizard._make_operation().action_preview()

    def test_settings_are_not_required(self):
        """A setting that is required would be needed by whoever writes any other."""
        settings = self.env["res.config.settings"]
        for name, field in settings._fields.items():
            if "prospect" in name:
                self.assertFalse(field.required, name)
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnotnull AND attname LIKE 'prospect%%'",
            [settings._table],
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_message_is_not_logged(self):
        """What the database refuses is not written to the log with its contents."""
        inbox, asked = self.env["prospect.capture"], []
        execute = type(self.env.cr).execute

        def refuse(cursor, query, params=None, log_exceptions=True):
            if "INSERT INTO prospect_capture" in getattr(query, "code", str(query)):
                asked.append(log_exceptions)
                raise SerializationFailure("could not serialize access")
            return execute(cursor, query, params, log_exceptions)

        vals = inbox._prepare_message("form", "1", {"a": "b"}, None, "fill", {}, None)
        with (
            patch.object(type(self.env.cr), "execute", refuse),
            self.assertRaises(SerializationFailure),
        ):
            inbox._insert(vals)
        self.assertEqual(asked, [False])

    def test_full_disk(self):
        full = OSError(28, "No space left on device")
        attachments = type(self.env["ir.attachment"])
        with (
            patch.object(attachments, "_file_write", side_effect=full),
            self.assertRaisesRegex(UserError, "cannot store the file"),
        ):
            self._import_wizard("Email\na@example.com\n")
