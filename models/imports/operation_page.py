from pathlib import Path
from tempfile import TemporaryFile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools.tabular import REASON_HEADERS, rejected_extension, write_rejected


class ProspectOperation(models.Model):
    """What the page of an operation says about an import, and its rejected rows."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    may_keep_apart = fields.Boolean(
        compute="_compute_may_keep_apart", export_string_translation=False
    )
    keeps_apart = fields.Boolean(
        compute="_compute_may_keep_apart", export_string_translation=False
    )

    @api.depends("kind", "options", "shared_count", "state")
    def _compute_may_keep_apart(self):
        """Whether the preview takes people of different names for one, by their
        address; and whether it was asked not to.
        """
        for operation in self:
            asked = operation.kind == "import" and operation.state == "previewed"
            keeps = bool((operation.options or {}).get("keep_apart"))
            operation.keeps_apart = asked and keeps
            operation.may_keep_apart = bool(
                asked and not keeps and operation.shared_count
            )

    def action_keep_apart(self):
        """Preview again, with people who share an address kept apart, or together."""
        self.ensure_one()
        self._check_may_act()
        options = self.options or {}
        self._set(options={**options, "keep_apart": not options.get("keep_apart")})
        return self.action_preview()

    @api.model
    def _get_run_label_import(self, count):
        """What the button that runs an import says.

        :param int count: how many prospects it makes or changes
        """
        if count == 1:
            return self.env._("Import 1 prospect")
        return self.env._(
            "Import %(count)s prospects", count=formatLang(self.env, count, digits=0)
        )

    @api.model
    def _get_notice_import(self, has_changes):
        """What the page says over the preview of an import."""
        if has_changes:
            return self.env._(
                "This is a preview: nothing has been written yet. Below is what each"
                " row of the file will do."
            )
        return self.env._(
            "There is nothing to import: no row of this file would create or change "
            "a prospect."
        )

    # --- Rejected rows ------------------------------------------------------------

    def action_download_rejected(self):
        """Download the rows that could not be used, as a file to mend and import.

        :raises UserError: when there are none, or they cannot be read any more
        """
        self.ensure_one()
        self.check_access("read")
        if not self._get_rejected_reasons():
            raise UserError(
                self.env._(
                    "There are no rejected rows to download. The lines of old"
                    " operations are deleted after some time."
                )
            )
        self._open_table().close()
        return {
            "type": "ir.actions.act_url",
            "url": f"/prospect/operation/{self.id}/rejected",
            "target": "download",
        }

    def _get_rejected_reasons(self):
        """{line of the file: why it was rejected}, as the person may see them."""
        lines = self.env["prospect.operation.line"].search_fetch(
            [("operation_id", "=", self.id), ("outcome", "=", "failed")],
            ["number", "reason"],
            order="number",
        )
        return {
            line.number: " ".join((line.reason or self.env._("Rejected")).split())
            for line in lines
        }

    def _write_rejected(self):
        """The rejected rows as a file, each with its reason.

        :return: name of the file, and the file, open for reading
        :raises UserError: when the imported file cannot be read any more
        """
        self.ensure_one()
        lang = (self.env.lang or "en")[:2]
        header = REASON_HEADERS.get(lang, REASON_HEADERS["en"])
        file = TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self._open_table() as table:
            write_rejected(table, self._get_rejected_reasons(), file, header)
            name = self.env._(
                "%(file)s - rejected rows", file=Path(self.file_name or "").stem
            )
            extension = rejected_extension(table)
        file.seek(0)
        return f"{name}.{extension}", file
