"""Text files with a delimiter, and rows copied from a spreadsheet."""

import csv
import io
import re
from itertools import chain, islice

from ..headers import is_known_header, read_header
from .decoding import find_encoding, known_encoding, text_blocks
from .errors import TableError
from .table import Table

# Chosen for a text that has only one column: no text has it.
ONE_COLUMN = "\x1f"
# In this order where the rows do not say which.
DELIMITERS = (";", "\t", ",", "|")
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*$', re.IGNORECASE)
# A cell that was kept from being a formula, by us or by hand.
_GUARDED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GUARD_MAYBE = re.compile(r"'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|=\"")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
# Facebook writes "p:+33612345678" and "z:01000", so that no digit is lost.
_LETTERS = ("p:+", "z:")
_LETTERED = re.compile(r"p:(\+?\d[\d .()-]{5,})|z:(\d{3,10})")
# Beyond this a quote was never meant to be closed.
_RECORD_LINES = 2000
# What a row has at most, however many separators stand at its end.
_MOST_CELLS = 16_384
# How much of first lines says what separates columns.
_GUESSED_LINES, _GUESSED_LETTERS = 1000, 100_000
# Records among which the header is looked for.
_FIRST = 15


class DelimitedTable(Table):
    """A table in a text file. See ``open_table``."""

    def __init__(self, source, kind, encoding, delimiter, has_header, limits):
        super().__init__(limits)
        self.kind = kind
        self._source = source
        self.encoding = known_encoding(encoding) if encoding else find_encoding(source)
        lines = self._sample_lines()
        if not any(line.strip() for line in lines):
            raise TableError("empty")
        said = _SEPARATOR_LINE.match(lines[0])
        self._skipped = int(bool(said))
        if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise TableError("unknown_delimiter", delimiter=delimiter)
        lines = lines[self._skipped :]
        self.delimiter = delimiter or (said and said.group(1)) or guess_delimiter(lines)
        self._joint = self.delimiter
        self._skips_blanks = has_blank_quotes(lines, self.delimiter)
        self._settle(has_header)
        average = sum(map(len, lines)) / max(len(lines), 1)
        wide = 2 if self.encoding.startswith("utf-16") else 1
        self.size_hint = max(int(source.size / wide / max(average, 1)), 1)

    def _sample_lines(self):
        lines = []
        for block in text_blocks(self._source, self.encoding, self.warnings):
            lines += islice(io.StringIO(block, newline=""), 2000)
            if len(lines) >= 200:
                break
        return lines or [""]

    def _find_named(self, raw, body):
        # an empty cell at the end of the header is a column without a name
        return len(raw) if raw else super()._find_named(raw, body)

    def _records(self):
        lines = _Lines(
            text_blocks(self._source, self.encoding, self.warnings), self._skipped
        )
        reader = self._reader(lines)
        number, limit = 0, self.limits.cell
        blank = 0
        while True:
            lines.start_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            number += 1
            if cells is None or lines.ran_out:
                cells = self._unclosed(lines, number)
                reader = self._reader(lines)
            if lines.length > limit and max(map(len, cells), default=0) > limit:
                raise TableError("cell_too_long", line=number, limit=limit)
            blank += self._count_blank(len(cells), lines.length)
            if blank > self.limits.blank:
                raise TableError("too_many_cells", count=blank, limit=self.limits.blank)
            if lines.guarded:
                cells = [read_guarded(cell) for cell in cells]
            yield number, cells

    def _count_blank(self, count, length):
        """Cells of a record that only cost: it has nothing but separators, or they are
        beyond any column.
        """
        columns = self.limits.columns
        if count > _MOST_CELLS:
            raise TableError("too_many_columns", count=count, limit=columns)
        return count if length <= count + 2 else max(count - columns, 0)

    def _reader(self, lines):
        return csv.reader(
            lines, delimiter=self.delimiter, skipinitialspace=self._skips_blanks
        )

    def _unclosed(self, lines, number):
        """The first line of a record whose quote nothing closes, quotes as text."""
        first = lines.give_back()
        self.warnings["unclosed_quote"] += 1
        try:
            (cells,) = csv.reader(
                [first], delimiter=self.delimiter, quoting=csv.QUOTE_NONE
            )
        except (csv.Error, ValueError):
            limit = self.limits.cell
            raise TableError("cell_too_long", line=number, limit=limit) from None
        return cells


class _Lines:
    """Lines for ``csv.reader``, which remembers those of the record being read.

    :ivar bool ran_out: the reader asked for a line that is not there or that no record
        can be so long as to need
    :ivar int length: characters of the record so far
    :ivar bool guarded: cells may have to be read with ``read_guarded``
    """

    def __init__(self, blocks, skipped):
        self.guarded = False
        self.ran_out = False
        self._record = []
        self.length = 0
        self._lines = islice(self._from_blocks(blocks), skipped, None)

    def _from_blocks(self, blocks):
        for block in blocks:
            if not self.guarded and (
                _GUARD_MAYBE.search(block) or any(mark in block for mark in _LETTERS)
            ):
                self.guarded = True
            yield from io.StringIO(block, newline="")

    def __iter__(self):
        return self

    def __next__(self):
        record = self._record
        line = next(self._lines, None) if len(record) < _RECORD_LINES else None
        if line is None:
            # Nothing is unclosed when no record was begun.
            self.ran_out = bool(record)
            raise StopIteration
        record.append(line)
        self.length += len(line)
        return line

    def start_record(self):
        self._record.clear()
        self.length = 0
        self.ran_out = False

    def give_back(self):
        """The record's first line; the others will be read again."""
        first, *rest = self._record
        self._lines = chain(rest, self._lines)
        return first


