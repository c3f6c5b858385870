from odoo import api, fields, models


class ProspectReportTemplate(models.Model):
    """A saved set of columns for reports, private or shared [IE-30].

    Not Odoo's ``ir.exports``: those belong to nobody and are everybody's, only who
    may export in general reads them, and their lines are names of fields, so that
    Odoo's dialog would stumble over lists.
    """

    _name = "prospect.report.template"
    _description = "Set of Columns for Reports"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    visibility = fields.Selection(
        selection=[("private", "Only me"), ("shared", "All salespeople")],
        required=True,
        default="private",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: in all companies.",
    )
    columns = fields.Json(
        string="Column Keys",
        default=lambda self: self.env.context.get("prospect_report_columns") or [],
        export_string_translation=False,
    )
    column_count = fields.Integer(string="Columns", compute="_compute_column_count")

    @api.depends("columns")
    def _compute_column_count(self):
        for template in self:
            template.column_count = len(template.columns or [])
