from odoo import api, fields, models


class ProspectModeLine(models.TransientModel):
    """The open prospects of one company."""

    _name = "prospect.mode.line"
    _description = "Open Prospects of a Company"

    mode_id = fields.Many2one(
        comodel_name="prospect.mode", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    label = fields.Char(string="Company Name", compute="_compute_label")
    open_count = fields.Integer(string="Open Prospects", readonly=True)
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Pipeline",
        domain="[('company_id', 'in', [company_id, False])]",
        help="The team whose pipeline they go to. Empty: each keeps its own.",
    )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            line.label = line.company_id.name or self.env._("No company")
