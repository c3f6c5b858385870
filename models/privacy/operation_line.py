from odoo import fields, models


class ProspectOperationLine(models.Model):
    """A line about an erased person keeps its number and its outcome, and no values."""

    _name = "prospect.operation.line"
    _inherit = ["prospect.operation.line"]

    is_erased = fields.Boolean(
        string="Erased",
        readonly=True,
        help="It was about a person who was erased: it can be neither run nor undone.",
    )

    def _get_who(self):
        who = super()._get_who()
        return self.env._("(erased)") if self.is_erased else who
