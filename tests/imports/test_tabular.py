import codecs
import contextlib
import csv
import datetime
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import xlsxwriter
import xlwt

from odoo.tests import BaseCase

from odoo.addons.prospect import tools
from odoo.addons.prospect.tools import Limits, TableError, open_table, write_rejected

HEADER = ["Nom", "E-mail", "Téléphone", "Notes"]
ROWS = [
    ["Lefèvre", "anne@example.com", "06 12 34 56 78", "vue au « salon »"],
    ["Dupont; fils", "jean@example.com", "+33 1 99 00 11 22", 'dit "hello"'],
    ["Ångström, A.", "", "", "deux\nlignes"],
]
TOO_MUCH = ("too_many_cells", "too_many_columns")
LINES = [(2, ROWS[0]), (3, ROWS[1]), (4, ROWS[2])]


def text_file(rows, encoding="utf-8", delimiter=",", **options):
    """Bytes of a CSV file."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, **options).writerows(rows)
    return file.getvalue().encode(encoding)


def workbook(rows, fill=None):
    """Bytes of an XLSX file; ``fill(book, sheet)`` adds what rows cannot say."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("People")
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
        if fill:
            fill(book, sheet)
    return file.getvalue()


def changed_archive(data, changes):
    """An archive with other contents for some of its members."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *changes}:
            content = changes[name] if name in changes else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def sheet_xml(rows):
    """The XML of a worksheet."""
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    )


def with_sheet(rows):
    """An XLSX file whose sheet has this XML for its rows."""
    return changed_archive(
        workbook([["a"]]), {"xl/worksheets/sheet1.xml": sheet_xml(rows)}
    )


def inline(cell, text):
    return f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(rows, extra="", manifest="<manifest/>"):
    """Bytes of an ODS file of texts."""
    body = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{cell}</text:p></table:table-cell>"
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="People">'
        f"{body}{extra}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


class TabularCase(BaseCase):
    """Assertions on tables and on what is none."""

    def assertTable(self, source, header, lines, **options):
        with open_table(source, "people.csv", **options) as table:
            self.assertEqual(table.header, header)
            self.assertEqual(list(table.rows()), lines)
            self.assertEqual(list(table.rows()), lines, "not the same the second time")
            self.assertTrue(all(len(cells) == table.width for _l, cells in lines))
            return table

    def assertRefused(self, code, source, filename="people.csv", **options):
        with (
            self.assertRaises(TableError) as refused,
            open_table(source, filename, **options) as table,
        ):
            list(table.rows())
        self.assertEqual(refused.exception.code, code, refused.exception)
        self.assertEqual(
            str(refused.exception), tools.CODES[code] % refused.exception.params
        )
        return refused.exception.params


class TestDelimited(TabularCase):
    def test_encodings_and_delimiters(self):
        """Each is found by itself, from bytes, from a path and from an open file."""
        for encoding in (
            *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"),
            *("latin-1", "cp1252"),
        ):
            for delimiter in ",;\t|":
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    data = text_file([HEADER, *ROWS], encoding, delimiter)
                    table = self.assertTable(data, HEADER, LINES)
                    self.assertEqual(table.delimiter, delimiter)
                    self.assertFalse(table.warnings)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "people.csv")
            path.write_bytes(data)
            self.assertTable(path, HEADER, LINES)
            with path.open("rb") as file:
                file.read(0)
                table = self.assertTable(file, HEADER, LINES)
                one, two = table.rows(), table.rows()
                self.assertEqual(list(zip(one, two, strict=True))[1], (LINES[1],) * 2)

    def test_windows_signs(self):
        """The euro is Windows', and what Windows lacks is kept."""
        data = b"Nom;Notes\r\n" + "Léa;5 € „ l'été\r\n".encode("cp1252") + b"B;\x81\r\n"
        table = self.assertTable(
            data, ["Nom", "Notes"], [(2, ["Léa", "5 € „ l'été"]), (3, ["B", "\x81"])]
        )
        self.assertEqual(table.encoding, "cp1252")

    def test_mixed_encodings(self):
        """A line of another encoding is read by itself, and counted."""
        lines = ["Nom;Notes\n", *(f"Léa {number};été\n" for number in range(50))]
        data = b"".join(
            line.encode("cp1252" if number in (7, 8) else "utf-8")
            for number, line in enumerate(lines)
        )
        with open_table(data) as table:
            rows = list(table.rows())
            self.assertEqual(table.encoding, "utf-8")
            self.assertEqual(table.warnings["mixed_encoding"], 2)
        self.assertEqual(rows[6], (8, ["Léa 6", "été"]))
        self.assertTrue(all(cells[1] == "été" for _line, cells in rows))

    def test_late_accent(self):
        """A file that shows its encoding only at its end."""
        data = b"Nom;Notes\n" + b"A;b\n" * 300_000 + "Léa;été\n".encode("cp1252")
        with open_table(data) as table:
            *_others, (line, cells) = table.rows()
            self.assertEqual((line, cells), (300_002, ["Léa", "été"]))
            self.assertEqual(table.encoding, "cp1252")
            self.assertAlmostEqual(table.size_hint, 300_000, delta=30_000)

    def test_given_encoding(self):
        data = "Nom,Ville\nЮля,Минск\n".encode("cp1251")
        self.assertTable(
            data, ["Nom", "Ville"], [(2, ["Юля", "Минск"])], encoding="windows-1251"
        )
        self.assertRefused("unknown_encoding", data, encoding="klingon")
        self.assertRefused("unknown_encoding", data, encoding="base64")
        self.assertRefused("unknown_delimiter", data, delimiter="ab")
        # one that is known and does not fit
        self.assertRefused("no_rows", data, encoding="utf-16-le")

    def test_line_ends(self):
        for end in ("\n", "\r\n", "\r"):
            data = text_file([HEADER, *ROWS], lineterminator=end, quoting=csv.QUOTE_ALL)
            with self.subTest(end=end):
                self.assertTable(data, HEADER, LINES)
                # a block that ends between the two halves of a line's end
                for pad in range(262_138, 262_146):
                    body = f"A,B{end}" + "x" * pad + f",1{end}y,2{end}"
                    table = open_table(body.encode())
                    self.assertEqual(
                        [cells[1] for _line, cells in table.rows()], ["1", "2"]
                    )

    def test_unusual_letters(self):
        """Other line separators of Unicode are letters; so are right-to-left ones."""
        rows = [["a\u2028b\x0bc\x85d", "محمد بن سلمان"], ["李 小龍", "🎉 «ё»"]]
        self.assertTable(
            text_file([["Nom", "Prénom"], *rows]),
            ["Nom", "Prénom"],
            [(2, rows[0]), (3, rows[1])],
        )

    def test_separator_line(self):
        """What Excel writes to itself is no row."""
        for line in ("sep=|", '"sep=|"', "SEP=|"):
            data = f"{line}\r\nNom|Notes\r\nA;b|c,d\r\n".encode("utf-8-sig")
            self.assertTable(data, ["Nom", "Notes"], [(2, ["A;b", "c,d"])])

    def test_one_column(self):
        for header, cells in (
            ("E-mail", ["a@example.com", "b@example.com"]),
            ("E-mail", ["a@example.com, b@example.com", "c@example.com;d@example.com"]),
            ("Name", ["Dupont, Jean", "Martin, Anne"]),
            ("Something", ["a", "b c"]),
        ):
            with self.subTest(header=header, cells=cells):
                data = "\n".join([header, *cells]).encode()
                lines = [(2 + at, [cell]) for at, cell in enumerate(cells)]
                self.assertTable(data, [header], lines)

    def test_empty_rows(self):
        """Empty rows are left out, and counted; so are a column's and its header's."""
        data = b"\n\nNom,Ville,,\n,,,\nA,B,,\n \n,\nC,D,,\n,,\n"
        self.assertTable(data, ["Nom", "Ville"], [(5, ["A", "B"]), (8, ["C", "D"])])

    def test_ragged_rows(self):
        """Short rows are filled; of long ones nothing is lost."""
        body = b"A,B,C\n" * 1500
        data = b"Nom,Ville,Notes\nshort\n" + body + b"x,y,one, two,three,,\n"
        with open_table(data) as table:
            rows = list(table.rows())
            self.assertEqual(rows[0], (2, ["short", "", ""]))
            self.assertEqual(rows[-1], (1503, ["x", "y", "one, two,three"]))
            self.assertEqual(table.warnings["extra_cells"], 1)

    def test_titles_above(self):
        """Lines above the header are left out, and counted."""
        data = "Export du 31/01/2026\nMarketing\n\nNom;E-mail\nA;a@example.com\n"
        self.assertTable(data, ["Nom", "E-mail"], [(5, ["A", "a@example.com"])])
        data = b"Contacts\n\nAlpha;Beta;Gamma\n1;2;3\n"
        self.assertTable(data, ["Alpha", "Beta", "Gamma"], [(4, ["1", "2", "3"])])
        # the second row has more cells, and is none
        data = b"Liste;;\nDupont;Jean;a@example.com\nX;Y;b@example.com\n"
        with open_table(data) as table:
            self.assertEqual(table.header_line, 1)

    def test_no_header(self):
        self.assertTable(
            b"A;B\nC;D\n",
            ["Column A", "Column B"],
            [(1, ["A", "B"]), (2, ["C", "D"])],
            has_header=False,
        )

    def test_duplicate_headers(self):
        data = b"Email,email,,Email,Email (2)\na,b,c,d,e\n"
        with open_table(data) as table:
            self.assertEqual(len({name.casefold() for name in table.header}), 5)
            self.assertEqual(table.header[2], "Column C")
            self.assertEqual(
                table.raw_header, ["Email", "email", "", "Email", "Email (2)"]
            )

    def test_zeros(self):
        data = b"Nom,Vi\0lle\nA\0,B\nC,\0\n"
        table = self.assertTable(
            data, ["Nom", "Ville"], [(2, ["A", "B"]), (3, ["C", ""])]
        )
        self.assertEqual(table.warnings["nul"], 3)

    def test_long_cells(self):
        for length in (65_536, 200_000, 1_000_000):
            text = "é" * length
            self.assertTable(
                text_file([["Nom", "Notes"], ["A", text], ["B", "c"]]),
                ["Nom", "Notes"],
                [(2, ["A", text]), (3, ["B", "c"])],
            )
        data = text_file([["Nom", "Notes"], ["A", "x" * 2_000_000]])
        params = self.assertRefused("cell_too_long", data)
        self.assertEqual(params["line"], 2)

    def test_unclosed_quote(self):
        """A quote that nothing closes does not swallow the rows after it."""
        body = "".join(f"Row {number},x\n" for number in range(5000))
        for tail in ("", body):
            data = f'Nom,Notes\nA,"5 inches\nB,c\n{tail}'
            with open_table(data.encode()) as table:
                rows = list(table.rows())
                self.assertEqual(rows[:2], [(2, ["A", '"5 inches']), (3, ["B", "c"])])
                self.assertEqual(len(rows), 2 + tail.count("\n"))
                self.assertEqual(table.warnings["unclosed_quote"], 1)

    def test_formulas_are_text(self):
        data = b'Nom,Notes\n=1+1,@SUM(A1)\n"=""0612345678""",\'+33 6\n'
        self.assertTable(
            data,
            ["Nom", "Notes"],
            [(2, ["=1+1", "@SUM(A1)"]), (3, ["0612345678", "+33 6"])],
        )

    def test_pasted(self):
        text = 'Nom\tE-mail\tNotes\r\nA\ta@example.com\t"two\nlines"\r\nB, C\t\td;e\r\n'
        table = self.assertTable(
            text,
            ["Nom", "E-mail", "Notes"],
            [(2, ["A", "a@example.com", "two\nlines"]), (3, ["B, C", "", "d;e"])],
        )
        self.assertEqual(table.kind, "paste")
        self.assertRefused("empty", "")
        self.assertRefused("empty", " \n\n")

    def test_limits(self):
        data = b"A,B\n" + b"1,2\n" * 20
        self.assertRefused("too_many_rows", data, limits=Limits(rows=19))
        self.assertRefused("too_large", data, limits=Limits(file_size=20))
        wide = text_file([[f"H{number}" for number in range(201)], ["x"] * 201])
        with open_table(wide) as table:
            self.assertEqual(table.width, 201)
        params = self.assertRefused(
            "too_many_columns", wide, limits=Limits(columns=200)
        )
        self.assertEqual(params, {"count": 201, "limit": 200})

    def test_million_rows(self):
        """A file is streamed: its size does not show in memory."""
        script = """
import resource, sys
from pathlib import Path
from odoo.tools import config
config["addons_path"] = sys.argv[2].split(",")
import odoo.modules.module
odoo.modules.module.initialize_sys_path()
from odoo.addons.prospect.tools import open_table
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_table(Path(sys.argv[1]), "people.csv") as table:
    table.sample()
    before, count = peak(), 0
    for line, cells in table.rows():
        count += 1
    print(count, peak() - before)
"""
        from odoo.tools import config  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "people.csv")
            with path.open("w", encoding="utf-8") as file:
                file.write("Nom;Prénom;E-mail;Société;Notes\n")
                for number in range(1_000_000):
                    file.write(
                        f"Lefèvre {number};Anne;a{number}@example.com;Société;x\n"
                    )
            done = subprocess.run(
                [sys.executable, "-c", script, path, ",".join(config["addons_path"])],
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        count, kilobytes = map(int, done.stdout.split())
        self.assertEqual(count, 1_000_000)
        self.assertLess(kilobytes, 40_000)


class TestWorkbooks(TabularCase):
    def test_cells_as_people_read_them(self):
        def fill(book, sheet):
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            time = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
            sheet.write_datetime("C2", datetime.datetime(2026, 1, 31), day)
            sheet.write_datetime("D2", datetime.datetime(2026, 1, 31, 14, 30), time)
            sheet.write_formula("E2", '="a"&"b"', None, "ab")
            sheet.write_formula("F2", "=1/0", None, "#DIV/0!")
            sheet.write_boolean("G2", True)
            sheet.write_string("H2", "=1+1")

        data = workbook(
            [list("ABCDEFGH"), ["33612345678", 33612345678.0], [0.1 + 0.2, -12.5]], fill
        )
        with open_table(data, "x.xlsx") as table:
            self.assertEqual((table.kind, table.sheet), ("xlsx", "People"))
            (line, cells), (_line, numbers) = table.rows()
            self.assertEqual(line, 2)
            self.assertEqual(cells[:2], ["33612345678", "33612345678"])
            self.assertEqual(cells[2:4], ["2026-01-31", "2026-01-31 14:30:00"])
            self.assertEqual(cells[4:], ["ab", "", "TRUE", "=1+1"])
            self.assertEqual(numbers[:2], ["0.3", "-12.5"])
            self.assertEqual(table.warnings["error_cells"], 1)

    def test_same_in_every_kind(self):
        rows = [[cell.replace("\n", " ") for cell in row] for row in ROWS]
        lines = list(enumerate(rows, start=2))
        old = xlwt.Workbook()
        sheet = old.add_sheet("People")
        for line, row in enumerate([HEADER, *rows]):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
        xls = io.BytesIO()
        old.save(xls)
        for kind, data in (
            ("xlsx", workbook([HEADER, *rows])),
            ("xls", xls.getvalue()),
            ("ods", ods([HEADER, *rows])),
        ):
            with self.subTest(kind=kind):
                table = self.assertTable(data, HEADER, lines)
                self.assertEqual(table.kind, kind)
                self.assertEqual(table.sheets, ["People"])
                self.assertTable(io.BytesIO(data), HEADER, lines)

    def test_place_in_the_sheet(self):
        """Lines are the sheet's, also below titles and beside an empty column."""

        def fill(book, sheet):
            sheet.write("B2", "Export of January")
            sheet.merge_range("B4:B5", "Nom")
            sheet.merge_range("C4:D4", "Coordonnées")
            sheet.write("C5", "E-mail")
            sheet.write("D5", "Téléphone")
            sheet.write("B8", "Lefèvre")
            sheet.write("D8", 33612345678)
            sheet.write_blank("K30", None, book.add_format({"bold": True}))

        self.assertTable(
            workbook([], fill),
            ["Nom", "E-mail", "Téléphone"],
            [(8, ["Lefèvre", "", "33612345678"])],
        )

    def test_sheets(self):
        def fill(book, sheet):
            other = book.add_worksheet("Other")
            other.write_row(0, 0, ["Nom", "Ville"])
            other.write_row(1, 0, ["A", "B"])
            book.add_chartsheet("Chart")

        data = workbook([], fill)
        table = self.assertTable(data, ["Nom", "Ville"], [(2, ["A", "B"])])
        self.assertEqual((table.sheet, table.sheets), ("Other", ["People", "Other"]))
        self.assertRefused("empty", data, sheet="People")
        params = self.assertRefused("no_such_sheet", data, sheet="Nope")
        self.assertEqual(params["sheets"], "People, Other")

    def test_content_decides(self):
        data = workbook([["Nom", "Ville"], ["A", "B"]])
        for name in ("people.csv", "people.xls", "people", ""):
            with open_table(data, name) as table:
                self.assertEqual(table.kind, "xlsx")
        for name in ("people.xlsx", "people.xls", "people.pdf"):
            with open_table(b"Nom;Ville\nA;B\n", name) as table:
                self.assertEqual(table.kind, "csv")


class TestRefused(TabularCase):
    def test_nothing_in_it(self):
        for data in (
            b"",
            b"\n\r\n ",
            b"\xef\xbb\xbf",
            codecs.BOM_UTF16_LE,
            b",,\n,,\n",
        ):
            with self.subTest(data=data):
                self.assertRefused("empty", data)
        self.assertRefused("empty", workbook([]))
        self.assertRefused("empty", ods([]))
        for data in (b"Nom;Ville\n", b"Nom;Ville\n;\n\n", workbook([["Nom", "Ville"]])):
            self.assertRefused("no_rows", data)

    def test_not_a_table(self):
        page = b"<!DOCTYPE html><html><table><tr><td>Nom</td></tr></table></html>"
        for code, kind, data in (
            ("not_a_table", "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" * 20),
            ("not_a_table", "PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)),
            ("not_a_table", "JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(100)),
            ("not_a_table", "EXE", b"MZ\x90\0\x03\0\0\0\x04" + bytes(500)),
            ("not_a_table", "GZIP", b"\x1f\x8b\x08\0abc" * 30),
            ("not_a_table", "RTF", b"{\\rtf1\\ansi hello}"),
            ("not_a_table", "JSON", b'[{"name": "A", "city": "B"}]'),
            ("not_a_table", "XML", b'<?xml version="1.0"?><a><b/></a>'),
            ("not_a_table", "binary", bytes(range(256)) * 20),
            (
                "not_a_table",
                "ZIP",
                changed_archive(
                    workbook([]),
                    {
                        "xl/workbook.xml": None,
                        "xl/worksheets/sheet1.xml": None,
                    },
                ),
            ),
            (
                "not_a_table",
                "DOCX",
                changed_archive(
                    workbook([]),
                    {
                        "xl/workbook.xml": None,
                        "xl/worksheets/sheet1.xml": None,
                        "word/document.xml": "<w/>",
                    },
                ),
            ),
            (
                "unsupported",
                "XLSB",
                changed_archive(
                    workbook([]),
                    {
                        "xl/workbook.xml": None,
                        "xl/worksheets/sheet1.xml": None,
                        "xl/workbook.bin": "x",
                    },
                ),
            ),
            ("html", None, page),
            ("html", None, b"\xef\xbb\xbf\r\n  <html xmlns:x='urn:x'><body>"),
            ("html", None, page.decode().encode("utf-16")),
        ):
            with self.subTest(code=code, kind=kind):
                params = self.assertRefused(code, data, "people.xls")
                self.assertEqual(params.get("kind"), kind)

    def test_looks_like_something_else(self):
        """Tables whose first letters are those of another kind."""
        for data in (b"MZ;Nom\n1;A\n", b"ID3,Nom\n1,A\n", b"From ,To\na,b\n"):
            with open_table(data) as table:
                self.assertEqual(table.width, 2)

    def test_encrypted(self):
        self.assertRefused("encrypted", compound_file("EncryptedPackage"), "x.xlsx")
        locked = "<manifest><encryption-data/></manifest>"
        self.assertRefused("encrypted", ods([["a"]], manifest=locked), "x.ods")
        data = workbook([["Nom"], ["A"]])
        # the flag of a zip's own encryption, in the directory
        at = data.rindex(b"PK\x01\x02")
        while at >= 0:
            data = data[: at + 8] + b"\x01" + data[at + 9 :]
            at = data.rfind(b"PK\x01\x02", 0, at)
        self.assertRefused("encrypted", data, "x.xlsx")

    def test_other_compound_files(self):
        params = self.assertRefused(
            "not_a_table", compound_file("WordDocument"), "x.xls"
        )
        self.assertEqual(params["kind"], "DOC")
        self.assertRefused("damaged", compound_file("Workbook")[:600], "x.xls")

    def test_damaged(self):
        data = workbook([["Nom", "Ville"], *[["A", f"B{at}"] for at in range(3000)]])
        self.assertRefused("damaged", data[: len(data) // 2], "x.xlsx")
        self.assertRefused("damaged", b"PK\x03\x04" + b"x" * 500, "x.xlsx")
        broken = bytearray(data)
        for at in range(300, len(data) // 2, 97):
            broken[at] ^= 0xFF
        self.assertRefused("damaged", bytes(broken), "x.xlsx")
        for changes in (
            {"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"},
            {"xl/worksheets/sheet1.xml": None},
            {"xl/workbook.xml": "<workbook"},
            {"xl/sharedStrings.xml": None},
        ):
            with self.subTest(changes=changes):
                try:
                    with open_table(changed_archive(data, changes)) as table:
                        list(table.rows())
                except TableError as error:
                    self.assertIn(error.code, ("damaged", "empty", "no_rows"))
        self.assertRefused("damaged", ods([["a"]], "<table:table-row>"), "x.ods")

    def test_bombs(self):
        spaces = sheet_xml("<row r='1'>" + " " * 90_000_000 + "</row>")
        bomb = changed_archive(workbook([["a"]]), {"xl/worksheets/sheet1.xml": spaces})
        self.assertRefused("bomb", bomb, limits=Limits(unpacked=1 << 26))
        # ... and when the directory says otherwise
        true, lie = (90_000_000).to_bytes(4, "little"), (5000).to_bytes(4, "little")
        size = len(spaces).to_bytes(4, "little")
        self.assertNotEqual(true, lie)
        self.assertIn(size, bomb)
        self.assertRefused(
            "bomb", bomb.replace(size, lie), limits=Limits(unpacked=1 << 26)
        )
        entities = (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        )
        self.assertRefused(
            "unsafe",
            changed_archive(
                workbook([["a"]]),
                {"xl/worksheets/sheet1.xml": entities + sheet_xml("")[21:]},
            ),
        )

    def test_far_cells(self):
        """Two cells far apart would be a grid of billions."""
        first = f'<row r="1">{inline("A1", "a")}</row>'
        odd = "<row r = '1048576'><c r = 'SF1048576' t='str'><v>b</v></c></row>"
        late = '<row r="1048576"><c s="1" t="str" r="SF1048576"><v>b</v></c></row>'
        prefixed = '<row r="9"><x-é:c r="SF1048576"><v>b</v></x-é:c></row>'
        for rows in (
            f'{first}<row r="1048576">{inline("XFD1048576", "b")}</row>',
            f'{first}<row r="1048576">{inline("SF1048576", "b")}</row>',
            f'<row r="1">{inline("A1", "a")}{inline("SF1048576", "b")}</row>',
            f'<row r="1">{inline("A1", "a")}{inline("Z104857600", "b")}</row>',
            f'{first}<row r="1048576">{inline("sf1048576", "b")}</row>',
            f'{first}<row r="1048576">{inline("Sf1048576", "b")}</row>',
            first + odd,
            first + late,
            first + prefixed,
            # beyond the first piece, and in the last one, without an end of its row
            first * 20_000 + late,
            f'{first}<row r="1048576">{inline("SF1048576", "b")}',
        ):
            with self.subTest(rows=rows):
                with self.assertRaises(TableError) as refused:
                    open_table(with_sheet(rows))
                self.assertIn(refused.exception.code, TOO_MUCH)
        repeated = (
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell'
            ' table:number-columns-repeated="600" office:value-type="string">'
            "<text:p>x</text:p></table:table-cell></table:table-row>"
        )
        self.assertRefused("too_many_cells", ods([["a"]], repeated))
        # cells that are named by their place only
        rows = f"<row>{'<c/>' * 5000}{inline('', 'a').replace(' r=', ' s=')}</row>"
        self.assertRefused("too_many_columns", with_sheet(rows))
        blank = f'<row r="1">{inline("A1", "a")}</row><row r="104857600"/>'
        self.assertRefused("no_rows", with_sheet(blank))
        # what every spreadsheet program writes below and beside the cells
        blank = (
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell'
            ' table:number-columns-repeated="16384"/></table:table-row>'
        )
        self.assertTable(ods([["Nom"], ["A"]], blank), ["Nom"], [(2, ["A"])])

    def test_sheets_in_odd_places(self):
        """Where a sheet is, the workbook says: each part may be one."""
        book = workbook([["a"]])
        far = sheet_xml(f'<row r="1048576">{inline("SF1048576", "b")}</row>')
        links = "xl/_rels/workbook.xml.rels"
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            relations = archive.read(links).decode()
        for name, target in (
            ("xl/other/sheet1.xml", "other/sheet1.xml"),
            ("xl/worksheets/deep/sheet1.xml", "worksheets/deep/sheet1.xml"),
            ("xl/worksheets/sheet1.bin", "worksheets/sheet1.bin"),
            ("xl\\worksheets\\sheet1.xml", "worksheets/sheet1.xml"),
            ("content.xml", "/content.xml"),
            ("picture.png", "/picture.png"),
        ):
            with self.subTest(name=name):
                changes = {
                    "xl/worksheets/sheet1.xml": None,
                    links: relations.replace("worksheets/sheet1.xml", target),
                    name: far,
                }
                with self.assertRaises(TableError) as refused:
                    open_table(changed_archive(book, changes))
                self.assertIn(refused.exception.code, TOO_MUCH)
        # the reader would try this when it cannot read the other one
        self.assertRefused(
            "unsupported", changed_archive(book, {"XL/workbook.bin": b""})
        )
        picture = {"xl/media/a.png": b"\x89PNG" + bytes(9_000_000)}
        fine = changed_archive(workbook([["Nom"], ["A"]]), picture)
        self.assertTable(fine, ["Nom"], [(2, ["A"])])

    def test_error_cells(self):
        """Counted wherever the pieces end that the file is looked at in."""
        rows = "".join(
            f'<row r="{line}">{inline(f"A{line}", "x" * (line % 50))}'
            f'<c r="B{line}" t="e"><v>#REF!</v></c></row>'
            for line in range(1, 30_001)
        )
        with open_table(with_sheet(rows), has_header=False) as table:
            self.assertEqual(table.warnings["error_cells"], 30_000)

    def test_workbook_limits(self):
        wide = workbook([[f"H{at}" for at in range(201)], ["x"] * 201])
        self.assertRefused("too_many_columns", wide, limits=Limits(columns=200))
        long = workbook([["H", "I"], *[["a", "b"]] * 50])
        self.assertRefused("too_many_rows", long, limits=Limits(rows=20))

    def test_every_truncation(self):
        """Whatever is cut off, the answer is an error of ours."""
        book = workbook([HEADER, *ROWS])
        for data in (book, ods([HEADER, *ROWS]), text_file([HEADER, *ROWS], "utf-16")):
            for length in range(0, len(data), max(len(data) // 60, 1)):
                with (
                    contextlib.suppress(TableError),
                    open_table(data[:length]) as table,
                ):
                    list(table.rows())


def compound_file(stream):
    """The least OLE file with a stream of a name."""

    def entry(name, kind, child=0xFFFFFFFF, start=0, size=0):
        text = name.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + (len(text) + 2).to_bytes(2, "little")
            + bytes((kind, 1))
            + b"\xff" * 8
            + child.to_bytes(4, "little")
            + bytes(36)
            + start.to_bytes(4, "little")
            + size.to_bytes(8, "little")
        )

    free, end, fat = b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\xfd\xff\xff\xff"
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + bytes.fromhex("3e00 0300 feff 0900 0600")
        + bytes(10)
        + (1).to_bytes(4, "little")
        + (1).to_bytes(4, "little")
        + bytes(4)
        + (4096).to_bytes(4, "little")
        + end
        + bytes(4)
        + end
        + bytes(4)
        + bytes(4)
        + free * 108
    )
    table = (
        fat
        + end
        + b"".join((number + 1).to_bytes(4, "little") for number in range(2, 9))
    )
    table += end
    directory = entry("Root Entry", 5, 1) + entry(stream, 2, start=2, size=4096)
    return (
        header.ljust(512, b"\0")
        + table.ljust(512, b"\xff")
        + directory.ljust(512, b"\0")
        + b"x" * 4096
    )


class TestRejected(TabularCase):
    REASONS = {2: "E-mail : adresse invalide", 4: "Ni e-mail ni téléphone"}

    def round_trip(self, data, **options):
        """The rejected rows of a file, read again; and what was written."""
        file = io.BytesIO()
        with open_table(data, **options) as table:
            expected = [cells for line, cells in table.rows() if line in self.REASONS]
            count = write_rejected(
                table, self.REASONS, file, tools.REASON_HEADERS["fr"]
            )
            header = table.header
        self.assertEqual(count, len(expected))
        with open_table(file.getvalue()) as again:
            self.assertEqual(again.header, header)
            self.assertEqual([cells for _line, cells in again.rows()], expected)
        return again, file.getvalue()

    def test_text(self):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            for delimiter in ",;\t|":
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    data = text_file([HEADER, *ROWS], encoding, delimiter)
                    again, _written = self.round_trip(data)
                    self.assertEqual(again.delimiter, delimiter)
        self.assertEqual(again.encoding, "cp1252")

    def test_reason_beyond_the_encoding(self):
        data = text_file([HEADER, *ROWS], "cp1252", ";")
        file = io.BytesIO()
        with open_table(data) as table:
            write_rejected(table, {2: "→ 李"}, file, "Motif du rejet")
        self.assertTrue(file.getvalue().startswith(codecs.BOM_UTF8))
        self.assertFalse(file.closed)

    def test_workbooks(self):
        rows = [[cell.replace("\n", " ") for cell in row] for row in ROWS]
        for data in (workbook([HEADER, *rows]), ods([HEADER, *rows])):
            again, _written = self.round_trip(data)
            self.assertEqual(again.kind, "xlsx")

    def test_pasted(self):
        _again, written = self.round_trip("Nom\tNotes\nA\tb;c\nB\t\nC\t=1\n")
        self.assertIn(b"Nom;Notes;", written)

    def test_formulas(self):
        """No cell is a formula; values come back; phones and numbers stay plain."""
        cells = ["=1+1", "+33 6 12", "-12,5", "@x", "\tx", "'=y", "''+z", "-1+cmd|x"]
        cells += ["\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "-5/0", "+1-555-0101"]
        data = text_file([[f"H{at}" for at in range(len(cells))], cells, cells, cells])
        with open_table(data) as table:
            (first, *_others) = table.rows()
        self.assertEqual(first[1][:4], cells[:4])
        _again, written = self.round_trip(data)
        (_header, row, *_rest) = csv.reader(io.StringIO(written.decode("utf-8-sig")))
        self.assertEqual(row[:5], ["'=1+1", "+33 6 12", "-12,5", "'@x", "'\tx"])
        self.assertEqual(row[7:14], [f"'{cell}" for cell in cells[7:]])
        _again, written = self.round_trip(workbook([["A", "B"], *[["x", "y"]] * 3]))
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            self.assertNotIn(b"<f>", archive.read("xl/worksheets/sheet1.xml"))

    def test_duplicate_and_empty_headers(self):
        data = b"Email,Email,,Notes\n1,2,3,4\n5,6,7,8\n9,10,11,12\n"
        self.round_trip(data)
