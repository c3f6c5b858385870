from odoo import fields, models


class ProspectLifecycleSalesperson(models.Model):
    """One prospect in the hands of one person: how people work [BX-24].

    One row for everybody who has ever had the prospect. A conversion counts for who
    had the prospect then, junk for who had it when it became junk, a first contact for
    who made it. So that whoever hands a prospect over keeps what they did.
    """

    _name = "prospect.lifecycle.salesperson"
    _inherit = ["prospect.lifecycle.mixin"]
    _description = "Prospect in the Hands of a Person"
    _log_access = False

    person_id = fields.Many2one(
        comodel_name="res.users",
        string="Received by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    received_at = fields.Datetime(
        string="Received on", readonly=True, index=True, help="The first time."
    )
    contacted_at = fields.Datetime(string="Contacted on", readonly=True)
    converted_at = fields.Datetime(string="Converted on", readonly=True)
    hours_to_contact = fields.Float(
        string="Hours to Contact", readonly=True, aggregator="avg"
    )
    days_to_conversion = fields.Float(
        string="Days to Conversion", readonly=True, aggregator="avg"
    )
    received = fields.Integer(string="Prospects Received", readonly=True)
    contacted = fields.Integer(readonly=True)
    converted = fields.Integer(readonly=True)
    junk = fields.Integer(readonly=True)
    conversion_rate = fields.Float(
        string="Conversion (%)", readonly=True, aggregator="avg"
    )
