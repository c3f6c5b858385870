from odoo.tests import Form
from odoo.tools import file_open

from odoo.addons.base_import.models.base_import import FIELDS_RECURSION_LIMIT

from ..common import ProspectCase

OPTIONS = {"has_headers": True, "quoting": '"', "separator": "", "encoding": ""}


class TestImport(ProspectCase):
    """Odoo's *Import records* on the Prospects page [MO-37, MO-38]."""

    def _wizard(self, content, user=None, lang="en_US", name="people.csv"):
        action = self.env["crm.lead"]._prospect_action([])
        return (
            self.env["base_import.import"]
            .with_user(user or self.salesman)
            .with_context(lang=lang, **action["context"])
            .create(
                {
                    "res_model": "crm.lead",
                    "file": content,
                    "file_name": name,
                    "file_type": "text/csv",
                }
            )
        )

    def _import(self, content, **wizard_values):
        """Import a file as its page does: the guessed columns, unchanged."""
        wizard = self._wizard(content, **wizard_values)
        preview = wizard.parse_preview(dict(OPTIONS))
        self.assertNotIn("error", preview)
        fields = [
            "/".join(preview["matches"].get(index, [])) or False
            for index in range(len(preview["headers"]))
        ]
        result = wizard.execute_import(fields, preview["headers"], preview["options"])
        self.assertFalse(result["messages"])
        return self.env["crm.lead"].browse(result["ids"]), fields

    def test_three_columns_in_any_order(self):
        rows = {"first": "Anne-Sophie", "last": "Lefèvre", "mail": "asl@example.com"}
        for lang in ("en_US", "fr_FR"):
            for header, order, encoding in (
                ("first name;last name;email", "first last mail", "utf-8"),
                ("E-mail;Nom;Prénom", "mail last first", "latin-1"),
                ("Prénom;Nom;Courriel", "first last mail", "utf-8-sig"),
                ("Last Name;Email;First Name", "last mail first", "utf-8"),
                ("PRENOM;NOM;MAIL", "first last mail", "utf-8"),
                ("nom de famille;adresse e-mail;prénom", "last mail first", "utf-8"),
            ):
                with self.subTest(lang=lang, header=header):
                    line = ";".join(rows[column] for column in order.split())
                    # two lines, so that the separator can be told
                    text = f"{header}\n{line}\n{line}\n"
                    leads, fields = self._import(text.encode(encoding), lang=lang)
                    self.assertEqual(
                        set(fields), {"first_name", "last_name", "email_from"}
                    )
                    lead = leads[0]
                    self.assertEqual(lead.contact_name, "Anne-Sophie Lefèvre")
                    self.assertEqual(lead.name, "Anne-Sophie Lefèvre")
                    self.assertEqual(lead.email_from, "asl@example.com")
                    self.assertEqual(lead.type, "lead")
                    self.assertEqual(lead.status_id, self.new)
                    self.assertEqual(
                        lead.source_id, self.env.ref("prospect.utm_source_import")
                    )
                    self.assertEqual(self._status_log(lead), [(False, "New", "import")])

    def test_bare_name_is_the_whole_name(self):
        leads, fields = self._import(b"Nom;E-mail\nAnne Le Goff;a@example.com\n")
        self.assertEqual(fields, ["contact_name", "email_from"])
        self.assertEqual(leads.last_name, "Le Goff")

    def test_status_source_and_list_of_the_file(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        source = self.env["utm.source"].create(
            {"name": "Fair", "prospect_channel": "manual"}
        )
        leads, _fields = self._import(
            b"Email;Status;Source;Lists\na@example.com;In progress;Fair;Guests\n"
        )
        self.assertEqual(leads.status_id, self.in_progress)
        self.assertEqual(leads.source_id, source)
        self.assertEqual(leads.list_ids, guests)
        self.assertEqual(leads.membership_ids.cause, "import")
        self.assertReplay(leads)

    def test_templates(self):
        """Both templates can be downloaded, and imported unchanged [IE-17]."""
        for lang, first in (("fr_FR", "modele_prospects"), ("en_US", "prospects_")):
            templates = (
                self.env["crm.lead"].with_context(lang=lang).get_import_templates()
            )
            self.assertIn(first, templates[0]["template"])
            for template in templates[:2]:
                with self.subTest(template=template["template"], lang=lang):
                    with file_open(template["template"].lstrip("/"), "rb") as file:
                        leads, fields = self._import(file.read(), lang=lang)
                    self.assertEqual(len(leads), 2)
                    self.assertTrue(all(fields))
                    self.assertTrue(all(leads.mapped("first_name")))
                    self.assertTrue(leads[0].title_id)
                    self.assertTrue(leads[0].assistant_email)

    def test_saved_mapping_wins(self):
        self.env["base_import.mapping"].create(
            {"res_model": "crm.lead", "column_name": "nom", "field_name": "name"}
        )
        _leads, fields = self._import(
            "Nom;Prénom;E-mail\nChairs;Anne;a@example.com\n".encode()
        )
        self.assertEqual(fields, ["name", "first_name", "email_from"])

    def test_technical_names_win(self):
        """What Odoo exports for another import comes back the same."""
        _leads, fields = self._import(b"name;contact_name;email_from\nA;B C;a@b.com\n")
        self.assertEqual(fields, ["name", "contact_name", "email_from"])

    def test_other_models_are_left_alone(self):
        wizard = self.env["base_import.import"].create({"res_model": "res.partner"})
        tree = wizard.get_fields_tree("res.partner", FIELDS_RECURSION_LIMIT)
        suggestions = wizard._get_mapping_suggestions(
            ["Courriel"], {(0, "Courriel"): ["char"]}, tree
        )
        self.assertFalse(suggestions[0, "Courriel"])

    def test_update_by_identifier(self):
        """Importing an export again updates, and logs the cause."""
        lead = self._prospect()
        exported = lead.export_data(["id", "status_id"])["datas"][0]
        content = f'id,status_id\n{exported[0]},"To clarify"\n'
        leads, _fields = self._import(content.encode(), user=self.env.user)
        self.assertEqual(leads, lead)
        self.assertEqual(self._status_log(lead)[-1], ("New", "To clarify", "import"))

    def test_bad_row_names_line_and_column(self):
        wizard = self._wizard(b"Email;Status\na@example.com;Nonsense\n")
        preview = wizard.parse_preview(dict(OPTIONS))
        before = self.env["crm.lead"].search_count([])
        result = wizard.execute_import(
            ["email_from", "status_id"], preview["headers"], preview["options"]
        )
        self.assertFalse(result["ids"])
        self.assertIn("Nonsense", result["messages"][0]["message"])
        self.assertEqual(result["messages"][0]["field"], "status_id")
        self.assertEqual(self.env["crm.lead"].search_count([]), before)

    def test_form_of_an_imported_one(self):
        leads, _fields = self._import(b"Email\nonly@example.com\n")
        with Form(leads, view="prospect.crm_lead_view_form") as form:
            form.first_name = "Anne"
        self.assertEqual(leads.name, "Anne")
