from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.remarks import remark
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
            raise UserError(remark(self.env, "imports.file_deleted"))
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
        return remark(self.env, "imports.file_empty")

    def _describe_file_no_rows(self):
        return remark(self.env, "imports.no_rows")

    def _describe_file_not_a_table(self, **_params):
        return remark(self.env, "imports.not_a_table")

    def _describe_file_html(self):
        return remark(self.env, "imports.html")

    def _describe_file_unsupported(self, **_params):
        return remark(self.env, "imports.unsupported")

    def _describe_file_encrypted(self):
        return remark(self.env, "imports.encrypted")

    def _describe_file_damaged(self, **_params):
        return remark(self.env, "imports.damaged")

    def _describe_file_bomb(self):
        return remark(self.env, "imports.bomb")

    def _describe_file_unsafe(self):
        return remark(self.env, "imports.unsafe")

    def _describe_file_too_large(self, size, limit):
        return remark(
            self.env,
            "imports.too_large",
            size=size >> 20,
            limit=limit >> 20,
        )

    def _describe_file_too_many_columns(self, count, limit):
        return remark(
            self.env,
            "imports.too_many_columns",
            count=count,
            limit=limit,
        )

    def _describe_file_too_many_rows(self, limit):
        return remark(self.env, "imports.too_many_rows", limit=limit)

    def _describe_file_too_many_cells(self, count, limit):
        return remark(
            self.env,
            "imports.too_many_cells",
            count=count,
            limit=limit,
        )

    def _describe_file_cell_too_long(self, line, limit):
        return remark(
            self.env,
            "imports.cell_too_long",
            line=line,
            limit=limit,
        )

    def _describe_file_row_too_long(self, line, limit):
        return remark(
            self.env,
            "imports.row_too_long",
            line=line,
            limit=limit,
        )

    def _describe_file_too_slow(self):
        return remark(self.env, "imports.too_slow")

    def _describe_file_no_reader(self, **_params):
        return remark(self.env, "imports.no_reader")

    def _describe_file_no_room(self):
        return remark(self.env, "imports.no_room")

    def _describe_file_no_such_sheet(self, sheet, **_params):
        return remark(self.env, "imports.no_such_sheet", sheet=sheet)

    def _describe_file_unknown_encoding(self, encoding):
        return remark(self.env, "imports.unknown_encoding", name=encoding)
