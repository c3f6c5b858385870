"""What a value means, through the product: the API, a file, the inbox, people who type."""
# ruff: noqa: E501, RUF001 - tables of what people write

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestValueChannels(ProspectCase):
    """The same inputs by each channel, with the same right values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.france = cls.env.ref("base.fr")
        cls.env.company.country_id = cls.france
        cls.mr = cls.env.ref("prospect.prospect_title_mr")
        cls.ms = cls.env.ref("prospect.prospect_title_ms")

    # --- Doors ------------------------------------------------------------------------

    def _by_upsert(self, values):
        (outcome,) = self.env["crm.lead"]._prospect_upsert([values])
        lead = self.env["crm.lead"].browse(outcome["lead_id"])
        return lead, outcome["reason"]

    def _run(self, header, *rows, user=None, **values):
        """The operation of an imported file, run."""
        text = "\n".join(
            ";".join('"{}"'.format(cell.replace('"', '""')) for cell in row)
            for row in (header, *rows)
        )
        wizard = self._import_wizard(f"{text}\n", user=user, **values)
        wizard._guess_columns()
        operation = wizard._make_operation()
        operation.action_preview()
        self._drain(operation)
        operation.action_run()
        self._drain(operation)
        return operation

    def _by_file(self, values):
        headers = {
            "contact_name": "Full name",
            "email_from": "E-mail",
            "phone": "Phone",
            "partner_name": "Company",
            "country_id": "Country",
            "title_id": "Salutation",
            "city": "City",
        }
        operation = self._run(
            [headers[fname] for fname in values], list(values.values())
        )
        line = operation.line_ids
        return line.lead_id, line.reason or ""

    def _by_inbox(self, values):
        self.env.flush_all()
        inbox = self.env["prospect.capture"]
        with self.enter_registry_test_mode():
            message = inbox._receive("form", f"values-{inbox.search_count([])}", values)
        return message.lead_id, message.reason or ""

    def _by_each(self, values):
        """(door, prospect, what was told) by each door."""
        for door in (self._by_upsert, self._by_file, self._by_inbox):
            with self.subTest(door=door.__name__, values=values):
                self.env["crm.lead"].search(
                    [("partner_name", "=", "Values & Co")]
                ).unlink()
                lead, told = door({"partner_name": "Values & Co", **values})
                self.env.invalidate_all()
                yield lead, told

    # --- Addresses and phones ---------------------------------------------------------

    def test_address_with_a_blank(self):
        """It is kept and told, and is nobody's key: above all not a stranger's."""
        stranger = self._prospect(email_from="roux@x.example.com")
        for lead, told in self._by_each({"email_from": "ana roux@x.example.com"}):
            self.assertNotEqual(lead, stranger)
            self.assertEqual(lead.email_from, "ana roux@x.example.com")
            self.assertFalse(lead.email_normalized)
            self.assertEqual(lead.email_state, "incorrect")
            self.assertIn("ana roux@x.example.com", told)

    def test_addresses(self):
        for text in ("'ana@x.example'", "ana@x.example!", "Ana <ana@x.example>"):
            for lead, _told in self._by_each({"email_from": text}):
                self.assertEqual(lead.email_normalized, "ana@x.example")

    def test_numbers_without_their_digits(self):
        """Two people with the same rest of a number are two."""
        for lead, told in self._by_each({"phone": "3,36123E+10"}):
            self.assertEqual(lead.phone, "3,36123E+10")
            self.assertFalse(lead.phone_sanitized)
            self.assertIn("lost digits", told)
        operation = self._run(
            ["Nom", "Téléphone"], ["Ana", "3,36123E+10"], ["Bob", "3,36123E+10"]
        )
        self.assertEqual(len(operation.line_ids.lead_id), 2)
        for lead, _told in self._by_each({"phone": "3.3612345678E+10"}):
            self.assertEqual(lead.phone_sanitized, "+33612345678")

    def test_two_phones(self):
        for text in (
            "06 12 34 56 78 / 01 42 68 53 00",
            "06 12 34 56 78 ou 01 42 68 53 00",
            "06 12 34 56 78 ::: 01 42 68 53 00",
            "06 12 34 56 78\n01 42 68 53 00",
        ):
            for lead, told in self._by_each({"phone": text}):
                self.assertEqual(lead.phone_sanitized, "+33612345678")
                self.assertIn("01 42 68 53 00", html2plaintext(lead.description))
                self.assertIn("the rest is in the notes", told)

    def test_message_names_the_country(self):
        for lead, told in self._by_each({"phone": "06 12"}):
            self.assertEqual(lead.phone, "06 12")
            self.assertIn("not valid in France", told)

    # --- Names ------------------------------------------------------------------------

    def test_names(self):
        for text, title, first, last in (
            ("J. Smith", False, "J.", "Smith"),
            ("J.R. Tolkien", False, "J.R.", "Tolkien"),
            ("M. Dupont", self.mr, False, "Dupont"),
            ("Mme Marie DUPONT", self.ms, "Marie", "DUPONT"),
            ("M. et Mme Dupont", False, False, "Dupont"),
            ("Paul Dupont MBA", False, "Paul", "Dupont"),
            ("Marie Dupont, PhD", False, "Marie", "Dupont"),
            ("Frau Anna Schmidt", self.ms, "Anna", "Schmidt"),
            ("Mlle Léa Roux", self.ms, "Léa", "Roux"),
        ):
            for lead, _told in self._by_each({"contact_name": text}):
                self.assertEqual(lead.title_id, title or lead.title_id.browse())
                self.assertEqual((lead.first_name, lead.last_name), (first, last))

    def test_titles(self):
        """A title that has a record of its own is that one; others by their kind."""
        own = self.env["prospect.title"].create({"name": "Ing."})
        operation = self._run(
            ["Salutation", "Full name"], ["Mrs", "Ana A"], ["Ing", "Bob B"]
        )
        self.assertEqual(
            operation.line_ids.lead_id.sorted("contact_name").mapped("title_id"),
            self.ms + own,
        )
        self.ms.active = False
        operation = self._run(["Salutation", "Full name"], ["Mrs", "Cal C"])
        self.assertFalse(operation.line_ids.lead_id.title_id)

    def test_title_of_a_mail(self):
        lead = self.env["crm.lead"].message_new(
            {
                "email_from": '"Mme Marie DUPONT" <m.dupont@x.example.com>',
                "subject": "Hello",
                "body": "",
                "message_id": "<values@x.example.com>",
                "author_id": False,
            },
            {"team_id": self.team.id, "type": "lead"},
        )
        self.assertEqual(lead.title_id, self.ms)
        self.assertEqual((lead.first_name, lead.last_name), ("Marie", "DUPONT"))

    # --- Texts ------------------------------------------------------------------------

    def test_invisible_marks(self):
        """Search finds everybody, by whatever channel they came, typed ones too."""
        dirty, clean = (
            "\u200bMe\u0301\u00adlanie\ufeff Co\u0302te\u202c",
            "Mélanie Côte",
        )
        for lead, _told in self._by_each({"contact_name": dirty}):
            self.assertEqual(lead.contact_name, clean)
        lead = self._prospect(contact_name=dirty, city="a\u200bb")
        self.assertEqual((lead.contact_name, lead.city), (clean, "ab"))
        lead.write({"city": "Co\u0302te\ufeff", "last_name": "Ro\u0308\u200by"})
        self.assertEqual((lead.city, lead.last_name), ("Côte", "Röy"))
        for model, more in (
            ("prospect.list", {}),
            ("crm.tag", {}),
            ("utm.source", {"prospect_channel": "form"}),
        ):
            record = self.env[model].create({"name": f"{dirty} {model}", **more})
            self.assertEqual(record.name, f"{clean} {model}")
            record.name = dirty
            self.assertEqual(record.name, clean)

    def test_placeholders(self):
        for text in ("n/a", "N/A", "null", "-", "#N/A", "aucun", "néant"):
            values = {"city": text, "phone": text, "email_from": "ana@x.example"}
            for lead, told in self._by_each(values):
                self.assertEqual((lead.city, lead.phone), (False, False))
                self.assertFalse(told)
        (outcome,) = self.env["crm.lead"]._prospect_upsert(
            [{"contact_name": "Ana Roux", "partner_name": "N/A"}]
        )
        self.assertFalse(self.env["crm.lead"].browse(outcome["lead_id"]).partner_name)

    def test_folded_names(self):
        """Apostrophes and dashes make no second tag, list or country."""
        ivory = self.env.ref("base.ci")
        for text in ("Côte d’Ivoire", "Côte d'Ivoire", "Ivory Coast", "CIV"):
            operation = self._run(["E-mail", "Country"], ["ivory@x.example.com", text])
            self.assertEqual(operation.line_ids.lead_id.country_id, ivory)
        for text, code in (
            *(("USA", "us"), ("UK", "uk"), ("Deutschland", "de"), ("Holland", "nl")),
        ):
            operation = self._run(
                ["E-mail", "Country"], [f"{code}@x.example.com", text]
            )
            country = self.env.ref(f"base.{code}")
            self.assertEqual(operation.line_ids.lead_id.country_id, country)
        tag = self.env["crm.tag"].create({"name": "L’Est – Sud"})
        operation = self._run(
            ["E-mail", "Tags"], ["a1@x.example.com", "l'est - sud"], user=self.manager
        )
        self.assertEqual(operation.line_ids.lead_id.tag_ids, tag)

    def test_folded_companies(self):
        company = self.env["res.partner"].create(
            {"name": "L’Atelier – Nord", "is_company": True}
        )
        lead = self._prospect(partner_name="L'Atelier - Nord", contact_name="Zoé Roy")
        found = lead._prospect_match_companies()
        self.assertEqual(found[lead.id], (company, "name"))

    # --- Archived ---------------------------------------------------------------------

    def test_archived_names(self):
        """Who has left gets nothing, and an archived list no members: told."""
        self.salesman_all.active = False
        gone = self.env["prospect.list"].create({"name": "Gone fair"})
        gone.active = False
        operation = self._run(
            ["E-mail", "Salesperson", "Lists"],
            ["left@x.example.com", self.salesman_all.login, "Gone fair"],
            user=self.manager,
        )
        line = operation.line_ids
        self.assertFalse(line.lead_id.user_id)
        self.assertFalse(line.lead_id.list_ids)
        self.assertIn("is archived", line.reason)
        self.assertEqual(
            self.env["prospect.list"]
            .with_context(active_test=False)
            .search_count([("name", "=", "Gone fair")]),
            1,
        )

    def test_archived_in_the_inbox(self):
        """The inbox looks for prospects among archived ones, and for names not."""
        team = self.env["crm.team"].create({"name": "Gone team", "active": False})
        reader = self.env["prospect.capture"].with_context(active_test=False)
        reader = reader._make_reader(
            {"mapping": {"0": "team_id", "1": "city"}}, ["t", "c"]
        )
        row = reader.read_row(1, [team.name, "Lyon"])
        self.assertNotIn("team_id", row.values)
        self.assertIn("is archived", row.full_reason)

    def test_archived_before_the_run(self):
        """Shares skip who was archived between preview and run."""
        wizard = self._import_wizard(
            "E-mail\n" + "".join(f"share{n}@x.example.com\n" for n in range(4)),
            user=self.manager,
            distribute_user_ids=[(6, 0, (self.salesman + self.salesman_all).ids)],
        )
        wizard._guess_columns()
        operation = wizard._make_operation()
        operation.action_preview()
        self._drain(operation)
        self.salesman_all.active = False
        operation.action_run()
        self._drain(operation)
        leads = operation.line_ids.lead_id
        self.assertEqual(len(leads), 4)
        self.assertEqual(leads.user_id, self.salesman)

    def test_archived_salesperson_before_the_run(self):
        wizard = self._import_wizard(
            f"E-mail;Salesperson\nsp@x.example.com;{self.salesman_all.login}\n",
            user=self.manager,
        )
        wizard._guess_columns()
        operation = wizard._make_operation()
        operation.action_preview()
        self._drain(operation)
        self.salesman_all.active = False
        operation.action_run()
        self._drain(operation)
        line = operation.line_ids
        self.assertFalse(line.lead_id.user_id)
        self.assertIn("is archived", line.reason)

    # --- Companies --------------------------------------------------------------------

    def test_no_companies_in_the_context(self):
        """A program that names none writes into the user's company, not into the first
        one by sequence.
        """
        first, own = self.env["res.company"].create(
            [
                {"name": "First values", "sequence": 0},
                {"name": "Own values", "sequence": 9},
            ]
        )
        user = self.manager
        user.write({"company_ids": [(6, 0, (first + own).ids)], "company_id": own.id})
        self.env["crm.team"].create(
            [
                {
                    "name": "Of the first",
                    "company_id": first.id,
                    "sequence": 0,
                    "use_leads": True,
                    "member_ids": [(6, 0, user.ids)],
                },
                {
                    "name": "Of the own",
                    "company_id": own.id,
                    "sequence": 9,
                    "use_leads": True,
                    "member_ids": [(6, 0, user.ids)],
                },
            ]
        )
        context = dict(self.env.context)
        context.pop("allowed_company_ids", None)
        leads = self.env(user=user, context=context)["crm.lead"]
        self.assertEqual(leads.env.company, own)
        (outcome,) = leads._prospect_upsert([{"email_from": "own@x.example.com"}])
        lead = leads.browse(outcome["lead_id"])
        self.assertNotEqual(lead.sudo().company_id, first)
        self.assertNotEqual(lead.sudo().team_id.company_id, first)
        (again,) = leads._prospect_upsert([{"email_from": "own@x.example.com"}])
        self.assertEqual(again["lead_id"], outcome["lead_id"])

    # --- Custom fields ----------------------------------------------------------------

    def test_custom_fields(self):
        """Columns headed like custom fields are proposed, and read by their types."""
        kinds = ("integer", "float", "date", "datetime", "boolean", "selection", "tags")
        fields_ = self.env["prospect.property"].create(
            [
                {
                    "name": f"Val {kind}",
                    "kind": kind,
                    "choices": "Bleu\nRouge"
                    if kind in ("selection", "tags")
                    else False,
                }
                for kind in kinds
            ]
        )
        keys = dict(zip(kinds, fields_.mapped("key"), strict=True))
        items = {i["name"]: i for i in self.env["prospect.property"]._read_items()}
        self.salesman.lang = "fr_FR"
        good = ["1 200", "1.200,50 €", "31 janvier 2026", "31/01/2026 14h30", "oui"]
        operation = self._run(
            ["E-mail", *(f"VAL {kind}" for kind in kinds)],
            ["v1@x.example.com", *good, "rouge", "bleu, ROUGE"],
            [
                "v2@x.example.com",
                "many",
                "12 %",
                "bientôt",
                "n/a",
                "-",
                "vert",
                "bleu, vert",
            ],
            ["v3@x.example.com", "", "", "01/02/2026", "", "", "", ""],
        )
        one, two, three = operation.line_ids.lead_id.sorted("email_from")
        values = {kind: dict(one.properties._values)[key] for kind, key in keys.items()}
        choices = {label: key for key, label in items[keys["selection"]]["selection"]}
        tags = {tag[1]: tag[0] for tag in items[keys["tags"]]["tags"]}
        self.assertEqual(
            values,
            {
                "integer": 1200,
                "float": 1200.5,
                "date": "2026-01-31",
                "datetime": "2026-01-31 14:30:00",
                "boolean": True,
                "selection": choices["Rouge"],
                "tags": [tags["Bleu"], tags["Rouge"]],
            },
        )
        found = dict(two.properties._values)
        self.assertEqual(found[keys["float"]], 12.0)
        notes = html2plaintext(two.description)
        for text in ("many", "bientôt", "vert", "bleu, vert"):
            self.assertIn(text, notes)
        self.assertNotIn("n/a", notes)
        line = operation.line_ids.filtered(lambda line: line.lead_id == two)
        told = line.with_context(lang="en_US").reason
        self.assertIn("VAL integer".lower(), told.lower())
        self.assertEqual(
            dict(three.properties._values)[keys["date"]], "2026-02-01", "as in France"
        )

    def test_custom_record(self):
        """Records are found by their names, and stay within what one may read."""
        holder = self.env["prospect.property"]._get_holder()
        items = holder.properties_definition or []
        holder.properties_definition = [
            *items,
            {
                "name": "valpartner",
                "type": "many2one",
                "string": "Val partner",
                "comodel": "res.partner",
            },
        ]
        partner = self.env["res.partner"].create({"name": "Val L’Unique"})
        operation = self._run(
            ["E-mail", "Val partner"],
            ["r1@x.example.com", "val l'unique"],
            ["r2@x.example.com", "Val nobody"],
        )
        one, two = operation.line_ids.lead_id.sorted("email_from")
        self.assertEqual(one.properties["valpartner"], partner)
        self.assertIn("Val nobody", html2plaintext(two.description))

    # --- Countries of phones ----------------------------------------------------------

    def test_country_of_the_file(self):
        """Phones are read where most of them are valid, which is said and changed."""
        self.env.company.country_id = self.env.ref("base.us")
        rows = "Nom;Téléphone\nAna;06 12 34 56 78\nBob;01 42 68 53 00\nCal;04 91 12 34 56\n"
        wizard = self._import_wizard(rows)
        wizard._guess_columns()
        self.assertEqual(wizard.country_id, self.france)
        self.assertIn("3 of the first 3", wizard.country_hint)
        self.assertIn("France", wizard.country_hint)
        wizard.action_company_country()
        self.assertEqual(wizard.country_id.code, "US")
        self.assertIn("0 of the first 3", wizard.country_hint)
        wizard = self._import_wizard(rows, country_id=self.env.ref("base.be").id)
        wizard._guess_columns()
        self.assertEqual(wizard.country_id.code, "BE", "what a program says stays")
        wizard = self._import_wizard("Nom;Téléphone\nAna;+33 6 12 34 56 78\n")
        wizard._guess_columns()
        self.assertEqual(wizard.country_id.code, "US")
        self.assertFalse(wizard.country_hint)

    def test_order_of_dates(self):
        """What the file makes plain counts, else the language."""
        for rows, order in (
            ("31/01/2026", "dmy"),
            ("01/31/2026", "mdy"),
            ("1/2/26", "mdy"),
        ):
            wizard = self._import_wizard(f"E-mail;Day\na@x.example.com;{rows}\n")
            wizard._guess_columns()
            self.assertEqual((wizard.date_order, wizard.has_dates), (order, True))

    def test_example_of_a_phone(self):
        """The example of an empty field is no number that would be flagged."""
        lead = self.env["crm.lead"].new({"type": "lead"})
        self.assertIn("06 12 34 56 78", lead.prospect_phone_example)
        self.env.company.country_id = self.env.ref("base.us")
        lead = self._prospect(email_from=False, company_id=self.env.company.id)
        example = lead.prospect_phone_example
        self.assertNotIn("06 12", example)
        lead.phone = example.removeprefix("e.g. ")
        self.assertTrue(lead.phone_sanitized)

    def test_nobody_is_written_to(self):
        """Odoo would write to the stranger whose address is within the text."""
        lead = self._prospect(email_from="ana roux@x.example.com")
        self.assertFalse(lead.email_normalized)
        found = lead._message_get_default_recipients()[lead.id]
        self.assertFalse(found["email_to"])
