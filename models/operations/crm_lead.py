from odoo import fields, models


class CrmLead(models.Model):
    """What operations have done with a prospect."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    operation_line_ids = fields.One2many(
        comodel_name="prospect.operation.line",
        inverse_name="lead_id",
        string="Operations",
        readonly=True,
        copy=False,
    )
