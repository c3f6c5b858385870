from odoo import fields, models


class ProspectSourceCost(models.Model):
    """What a source has cost at a date: an invoice, a budget of a month [BX-25]."""

    _name = "prospect.source.cost"
    _description = "Cost of a Source"
    _order = "date desc, id desc"

    source_id = fields.Many2one(
        comodel_name="utm.source", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        index=True,
        help="Costs of the dates of a period count in that period.",
    )
    name = fields.Char(string="Purpose")
    amount = fields.Monetary(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A cost cannot be below zero."
    )
