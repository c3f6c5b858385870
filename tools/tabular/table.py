"""A table of text cells that is read row by row."""

import string
from collections import Counter
from itertools import islice

from ..headers import is_known_header, is_reason_header
from .errors import TableError
from .heading import looks_like_data

# How many rows say how wide a table is, and how many where its header stands.
SAMPLE = 1000
_HEAD = 15
# Rows below the header that say whether it is one.
_BELOW = 50
# Lines that are remembered for having more cells than the header.
_MOST_WIDE = 100_000
_NEVER = 1 << 30


def column_name(position):
    """What a spreadsheet calls a column, from 0.

    >>> [column_name(position) for position in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    name = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        name = string.ascii_uppercase[letter] + name
    return name


class Table:
    """Rows of text cells, with a header.

    :ivar str kind: ``csv``, ``xlsx``, ``xls``, ``ods``, or ``paste``
    :ivar str encoding: of a text file, as Python names it, else None
    :ivar str delimiter: of a text file, else None; of one column a comma
    :ivar list sheets: names of a workbook's sheets
    :ivar str sheet: the one that is read, else None
    :ivar list header: names of the columns, none empty and none twice
    :ivar list raw_header: the cells of the header as they are, "" where empty
    :ivar int width: number of columns
    :ivar int header_line: the line of the header, 0 when there is none
    :ivar bool has_header: whether a row names the columns: found where it was not said
    :ivar int skipped: rows above the header, which are left out
    :ivar set wide_lines: lines, of those that were read, with more cells than the
        header, where that is unusual in the table
    :ivar collections.Counter warnings: what was mended while reading, as it is met:
        ``mixed_encoding`` and ``nul`` (see ``decoding``), ``unclosed_quote`` records
        with a quote that nothing closes, ``extra_cells`` rows with more cells than
        columns (the rest is joined to the last one), ``error_cells`` such as #REF!
        that are left empty, ``control`` characters that nobody sees, ``undecodable``
        ones that the encoding does not have
    :ivar int size_hint: about how many rows there are, None when not known

    ``rows()`` gives ``(line, cells)``, every time from the first row below the header.
    The line is what people see in a spreadsheet: the number of the row in the sheet,
    and of the record in a text file, from 1. A record is one row however many lines its
    quoted cells have. Rows without any text are left out, and counted.

    A table is a context manager, and keeps its file open until it is closed.
    """

    kind = None
    encoding = None
    delimiter = None
    sheet = None
    size_hint = None
    _joint = "; "
    _first_column = 0

    def __init__(self, limits):
        self.limits = limits
        self.sheets = []
        self.warnings = Counter()
        self.header_line = 0
        self.has_header = True
        self.skipped = 0
        self.wide_lines = set()
        self._named = _NEVER
        self.raw_header = []
        self.header = []
        self.width = 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        """Let go of the file; the rows can no longer be read."""

    def _records(self):
        """(line, cells) of everything, empty rows and header included."""
        raise NotImplementedError

    def rows(self):
        """(line, cells) of each row below the header that has any text.

        :raises TableError: ``too_many_rows``, ``cell_too_long``, ``damaged``
        """
        # Counted anew, so that reading twice does not warn twice.
        self.warnings.clear()
        self.warnings.update(self._standing_warnings)
        self.wide_lines.clear()
        width, limit, count = self.width, self.limits.rows, 0
        padding, named = [""] * width, self._named
        for line, cells in self._records():
            if line <= self.header_line or not _has_text(cells):
                continue
            count += 1
            if count > limit:
                raise TableError("too_many_rows", limit=limit)
            length = len(cells)
            if length > named and used_width(cells[named:]):
                self._note_wide(line)
            if length != width:
                cells = (
                    cells + padding[length:] if length < width else self._narrow(cells)
                )
            yield line, cells

    def _note_wide(self, line):
        if len(self.wide_lines) < _MOST_WIDE:
            self.wide_lines.add(line)

    def sample(self, n=5):
        """The first rows, as ``rows`` gives them."""
        return list(islice(self.rows(), n))

    def _narrow(self, cells):
        """A row with cells beyond the last column."""
        if self._has_reason:
            # the last column is ours, whatever it holds
            return cells[: self.width]
        rest = cells[self.width - 1 :]
        if _has_text(rest[1:]):
            self.warnings["extra_cells"] += 1
            while not rest[-1].strip():
                rest.pop()
            rest = [self._joint.join(rest)]
        return cells[: self.width - 1] + rest[:1]

    def _settle(self, has_header):
        """Find the header and the width; refuse what has no rows."""
        self._has_reason = False
        self._standing_warnings = Counter()
        records = self._records()
        head = list(islice(records, SAMPLE))
        filled = [(line, cells) for line, cells in head if _has_text(cells)]
        if not filled:
            filled = [row for row in islice(records, SAMPLE) if _has_text(row[1])]
            if not filled:
                raise TableError("empty")
        body = filled
        raw = []
        at = find_header([cells for _line, cells in filled[:_HEAD]])
        if has_header is None:
            below = [cells for _line, cells in filled[at + 1 :][:_BELOW]]
            has_header = not looks_like_data(filled[at][1], below)
        self.has_header = has_header
        if has_header:
            self.header_line, raw = filled[at]
            self.skipped = self.header_line - 1 if at else 0
            raw = _with_merged(raw, [cells for _line, cells in filled[:at]])
            body = filled[at + 1 :]
            if not body and not any(_has_text(cells) for _line, cells in records):
                raise TableError("no_rows")
        width = max([used_width(raw), *(used_width(cells) for _line, cells in body)])
        if width > self.limits.columns:
            raise TableError("too_many_columns", count=width, limit=self.limits.columns)
        self._named = self._find_named(raw, body)
        raw = [" ".join(cell.split()) for cell in raw[:width]]
        raw += [""] * (width - len(raw))
        if len(raw) > 1 and is_reason_header(raw[-1]):
            self._has_reason = True
            raw.pop()
            # what is beyond our own column is nobody's
            self._named = _NEVER
        self.raw_header, self.width = raw, len(raw)
        self.header = display_names(raw, self._first_column)

    def _find_named(self, raw, body):
        """Number of cells beyond which a row has more than the header: never where it
        has none, or where most rows have, so that the column only lacks a name.
        """
        named = used_width(raw)
        wide = sum(used_width(cells) > named for _line, cells in body)
        return named if named and wide * 2 <= len(body) else _NEVER


def _has_text(cells):
    # twice as fast as any()
    for cell in cells:  # noqa: SIM110
        if cell and not cell.isspace():
            return True
    return False


def used_width(cells):
    """Number of cells up to the last one with text.

    >>> used_width(["a", "", "b", " ", ""])
    3
    """
    for position in range(len(cells), 0, -1):
        if cells[position - 1].strip():
            return position
    return 0


def display_names(raw_header, first=0):
    """Names of columns, none empty and none twice.

    :param int first: how many empty columns the sheet has before the table

    >>> display_names(["Email", "email", "", "Email"])
    ['Email', 'email (2)', 'Column C', 'Email (3)']
    """
    names, seen = [], Counter()
    for position, cell in enumerate(raw_header):
        name = cell or f"Column {column_name(first + position)}"
        base, key = name, name.casefold()
        while seen[key]:
            seen[base.casefold()] += 1
            name = f"{base} ({seen[base.casefold()]})"
            key = name.casefold()
        seen[key] = 1
        names.append(name)
    return names


def find_header(records):
    """Which of the first rows with text is the header.

    Titles may stand above it. The header is the row with most headers that
    ``headers`` knows, at least two; else the first row that has half as many
    cells as the widest one and looks like words; else the first row.

    >>> find_header([["Export of 31/01/2026"], ["Nom", "E-mail"], ["A", "a@b.fr"]])
    1
    >>> find_header([["Alpha", "Beta"], ["Gamma", "Delta"]])
    0
    >>> find_header([["Report"], ["by me"], ["Alpha", "Beta", "C"], ["1", "2", "3"]])
    2
    """
    known = [sum(map(is_known_header, filter(None, cells))) for cells in records]
    if max(known) > 1:
        return known.index(max(known))
    if known[0]:
        return 0
    filled = [sum(1 for cell in cells if cell.strip()) for cells in records]
    most = max(filled)
    for index, cells in enumerate(records):
        if filled[index] * 2 >= most and filled[index] > (most > 1):
            return index if index == 0 or _is_wordy(cells) else 0
    return 0


def _is_wordy(cells):
    """Whether every cell could be a heading: short, no address and no number."""
    return all(
        len(cell) < 80 and "@" not in cell and not cell.strip()[:1].isdigit()
        for cell in cells
        if cell.strip()
    )


def _with_merged(raw, above):
    """A header whose cells may be merged with those of the row above.

    A cell merged downwards holds its text in the upper row only.
    """
    if not above or used_width(above[-1]) < 2 or not _is_wordy(above[-1]):
        return raw
    upper = above[-1]
    return [
        cell if cell.strip() or position >= len(upper) else upper[position]
        for position, cell in enumerate(raw)
    ] + upper[len(raw) :]
