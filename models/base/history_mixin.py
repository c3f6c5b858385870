from odoo import api, fields, models
from odoo.exceptions import UserError


class ProspectHistoryMixin(models.AbstractModel):
    """What has happened: who and when. Rows are appended, and never edited."""

    _name = "prospect.history.mixin"
    _description = "History"
    _log_access = False
    _order = "date desc, id desc"

    date = fields.Datetime(
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.cr.now(),
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="set null",
    )

    def write(self, vals):
        """Refused: what has happened is not rewritten."""
        # pylint: disable=method-required-super
        self.check_access("write")
        raise UserError(self.env._("A history cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A history cannot be deleted."))
