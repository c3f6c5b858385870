from odoo import fields, models


class ProspectStatusChange(models.Model):
    """One change of status of one prospect.

    Feeds the funnel, the cohorts and the time in each status. Names and kinds
    are kept beside the links, so that the history can still be read when a
    status was deleted.
    """

    _name = "prospect.status.change"
    _inherit = ["prospect.log.mixin"]
    _description = "Change of Prospect Status"
    _log_access = False

    from_id = fields.Many2one(
        comodel_name="prospect.status",
        string="From Status",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    to_id = fields.Many2one(
        comodel_name="prospect.status",
        string="To Status",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    from_name = fields.Char(string="From", readonly=True)
    to_name = fields.Char(string="To", readonly=True)
    from_kind = fields.Char(readonly=True, export_string_translation=False)
    to_kind = fields.Char(readonly=True, export_string_translation=False)
