from odoo import api, fields, models


class ProspectStatusChange(models.Model):
    """One change of status of one prospect.

    Drives the funnel, the cohorts and the time in each status. Names and kinds
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
        ondelete="set null",
    )
    from_name = fields.Char(string="Former Name", readonly=True)
    to_name = fields.Char(string="New Name", readonly=True)
    from_label = fields.Char(string="From", compute="_compute_labels")
    to_label = fields.Char(string="To", compute="_compute_labels")
    from_kind = fields.Char(readonly=True, export_string_translation=False)
    to_kind = fields.Char(readonly=True, export_string_translation=False)

    @api.depends("from_id", "from_name", "to_id", "to_name")
    @api.depends_context("lang")
    def _compute_labels(self):
        """The status in the reader's language, or as it was called before it went."""
        for change in self:
            change.from_label = change.from_id.name or change.from_name
            change.to_label = change.to_id.name or change.to_name
