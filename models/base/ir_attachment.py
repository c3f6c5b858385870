import hashlib
import shutil
import tempfile
from pathlib import Path

from odoo import api, models
from odoo.tools import SQL

CHUNK = 1 << 20


class IrAttachment(models.Model):
    """Attachments made of large files, without reading them into memory."""

    _inherit = "ir.attachment"

    @api.model
    def _prospect_create_from_file(self, file, values):
        """An attachment with the content of a file.

        Odoo would hold all of it in memory, some times over, and look for words in
        it to be found by them. Where attachments are not files, it does.

        :param file: a binary file that can be read again from its beginning
        :param dict values: ``name``, ``mimetype`` and what it belongs to
        """
        file.seek(0)
        if self._storage() != "file":
            return self.create({**values, "raw": file.read()})
        digest = hashlib.sha1(usedforsecurity=False)
        size = 0
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        checksum = digest.hexdigest()
        fname = f"{checksum[:2]}/{checksum}"
        # before the file is there: it goes again when the transaction does
        self._mark_for_gc(fname)
        path = Path(self._full_path(fname))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            file.seek(0)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                shutil.copyfileobj(file, part, CHUNK)
            Path(part.name).chmod(0o644)
            # never half a file under the name of the whole
            Path(part.name).replace(path)
        attachment = self.create(values)
        attachment.flush_recordset()
        # by SQL: Odoo sets these from the content alone
        self.env.cr.execute(
            SQL(
                """UPDATE ir_attachment
                      SET store_fname = %s, checksum = %s, file_size = %s
                    WHERE id = %s""",
                fname,
                checksum,
                size,
                attachment.id,
            )
        )
        attachment.invalidate_recordset(
            ["store_fname", "checksum", "file_size", "raw", "datas"]
        )
        return attachment
