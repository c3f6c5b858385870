"""Files as programs and people write them, through the pages of the import."""

import csv
import io
import random
from base64 import b64encode

from odoo.tests import tagged

from ...tools.tabular import open_table
from ..common import ProspectCase
from .test_tabular import workbook

LINKEDIN = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the e-mail'
    " addresses are missing. You will only see addresses, of connections, who have"
    ' allowed it: https://www.example.com/psettings/privacy"\n'
    "\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "Ana,Roux,https://www.example.com/in/ana,ana@read.example.com,Blue Door,Buyer,"
    "12 Jan 2026\n"
)
HEADLESS = "Ana Roux;ana@read.example.com;Lyon\nBob Blanc;bob@read.example.com;Nice\n"
LETTERS = ["Zoé", "Lefèvre", "Noël", "Chloë Müller", "François", "Hélène", "Garçon"]
CENTRAL = ["Dvořák", "Wałęsa", "Kraków", "Jiří Novák", "Růžička", "Łódź"]


class ReadingCase(ProspectCase):
    """Files that go through the pages of the import."""

    def _open(self, content, name="people.csv", **values):
        """The page of the columns, of a file that was just dropped."""
        wizard = self._import_wizard(content, name=name, **values)
        wizard.action_next()
        return wizard

    def _targets(self, wizard):
        return {column.header: column.target for column in wizard.column_ids}

    def _run(self, wizard):
        operation = wizard._make_operation()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        return operation

    def _leads(self, operation):
        return operation.line_ids.sorted("number").lead_id


