from odoo import api, models

from ...tools.emails import clean_email
from ...tools.texts import clean_lines, clean_text

# Texts that people type, by what may be in them.
LINE, LINES = "char", "text"


class CrmLead(models.Model):
    """Texts of prospects without marks that nobody sees, whoever writes them.

    What is pasted brings zero-width blanks, soft hyphens and decomposed letters: a
    search would find nothing, and a company would be there twice.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prospect_clean_texts(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prospect_clean_texts(vals))

    @api.model
    def _prospect_clean_texts(self, vals):
        """Values with clean texts; the same where there is nothing to clean."""
        cleaned = {}
        for fname, value in vals.items():
            if type(value) is not str or not value:
                continue
            field = self._fields.get(fname)
            kind = field and field.type
            if kind == LINE:
                text = clean_text(value)
            elif kind == LINES:
                text = clean_lines(value)
            else:
                continue
            if text != value:
                cleaned[fname] = text
        return {**vals, **cleaned} if cleaned else vals

    # --- Addresses --------------------------------------------------------------------

    def _compute_email_normalized(self):
        """An address is not picked out of words: "ana roux@example.com" is nobody's.

        Odoo would write to roux@example.com.
        """
        result = super()._compute_email_normalized()
        for lead in self:
            if lead.email_from:
                address, _problem = clean_email(lead.email_from)
                if address != lead.email_normalized:
                    lead.email_normalized = address or False
        return result

    def _compute_email_state(self):
        result = super()._compute_email_state()
        for lead in self:
            if lead.email_state == "correct" and not clean_email(lead.email_from)[0]:
                lead.email_state = "incorrect"
        return result

    def _message_add_default_recipients(self):
        """Nobody is written to whose address Odoo would pick out of words."""
        found = super()._message_add_default_recipients()
        for lead in self:
            if lead.email_from and not clean_email(lead.email_from)[0]:
                found[lead.id]["email_to_lst"] = []
        return found
