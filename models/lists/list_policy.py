from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.remarks import day_label, remark
from ...tools.statuses import OPEN_KINDS
from ...tools.trusted import trusted

# What a unit of a duration is, as ``timedelta`` names it.
UNITS = ("minutes", "hours", "days")
# The longest duration, in days: dates end with the year 9999.
LONGEST_DAYS = 36_500
# Joining for these reasons is going back to what was: nothing is to be done then.
BACK_CAUSES = ("corrected", "merge", "undo")


class ProspectList(models.Model):
    """How long members stay on a list, and what is done when they join [IE-41, IE-42].

    Only for ``prospect.list``. The end of each membership is fixed when somebody joins,
    and kept with the membership itself, in the column ``expires_at`` of the relation of
    ``crm.lead.list_ids``, and in the row of the history: a policy that changes later is
    for those who join later.
    """

    _name = "prospect.list"
    _inherit = ["prospect.list"]

    duration_number = fields.Integer(
        string="Membership Lasts",
        help="How long people stay on the list after joining it. 0: for ever. A change "
        "applies to those who join later.",
    )
    duration_unit = fields.Selection(
        selection=[("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")],
        string="Unit of Time",
        required=True,
        default="days",
    )
    date_end = fields.Date(
        string="Open Until",
        help="The last day on which people can join. Empty: it stays open. Members"
        " stay.",
    )
    is_closed = fields.Boolean(
        compute="_compute_is_closed", export_string_translation=False
    )
    expiry_text = fields.Char(
        string="Expiration", compute="_compute_expiry_text", compute_sudo=False
    )
    join_status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Status Given",
        domain=[("kind", "in", OPEN_KINDS)],
        ondelete="restrict",
        help="The status that open prospects get when they join.",
    )
    join_tag_ids = fields.Many2many(
        comodel_name="crm.tag",
        relation="prospect_list_join_tag_rel",
        column1="list_id",
        column2="tag_id",
        string="Tags Given",
    )
    join_activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        string="Activity Planned",
        domain=[("res_model", "in", ("crm.lead", False))],
        ondelete="set null",
    )
    join_activity_summary = fields.Char(string="Summary of the Activity")
    join_activity_delay = fields.Integer(
        string="Days Until the Activity",
        help="Time between joining the list and the due date of the activity.",
    )

    @api.depends("date_end")
    @api.depends_context("tz")
    def _compute_is_closed(self):
        today = fields.Date.context_today(self)
        for prospect_list in self:
            end = prospect_list.date_end
            prospect_list.is_closed = bool(end) and end < today

    @api.depends("duration_number", "duration_unit")
    @api.depends_context("lang")
    def _compute_expiry_text(self):
        for prospect_list in self:
            number = prospect_list.duration_number
            words = {
                "minutes": self.env._("%s minutes after joining", number),
                "hours": self.env._("%s hours after joining", number),
                "days": self.env._("%s days after joining", number),
            }
            prospect_list.expiry_text = (
                words[prospect_list.duration_unit or "days"]
                if number
                else self.env._("Never expires")
            )

    @api.constrains("duration_number", "duration_unit")
    def _check_duration(self):
        for prospect_list in self:
            span = timedelta(
                **{prospect_list.duration_unit: prospect_list.duration_number}
            )
            if not timedelta(0) <= span <= timedelta(days=LONGEST_DAYS):
                raise ValidationError(
                    self.env._(
                        "A membership lasts up to a hundred years, or for ever if the"
                        " number is 0: correct the duration of the list %(name)s.",
                        name=prospect_list.name,
                    )
                )

    @api.constrains("join_status_id")
    def _check_join_status(self):
        for prospect_list in self:
            kind = prospect_list.join_status_id.kind
            if kind and kind not in OPEN_KINDS:
                raise ValidationError(
                    self.env._(
                        "Joining the list %(name)s can only give a status of open "
                        "prospects: only people convert or mark as junk.",
                        name=prospect_list.name,
                    )
                )

    def _check_open(self):
        """Lists that somebody has chosen, to join them.

        :raises UserError: for one that takes no new members, saying what to do
        """
        # sudo: the dates of lists that the person may read otherwise
        for prospect_list in self.sudo():
            if prospect_list.is_closed:
                raise UserError(prospect_list._describe_closed())

    def _describe_closed(self):
        """Why nobody can join a list any more, and what to do, for people."""
        self.ensure_one()
        return remark(
            self.env,
            "lists.closed",
            list=self.name,
            date=day_label(self.env, self.date_end),
        )

    # --- Expiry -------------------------------------------------------------------

    def _get_expiry(self, start):
        """When somebody who joins at ``start`` leaves; None: never."""
        self.ensure_one()
        if not self.duration_number:
            return None
        return start + timedelta(**{self.duration_unit: self.duration_number})

    @api.model
    def _cron_expire(self):
        """Take all whose time is over off their lists, batch by batch."""
        return self.env["prospect.work"]._work_off("list_expiry")

    # --- Joining ------------------------------------------------------------------

    def _act_on_joined(self, leads):
        """Do what the list says to prospects that have joined it, all at once.

        As the system: the administrator of the list has decided it. What is converted
        or junk keeps its status.

        :param leads: prospects that have joined ``self``, one list
        """
        self.ensure_one()
        cause = self.env["prospect.log.mixin"]._get_cause()
        # sudo: what the list says, whoever has put the prospects on it
        prospect_list = self.sudo()
        if cause in BACK_CAUSES or not (
            prospect_list.join_status_id
            or prospect_list.join_tag_ids
            or prospect_list.join_activity_type_id
        ):
            return
        leads = leads.sudo().with_context(**trusted(prospect_cause="list"))
        prospect_list._give_status(leads)
        tags = prospect_list.join_tag_ids
        if tags:
            leads.write({"tag_ids": [(4, tag.id) for tag in tags]})
        leads._prospect_plan_activities(
            prospect_list.join_activity_type_id,
            prospect_list.join_activity_delay,
            prospect_list.join_activity_summary,
        )

    def _give_status(self, leads):
        """Give open prospects the status of the list."""
        status = self.join_status_id
        if not status:
            return
        leads.filtered(
            lambda lead: lead.status_kind in OPEN_KINDS and lead.status_id != status
        ).write({"status_id": status.id})
