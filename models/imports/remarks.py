"""Sentences about imports, and why a file cannot be read."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "imports.no_rows": _lt("The file has a header and no row below it."),
        "imports.unreadable_row": _lt("This row cannot be read: %(error)s"),
        "imports.fast": _lt("Fast: all rows in one pass."),
        "imports.file_deleted": _lt(
            "The file of this import has been deleted: import it again."
        ),
        "imports.file_empty": _lt(
            "The file is empty. Choose the one with your prospects."
        ),
        "imports.not_a_table": _lt(
            "This file is not a table. Give a CSV, Excel or OpenDocument file."
        ),
        "imports.html": _lt(
            "This file is a web page, whatever its name says. Open it in a"
            " spreadsheet and save it as an Excel or CSV file."
        ),
        "imports.unsupported": _lt(
            "This kind of table cannot be read. Save it as an Excel, OpenDocument or"
            " CSV file."
        ),
        "imports.encrypted": _lt(
            "The workbook is protected by a password. Save it without one."
        ),
        "imports.damaged": _lt(
            "The workbook is damaged. Open it in a spreadsheet and save it again."
        ),
        "imports.bomb": _lt(
            "The workbook would unpack to far more than its size: it is refused."
        ),
        "imports.unsafe": _lt(
            "The workbook has definitions that no spreadsheet writes: it is refused."
        ),
        "imports.too_large": _lt(
            "The file has %(size)s MB; the limit is %(limit)s MB. Split it."
        ),
        "imports.too_many_columns": _lt(
            "The table has %(count)s columns; the limit is %(limit)s. Delete"
            " those that you do not need."
        ),
        "imports.too_many_rows": _lt(
            "The table has more than %(limit)s rows. Split it."
        ),
        "imports.too_many_cells": _lt(
            "The sheet spans %(count)s cells; the limit is %(limit)s. Delete"
            " what is far from the table."
        ),
        "imports.cell_too_long": _lt(
            "A cell on line %(line)s has more than %(limit)s characters. Shorten it."
        ),
        "imports.row_too_long": _lt(
            "Line %(line)s has more than %(limit)s characters. Shorten it."
        ),
        "imports.too_slow": _lt(
            "Reading the workbook takes too long. Split it, or save it as a CSV file."
        ),
        "imports.no_reader": _lt(
            "This server cannot read workbooks at the moment. Save it as a CSV file."
        ),
        "imports.no_room": _lt(
            "The server cannot store the file: its disk is full or read-only."
            " Contact your administrator."
        ),
        "imports.no_such_sheet": _lt("The workbook has no sheet “%(sheet)s”."),
        "imports.unknown_encoding": _lt("There is no encoding “%(name)s”."),
        "imports.standard": _lt("Standard: %(reason)s"),
        "imports.name": _lt("Import of %(file)s"),
    }
)
