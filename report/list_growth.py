from odoo import fields, models
from odoo.tools import SQL


class ProspectListGrowth(models.Model):
    """Members that lists win and lose over time, from the history of lists.

    A sum over time is the number of members. What a merge has brought counts once,
    since the time when the first of the merged prospects joined.
    """

    _name = "prospect.list.growth"
    _description = "List Growth"
    _auto = False
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    date = fields.Datetime(readonly=True)
    list_id = fields.Many2one(comodel_name="prospect.list", readonly=True)
    list_name = fields.Char(readonly=True)
    private_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner of the Private List",
        readonly=True,
    )
    cause = fields.Selection(
        selection=lambda self: (
            self.env["prospect.membership"]
            ._fields["cause"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    joined = fields.Integer(readonly=True)
    left = fields.Integer(readonly=True)
    growth = fields.Integer(string="Members Gained", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT row.id, row.lead_id, row.list_id, row.list_name,
                      row.private_user_id, row.cause,
                      CASE WHEN row.cause = 'merge' AND row.action = 'join'
                           THEN LEAST(row.date, (
                                SELECT min(former.date)
                                  FROM prospect_membership AS former
                                 WHERE former.lead_id = row.lead_id
                                   AND former.list_id = row.list_id
                                   AND former.former_lead_id > 0
                                   AND former.action = 'join'))
                           ELSE row.date END AS date,
                      (row.action = 'join')::int AS joined,
                      (row.action = 'leave')::int AS left,
                      CASE row.action WHEN 'join' THEN 1 ELSE -1 END AS growth
                 FROM prospect_membership AS row
                WHERE row.former_lead_id IS NULL OR row.former_lead_id = 0"""
        )