@tagged("post_install", "-at_install")
class TestImportReading(ReadingCase):
    """Header, separator, encoding: found, told and changed on the page [MO-41]."""

    def test_header_word_alone(self):
        """A title that is a header's word is no reason to see a single column."""
        for first in ("Contact", "Contacts", "Prospects", "E-mail", "Notes"):
            content = f"{first}\nNom;E-mail;Ville\nAna Roux;ana@read.example.com;Lyon\n"
            with self.subTest(first=first):
                wizard = self._open(content)
                self.assertEqual(
                    self._targets(wizard),
                    {"Nom": "contact_name", "E-mail": "email_from", "Ville": "city"},
                )
                self.assertIn("above the header", wizard.reading_notes)

    def test_single_column_stays_one(self):
        for content in (
            "E-mail\na@read.example.com, b@read.example.com\nc@read.example.com\n",
            "Name\nDupont, Jean\nMartin, Anne\n",
        ):
            with self.subTest(content=content):
                wizard = self._open(content)
                self.assertEqual(len(wizard.column_ids), 1)
                self.assertEqual(wizard.delimiter, "none")

    def test_header_with_line_breaks(self):
        wizard = self._open(
            '"Nom\ncomplet";"Adresse\ne-mail";"Ville"\nAna Roux;ana@read.example.com;'
            '"Lyon\n(centre)"\n'
        )
        self.assertEqual(
            list(self._targets(wizard).values()),
            ["contact_name", "email_from", "city"],
        )
        lead = self._leads(self._run(wizard))
        self.assertEqual(lead.contact_name, "Ana Roux")
        self.assertEqual(lead.city, "Lyon (centre)")

    def test_notes_above_the_header(self):
        """LinkedIn writes three lines above its header, and the page says so."""
        wizard = self._open(LINKEDIN)
        self.assertEqual(
            self._targets(wizard),
            {
                "First Name": "first_name",
                "Last Name": "last_name",
                "URL": "website",
                "Email Address": "email_from",
                "Company": "partner_name",
                "Position": "function",
                "Connected On": False,
            },
        )
        self.assertIn("3 lines above the header", wizard.reading_notes)
        operation = self._run(wizard)
        self.assertIn("3 lines above the header", operation.what)
        self.assertRecordValues(
            self._leads(operation),
            [
                {
                    "contact_name": "Ana Roux",
                    "email_from": "ana@read.example.com",
                    "partner_name": "Blue Door",
                    "function": "Buyer",
                }
            ],
        )

    def test_without_header(self):
        """The first row looks like the others: the box unticks itself, and nobody is
        lost; who knows better ticks it again.
        """
        for name, content in (
            ("people.csv", HEADLESS.encode()),
            ("people.xlsx", workbook([row.split(";") for row in HEADLESS.split()])),
        ):
            with self.subTest(name=name):
                wizard = self._open(content, name=name)
                self.assertFalse(wizard.has_header)
                self.assertIn("looks like those below", wizard.reading_notes)
        wizard = self._open(HEADLESS)
        wizard.column_ids[0].target = "contact_name"
        operation = self._run(wizard)
        self.assertEqual(
            self._leads(operation).mapped("email_from"),
            ["ana@read.example.com", "bob@read.example.com"],
        )
        self.assertIn("no header", operation.what)
        wizard = self._open(HEADLESS)
        wizard.has_header = True
        self.assertTrue(wizard.has_header)
        self.assertEqual(wizard.column_ids[0].header, "Ana Roux")
        self.assertFalse(wizard.reading_notes)
        # what was chosen stays, by whatever separator it is read
        wizard.delimiter = "comma"
        self.assertTrue(wizard.has_header)
        # ... and is looked at again where nothing was
        wizard = self._open(HEADLESS)
        wizard.delimiter = "comma"
        wizard.delimiter = "semicolon"
        self.assertFalse(wizard.has_header)
        wizard = self._import_wizard("Nom;E-mail\nA;B\n", has_header=False)
        wizard.action_next()
        self.assertFalse(wizard.has_header)

    def test_kinds_of_first_rows(self):
        """What is data, and what is a header."""
        for is_header, content in (
            (False, "ana@read.example.com\nbob@read.example.com\n"),
            (False, "ana@read.example.com\n"),
            (False, "Ana;Roux;06 12 34 56 78\nBob;Blanc;06 12 34 56 79\n"),
            (False, "Ana;;Lyon\nBob;bob@read.example.com;Nice\n"),
            (False, "Mme;Roux;Ana\nM.;Blanc;Bob\n"),
            (False, "Ana;Roux;Lyon\nBob;Blanc;Lyon\nCal;Vert;Nice\n"),
            (False, "Ana;Commercial;06 12 34 56 78\nBob;Buyer;06 12 34 56 79\n"),
            (True, "Nom;Prénom\nRoux;Ana\n"),
            (True, "Alpha;Beta\nGamma;Delta\n"),
            (True, "Région;2024;2025\nNord;12;13\nSud;14;15\n"),
            (True, "Qui;Où le joindre\nAna;ana@read.example.com\n"),
            (True, "A;B\n1;2\nA;B\n3;4\n"),
            (True, "Person - Name,Person - Email\nAna,ana@read.example.com\n"),
        ):
            with (
                self.subTest(content=content),
                open_table(content.encode(), "x.csv", has_header=None) as table,
            ):
                self.assertEqual(table.has_header, is_header)

    def test_separator_is_chosen(self):
        """Another separator is read at once, and the operation reads by it."""
        content = "Nom:E-mail\nRoux, Ana:ana@read.example.com\n"
        wizard = self._open(content)
        self.assertTrue(wizard.is_text)
        self.assertNotEqual(wizard.column_ids.mapped("header"), ["Nom", "E-mail"])
        wizard.delimiter = "colon"
        self.assertEqual(
            self._targets(wizard), {"Nom": "contact_name", "E-mail": "email_from"}
        )
        operation = self._run(wizard)
        self.assertEqual(self._leads(operation).email_from, "ana@read.example.com")
        self.assertEqual(operation.options["delimiter"], ":")
        action = self._preview(content, "colon").action_edit("columns")
        again = self.env["prospect.import"].browse(action["res_id"])
        self.assertEqual(again.delimiter, "colon")
        self.assertEqual(again.column_ids.mapped("header"), ["Nom", "E-mail"])

    def _preview(self, content, delimiter):
        wizard = self._open(content)
        wizard.delimiter = delimiter
        operation = wizard._make_operation()
        operation.action_preview()
        return operation

    def test_encoding_is_chosen(self):
        """Another encoding is read at once; characters that no text has are told."""
        names = ["Nom;E-mail", "Стоянов;ana@read.example.com"]
        content = "\n".join(names).encode("koi8-r")
        wizard = self._open(content)
        self.assertNotIn("Стоянов", wizard.column_ids[0].samples)
        wizard.encoding = "koi8-r"
        self.assertIn("Стоянов", wizard.column_ids[0].samples)
        self.assertEqual(self._leads(self._run(wizard)).contact_name, "Стоянов")
        wizard = self._open("Nom;Ville\nLéa;Nîmes\n".encode("cp850"))
        wizard.encoding = "iso8859-15"
        self.assertIn("characters in it that no text has", wizard.reading_notes)
        wizard.encoding = "cp850"
        self.assertFalse(wizard.reading_notes)

    def test_workbook_has_neither(self):
        wizard = self._open(workbook([["Nom", "Ville"], ["Ana", "Lyon"]]), "a.xlsx")
        self.assertFalse(wizard.is_text or wizard.delimiter or wizard.encoding)

    def test_another_file_is_found_anew(self):
        wizard = self._open(HEADLESS)
        wizard.delimiter = "comma"
        wizard.action_back()
        wizard.write(
            {"file": b64encode(b"Phone\tCity\n0612345678\tLyon\n"), "filename": "b.csv"}
        )
        wizard.action_next()
        self.assertEqual(wizard.column_ids.mapped("header"), ["Phone", "City"])
        self.assertEqual(wizard.delimiter, "tab")

    def test_comma_blank_quote(self):
        """As some programs write it, with and without header."""
        rows = 'ana@read.example.com, "Dupont, Ana", "Blue Door, Inc"\n'
        for header in ("", "Email, Name, Company\n", '"Email", "Name", "Company"\n'):
            with self.subTest(header=header):
                wizard = self._open(f"{header}{rows}", policy="create")
                self.assertEqual(len(wizard.column_ids), 3)
                for column, target in zip(
                    wizard.column_ids,
                    ("email_from", "contact_name", "partner_name"),
                    strict=True,
                ):
                    column.target = target
                self.assertRecordValues(
                    self._leads(self._run(wizard)),
                    [
                        {
                            "email_from": "ana@read.example.com",
                            "last_name": "Dupont",
                            "partner_name": "Blue Door, Inc",
                        }
                    ],
                )

    def test_row_wider_than_its_header(self):
        """It is told on the page and on its line."""
        content = (
            "Nom;E-mail\nAna;ana@read.example.com\nBob;bob@read.example.com;Nice\n"
        )
        wizard = self._open(content)
        self.assertIn("more cells than the header: 3", wizard.reading_notes)
        operation = wizard._make_operation()
        operation.action_preview()
        lines = operation.line_ids.sorted("number")
        self.assertFalse(lines[0].reason)
        self.assertIn("more cells than the header", lines[1].reason)
        # far below the rows that say how wide a table is
        many = "".join(f"A;a{n}@read.example.com\n" for n in range(1100))
        operation = self._open(f"Nom;E-mail\n{many}B;b@read.example.com;x;y\n")
        operation = operation._make_operation()
        operation.action_preview()
        told = operation.line_ids.filtered("reason")
        self.assertEqual(told.mapped("number"), [1102])
        self.assertIn("joined to the last one: 1", operation.what)
        # a last column without a name is one
        wizard = self._open("Nom;E-mail;\nAna;ana@read.example.com;x\n")
        self.assertFalse(wizard.reading_notes)

    def test_wide_row_of_a_workbook(self):
        rows = [["Nom", "E-mail"]] + [["A", f"a{n}@read.example.com"] for n in range(5)]
        rows[3].append("Nice")
        operation = self._open(workbook(rows), "a.xlsx")._make_operation()
        operation.action_preview()
        self.assertEqual(operation.line_ids.filtered("reason").mapped("number"), [4])

    def test_encodings_by_their_letters(self):
        """What was put in is read, whatever wrote it."""
        for encoding, names in (
            *((code, LETTERS) for code in ("cp850", "mac-roman", "cp1252", "utf-8")),
            ("cp1250", CENTRAL),
        ):
            rows = "".join(
                f"{name};p{n}@read.example.com\n" for n, name in enumerate(names)
            )
            content = (
                f"Prénom;E-mail\n{rows}" if names is LETTERS else f"Nom;Mail\n{rows}"
            )
            with self.subTest(encoding=encoding):
                wizard = self._open(content.encode(encoding), policy="create")
                self.assertEqual(wizard.encoding, encoding)
                operation = self._run(wizard)
                fname = "first_name" if names is LETTERS else "contact_name"
                self.assertEqual(self._leads(operation).mapped(fname), names)


