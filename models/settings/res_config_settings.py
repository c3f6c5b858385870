from odoo import api, fields, models

from ...tools.statuses import OPEN_KINDS
from ..convert.status import BARE_PARAMETER
from ..lifecycle.res_users import OWN_RATES
from ..merge.duplicate_scan import PARAMETER as MERGE_PARAMETER
from ..notify.notification_event import SETTINGS as NOTIFICATION_SETTINGS
from ..quality.crm_lead import SETTINGS

# How often duplicates are looked for: (number, unit) of the job [BX-41].
SCHEDULES = {
    "daily": (1, "days"),
    "weekly": (1, "weeks"),
    "two_weeks": (2, "weeks"),
    "monthly": (1, "months"),
    "half_year": (6, "months"),
}


class ResConfigSettings(models.TransientModel):
    """The settings page of Prospects."""

    _inherit = "res.config.settings"

    prospect_mode = fields.Selection(
        selection=[
            ("classic", "With prospects"),
            ("simple", "Skip the prospect stage"),
        ],
        string="Working Mode",
        compute="_compute_prospect_mode",
        inverse="_inverse_prospect_mode",
        readonly=False,
        help="With prospects, what arrives is qualified first. Without, it becomes a"
        " contact at once, and an opportunity if wanted.",
    )
    prospect_simple_make = fields.Selection(
        selection=[
            ("contact", "A contact"),
            ("contact_opportunity", "A contact and an opportunity"),
        ],
        string="What Arrives Becomes",
        default="contact_opportunity",
    )
    prospect_default_status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Status of New Prospects",
        domain=[("kind", "in", OPEN_KINDS)],
        help="The status that prospects get when they arrive, whatever the channel.",
    )
    prospect_assigned_converts = fields.Boolean(
        string="Salespeople convert what is assigned to them",
        help="Otherwise those who created a prospect convert it, their managers and"
        " administrators; others can ask one of them.",
    )
    prospect_convert_bare = fields.Boolean(
        string="Convert without a target",
        config_parameter=BARE_PARAMETER,
        help="A card that is dragged to Converted is converted at once, without a"
        " contact, company or opportunity. Otherwise the dialog opens.",
    )
    module_prospect_consent = fields.Boolean(string="Consents")
    module_prospect_form = fields.Boolean(string="Forms")
    module_prospect_webhook = fields.Boolean(string="Webhooks")
    prospect_operation_days = fields.Integer(
        string="Keep Lines of Operations",
        help="How many days after its last change an operation keeps its lines, which"
        " undo and the download of rejected rows need. 0: for ever.",
    )
    prospect_work_late = fields.Integer(
        string="Late Background Work",
        help="After how many minutes of waiting those who administrate the server are"
        " notified. 0: never.",
    )
    prospect_import_file_days = fields.Integer(
        string="Keep Files of Imports",
        help="How many days after its last possible undo an import keeps its file."
        " 0: for ever.",
    )
    prospect_duplicate_schedule = fields.Selection(
        selection=[
            ("daily", "Daily"),
            ("weekly", "Weekly"),
            ("two_weeks", "Every two weeks"),
            ("monthly", "Monthly"),
            ("half_year", "Every six months"),
            ("never", "Never"),
        ],
        string="Search for Duplicates",
        default="daily",
    )
    prospect_duplicate_merge = fields.Boolean(
        string="Merge Certain Duplicates",
        help="After each scheduled search, prospects that are certainly the same "
        "person are merged: only where no value conflicts, with the same salesperson "
        "and status.",
    )

    prospect_report_days = fields.Integer(
        string="Keep Files of Reports",
        help="How many days the file of a report can be downloaded. 0: for ever.",
    )
    prospect_report_mail = fields.Integer(
        string="Largest File in an E-mail",
        help="In megabytes. The e-mail of a larger report has a link instead, which "
        "only the person who requested it can use.",
    )

    prospect_own_rates = fields.Boolean(
        string="Own Rates Only",
        config_parameter=OWN_RATES,
        help="Salespeople see how many of their own prospects they contacted and "
        "converted, and not those of colleagues. Administrators see all.",
    )

    prospect_flag_roles = fields.Boolean(string="Flag Role Addresses")
    prospect_flag_phones = fields.Integer(
        string="Prospects with One Phone",
        help="Number of prospects on one phone from which they are flagged. 0: never.",
    )
    prospect_flag_arrivals = fields.Integer(
        string="Prospects in One Minute",
        help="Number of prospects from one form within a minute from which they are "
        "flagged. 0: never.",
    )
    prospect_flag_domains = fields.Boolean(
        string="Check Mail Servers",
        help="Check with the DNS, in the background, that the domain of an address "
        "receives e-mail. Each answer is kept for several days.",
    )
    prospect_bounce_hard = fields.Boolean(
        string="Remove from Lists at Once",
        help="A prospect whose address does not exist leaves all lists at once.",
    )
    prospect_bounce_soft = fields.Integer(
        string="Bounced E-e-mails",
        help="Number of bounced e-mails after which a prospect leaves all lists. 0: "
        "never.",
    )
    prospect_notification_most = fields.Integer(
        string="Messages One by One",
        help="Up to how many prospects that come together have a message of their own.",
    )
    prospect_notification_burst = fields.Integer(
        string="Messages in a Short Time",
        help="Number of messages in a short time after which a person gets the next "
        "ones grouped into one.",
    )
    prospect_notification_minutes = fields.Integer(
        string="Short Time", help="In minutes."
    )

    @api.depends("group_use_lead")
    def _compute_prospect_mode(self):
        for settings in self:
            settings.prospect_mode = "classic" if settings.group_use_lead else "simple"

    def _inverse_prospect_mode(self):
        for settings in self:
            settings.group_use_lead = settings.prospect_mode == "classic"

    @api.onchange("prospect_mode")
    def _onchange_prospect_mode(self):
        self._inverse_prospect_mode()

    @api.model
    def get_values(self):
        """The settings as they are, the default status among them."""
        default = self.env["prospect.status"].search([("is_default", "=", True)])
        # sudo: read by whoever opens the settings
        parameters = self.env["ir.config_parameter"].sudo()
        return {
            **super().get_values(),
            "prospect_default_status_id": default.id,
            "prospect_assigned_converts": bool(self._get_assigned_right().active),
            **{
                fname: self.env["crm.lead"]._prospect_flag_setting(name)
                for name, fname in self._prospect_flag_fields()
            },
            "prospect_simple_make": parameters.get_param("prospect.simple_make")
            or "contact_opportunity",
            **{
                parameter.replace(".", "_"): self.env[
                    "prospect.notification.event"
                ]._get_setting(name)
                for name, (parameter, _default) in NOTIFICATION_SETTINGS.items()
            },
            "prospect_work_late": self.env["prospect.work.figure"]._get_late_minutes(),
            "prospect_operation_days": int(
                parameters.get_param("prospect.operation_days", 180)
            ),
            "prospect_import_file_days": self.env[
                "prospect.operation"
            ]._get_file_days(),
            "prospect_report_days": self.env["prospect.report"]._get_days(),
            "prospect_report_mail": int(
                float(parameters.get_param("prospect.report_mail", 5))
            ),
            "prospect_duplicate_schedule": self._get_duplicate_schedule(),
            "prospect_duplicate_merge": parameters.get_param(MERGE_PARAMETER) == "1",
        }

    @api.model
    def _prospect_flag_fields(self):
        """[(name of a setting of flagged prospects, field)]."""
        return [
            (name, parameter.replace(".", "_"))
            for name, (parameter, _default) in SETTINGS.items()
        ]

    def set_values(self):
        """Apply the settings; an empty default status leaves the present one.

        Not by ``config_parameter``, for which 0 is the same as nothing.
        """
        result = super().set_values()
        self._set_assigned_right()
        if not self.group_use_lead:
            # sudo: written by whoever may save the settings
            self.env["ir.config_parameter"].sudo().set_param(
                "prospect.simple_make",
                self.prospect_simple_make or "contact_opportunity",
            )
        # sudo: written by whoever may save the settings
        self.env["ir.config_parameter"].sudo().set_param(
            "prospect.work_late", str(max(0, self.prospect_work_late))
        )
        # sudo: as above
        self.env["ir.config_parameter"].sudo().set_param(
            "prospect.operation_days", str(max(0, self.prospect_operation_days))
        )
        # sudo: as above
        self.env["ir.config_parameter"].sudo().set_param(
            "prospect.import_file_days", str(max(0, self.prospect_import_file_days))
        )
        # sudo: as above
        self.env["ir.config_parameter"].sudo().set_param(
            MERGE_PARAMETER, "1" if self.prospect_duplicate_merge else "0"
        )
        for name in ("report_days", "report_mail"):
            # sudo: written by whoever may save the settings
            self.env["ir.config_parameter"].sudo().set_param(
                f"prospect.{name}", str(max(0, self[f"prospect_{name}"]))
            )
        for name, fname in self._prospect_flag_fields():
            # sudo: written by whoever may save the settings
            self.env["ir.config_parameter"].sudo().set_param(
                SETTINGS[name][0], str(max(0, int(self[fname])))
            )
        for parameter, _default in NOTIFICATION_SETTINGS.values():
            value = self[parameter.replace(".", "_")]
            # sudo: written by whoever may save the settings
            self.env["ir.config_parameter"].sudo().set_param(
                parameter, str(max(1, value))
            )
        self._set_duplicate_schedule()
        status = self.prospect_default_status_id
        if status and not status.is_default:
            status.is_default = True
        return result

    @api.model
    def _get_duplicate_job(self):
        # sudo: the job is set by whoever may save the settings
        return self.env.ref("prospect.ir_cron_duplicate_schedule").sudo()

    @api.model
    def _get_duplicate_schedule(self):
        """How often duplicates are looked for, from the job itself."""
        job = self._get_duplicate_job()
        if not job.active:
            return "never"
        interval = (job.interval_number, job.interval_type)
        known = {value: name for name, value in SCHEDULES.items()}
        return known.get(interval, "daily")

    def _set_duplicate_schedule(self):
        """Change the job, unless it is as it should be: it may be at work."""
        schedule = self.prospect_duplicate_schedule
        if not schedule or schedule == self._get_duplicate_schedule():
            return
        values = {"active": schedule != "never"}
        if schedule in SCHEDULES:
            number, unit = SCHEDULES[schedule]
            values.update(interval_number=number, interval_type=unit)
        self._get_duplicate_job().write(values)

    @api.model
    def _get_assigned_right(self):
        """The right of salespeople to convert what is assigned to them, archived or
        not; empty where nobody has given it.
        """
        # sudo: read by whoever opens the settings
        rights = self.env["prospect.right"].sudo().with_context(active_test=False)
        return rights.search(
            [
                ("operation", "=", "convert"),
                ("role", "=", "assigned"),
                ("company_id", "=", False),
            ],
            limit=1,
        )

    def _set_assigned_right(self):
        right, wanted = self._get_assigned_right(), self.prospect_assigned_converts
        if bool(right.active) == wanted:
            return
        if right:
            right.active = wanted
        else:
            # sudo: written by whoever may save the settings
            self.env["prospect.right"].sudo().create(
                {"operation": "convert", "role": "assigned", "scope": "own"}
            )
