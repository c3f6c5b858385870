from odoo.tests import tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestTitleColumn(ProspectCase):
    """A column headed Title: how people are addressed, or what they do [MO-38]."""

    def _targets(self, rows, **context):
        """{header: field} as the import guesses them."""
        text = "\n".join(";".join(f'"{cell}"' for cell in row) for row in rows)
        wizard = self._import_wizard(text + "\n")
        wizard = wizard.with_context(**context)
        wizard._guess_columns()
        return {column.header: column.target for column in wizard.column_ids}

    def test_titles(self):
        """Most values are titles, in whatever language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        for header in ("Title", "Titre"):
            found = self._targets(
                [
                    (header, "Email"),
                    ("Ms.", "a@x.example.com"),
                    ("Mme", "b@x.example.com"),
                    ("Buyer", "c@x.example.com"),
                ]
            )
            self.assertEqual(found[header], "title_id")

    def test_jobs(self):
        """Most values are none: it is the job position."""
        for header in ("Title", "Titre"):
            found = self._targets(
                [
                    (header, "Email"),
                    ("Buyer", "a@x.example.com"),
                    ("Head of sales", "b@x.example.com"),
                    ("Mr.", "c@x.example.com"),
                ]
            )
            self.assertEqual(found[header], "function")

    def test_own_export(self):
        """What our reports are headed with comes back, in both languages."""
        self.env["res.lang"]._activate_lang("fr_FR")
        title = self.env["prospect.title"].search([], limit=1)
        values = {
            "title_id": title.name,
            "first_name": "Ana",
            "last_name": "Roy",
            "function": "Buyer",
            "email_from": "ana@x.example.com",
        }
        for lang in ("en_US", "fr_FR"):
            leads = self.env["crm.lead"].with_user(self.salesman)
            columns = leads.with_context(lang=lang)._prospect_report_columns()
            labels = {column.key: column.label for column in columns}
            self.salesman.lang = lang
            found = self._targets(
                [[labels[name] for name in values], list(values.values())], lang=lang
            )
            self.assertEqual(
                found, {labels[name]: name for name in values}, f"in {lang}"
            )
