"""What a file may not be, and how much of it is read."""

from collections import namedtuple

# code: what it means, with the parameters that the error carries
CODES = {
    "empty": "The file is empty.",
    "no_rows": "The file has a header and no row below it.",
    "not_a_table": "The file is %(kind)s, not a table.",
    "html": "The file is a web page saved as a table, whatever its name says.",
    "unsupported": "The file is %(kind)s, a table that cannot be read.",
    "encrypted": "The workbook is protected by a password.",
    "damaged": "The workbook is damaged: %(detail)s",
    "bomb": "The workbook would unpack to far more than its size.",
    "unsafe": "The workbook has definitions that no spreadsheet writes.",
    "too_large": "The file has %(size)s bytes, %(limit)s are allowed.",
    "too_many_columns": "The table has %(count)s columns, %(limit)s are allowed.",
    "too_many_rows": "The table has more than %(limit)s rows.",
    "too_many_cells": "The sheet spans %(count)s cells, %(limit)s are allowed.",
    "row_too_long": "Line %(line)s has more than %(limit)s characters.",
    "too_slow": "Reading the workbook takes too long.",
    "no_reader": "Workbooks cannot be read on this server: %(detail)s",
    "no_room": "The disk of the server is full.",
    "cell_too_long": "A cell on line %(line)s has more than %(limit)s characters.",
    "no_such_sheet": "There is no sheet %(sheet)s, but: %(sheets)s.",
    "unknown_encoding": "There is no encoding %(encoding)s.",
    "unknown_delimiter": "%(delimiter)s cannot separate columns.",
}


class TableError(Exception):
    """A file that cannot be read as a table.

    :ivar str code: one of ``CODES``
    :ivar dict params: what the code's text names

    >>> str(TableError("too_many_rows", limit=5))
    'The table has more than 5 rows.'
    """

    def __init__(self, code, **params):
        self.code = code
        self.params = params
        super().__init__(CODES[code] % params)


# Not a dataclass: to import those takes as long as to start Python, for each workbook.
_LIMITS = {
    "file_size": 1 << 29,
    "unpacked": 1 << 30,
    "ratio": 400,
    "columns": 500,
    "rows": 2_000_000,
    "cells": 20_000_000,
    "cell": 1 << 20,
    "string": 32_767,
    "row": 1 << 21,
    "text": 1 << 29,
    "blank": 20_000_000,
    "memory": 1 << 31,
    "seconds": 60,
}


class Limits(namedtuple("_Limits", _LIMITS, defaults=_LIMITS.values())):
    """How much is read before a file is refused.

    :param int file_size: bytes of the file
    :param int unpacked: bytes that a workbook may unpack to
    :param int ratio: how many times its size a workbook may unpack to, beyond 64 MB
    :param int columns: columns of the table
    :param int rows: rows below the header
    :param int cells: cells between the first and the last used one of a sheet, which
        is held in memory, the empty ones too, at up to 100 bytes each
    :param int cell: characters of a cell of a text file
    :param int string: characters of a cell of a workbook: what one can hold
    :param int row: characters of a row of a workbook
    :param int text: characters of all cells of a workbook, each as often as it is
        repeated or referred to
    :param int blank: cells of a text file in rows of nothing but separators, and beyond
        the columns
    :param int memory: bytes of the process that reads a workbook
    :param int seconds: of the processor, and of waiting, for reading a workbook
    """

    __slots__ = ()
