from odoo import models
from odoo.exceptions import UserError


class ProspectUndeliverableAddress(models.Model):
    """The prospects behind are downloaded from the page of the addresses."""

    _name = "prospect.undeliverable.address"
    _inherit = ["prospect.undeliverable.address"]

    def action_extract(self):
        """Download the prospects behind as a workbook, to correct and import again.

        Its first column is their number, by which the import knows them [IY-19].

        :raises AccessError: when the person may not export prospects
        """
        leads = self.lead_ids
        self.env["prospect.right"]._check("export")
        leads._prospect_check_right("export")
        if not leads:
            raise UserError(
                self.env._("No prospect that you may see has one of these addresses.")
            )
        extract = self.env["prospect.address.extract"]._make(leads)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{extract._name}/{extract.id}/file"
            "?filename_field=filename&download=true",
            "target": "self",
        }
