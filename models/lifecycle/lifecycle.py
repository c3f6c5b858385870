from odoo import fields, models


class ProspectLifecycle(models.Model):
    """One prospect and what became of it: cohorts and sources [BX-25, BX-55].

    - *Converted*: reached a status of kind converted at least once, and nobody has
      undone it. Reopened afterwards, it was converted all the same, and once.
    - *Junk*: has a status of kind junk now.
    - *Contacted*: see ``prospect.lifecycle.refresh``.
    - *Revenue won*: of the opportunity that was won. An opportunity of several
      prospects counts for the oldest of them alone, so that the sum is what was earned.
    """

    _name = "prospect.lifecycle"
    _inherit = ["prospect.lifecycle.mixin"]
    _description = "Prospect Analysis"
    _log_access = False

    status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Current Status",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    medium_id = fields.Many2one(
        comodel_name="utm.medium",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    country_id = fields.Many2one(
        comodel_name="res.country", readonly=True, ondelete="set null"
    )
    contacted_at = fields.Datetime(string="First Contact", readonly=True)
    converted_at = fields.Datetime(string="Converted on", readonly=True)
    junk_at = fields.Datetime(string="Junk since", readonly=True)
    hours_to_contact = fields.Float(
        string="Hours to Contact", readonly=True, aggregator="avg"
    )
    days_to_conversion = fields.Float(
        string="Days to Conversion", readonly=True, aggregator="avg"
    )
    is_flagged = fields.Boolean(string="Flagged", readonly=True)
    is_repeat = fields.Boolean(string="Returning", readonly=True)
    contacted = fields.Integer(readonly=True)
    converted = fields.Integer(readonly=True)
    junk = fields.Integer(readonly=True)
    flagged = fields.Integer(string="Flagged Prospects", readonly=True)
    conversion_rate = fields.Float(
        string="Conversion (%)", readonly=True, aggregator="avg"
    )
    revenue_won = fields.Float(
        readonly=True,
        help="Expected revenue of the opportunity, in the currency of its company.",
    )

    _one_each = models.UniqueIndex("(lead_id)", "A prospect has one lifecycle.")
    _period_idx = models.Index(
        "(arrived_at) INCLUDE (company_id, source_id, status_id)"
    )

    def init(self):
        """All steps of a prospect in one column: how far it got is counted in one scan.

        Statuses by their number, stages of opportunities below zero.
        """
        self.env.cr.execute(
            "ALTER TABLE prospect_lifecycle ADD COLUMN IF NOT EXISTS reached int4[]"
        )
        return super().init()
