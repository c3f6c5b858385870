from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProspectTaskPlanMixin(models.AbstractModel):
    """What is to be done for a prospect when it is assigned, as teams and sources say.

    Empty: nothing is planned [MO-24, MO-25].
    """

    _name = "prospect.task.plan.mixin"
    _description = "Task for an assigned prospect"

    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        string="Activity",
        domain=[("res_model", "in", (False, "crm.lead"))],
        ondelete="set null",
        help="Planned for the salesperson when a prospect is assigned. Empty: nothing.",
    )
    activity_delay = fields.Integer(
        string="Days Until It Is Due",
        help="0: due on the day of the assignment.",
    )
    activity_summary = fields.Char(
        string="Task",
        translate=True,
        help="The title of the activity; if empty, that of its type.",
    )

    @api.constrains("activity_delay")
    def _check_activity_delay(self):
        for record in self:
            if not 0 <= record.activity_delay <= 366:
                raise ValidationError(
                    self.env._(
                        "An activity is due within a year: give a number of days from"
                        " 0 to 366."
                    )
                )