@tagged("post_install", "-at_install")
class TestGeneratedFiles(ReadingCase):
    """Encodings x separators x quoting: what was put in comes out."""

    FIRST = ("Zoé", "Hélène", "François", "Chloë", "Noël", "Anaïs", "Jérôme", "Aimée")
    LAST = ("Lefèvre", "Müller", "Garçon", "Bénard", "Peña", "Gérôme", "D'Été", "Roÿ")
    FIRMS = (
        "Blue Door",
        "L'Étoile, SARL",
        'Café "Chez Léo"',
        "A; B & Cie",
        "Deux\nrues",
    )

    def _rows(self, chance, count):
        return [
            [
                chance.choice(self.FIRST),
                chance.choice(self.LAST),
                f"g{number}@gen.example.com",
                chance.choice(self.FIRMS),
            ]
            for number in range(count)
        ]

    def _write(self, rows, encoding, delimiter, quoting, blank):
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(rows)
        text = file.getvalue()
        if blank:
            text = text.replace(f'"{delimiter}"', f'"{delimiter} "')
        return text.encode(encoding)

    def test_corpus(self):
        chance = random.Random(20260131)
        header = ["Prénom", "Nom", "E-mail", "Société"]
        read = wrong = 0
        for encoding in (
            "utf-8",
            "utf-8-sig",
            "utf-16",
            "cp1252",
            "cp850",
            "mac-roman",
        ):
            for delimiter in ";,\t|":
                for quoting, blank in (
                    (csv.QUOTE_MINIMAL, False),
                    (csv.QUOTE_ALL, False),
                    (csv.QUOTE_ALL, delimiter != "\t"),
                ):
                    for title in ([], [["Export du 31/01/2026"]]):
                        rows = self._rows(chance, 12)
                        data = self._write(
                            [*title, header, *rows], encoding, delimiter, quoting, blank
                        )
                        with open_table(data, "x.csv", has_header=None) as table:
                            found = [cells for _line, cells in table.rows()]
                        read += 1
                        if (table.header, found) != (header, rows):
                            wrong += 1
                            with self.subTest(
                                encoding=encoding,
                                delimiter=delimiter,
                                quoting=quoting,
                                blank=blank,
                                title=title,
                            ):
                                self.assertEqual((table.header, found), (header, rows))
        self.assertEqual((read, wrong), (144, 0))

    def test_through_the_product(self):
        """Some of them as prospects."""
        chance = random.Random(7)
        header = ["Prénom", "Nom", "E-mail", "Société"]
        for encoding, delimiter in (
            ("cp850", ";"),
            ("mac-roman", ","),
            ("utf-16", "\t"),
        ):
            rows = self._rows(chance, 8)
            data = self._write(
                [header, *rows], encoding, delimiter, csv.QUOTE_ALL, False
            )
            with self.subTest(encoding=encoding):
                leads = self._leads(self._run(self._open(data, policy="create")))
                self.assertEqual(
                    [
                        [lead.first_name, lead.last_name, lead.email_from]
                        for lead in leads
                    ],
                    [row[:3] for row in rows],
                )
