"""Rows that could not be used, as a file to mend and import again."""

import csv
import io
import re
from itertools import chain

import xlsxwriter

from ..headers import REASON_HEADERS

# What a spreadsheet would take for a formula, also in the wide letters of East Asia,
# but for numbers: "+33 6 12 34" and "-12,5" stay what they are, for they compute
# nothing but themselves; "+1-555-0101" would become another number.
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-][\d\s.,()]*")
# The most that a cell of a workbook holds.
_CELL = 32767


def rejected_extension(table):
    """``csv`` or ``xlsx``, the kind of file that ``write_rejected`` writes."""
    return "csv" if table.kind in ("csv", "paste") else "xlsx"


def write_rejected(table, reasons, fileobj, reason_header=REASON_HEADERS["en"]):
    """Write the header and some rows of a table, each with the reason at the end.

    A text file gets the delimiter and encoding of the table, where it can hold the
    reasons, else UTF-8 with a mark, as Excel wants it; a workbook is written as XLSX.
    Reading the file again gives the same values, without the reason. Lines that might
    be formulas are kept from it in text files by an apostrophe, which is taken off
    when reading, and in workbooks by being text.

    :param dict reasons: {line: reason} of the rows to write
    :param fileobj: a binary file
    :param str reason_header: one of ``REASON_HEADERS``, by which the reader knows it
    :returns: number of rows written
    """
    write = _write_text if rejected_extension(table) == "csv" else _write_workbook
    names = table.raw_header if any(table.raw_header) else table.header
    header = [*names, reason_header]
    return write(table, reasons, fileobj, header)


def _chosen(table, reasons):
    for line, cells in table.rows():
        if line in reasons:
            yield [*cells, reasons[line]]


def guard_formula(text):
    """A cell for a text file that no spreadsheet computes.

    >>> [guard_formula(text) for text in ("=1+1", "@a", "+33 6 12", "-5", "'=x", "a")]
    ["'=1+1", "'@a", '+33 6 12', '-5', "''=x", 'a']
    >>> [guard_formula(text) for text in ("-5/0", "+1-555-0101")]
    ["'-5/0", "'+1-555-0101"]
    >>> [guard_formula(text)[0] for text in ("\\uff1d1+1", "\\uff20a")]
    ["'", "'"]
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _write_text(table, reasons, fileobj, header):
    encoding = _encoding_for(table, reasons, header)
    delimiter = table.delimiter if table.kind == "csv" else ";"
    if not delimiter.isprintable() and delimiter != "\t":
        # one column, which becomes two
        delimiter = ";"
    text = io.TextIOWrapper(fileobj, encoding, newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter)
    count = 0
    try:
        writer.writerow(map(guard_formula, header))
        for row in _chosen(table, reasons):
            writer.writerow(map(guard_formula, row))
            count += 1
    finally:
        # the file stays the caller's
        text.detach()
    return count


def _encoding_for(table, reasons, header):
    encoding = table.encoding
    if encoding.startswith("utf-8"):
        return "utf-8-sig"
    if encoding.startswith("utf-16"):
        return "utf-16"
    try:
        for row in (header, reasons.values(), *_chosen(table, reasons)):
            "".join(row).encode(encoding)
    except UnicodeEncodeError:
        return "utf-8-sig"
    return encoding


def _write_workbook(table, reasons, fileobj, header):
    return write_sheet(chain((header,), _chosen(table, reasons)), fileobj) - 1


def write_sheet(rows, fileobj):
    """Write a workbook of one sheet, in which all is text and no formula.

    :param rows: lists of texts, the header among them
    :param fileobj: a binary file
    :returns: number of rows written
    """
    book = xlsxwriter.Workbook(fileobj, {"constant_memory": True})
    sheet = book.add_worksheet()
    count = 0
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            if cell:
                sheet.write_string(number, position, cell[:_CELL])
        count = number + 1
    book.close()
    return count
