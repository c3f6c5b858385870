"""Sheets of XLSX, XLS and ODS files, read by calamine: in a process of its own only,
which the reader may end. See ``child``.
"""

import datetime
import os
from itertools import chain, islice
from operator import itemgetter

from python_calamine import (
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from .errors import TableError
from .guard import check_archive, check_records
from .kinds import find_kind, open_ole
from .sources import Source
from .table import Table

# What is told about a table, besides its warnings.
TOLD = (
    *("kind", "sheets", "sheet", "header", "raw_header", "width", "header_line"),
    *("size_hint", "has_header", "skipped"),
)
# Rows that are measured at once.
_PART = 100
_CELLS = itemgetter(1)


class WorkbookTable(Table):
    """A sheet of a workbook. See ``open_table``."""

    def __init__(self, source, kind, sheet, has_header, limits):
        super().__init__(limits)
        self.kind = kind
        if kind == "xls":
            check_records(open_ole(source), limits)
            errors = {}
        else:
            errors = check_archive(source, limits)
        self._file = source.open()
        try:
            self._open(sheet)
            self._settle(has_header)
        except BaseException:
            self.close()
            raise
        self._standing_warnings["error_cells"] = sum(errors.values())
        self.warnings.update(self._standing_warnings)

    @property
    def standing(self):
        """Warnings that hold for the whole file."""
        return self._standing_warnings

    def _open(self, sheet):
        self._book = _guarded(CalamineWorkbook.from_filelike, self._file)
        usable = [meta for meta in self._book.sheets_metadata if meta.typ == _WORKSHEET]
        self.sheets = [meta.name for meta in usable]
        if not usable:
            raise TableError("empty")
        if sheet is not None:
            if sheet not in self.sheets:
                raise TableError(
                    "no_such_sheet", sheet=sheet, sheets=", ".join(self.sheets)
                )
            names = [sheet]
        else:
            # the first that is to be seen and has anything in it
            usable.sort(key=lambda meta: meta.visible != SheetVisibleEnum.Visible)
            names = [meta.name for meta in usable]
        for name in names:
            self.sheet = name
            self._sheet = _guarded(self._book.get_sheet_by_name, name)
            if self._sheet.start:
                break
        else:
            raise TableError("empty")
        self._first_column = self._sheet.start[1]
        self.size_hint = max(self._sheet.height - 1, 0)
        if self._sheet.height > self.limits.rows + 10:
            raise TableError("too_many_rows", limit=self.limits.rows)

    def close(self):
        self._sheet = self._book = None
        self._file.close()

    def _records(self):
        # most rows hold the same kinds of values in the same columns
        kinds, readers = (), ()
        for line, cells in enumerate(_guarded(self._sheet.iter_rows), start=1):
            found = tuple(map(type, cells))
            if found != kinds:
                kinds = found
                readers = [
                    (position, _TEXT.get(kind, str))
                    for position, kind in enumerate(kinds)
                    if kind is not str
                ]
            for position, describe in readers:
                cells[position] = describe(cells[position])
            yield line, cells


class _Named(os.PathLike):
    """A path; ``pathlib`` takes longer to import than a small workbook to read."""

    def __init__(self, path):
        self._path = os.fspath(path)

    def __fspath__(self):
        return self._path


def read_workbook(path, sheet, has_header, limits):
    """A sheet of a file, which is looked over first."""
    source = Source(_Named(path))
    return WorkbookTable(source, find_kind(source), sheet, has_header, limits)


def describe(table):
    """What is known about a table before its rows are read, as plain values."""
    head = {name: getattr(table, name) for name in TOLD}
    sizes = list(map(len, table.header))
    limit = table.limits.string
    if max(sizes, default=0) > limit:
        raise TableError("cell_too_long", line=table.header_line, limit=limit)
    if sum(sizes) > table.limits.row:
        raise TableError("row_too_long", line=table.header_line, limit=table.limits.row)
    return {**head, "warnings": dict(table.standing)}


def make_blocks(rows, limits, count):
    """Rows in lists that are not too long to send.

    :param int count: of rows in a list
    :raises TableError: ``cell_too_long``, ``row_too_long``, ``bomb``
    """
    block, size, total = [], 0, 0
    rows = iter(rows)
    while part := list(islice(rows, _PART)):
        # most parts are shorter than what one cell may hold
        if _measure(part) > limits.string:
            pieces = [[row] for row in part]
        else:
            pieces = [part]
        for piece in pieces:
            length = _measure(piece)
            if length > limits.string:
                _check_row(*piece[0], length, limits)
            total += length
            if total > limits.text:
                raise TableError("bomb")
            if block and (
                len(block) + len(piece) > count or size + length > limits.row
            ):
                yield block
                block, size = [], 0
            block += piece
            size += length
    if block:
        yield block


def _measure(rows):
    """Characters of some rows."""
    return len("".join(chain.from_iterable(map(_CELLS, rows))))


def _check_row(line, cells, length, limits):
    """Refuse a row that is too long, or has such a cell."""
    if max(map(len, cells)) > limits.string:
        raise TableError("cell_too_long", line=line, limit=limits.string)
    if length > limits.row:
        raise TableError("row_too_long", line=line, limit=limits.row)


_WORKSHEET = SheetTypeEnum.WorkSheet


def _guarded(function, *args):
    """Call the reader; whatever it raises says that the file is damaged."""
    try:
        return function(*args)
    except PasswordError:
        raise TableError("encrypted") from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        # a panic of the reader's is no Exception
        raise TableError("damaged", detail=str(error)) from error


def cell_text(value):
    """A cell as a person reads it.

    >>> cell_text(33612345678.0), cell_text(12.5), cell_text(0.1 + 0.2)
    ('33612345678', '12.5', '0.3')
    >>> cell_text(datetime.date(2026, 1, 31)), cell_text(True)
    ('2026-01-31', 'TRUE')
    >>> cell_text(datetime.datetime(2026, 1, 31, 14, 30))
    '2026-01-31 14:30:00'
    """
    return _TEXT.get(value.__class__, str)(value)


def _number_text(value):
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    # what a spreadsheet shows at most
    return format(value, ".15g")


_TEXT = {
    float: _number_text,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime.datetime: lambda value: value.isoformat(" ", "seconds"),
    datetime.date: datetime.date.isoformat,
    datetime.time: lambda value: value.isoformat("seconds"),
}
