from odoo import fields, models


class ProspectLifecycleMixin(models.AbstractModel):
    """What the three lifecycles share: which prospect, and by what they are grouped.

    Kept tables, which ``prospect.lifecycle.refresh`` makes again from the histories
    when a prospect has changed. Nobody writes them, and a merge or an undo leaves them
    alone. The dimensions are copied beside the figures, so that a figure of a million
    prospects is one scan of one narrow table.
    """

    _name = "prospect.lifecycle.mixin"
    _description = "Lifecycle of prospects"
    _log_access = False
    _order = "arrived_at desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    arrived_at = fields.Datetime(
        string="Arrived on",
        required=True,
        readonly=True,
        index=True,
        help="When the person became a prospect; of merged ones, the first time.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, ondelete="cascade"
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Who has the prospect now.",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_open_lead(self):
        """Open the prospect behind a row."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
