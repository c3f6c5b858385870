from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang, human_size


class ProspectReport(models.Model):
    """What the page of a report shows, and what people do there."""

    _name = "prospect.report"
    _inherit = ["prospect.report"]

    progress = fields.Float(compute="_compute_progress", help="In percent.")
    notice = fields.Char(compute="_compute_notice", export_string_translation=False)
    subject = fields.Char(compute="_compute_subject", export_string_translation=False)
    url = fields.Char(compute="_compute_url", export_string_translation=False)
    column_count = fields.Integer(string="Columns", compute="_compute_column_count")
    size_text = fields.Char(string="Size", compute="_compute_size_text")

    @api.depends("count", "done_count", "state")
    def _compute_progress(self):
        for report in self:
            if report.state in ("done", "expired"):
                report.progress = 100
            else:
                report.progress = (
                    100 * report.done_count / report.count if report.count else 0
                )

    @api.depends("file_size")
    def _compute_size_text(self):
        for report in self:
            report.size_text = human_size(report.file_size) if report.file_size else ""

    def _compute_column_count(self):
        for report in self:
            columns, _gone = self.env["crm.lead"]._prospect_report_find(
                report.columns or []
            )
            report.column_count = len(columns)

    def _compute_url(self):
        for report in self:
            report.url = f"{report.get_base_url()}{report._get_path()}"

    def _get_path(self):
        return f"/prospect/report/{self.id}/download"

    @api.depends("state", "row_count", "error", "expires_at", "mailed_to")
    @api.depends_context("lang")
    def _compute_notice(self):
        for report in self:
            describe = getattr(report, f"_describe_{report.state}", None)
            report.notice = describe() if describe else False

    @api.depends("state", "name", "row_count")
    @api.depends_context("lang")
    def _compute_subject(self):
        """Of the mail: what is in it, to be seen without opening it."""
        for report in self:
            name = report.name or ""
            if report.state == "failed":
                report.subject = report.env._(
                    "Your report “%(name)s” could not be prepared", name=name
                )
            elif report.row_count == 1:
                report.subject = report.env._(
                    "Your report “%(name)s” is ready (1 prospect)", name=name
                )
            else:
                report.subject = report.env._(
                    "Your report “%(name)s” is ready (%(count)s prospects)",
                    name=name,
                    count=formatLang(report.env, report.row_count, digits=0),
                )

    def _describe_queued(self):
        return self.env._(
            "It will be prepared shortly. You will get it by e-mail, and a message "
            "here."
        )

    def _describe_running(self):
        return self.env._(
            "It is being prepared. You will get it by e-mail, and a message here; "
            "you can keep working."
        )

    def _describe_done(self):
        count = formatLang(self.env, self.row_count, digits=0)
        text = (
            self.env._("Your report of 1 prospect is ready.")
            if self.row_count == 1
            else self.env._("Your report of %(count)s prospects is ready.", count=count)
        )
        if not self.mailed_to:
            text += " " + self.env._(
                "You have no e-mail address here: download it from this page."
            )
        if self.left_out_count:
            text += " " + self.env._(
                "%(count)s were left out, because you have no right to export them.",
                count=formatLang(self.env, self.left_out_count, digits=0),
            )
        return text

    def _describe_failed(self):
        return self.env._(
            "Your report could not be prepared. %(reason)s", reason=self.error or ""
        )

    def _describe_cancelled(self):
        return self.env._("It was cancelled: nothing was sent.")

    def _describe_expired(self):
        return self.env._(
            "Its file was deleted on %(date)s. Request it again to get up-to-date "
            "data.",
            date=format_date(self.env, self.expires_at),
        )

    # --- What people do ---------------------------------------------------------------

    def action_download(self):
        """Download the file.

        :raises AccessError: for anybody but the person who asked for it
        :raises UserError: when there is no file
        """
        self.ensure_one()
        self._check_may_have()
        return {
            "type": "ir.actions.act_url",
            "url": self._get_path(),
            "target": "download",
        }

    def _check_may_have(self):
        """Whether the current user gets the file.

        :raises AccessError: for anybody else, and for who may export no more
        :raises UserError: when there is no file
        """
        self.check_access("read")
        # sudo: whose it is, whoever asks
        if self.sudo().user_id != self.env.user:
            raise AccessError(
                self.env._("Only the person who requested a report gets its file.")
            )
        self._check_right()
        # sudo: whether there is a file
        if self.state != "done" or not self.sudo().attachment_id:
            raise UserError(
                self.env._("There is no file: it is not ready yet, or was deleted.")
            )

    def action_cancel(self):
        """Stop it; nothing is sent.

        :raises UserError: when it has ended already
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in ("queued", "running"):
            raise UserError(self.env._("This report is already finished."))
        self._set(state="cancelled", finished_at=fields.Datetime.now())

    def action_open(self):
        """Open the page of the report."""
        self.ensure_one()
        return self._get_records_action(context={})
