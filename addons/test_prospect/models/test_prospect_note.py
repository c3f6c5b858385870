from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProspectNote(models.Model):
    """A record of a stranger's, with terms of its own to translate."""

    _name = "test.prospect.note"
    _description = "Note about a Prospect"

    name = fields.Char(required=True)
    lead_id = fields.Many2one("crm.lead", index=True, ondelete="cascade")

    @api.constrains("name")
    def _check_name(self):
        for note in self:
            if not note.name.strip():
                raise ValidationError(self.env._("A note has to say something."))
