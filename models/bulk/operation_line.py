from odoo import models


class ProspectOperationLine(models.Model):
    """What a line of a bulk operation is about, in words."""

    _name = "prospect.operation.line"
    _inherit = ["prospect.operation.line"]

    def _get_who_bulk(self):
        return self._get_who_by_lead()
