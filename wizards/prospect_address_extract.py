import base64
import io

from odoo import api, fields, models

from ..tools.headers import REASON_HEADERS
from ..tools.tabular import write_sheet
from ..tools.wording import labelled


class ProspectAddressExtract(models.TransientModel):
    """The workbook of prospects whose addresses are in error, to correct and import
    again [IY-19].

    The first column is the number of the prospect, by which the import knows it; the
    last one the reason, which the import leaves out.
    """

    _name = "prospect.address.extract"
    _description = "Extract of Undeliverable Addresses"

    file = fields.Binary(attachment=False, readonly=True)
    filename = fields.Char(readonly=True)

    @api.model
    def _make(self, leads):
        """A download of some prospects.

        :param leads: as the person may see them
        """
        output = io.BytesIO()
        write_sheet(self._get_rows(leads), output)
        return self.create(
            {
                "file": base64.b64encode(output.getvalue()),
                "filename": self.env._("undeliverable addresses.xlsx"),
            }
        )

    @api.model
    def _get_rows(self, leads):
        """The header, and a row for each prospect."""
        is_french = (self.env.lang or "").startswith("fr")
        fnames = ("email_from", "first_name", "last_name", "partner_name")
        yield [
            ".id",
            *(leads._fields[fname]._description_string(self.env) for fname in fnames),
            REASON_HEADERS["fr" if is_french else "en"],
        ]
        reasons = dict(
            self.env["prospect.undeliverable.address"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        for lead in leads:
            error = lead.undeliverable_address_id
            reason = reasons.get(error.reason, "")
            detail = reason
            if error.detail:
                detail = labelled(self.env, reason, error.detail)
            yield [str(lead.id), *(lead[fname] or "" for fname in fnames), detail]
