from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.tabular import CODES, TableError, open_table


class ProspectOperation(models.Model):
    """How an operation reads its file, and says what is wrong with it."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _size_import(self):
        """About how many rows the file has, None when nobody knows."""
        with self._open_table() as table:
            return table.size_hint

    def _open_table(self):
        """The file of the operation, as a table to read.

        :raises UserError: when it cannot be read, saying why
        """
        self.ensure_one()
        # sudo: the file belongs to the operation, which the person may see
        attachment = self.attachment_id.sudo()
        if not attachment.exists():
            raise UserError(
                self.env._("The file of this import has been deleted: import it again.")
            )
        options = self.options or {}
        return self._read_table(
            self._get_file(attachment),
            attachment.name,
            **{
                name: options.get(name)
                for name in ("sheet", "encoding", "delimiter")
                if options.get(name)
            },
            has_header=options.get("has_header", True),
        )

    @api.model
    def _get_file(self, attachment):
        """The file to read: its place on the disk, so that it is not all in memory."""
        if attachment.store_fname:
            path = Path(attachment._full_path(attachment.store_fname))
            if path.is_file():
                return path
        return attachment.raw or b""

    @api.model
    def _read_table(self, source, name, **options):
        """Open a table, or say in the person's language why it cannot be read."""
        try:
            return open_table(source, name or "", **options)
        except TableError as error:
            raise UserError(self._describe_table_error(error)) from error

    @api.model
    def _describe_table_error(self, error):
        """What is wrong with a file, and what to do about it."""
        describe = getattr(self, f"_describe_file_{error.code}", None)
        if describe:
            return describe(**error.params)
        return CODES[error.code] % error.params

    def _describe_file_empty(self):
        return self.env._("The file is empty. Choose the one with your prospects.")

    def _describe_file_no_rows(self):
        return self.env._("The file has a header and no row below it.")

    def _describe_file_not_a_table(self, **_params):
        return self.env._(
            "This file is not a table. Give a CSV, Excel or OpenDocument file."
        )

    def _describe_file_html(self):
        return self.env._(
            "This file is a web page, whatever its name says. Open it in a spreadsheet"
            " and save it as an Excel or CSV file."
        )

    def _describe_file_unsupported(self, **_params):
        return self.env._(
            "This kind of table cannot be read. Save it as an Excel, OpenDocument or"
            " CSV file."
        )

    def _describe_file_encrypted(self):
        return self.env._(
            "The workbook is protected by a password. Save it without one."
        )

    def _describe_file_damaged(self, **_params):
        return self.env._(
            "The workbook is damaged. Open it in a spreadsheet and save it again."
        )

    def _describe_file_bomb(self):
        return self.env._(
            "The workbook would unpack to far more than its size: it is refused."
        )

    def _describe_file_unsafe(self):
        return self.env._(
            "The workbook has definitions that no spreadsheet writes: it is refused."
        )

    def _describe_file_too_large(self, size, limit):
        return self.env._(
            "The file has %(size)s MB; the limit is %(limit)s MB. Split it.",
            size=size >> 20,
            limit=limit >> 20,
        )

    def _describe_file_too_many_columns(self, count, limit):
        return self.env._(
            "The table has %(count)s columns; the limit is %(limit)s. Delete those "
            "that you do not need.",
            count=count,
            limit=limit,
        )

    def _describe_file_too_many_rows(self, limit):
        return self.env._(
            "The table has more than %(limit)s rows. Split it.", limit=limit
        )

    def _describe_file_too_many_cells(self, count, limit):
        return self.env._(
            "The sheet spans %(count)s cells; the limit is %(limit)s. Delete what "
            "is far from the table.",
            count=count,
            limit=limit,
        )

    def _describe_file_cell_too_long(self, line, limit):
        return self.env._(
            "A cell on line %(line)s has more than %(limit)s characters. Shorten it.",
            line=line,
            limit=limit,
        )

    def _describe_file_row_too_long(self, line, limit):
        return self.env._(
            "Line %(line)s has more than %(limit)s characters. Shorten it.",
            line=line,
            limit=limit,
        )

    def _describe_file_too_slow(self):
        return self.env._(
            "Reading the workbook takes too long. Split it, or save it as a CSV file."
        )

    def _describe_file_no_reader(self, **_params):
        return self.env._(
            "This server cannot read workbooks at the moment. Save it as a CSV file."
        )

    def _describe_file_no_room(self):
        return self.env._(
            "The server cannot store the file: its disk is full or read-only. "
            "Contact your administrator."
        )

    def _describe_file_no_such_sheet(self, sheet, **_params):
        return self.env._("The workbook has no sheet “%(sheet)s”.", sheet=sheet)

    def _describe_file_unknown_encoding(self, encoding):
        return self.env._("There is no encoding “%(name)s”.", name=encoding)
