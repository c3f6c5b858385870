from odoo import models

from .crm_lead_seam import HEARD, note


class ProspectCapture(models.Model):
    """A stranger's add-on links a row of its own to what a message becomes."""

    _inherit = "prospect.capture"

    def _note_outcome(self, outcome, values):
        result = super()._note_outcome(outcome, values)
        if HEARD:
            note("outcome", outcome["outcome"], outcome["lead_id"])
        return result