def read_guarded(cell):
    """The value of a cell that a program kept from being a formula.

    One apostrophe before ``= + - @``, tab or return is taken off, as a spreadsheet
    does; ``="0612"``, by which exports keep a leading zero, is its text.

    >>> [read_guarded(cell) for cell in ("'=1+1", "''+x", "'t Hooft", "'+33 6 12")]
    ['=1+1', "'+x", "'t Hooft", '+33 6 12']
    >>> read_guarded('="0612345678"'), read_guarded("p:+33612345678")
    ('0612345678', '+33612345678')
    """
    if cell[:1] == "'" and _GUARDED.match(cell):
        return cell[1:]
    if cell[:2] == '="' and (text := _TEXT_FORMULA.fullmatch(cell)):
        return text.group(1)
    if cell[1:2] == ":" and (number := _LETTERED.fullmatch(cell)):
        return number.group(1) or number.group(2)
    return cell


def guess_delimiter(lines):
    """What separates the columns of some first lines.

    The one by which most records have the same number of columns; with none, a comma.
    Records are looked at, whatever lines they have: a first one that is a known header
    as a whole has only one column, unless a header stands below it.

    >>> guess_delimiter(["Nom;Montant\\n", "Dupont;12,50\\n", "Martin, Jean;8,00\\n"])
    ';'
    >>> guess_delimiter(["Name\\n", "Dupont, Jean\\n", "Martin, Anne\\n"]) == "\\t"
    True
    >>> guess_delimiter(["Contact\\n", "Nom;E-mail\\n", "Dupont;d@example.com\\n"])
    ';'
    >>> guess_delimiter(['"Nom\\n', 'complet";"Mail\\n', 'pro"\\n', "A;a@b.fr\\n"])
    ';'
    """
    lines = _shorten(lines)
    found = {mark: _read_records(lines, mark) for mark in DELIMITERS}
    if all(map(_is_headed_alone, found.values())):
        found = {mark: rows for mark, rows in found.items() if _is_table_below(rows)}
        if not found:
            # "E-mail" alone: what its cells have in them does not separate columns
            return "|" if any("\t" in line for line in lines) else "\t"
    best, delimiter = 0, ","
    for mark, records in found.items():
        score = _delimiter_score(records)
        if score > best:
            best, delimiter = score, mark
    return delimiter


def has_blank_quotes(lines, delimiter):
    """Whether blanks stand before the quotes of cells, and are none of theirs.

    >>> has_blank_quotes(['a@b.fr, "Dupont, Ana", "Blue Door, Inc"\\n'], ",")
    True
    >>> has_blank_quotes(['a; "five" inches; b\\n'], ";")
    False
    """
    mark = re.escape(delimiter)
    begins = re.compile(rf"{mark} +\"")
    closes = re.compile(rf"{mark} +\"(?:[^\"]|\"\")*\" *(?={mark}|[\r\n]|$)")
    text = "".join(_shorten(lines))
    many = len(begins.findall(text))
    return bool(many) and len(closes.findall(text)) >= 0.8 * many


def _read_records(lines, delimiter):
    """The records of some first lines, as lists of cells; empty ones are left out."""
    blanks = has_blank_quotes(lines, delimiter)
    quoting = csv.QUOTE_MINIMAL
    try:
        records = [
            cells
            for cells in csv.reader(
                lines, delimiter=delimiter, skipinitialspace=blanks, quoting=quoting
            )
            if any(cell.strip() for cell in cells)
        ]
        if len(records) * 20 < len(lines):
            # a quote that nothing closes has swallowed the rest
            records = list(
                csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            )
    except csv.Error:
        return []
    return records


def _is_headed_alone(records):
    """Whether the first record is one known header."""
    filled = [cell for cell in records[0] if cell.strip()] if records else []
    return len(filled) == len(records[0]) == 1 and is_known_header(filled[0])


def _is_table_below(records):
    """Whether a table stands below the first record, which is its title then."""
    body = records[1:]
    if any(sum(map(is_known_header, cells)) > 1 for cells in body[:_FIRST]):
        return True
    if read_header(records[0][0]).field != "contact_name":
        return False
    # no header: a column of addresses, and another one that has none
    width = len(body[0]) if body else 0
    if width < 2 or any(len(cells) != width for cells in body):
        return False
    shares = [sum("@" in cells[at] for cells in body) for at in range(width)]
    return max(shares) == len(body) and min(shares) == 0


def _shorten(lines):
    """Some of the first lines: what is long is looked at only so far."""
    short, left = [], _GUESSED_LETTERS
    for line in lines[:_GUESSED_LINES]:
        short.append(line[:left])
        left -= len(line)
        if left <= 0:
            break
    return short


def _delimiter_score(records):
    """How well a delimiter explains the records: 0 when not at all."""
    widths = list(map(len, records))
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0
    usual = max(set(wide), key=lambda width: (wide.count(width), width))
    share = sum(1 for width in wide if width == usual) / len(widths)
    known = max(
        sum(map(is_known_header, filter(None, cells))) for cells in records[:_FIRST]
    )
    return share + min(usual, 20) / 100 + (known if known > 1 else 0) / 2
