"""What people really give to an import: each has a message or a defined result."""

import io
from base64 import b64encode
from datetime import datetime
from unittest.mock import patch

import xlsxwriter

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestImportBad(ProspectCase):
    def _operation(self, content, name="file.csv", user=None, **values):
        return self._import_wizard(
            content, name=name, user=user or self.manager, **values
        )._make_operation()

    def _run(self, content, **values):
        """{e-mail: lead} of what a file makes, and the operation."""
        operation = self._operation(content, **values)
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        leads = operation.line_ids.lead_id
        return {lead.email_normalized: lead for lead in leads}, operation

    def _workbook(self, *rows):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"}) as book:
            sheet = book.add_worksheet("Contacts")
            for number, row in enumerate(rows):
                for position, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(number, position, value, None, "cached")
                    else:
                        sheet.write(number, position, value)
        return buffer.getvalue()

    def test_workbook(self):
        """Numbers that were phones, dates, formulas with their value."""
        leads, _operation = self._run(
            self._workbook(
                ["E-mail", "Téléphone", "Nom complet", "Notes", "Société"],
                ["xl@x.example.com", 33612345678.0, "Zoé 李", datetime(2026, 1, 31), 7],
                ["fo@x.example.com", "", '=CONCATENATE("a","b")', True, ""],
            ),
            name="contacts.xlsx",
        )
        self.assertEqual(leads["xl@x.example.com"].phone_sanitized, "+33612345678")
        self.assertEqual(leads["xl@x.example.com"].contact_name, "Zoé 李")
        self.assertEqual(leads["xl@x.example.com"].partner_name, "7")
        self.assertIn("2026-01-31", leads["xl@x.example.com"].description)
        self.assertEqual(leads["fo@x.example.com"].contact_name, "cached")

    def test_wrong_extension(self):
        content = self._workbook(["Email"], ["odd@x.example.com"])
        leads, _operation = self._run(content, name="contacts.csv")
        self.assertIn("odd@x.example.com", leads)

    def test_encodings(self):
        text = "Prénom;Nom;E-mail\nLéa;Müller;lea@x.example.com\n"
        for encoding in ("utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"):
            with self.subTest(encoding=encoding), self.env.cr.savepoint() as savepoint:
                leads, _operation = self._run(text.encode(encoding))
                self.assertEqual(leads["lea@x.example.com"].contact_name, "Léa Müller")
                savepoint.rollback()

    def test_names_of_the_world(self):
        names = (
            "محمد بن سلمان",
            "李 小龍",
            "Zoë 🎉 O'Neill",
            "Nguyễn Văn A",
            "<b>x</b>",
        )
        rows = "".join(
            f"n{number}@x.example.com;{name}\n" for number, name in enumerate(names)
        )
        leads, _operation = self._run(f"Email;Nom complet\n{rows}")
        for number, name in enumerate(names):
            self.assertEqual(leads[f"n{number}@x.example.com"].contact_name, name)

    def test_odd_cells(self):
        leads, operation = self._run(
            "Email,Name,Notes,Email\n"
            f"big@x.example.com,Big,{'word ' * 13000},\n"
            'two@x.example.com; second@x.example.com,"=1+1",=cmd|x,\n'
            "nul@x.example.com,Nu\x00l,,\n"
        )
        self.assertGreater(len(leads["big@x.example.com"].description), 64_000)
        two = leads["two@x.example.com"]
        self.assertEqual(two.contact_name, "=1+1")
        self.assertIn("second@x.example.com", two.description)
        self.assertIn("Several", operation.line_ids.sorted("number")[1].reason)
        self.assertEqual(leads["nul@x.example.com"].contact_name, "Nul")

    def test_two_hundred_columns(self):
        header = ",".join(["Email", *(f"Question {n}" for n in range(199))])
        row = ",".join(["wide@x.example.com", *(str(n) for n in range(199))])
        wizard = self.env["prospect.import"].create(
            {"file": b64encode(f"{header}\n{row}\n".encode()), "filename": "wide.csv"}
        )
        wizard._guess_columns()
        self.assertEqual(len(wizard.column_ids), 200)
        wizard.column_ids.filtered(lambda column: not column.target).target = "note"
        operation = wizard._make_operation()
        operation.action_run()
        self.assertIn("Question 198: 198", operation.line_ids.lead_id.description)

    def test_the_file_goes(self):
        operation = self._operation("Email\na@x.example.com\n")
        operation.sudo().attachment_id.unlink()
        with self.assertRaisesRegex(UserError, "import it again"):
            operation.action_preview()

    def test_another_file_makes_another_preview(self):
        wizard = self.env["prospect.import"].create(
            {"file": b64encode(b"Email\nold@x.example.com\n"), "filename": "a.csv"}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        wizard.write({"file": b64encode(b"Email\nnew@x.example.com\n")})
        other = wizard._make_operation()
        self.assertNotEqual(other, operation, "the preview is of the file it showed")
        operation.action_run()
        self.assertEqual(
            operation.line_ids.lead_id.email_normalized, "old@x.example.com"
        )

    def test_the_person_leaves(self):
        for leave in ("archive", "delete"):
            with self.subTest(leave=leave):
                user = mail_new_test_user(
                    self.env,
                    login=f"leaver_{leave}",
                    groups="sales_team.group_sale_salesman",
                )
                operation = self._operation(
                    f"Email\n{leave}@x.example.com\n", user=user
                )
                operation.action_preview()
                operation.sudo()._set(state="queued", todo="run")
                self.env.flush_all()
                if leave == "archive":
                    user.active = False
                else:
                    self.env["prospect.import.column"].search([]).unlink()
                    self.env["prospect.import"].search([]).unlink()
                    user.unlink()
                operation = operation.with_user(self.manager)
                self._drain(operation)
                self.assertEqual(operation.state, "failed")
                self.assertIn("has left", operation.error)
                self.assertFalse(operation.line_ids.lead_id)

    def test_rights_lost_in_the_middle(self):
        operation = self._operation("Email\na@x.example.com\n", user=self.salesman)
        operation.action_preview()
        operation.sudo()._set(state="queued", todo="run")
        self.salesman.group_ids -= self.env.ref("sales_team.group_sale_salesman")
        self.env.flush_all()
        self._drain(operation)
        operation = operation.with_user(self.manager)
        self.assertFalse(operation.line_ids.lead_id)
        self.assertTrue(operation.error or operation.failed_count)

    @mute_logger("odoo.addons.prospect.models.operations.operation")
    def test_a_batch_that_always_fails(self):
        operation = self._operation("Email\na@x.example.com\n")
        operation.action_preview()
        operation.sudo()._set(state="queued", todo="run")
        self.env.flush_all()
        tries = []

        def fail(_self, _lines):
            tries.append(1)
            raise ZeroDivisionError("no reason")

        self.patch(self.registry["prospect.operation"], "_apply_batch_import", fail)
        self._drain(operation)
        self.assertEqual(len(tries), prospect_operation.FAILURES)
        self.assertEqual(operation.state, "failed")
        self.assertIn("no reason", operation.error)

    def test_what_the_database_refuses_is_in_the_preview(self):
        operation = self._operation(
            "Email,Name\nfine@x.example.com,Fine\nbad@x.example.com,Bad\n"
        )
        reason = "Bad is refused"
        self._refuse_rows(reason, contact_name="Bad")
        with patch.object(prospect_operation, "SMALL", 1000):
            operation.action_preview()
        self.assertEqual((operation.created_count, operation.failed_count), (1, 1))
        self.assertEqual(operation.line_ids.sorted("number")[1].reason, reason)
        self.assertFalse(
            self.env["crm.lead"].search(
                [("email_normalized", "=", "fine@x.example.com")]
            )
        )

    def test_old_lines_go(self):
        _leads, operation = self._run("Email\na@x.example.com\n")
        self.env["ir.config_parameter"].set_param("prospect.operation_days", "30")
        self.env["prospect.operation"]._gc_lines()
        self.assertTrue(operation.line_ids)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE prospect_operation SET write_date = write_date - interval '31 days'"
            " WHERE id = %s",
            [operation.id],
        )
        self.env["prospect.operation"]._gc_lines()
        operation.invalidate_recordset()
        self.assertFalse(operation.line_ids)
        self.assertEqual(operation.created_count, 1)
