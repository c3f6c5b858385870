from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.segments.segment_sync import MODES


class ProspectSegmentSyncStart(models.TransientModel):
    """Asks which list a segment syncs, and says first who joins and who leaves."""

    _name = "prospect.segment.sync.start"
    _description = "Sync a List from a Segment"

    segment_id = fields.Many2one(comodel_name="prospect.segment", required=True)
    list_id = fields.Many2one(
        comodel_name="prospect.list",
        help="Empty: a new list, with the name of the segment.",
    )
    list_name = fields.Char(
        string="Name of the New List",
        compute="_compute_list_name",
        store=True,
        readonly=False,
    )
    mode = fields.Selection(selection=MODES, required=True, default="add")
    is_reacting = fields.Boolean(
        string="Apply the list's status, tags and activity",
        help="What the list sets for new members (status, activity, sequence…) also "
        "applies to those who join through the segment.",
    )
    is_confirmed = fields.Boolean(string="Yes, take them off the list")
    join_count = fields.Integer(compute="_compute_counts")
    leave_count = fields.Integer(compute="_compute_counts")
    untraced = fields.Char(compute="_compute_counts")
    error = fields.Char(compute="_compute_counts")

    @api.depends("segment_id")
    def _compute_list_name(self):
        for wizard in self:
            wizard.list_name = wizard.segment_id.name

    @api.depends("segment_id", "list_id", "mode")
    def _compute_counts(self):
        syncs = self.env["prospect.segment.sync"]
        for wizard in self:
            joins, leaves, untraced, error = 0, 0, [], False
            segment = wizard.segment_id._origin
            try:
                if segment:
                    joins, leaves = syncs._count_moves(
                        segment, wizard.list_id._origin, wizard.mode
                    )
                    untraced = segment._get_untraced()
            except UserError as refusal:
                error = str(refusal)
            wizard.join_count = joins
            wizard.leave_count = leaves
            wizard.untraced = ", ".join(untraced)
            wizard.error = error

    def action_start(self):
        """Sync the list from now on, and at once.

        :raises UserError: when members would leave and nobody has agreed
        """
        self.ensure_one()
        if self.error:
            raise UserError(self.error)
        if self.leave_count and not self.is_confirmed:
            raise UserError(
                self.env._(
                    "%(count)s members of the list are not in the segment and would "
                    "leave it. Confirm this, or choose Add only.",
                    count=self.leave_count,
                )
            )
        syncs = self.env["prospect.segment.sync"]
        sync = syncs
        if self.list_id:
            sync = syncs.search([("list_id", "=", self.list_id.id)])
        values = {"mode": self.mode, "is_reacting": self.is_reacting}
        if sync and sync.segment_id != self.segment_id:
            raise UserError(
                self.env._(
                    "This list is synced from the segment %(segment)s. Stop that"
                    " first.",
                    segment=sync.segment_id.name,
                )
            )
        if sync:
            sync.write({**values, "user_id": self.env.uid})
            sync.action_agree()
        else:
            sync = syncs.create(
                {
                    **values,
                    "segment_id": self.segment_id.id,
                    "list_id": (self.list_id or self._make_list()).id,
                }
            )
            sync.action_refresh()
        return {
            "type": "ir.actions.act_window",
            "res_model": "prospect.segment.sync",
            "res_id": sync.id,
            "views": [(False, "form")],
        }

    def _make_list(self):
        """A new list of one's own, shared like the segment."""
        visibility = "shared" if self.segment_id.is_shared else "private"
        return self.env["prospect.list"].create(
            {
                "name": self.list_name or self.segment_id.name,
                "color": self.segment_id.color,
                "visibility": visibility,
            }
        )
