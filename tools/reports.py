"""Reports as files: a table that is written batch by batch, in constant memory.

A column has a *kind* that says what its cells are and how they are written; None is an
empty cell:

- ``text``: a string. Never a formula, never a number: "+33 6" and "0612" stay
- ``integer`` and ``number``: an ``int`` or a ``float``; in a text file a ``number`` may
  be a text with a point
- ``date`` and ``datetime``: in a workbook the days that a spreadsheet counts, in a text
  file an ISO text; see :func:`format_day` and :func:`format_moment`
- ``boolean``: a text that says yes or no in the language of the report
"""

import codecs
import re
from collections import namedtuple
from datetime import date

import xlsxwriter

from .tabular.rejected import guard_formula

# What a sheet of a workbook can hold.
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL = 32_767
# Rows that are kept in sight and are the names of the columns.
HEADER = 1
TEXTS = ("text", "boolean")
DATES = ("date", "datetime")
# Widths in characters, by kind.
WIDTHS = {"integer": 10, "number": 14, "date": 12, "datetime": 18, "boolean": 10}
NARROW, WIDE = 12, 40
# The day 0 of spreadsheets.
EPOCH = date(1899, 12, 30)
DAY = 86_400
# What may begin a formula: looked at closely only where it does.
FORMULA = frozenset("'=+-@\t\r\uff1d\uff0b\uff0d\uff20")


ReportColumn = namedtuple(
    "ReportColumn",
    ["key", "label", "kind", "section", "field", "convert", "read"],
    defaults=("", None, None, None),
)
ReportColumn.__doc__ = """One column that can be asked for in a report.

:ivar str key: its name, never shown; saved sets hold it
:ivar str label: its header, in the language of the environment
:ivar str kind: see :mod:`.reports`
:ivar str section: the heading under which it is offered
:ivar str field: the stored field that it shows, read by one query for all columns
:ivar convert: makes the values of a column from a list of the field's as they are in
    the table, or None
:ivar read: instead of a field, a function of some prospects (as the person sees
    them) that gives {id: value}, for those that have one; called once a batch

``convert`` and ``read`` give plain values of Odoo: texts, numbers, booleans, dates, and
datetimes in UTC.
"""


def format_day(day, as_text):
    """A date as the files write it.

    >>> format_day(date(2026, 11, 22), True), format_day(date(2026, 11, 22), False)
    ('2026-11-22', 46348)
    """
    return day.isoformat() if as_text else (day - EPOCH).days


def format_moment(moment, as_text):
    """A datetime, in the time zone of the person, as the files write it.

    >>> from datetime import datetime
    >>> format_moment(datetime(2026, 11, 22, 18, 0), True)
    '2026-11-22 18:00:00'
    >>> format_moment(datetime(2026, 11, 22, 18, 0), False)
    46348.75
    """
    if as_text:
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return format_day(moment.date(), False) + seconds / DAY


def guard_column(texts, delimiter=","):
    """Texts as cells of a text file, quoted where they must be, none of which a
    spreadsheet computes.

    They are looked at all together: one by one takes longer than reading them.

    >>> guard_column(["=1+1", None, "a", "+33 6 12 34 56 78"])
    ["'=1+1", '', 'a', '+33 6 12 34 56 78']
    >>> guard_column(["Lyon, Rhône", 'the "best" one', "a\\nb", "a;b"])
    ['"Lyon, Rhône"', '"the ""best"" one"', '"a\\nb"', 'a;b']
    """
    if None in texts:
        texts = [text or "" for text in texts]
    together = "\n".join(("", *texts))
    # a mark alone is found in no time, and is mostly not there
    if any(mark in together and f"\n{mark}" in together for mark in FORMULA):
        # a line of a cell may have begun with it, too
        texts = [guard_formula(text) if text[:1] in FORMULA else text for text in texts]
    if (
        delimiter in together
        or '"' in together
        or "\r" in together
        or together.count("\n") > len(texts)
    ):
        special = re.compile(rf'[{delimiter}"\r\n]').search
        texts = [
            '"{}"'.format(text.replace('"', '""')) if special(text) else text
            for text in texts
        ]
    return texts


def decimal_column(numbers, point):
    """Numbers, or their texts, as texts with the decimal point of a language.

    >>> decimal_column([1.5, None, 2.0, "3.25"], ",")
    ['1,5', '', '2', '3,25']
    """
    texts = [
        number
        if isinstance(number, str)
        else ""
        if number is None
        else repr(number).removesuffix(".0")
        for number in numbers
    ]
    return texts if point == "." else [text.replace(".", point) for text in texts]


def find_width(column, samples=()):
    """How wide a column is, in characters.

    >>> find_width(ReportColumn("city", "City", "text"), ["Lyon", "Villeneuve-d'Ascq"])
    19
    >>> find_width(ReportColumn("note", "Note", "text"), ["a" * 500])
    40
    """
    # two more for the button of the filter
    least = max(WIDTHS.get(column.kind, NARROW), len(column.label) + 2)
    longest = max((len(text) + 2 for text in samples if text), default=0)
    return min(max(least, longest if column.kind == "text" else 0), WIDE)


