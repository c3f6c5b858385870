"""The pages of the import: what their buttons do, and the file of rejected rows."""

from base64 import b64encode
from io import BytesIO

import xlsxwriter

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import file_open

from ...tools.tabular import open_table
from ..common import ProspectCase

TEMPLATES = ("static/csv/modele_prospects.csv", "static/csv/prospects_template.csv")


@tagged("post_install", "-at_install")
class TestImportPage(ProspectCase):
    def _preview(self, content, **values):
        operation = self._import_wizard(content, **values)._make_operation()
        operation.action_preview()
        return operation

    def test_steps(self):
        wizards = self.env["prospect.import"].with_user(self.salesman)
        form = Form(wizards, view="prospect.prospect_import_view_form")
        self.assertEqual(wizards.new({}).display_name, "Import Prospects")
        form.pasted = "Email\tShoes\na@x.example.com\t42\n"
        wizard = form.save()
        wizard.action_next()
        self.assertEqual(wizard.step, "columns")
        self.assertEqual(wizard.column_ids.mapped("target"), ["email_from", False])
        wizard.action_note_rest()
        self.assertEqual(wizard.column_ids[1].target, "note")
        self.assertEqual(wizard.column_ids[1].why, "manual")
        wizard.action_next()
        wizard.action_back()
        self.assertEqual(wizard.step, "columns")
        self.assertEqual(wizard.column_ids[1].target, "note", "nothing is lost")
        wizard.action_next()
        action = wizard.action_next()
        operation = self.env["prospect.operation"].browse(action["res_id"])
        self.assertEqual(operation.state, "previewed", operation.error)
        self.assertEqual(operation.run_label, "Import 1 prospect")

    def test_nothing_given(self):
        wizard = self.env["prospect.import"].with_user(self.salesman).create({})
        with self.assertRaises(UserError):
            wizard.action_next()

    def test_another_file_is_read_anew(self):
        wizard = self._import_wizard(b"Email\na@x.example.com\n")
        wizard.action_next()
        wizard.action_back()
        wizard.write({"file": False, "filename": False})
        self.assertFalse(wizard.attachment_id)
        with self.assertRaises(UserError):
            wizard.action_next()
        wizard.write(
            {"file": b64encode(b"Phone,City\n0612345678,Lyon\n"), "filename": "b.csv"}
        )
        wizard.action_next()
        self.assertEqual(wizard.column_ids.mapped("header"), ["Phone", "City"])

    def test_header_is_read_at_once(self):
        wizard = self._import_wizard(b"a@x.example.com,Lyon\nb@x.example.com,Nice\n")
        wizard.action_next()
        wizard.has_header = False
        self.assertEqual(len(wizard.column_ids), 2)
        self.assertIn("a@x.example.com", wizard.column_ids[0].samples)
        self.assertEqual(wizard.column_ids[0].target, "email_from")

    def test_sheets(self):
        file = BytesIO()
        book = xlsxwriter.Workbook(file)
        for name, email in (("One", "one@x.example.com"), ("Two", "two@x.example.com")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Email"])
            sheet.write_row(1, 0, [email])
        book.close()
        wizard = self._import_wizard(file.getvalue(), name="book.xlsx")
        wizard.action_next()
        self.assertEqual(wizard.sheet_names, ["One", "Two"])
        self.assertEqual(wizard.sheet, "One")
        wizard.sheet = "Two"
        self.assertIn("two@", wizard.column_ids.samples)
        operation = wizard._make_operation()
        operation.action_run()
        self.assertEqual(operation.line_ids.lead_id.email_from, "two@x.example.com")

    def test_both_templates(self):
        """Importing a template unchanged succeeds [IE-17, BX-05]."""
        for lang in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(lang)
            self.salesman.lang = lang
            for template in TEMPLATES:
                with self.subTest(template=template, lang=lang):
                    with file_open(f"prospect/{template}", "rb") as file:
                        wizard = self._import_wizard(file.read(), policy="create")
                    operation = wizard._make_operation()
                    self.assertTrue(all(wizard.column_ids.mapped("target")))
                    operation.action_run()
                    self.assertRecordValues(
                        operation,
                        [{"state": "done", "created_count": 2, "failed_count": 0}],
                    )
                    leads = operation.line_ids.lead_id
                    self.assertTrue(all(leads.mapped("country_id")))
                    self.assertTrue(all(leads.mapped("title_id")))
                    self.assertFalse(any(operation.line_ids.mapped("reason")))
                    # the same people again would be told
                    leads.sudo().unlink()

    def test_list_of_the_page(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        wizards = self.env["prospect.import"].with_user(self.salesman)
        wizard = wizards.with_context(prospect_list_id=guests.id).create({})
        self.assertEqual(wizard.list_ids, guests)

    def test_change_the_settings(self):
        known = self._prospect(email_from="known@x.example.com", city="Lyon")
        operation = self._preview(b"Email,City\nknown@x.example.com,Paris\n")
        self.assertEqual(operation.updated_count, 1)
        action = operation.action_edit("options")
        wizard = self.env["prospect.import"].browse(action["res_id"])
        wizard = wizard.with_user(self.salesman)
        self.assertEqual(wizard.step, "options")
        wizard.policy = "fill"
        self.assertEqual(wizard.action_next()["res_id"], operation.id)
        self.assertEqual(operation.unchanged_count, 1)
        operation.action_run()
        self.assertEqual(known.city, "Lyon")
        with self.assertRaises(UserError):
            operation.action_edit()
        with self.assertRaises(AccessError):
            operation.with_user(self.salesman_all).action_edit()

    def test_prospects_of_an_operation(self):
        same = self._prospect(email_from="same@x.example.com", city="Lyon")
        operation = self._preview(
            b"Email,City\nsame@x.example.com,Lyon\nnew@x.example.com,Nice\n"
        )
        operation.action_run()
        action = operation.action_view_leads()
        leads = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(leads.mapped("email_from"), ["new@x.example.com"])
        self.assertNotIn(same, leads)

    def test_setting(self):
        settings = self.env["res.config.settings"]
        self.assertEqual(settings.create({}).prospect_operation_days, 180)
        settings.create({"prospect_operation_days": 0}).set_values()
        self.assertEqual(settings.create({}).prospect_operation_days, 0)
        operation = self._preview(b"Email\na@x.example.com\n")
        operation._gc_lines()
        self.assertTrue(operation.line_ids)


@tagged("post_install", "-at_install", "web")
class TestRejectedRows(HttpCase, ProspectCase):
    """« Download the rejected rows », which import again once they are mended."""

    CONTENT = (
        "Prénom;E-mail;Pays\n"
        "Ana;ana@x.example.com;France\n"
        "Élodie;pas une adresse;France\n"
        ";=1+1;France\n"
    ).encode("latin-1")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.salesman.lang = "fr_FR"

    def _operation(self):
        operation = self._import_wizard(
            self.CONTENT,
            name="Salon d’été.csv",  # noqa: RUF001
        )._make_operation()
        operation.action_run()
        return operation

    def _open(self, url):
        self.env.flush_all()
        return self.url_open(url)

    def test_download(self):
        operation = self._operation()
        self.assertEqual(operation.failed_count, 1, operation.line_ids.mapped("reason"))
        action = operation.action_download_rejected()
        self.authenticate(self.salesman.login, self.salesman.login)
        before = self.env["crm.lead"].search_count([])
        response = self._open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn("text/csv", response.headers["Content-Type"])
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("Salon", response.headers["Content-Disposition"])
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        with open_table(response.content, "rejected.csv") as table:
            self.assertEqual(table.delimiter, ";")
            ((_line, cells),) = table.rows()
        self.assertEqual(cells, ["", "=1+1", "France"])
        text = response.content.decode(table.encoding)
        self.assertIn("Motif du rejet", text)
        self.assertIn("'=1+1", text, "no spreadsheet computes it")

    def test_mended_file_imports(self):
        operation = self._operation()
        name, file = operation._write_rejected()
        with file:
            content = file.read()
        mended = content.replace(b"'=1+1", b"late@x.example.com")
        again = self._import_wizard(mended, name=name)._make_operation()
        again.action_run()
        self.assertRecordValues(
            again, [{"state": "done", "created_count": 1, "failed_count": 0}]
        )

    def test_workbook(self):
        book_file = BytesIO()
        book = xlsxwriter.Workbook(book_file)
        sheet = book.add_worksheet()
        for number, row in enumerate((("Email", "City"), ("", "Lyon"), ("a@b.fr", ""))):
            sheet.write_row(number, 0, row)
        book.close()
        operation = self._import_wizard(
            book_file.getvalue(), name="book.xlsx"
        )._make_operation()
        operation.action_run()
        self.authenticate(self.salesman.login, self.salesman.login)
        response = self._open(f"/prospect/operation/{operation.id}/rejected")
        self.assertEqual(response.status_code, 200)
        with open_table(response.content, "r.xlsx") as table:
            self.assertEqual([cells for _line, cells in table.rows()], [["", "Lyon"]])

    def test_only_whoever_may_see_the_operation(self):
        operation = self._operation()
        url = f"/prospect/operation/{operation.id}/rejected"
        for user, status in (
            (self.manager, 200),
            (self.salesman_all, 404),
            (self.employee, 403),
        ):
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                self.assertEqual(self._open(url).status_code, status)
        self.authenticate(self.salesman.login, self.salesman.login)
        missing = self._open("/prospect/operation/999999999/rejected")
        self.assertEqual(missing.status_code, 404)
        self.authenticate(None, None)
        self.assertNotIn("Motif", self._open(url).text)

    def test_nothing_to_download(self):
        operation = self._import_wizard(b"Email\na@x.example.com\n")._make_operation()
        operation.action_run()
        with self.assertRaises(UserError):
            operation.action_download_rejected()
