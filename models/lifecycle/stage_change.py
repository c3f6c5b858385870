from odoo import fields, models


class ProspectStageChange(models.Model):
    """One change of stage of one opportunity, logged as statuses are [BX-56].

    Odoo keeps such changes in messages, where tracking is on: imports, bulk work
    and its own conversions leave gaps. The funnel across prospects and opportunities
    needs all of them, and the names of stages that are gone.
    """

    _name = "prospect.stage.change"
    _inherit = ["prospect.log.mixin"]
    _description = "Stage Change of an Opportunity"
    _log_access = False

    from_id = fields.Many2one(
        comodel_name="crm.stage",
        string="From Stage",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    to_id = fields.Many2one(
        comodel_name="crm.stage",
        string="To Stage",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    from_name = fields.Char(string="Former Name", readonly=True)
    to_name = fields.Char(string="New Name", readonly=True)