class CsvReport:
    """A report as a text file: UTF-8 with a mark, as Excel wants it.

    :param fileobj: a binary file
    :param list columns: :class:`ReportColumn`
    :param str point: the decimal point of the language. Where it is a comma, fields are
        separated by semicolons, as spreadsheets of those languages expect
    """

    extension = "csv"
    mimetype = "text/csv"
    has_texts_for_dates = True

    def __init__(self, fileobj, columns, point="."):
        self.columns = columns
        self.point = point
        self._delimiter = ";" if point == "," else ","
        self._file = fileobj
        fileobj.write(codecs.BOM_UTF8)
        labels = [[column.label] for column in columns]
        self._write_rows([guard_column(label, self._delimiter) for label in labels])

    def append(self, cells):
        """Write some rows.

        :param list cells: one list of values for each column
        """
        self._write_rows(list(map(self._write_column, self.columns, cells)))

    def _write_rows(self, columns):
        # one column that is empty: the line would be no row
        rows = (
            map(self._delimiter.join, zip(*columns, strict=True))
            if len(columns) > 1
            else (text or '""' for text in columns[0])
        )
        self._file.write(("\r\n".join(rows) + "\r\n").encode())

    def _write_column(self, column, values):
        """The cells of a column as they are in the file."""
        if column.kind in TEXTS:
            return guard_column(values, self._delimiter)
        if column.kind in DATES:
            return [text or "" for text in values]
        return decimal_column(values, self.point)

    def close(self, tables=()):
        """End the file, which stays the caller's; a text file has one table."""


class XlsxReport:
    """A report as a workbook, written through to the disk row by row.

    :param fileobj: a binary file
    :param list columns: :class:`ReportColumn`
    :param str title: of the sheet; further ones, for rows that do not fit, are numbered
    :param rows: how many rows a sheet takes, header included
    """

    extension = "xlsx"
    mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    has_texts_for_dates = False

    def __init__(self, fileobj, columns, title, rows=SHEET_ROWS):
        self.columns = columns
        self.title = title
        self.rows = rows
        self._book = xlsxwriter.Workbook(
            fileobj, {"constant_memory": True, "nan_inf_to_errors": True}
        )
        styles = {
            "header": {"bold": True, "bg_color": "#E9ECEF", "bottom": 1},
            "title": {"bold": True, "font_size": 14},
            "date": {"num_format": "yyyy-mm-dd"},
            "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
            "number": {"num_format": "#,##0.00"},
            "integer": {"num_format": "0"},
            "share": {"num_format": "0.0%"},
        }
        self._styles = {
            name: self._book.add_format(style) for name, style in styles.items()
        }
        self._sheet = None
        self._line = self._sheets = 0

    def append(self, cells):
        """Write some rows.

        :param list cells: one list of values for each column
        """
        if not self._sheet:
            self._begin_sheet(cells)
        writers = [self._find_writer(column) for column in self.columns]
        for row in zip(*cells, strict=True):
            if self._line >= self.rows:
                self._end_sheet()
                self._begin_sheet(cells)
                writers = [self._find_writer(column) for column in self.columns]
            line = self._line
            for position, value in enumerate(row):
                if value is not None and value != "":
                    write, style = writers[position]
                    write(line, position, value, style)
            self._line += 1

    def _find_writer(self, column):
        """The function that writes the cells of a column, and their style."""
        if column.kind in TEXTS:
            return self._write_text, None
        return self._sheet.write_number, self._styles[column.kind]

    def _write_text(self, line, position, text, style=None):
        # longer ones would be left out
        self._sheet.write_string(line, position, text[:CELL], style)

    def _begin_sheet(self, cells):
        """A new sheet with its header; widths are found from its first rows."""
        self._sheets += 1
        number = f" {self._sheets}" if self._sheets > 1 else ""
        self._sheet = self._book.add_worksheet(f"{self.title}{number}")
        for position, (column, values) in enumerate(
            zip(self.columns, cells or [()] * len(self.columns), strict=True)
        ):
            samples = values[:200] if column.kind == "text" else ()
            self._sheet.set_column(position, position, find_width(column, samples))
        self._sheet.freeze_panes(HEADER, 0)
        self._line = 0
        self._write_header([column.label for column in self.columns])

    def _write_header(self, labels):
        for position, label in enumerate(labels):
            self._write_text(self._line, position, label, self._styles["header"])
        self._line += 1

    def _end_sheet(self):
        last = max(self._line - 1, HEADER)
        self._sheet.autofilter(0, 0, last, max(len(self.columns) - 1, 0))

    def close(self, tables=()):
        """End the workbook, with a last sheet of what the report holds.

        :param tables: (title of the sheet, [lines]); a line is a list of cells: texts,
            whole numbers and shares (``float``); a first one alone is a heading
        """
        if not self._sheet:
            self._begin_sheet(None)
        self._end_sheet()
        if tables:
            self._write_summary(*tables)
        self._book.close()

    def _write_summary(self, title, lines):
        self._sheet = self._book.add_worksheet(title)
        self._sheet.set_column(0, 0, 34)
        self._sheet.set_column(1, 2, 26)
        for line, cells in enumerate(lines):
            for position, cell in enumerate(cells):
                if isinstance(cell, str):
                    heading = "title" if not line else "header"
                    style = self._styles[heading] if len(cells) == 1 else None
                    self._write_text(line, position, cell, style)
                else:
                    kind = "share" if isinstance(cell, float) else "integer"
                    self._sheet.write_number(line, position, cell, self._styles[kind])
