from datetime import UTC, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models
from odoo.exceptions import AccessError

# What a client may change of a schedule that is made.
CHANGEABLE = {"name", "weekday", "hour", "active"}


class ProspectReportSchedule(models.Model):
    """A report that somebody gets every week [IE-30].

    It is made like any other one: as the person, with their rights of that moment. So
    a schedule gives nothing that the person could not ask for. Somebody who has lost
    the right to export is told so, by the report; who has left gets nothing.
    """

    _name = "prospect.report.schedule"
    _description = "Report of Every Week"
    _order = "next_at, id"

    name = fields.Char(string="Title", required=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="For",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    company_ids = fields.Json(
        string="Companies", readonly=True, export_string_translation=False
    )
    selection = fields.Json(readonly=True, export_string_translation=False)
    columns = fields.Json(readonly=True, export_string_translation=False)
    lang = fields.Char(string="Language", readonly=True)
    file_format = fields.Selection(
        selection=[("xlsx", "Excel (XLSX)"), ("csv", "Text (CSV)")],
        string="Format",
        required=True,
        readonly=True,
        default="xlsx",
    )
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Day",
        required=True,
        default="0",
    )
    hour = fields.Integer(required=True, default=7, help="0 to 23, in your time zone.")
    next_at = fields.Datetime(
        string="Next Time", compute="_compute_next_at", store=True, index=True
    )
    last_report_id = fields.Many2one(
        comodel_name="prospect.report",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _hour_check = models.Constraint(
        "CHECK (hour BETWEEN 0 AND 23)", "The hour is between 0 and 23."
    )

    @api.depends("weekday", "hour", "active", "user_id.tz")
    def _compute_next_at(self):
        """Never in the past: who begins again does not get the weeks between."""
        now = fields.Datetime.now()
        for schedule in self:
            schedule.next_at = schedule._find_next(now)

    def _find_next(self, now):
        """The first moment of the schedule after another one, in UTC.

        By the clock of the person: at seven also when the clocks were changed.
        """
        try:
            zone = ZoneInfo(self.user_id.tz or "UTC")
        except (ValueError, ZoneInfoNotFoundError):
            # one bad zone may not stop the reports of all
            zone = UTC
        local = now.replace(tzinfo=UTC).astimezone(zone)
        day = local.date() + timedelta(
            days=(int(self.weekday or 0) - local.weekday()) % 7
        )
        hour = min(max(self.hour, 0), 23)
        moment = local.replace(
            year=day.year,
            month=day.month,
            day=day.day,
            hour=hour,
            minute=0,
            second=0,
            microsecond=0,
            fold=0,
        )
        if moment <= local:
            # of dates by the clock on the wall, not of seconds
            moment += timedelta(days=7)
        return moment.astimezone(UTC).replace(tzinfo=None)

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(vals_list)
        schedules._wake()
        return schedules

    def write(self, vals):
        if not self.env.su and (set(vals) - CHANGEABLE):
            raise AccessError(
                self.env._(
                    "Of a weekly report only its title, its day and its hour can be"
                    " changed. Ask for another one instead."
                )
            )
        result = super().write(vals)
        if set(vals) & CHANGEABLE:
            self._wake()
        return result

    def _wake(self):
        """Let the job look when it is time."""
        # sudo: whoever asks for a report may not plan jobs
        job = self.env.ref("prospect.ir_cron_report").sudo()
        for schedule in self:
            if schedule.active and schedule.next_at:
                job._trigger(at=schedule.next_at)

    @api.model
    def _schedule(self, report, weekday):
        """Send a report again, every week.

        :param report: the ``prospect.report`` of the current user to be repeated
        :param str weekday: ``0`` is Monday
        """
        # sudo: what a report is made of is the machine's to write
        source = report.sudo()
        return (
            self.sudo()
            .create(
                {
                    "name": source.name,
                    "user_id": self.env.uid,
                    "company_ids": source.company_ids,
                    "selection": source.selection,
                    "columns": source.columns,
                    "lang": source.lang,
                    "file_format": source.file_format,
                    "weekday": weekday,
                    "last_report_id": source.id,
                }
            )
            .sudo(False)
        )

    # --- In the background ------------------------------------------------------------

    @api.model
    def _queue_due(self):
        """Ask for the reports whose time has come, once each, however late it is."""
        now = fields.Datetime.now()
        # sudo: the job asks for those of all, each for its person
        due = self.sudo().search([("next_at", "<=", now)])
        for schedule in due.try_lock_for_update():
            if schedule.user_id.active:
                schedule._ask()
            else:
                schedule.active = False
            schedule.next_at = schedule._find_next(now)
            schedule._wake()

    def _ask(self):
        """A report that waits for the job, which looks at the right and says what is
        wrong.
        """
        self.last_report_id = self.env["prospect.report"].create(
            {
                "name": self.name,
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                "company_ids": self.company_ids,
                "selection": self.selection,
                "columns": self.columns,
                "lang": self.lang,
                "file_format": self.file_format,
            }
        )

    def action_open_last(self):
        """Open the report that was sent last."""
        self.ensure_one()
        return self.last_report_id.action_open()
