from odoo import fields, models


class ProspectLifecycleStep(models.Model):
    """One status, or one stage of the opportunity, that a prospect reached [BX-24,
    BX-56].

    One row, however often it came back. The name is the one of now, in the reader's
    language; of a status that is gone, the one that its history has.
    """

    _name = "prospect.lifecycle.step"
    _inherit = ["prospect.lifecycle.mixin"]
    _description = "Step Reached by a Prospect"
    _log_access = False

    status_id = fields.Many2one(
        comodel_name="prospect.status",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    stage_id = fields.Many2one(
        comodel_name="crm.stage",
        string="Opportunity Stage",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(string="Step", readonly=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("new", "New"),
            ("open", "In progress"),
            ("converted", "Converted"),
            ("junk", "Junk"),
            ("opportunity", "Opportunity"),
        ],
        readonly=True,
    )
    reached_at = fields.Datetime(
        string="Reached on", readonly=True, help="The first time."
    )
    days = fields.Float(
        string="Days Spent",
        readonly=True,
        aggregator="avg",
        help="Total of all its stays; empty while the prospect is still there.",
    )
    minutes = fields.Integer(
        readonly=True, aggregator="sum", export_string_translation=False
    )
    has_left = fields.Boolean(
        readonly=True, help="The prospect was there and is not any more."
    )
    prospects = fields.Integer(readonly=True)
