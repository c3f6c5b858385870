import logging
import re
import tempfile
from array import array
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang
from odoo.tools.misc import get_lang

from ...tools.jobs import work_off
from ...tools.remark_fields import RemarkText
from ...tools.remarks import read_error, remark
from ...tools.reports import CsvReport, XlsxReport
from ...tools.transactions import alone
from .reader import ReportReader

_logger = logging.getLogger(__name__)

# Prospects that are read, and committed as progress, at once; fewer of many columns.
BATCH = 5000
CELLS = 100_000
# How often a report begins: a stop of the server is one, a failure another.
ATTEMPTS = 5
UNDER_WAY = ("queued", "running")
MEGABYTE = 1 << 20
# Parts of a mail that is not its files, and how much a mail makes them grow.
MAIL_GROWTH = 1.4


class ProspectReport(models.Model):
    """One report that somebody has asked for [IE-30]: a spreadsheet of prospects.

    ``queued -> running -> done | failed | cancelled``, and ``expired`` when the file is
    cleaned away; what stays says who has taken what out.

    A job makes it batch by batch, as the person: with their rights when each batch is
    read, their companies, their time zone, in the language they asked for. Only that
    person gets it. A kill leaves nothing behind, and the report is made again from the
    start; the file, the mail and the end of the report are one transaction, so that
    nobody gets it twice. Two jobs never make the same one.
    """

    _name = "prospect.report"
    _inherit = ["prospect.job.mixin"]
    _description = "Report of Prospects"
    _order = "id desc"
    _work_kind = "reports"
    _work_cron = "prospect.ir_cron_report"
    # one that was begun is ended, however long it takes: it would begin again
    _work_whole = True

    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("queued", "Waiting"),
            ("running", "In preparation"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("cancelled", "Called off"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="For",
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    company_ids = fields.Json(
        string="Companies Asked For", readonly=True, export_string_translation=False
    )
    selection = fields.Json(readonly=True, export_string_translation=False)
    columns = fields.Json(
        string="Column Keys", readonly=True, export_string_translation=False
    )
    lang = fields.Char(string="Language", readonly=True)
    file_format = fields.Selection(
        selection=[("xlsx", "Excel (XLSX)"), ("csv", "Text (CSV)")],
        string="Format",
        required=True,
        readonly=True,
        default="xlsx",
    )
    count = fields.Integer(string="Prospects", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    left_out_count = fields.Integer(
        string="Left Out",
        readonly=True,
        help="Prospects that the person sees and has no right to export.",
    )
    attempt_count = fields.Integer(readonly=True, export_string_translation=False)
    error = RemarkText(readonly=True)
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="File",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    file_name = fields.Char(readonly=True)
    file_size = fields.Integer(readonly=True)
    is_attached = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Whether the e-mail has the file, and not a link to it.",
    )
    mailed_to = fields.Char(string="Sent to", readonly=True)
    started_at = fields.Datetime(string="Started on", readonly=True)
    finished_at = fields.Datetime(string="Ended on", readonly=True)
    expires_at = fields.Datetime(string="Kept until", readonly=True)

    _todo_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    # --- Asking ---------------------------------------------------------------------

    @api.model
    def _ask(self, selection, columns, file_format="xlsx", lang=None, name=None):
        """Ask for a report in the name of the current user, and let the job begin.

        :param dict selection: ``ids`` or ``domain``, see ``prospect.bulk``, and perhaps
            ``order``, as for ``search``
        :param list columns: keys of ``crm.lead._prospect_report_columns``
        :param str lang: code of a language, else the person's
        :param str name: what it is about, for its title
        :return: a ``prospect.report``
        :raises AccessError: when the person may not export prospects
        """
        self._check_right()
        # sudo: reports are made by the machine, and belong to the person
        report = self.sudo().create(
            {
                "name": name or self.env._("Prospects"),
                "user_id": self.env.uid,
                "company_ids": self.env.companies.ids,
                "selection": selection,
                "columns": columns,
                "file_format": file_format,
                "lang": lang or self.env.lang or self.env.user.lang,
            }
        )
        report._wake()
        return report.sudo(False)

    @api.model
    def _check_right(self):
        """Whether the current user may take prospects out.

        :raises AccessError: naming the right and who has it
        """
        self.env["crm.lead"].check_access("read")
        self.env["prospect.right"]._check("export")

    def _set(self, **values):
        """Write the report itself, which nobody may by hand."""
        # sudo: the state of the machine, changed by the machine alone
        self.sudo().write(values)

    # --- In the background ------------------------------------------------------------

    @api.model
    def _cron_make(self):
        """Make the reports that wait, oldest first, those of schedules too."""
        self.env["prospect.report.schedule"]._queue_due()
        return self._cron_work()

    def _make_in_background(self):
        """Generator: one batch at a time; the caller commits after each.

        What goes wrong ends up on the page of the report.
        """
        return work_off(self)

    @api.model
    def _get_waiting_domain(self):
        return [("state", "in", UNDER_WAY)]

    @api.model
    def _get_work_label(self):
        return self.env._("E-mailed reports")

    @api.model
    def _get_failed_domain(self):
        return [("state", "=", "failed")]

    def _claim(self, limit=None, but=()):
        """The oldest one that waits, or that somebody has left; once in a run."""
        seen = [number for report in but for number in report.ids]
        domain = [*self._get_waiting_domain(), ("id", "not in", seen)]
        if self:
            domain.append(("id", "in", self.ids))
        # sudo: the job makes the reports of all, each with its owner's rights
        return self.sudo().search(domain, order="id", limit=1)

    @api.model
    def _do(self, rows):
        return rows._make()

    def _note_failure(self, rows, error):
        """Remember what went wrong; notify the person when nothing more is tried."""
        if not rows:
            raise error
        return rows._note_failed(error)

    def _note_failed(self, error):
        """The same for one report.

        :return: whether to begin again
        """
        self.invalidate_recordset()
        if self.state not in UNDER_WAY:
            return False
        if isinstance(error, UserError):
            self._fail(read_error(error))
            return False
        _logger.warning("Report %s failed", self.id, exc_info=error)
        if self.attempt_count < ATTEMPTS:
            return True
        self._fail(
            remark(
                self.env,
                "extracts.stopped",
                count=ATTEMPTS,
                error=f"{type(error).__name__}: {error}",
            )
        )
        return False

    def _make(self):
        """Generator: begin, write batch by batch, deliver; nobody else meanwhile."""
        with alone(self.env.cr, self._name, self.id) as is_alone:
            if is_alone:
                yield from self._make_steps()

    def _make_steps(self):
        """Generator of the steps of a report, see ``tools/jobs.py``."""
        ids = yield self._begin
        if ids is None:
            return
        worker = self._as_worker()
        columns, gone = self._get_columns(worker)
        with tempfile.TemporaryFile() as file:
            writer = worker._open_writer(file, columns)
            reader = ReportReader(
                worker.env["crm.lead"], columns, writer.has_texts_for_dates
            )
            size = max(min(BATCH, CELLS // len(columns)), 1)
            for start in range(0, len(ids), size):
                chosen = ids[start : start + size]
                batch = yield lambda chosen=chosen: self._read_batch(
                    worker, reader, chosen
                )
                if batch is None:
                    return
                reader.add(batch)
                if batch.count:
                    writer.append(batch.cells)
            writer.close(self._as_worker()._summarize(reader, gone))
            yield lambda: self._deliver(file, writer)

    def _begin(self):
        """Note that it begins, and find the prospects.

        :return: their numbers in order, None when there is nothing to do
        :raises UserError: when it cannot be made
        """
        self.invalidate_recordset()
        if self.state not in UNDER_WAY:
            return None
        if self.attempt_count >= ATTEMPTS:
            raise UserError(
                remark(
                    self.env,
                    "extracts.server_stopped",
                    count=ATTEMPTS,
                )
            )
        worker = self._as_worker()
        worker._check_right()
        columns, _gone = self._get_columns(worker)
        if not columns:
            raise UserError(remark(self.env, "extracts.no_columns"))
        ids = worker._find_ids()
        self._set(
            state="running",
            attempt_count=self.attempt_count + 1,
            started_at=fields.Datetime.now(),
            count=len(ids),
            done_count=0,
            row_count=0,
            left_out_count=0,
            error=False,
        )
        return ids

    def _find_ids(self):
        """The ids of the chosen prospects, as an array: few bytes each."""
        operations = self.env["prospect.operation"]
        leads, domain = operations._get_bulk_search(self.selection)
        order = leads._prospect_report_order(self.selection.get("order"))
        query = leads._search(domain, order=order)
        ids = array("q")
        if query.is_empty():
            return ids
        cr = self.env.cr
        self.env.flush_all()
        cr.execute(SQL("DECLARE prospect_report CURSOR FOR %s", query.select()))
        try:
            while True:
                cr.execute("FETCH 10000 FROM prospect_report")
                rows = cr.fetchall()
                if not rows:
                    return ids
                ids.extend(number for (number,) in rows)
        finally:
            cr.execute("CLOSE prospect_report")

    def _read_batch(self, worker, reader, ids):
        """Read some prospects, and note how far it is.

        :return: a ``ReportBatch``, None when somebody has cancelled it
        :raises AccessError: when the person has lost the right meanwhile
        """
        self.invalidate_recordset()
        if self.state != "running":
            return None
        worker._check_right()
        batch = reader.fetch(ids)
        self._set(
            done_count=self.done_count + len(ids),
            row_count=self.row_count + batch.count,
            left_out_count=self.left_out_count + batch.left_out,
        )
        self.env.flush_all()
        # what was read for names and rules would pile up
        self.env.invalidate_all(flush=False)
        return batch

    def _get_columns(self, worker):
        """The columns as they are for the person now, and the keys of those gone."""
        return worker.env["crm.lead"]._prospect_report_find(self.columns or [])

    def _as_worker(self):
        """``self`` as the person who gets it, in the language of the report.

        :raises UserError: when that person has left
        """
        # sudo: the person may be archived, and then nobody may look
        return self._act_as(
            self.sudo().user_id,
            self.company_ids,
            self.lang,
            remark(self.env, "extracts.person_left"),
        )

    # --- File -------------------------------------------------------------------------

    def _open_writer(self, file, columns):
        """What writes the file, in the language of the report."""
        if self.file_format == "csv":
            lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
            return CsvReport(file, columns, lang.decimal_point or ".")
        return XlsxReport(file, columns, self.env._("Prospects")[:25])

    def _summarize(self, reader, gone):
        """The last sheet of a workbook: what was asked for, and how it is spread.

        :param list gone: keys of columns that stand for nothing any more
        """
        number = self.row_count
        lines = [
            [self.name],
            [self.env._("Requested by"), self.user_id.name],
            [self.env._("Requested on"), self._format_moment(self.create_date)],
            [self.env._("Prepared on"), self._format_moment(fields.Datetime.now())],
            [self.env._("Chosen"), self._describe_selection()],
            [self.env._("Prospects"), number],
        ]
        if self.left_out_count:
            label = self.env._("Left out: you have no right to export them")
            lines.append([label, self.left_out_count])
        if gone:
            label = self.env._("Columns that no longer exist, or that you cannot see")
            lines.append([label, len(gone)])
        for title, counts in (
            (self.env._("By status"), reader.get_counts("status_id")),
            (self.env._("By list"), reader.get_list_counts()),
            (self.env._("By source"), reader.get_counts("source_id")),
        ):
            lines += [[], [title]]
            lines += [
                [name or self.env._("None"), count, count / number]
                for name, count in counts
            ]
        return self.env._("Summary"), lines

    def _format_moment(self, moment):
        local = fields.Datetime.context_timestamp(self, moment)
        # as the language writes times, without the seconds
        pattern = re.sub(r"\W?%S", "", get_lang(self.env).time_format)
        time = local.strftime(pattern)
        return f"{format_date(self.env, local.date())} {time}"

    def _describe_selection(self):
        """Which prospects were chosen, in words."""
        if "domain" in (self.selection or {}):
            return self.env._("All that matched a search")
        count = formatLang(self.env, len(self.selection.get("ids") or []), digits=0)
        return self.env._("%(count)s ticked prospects", count=count)

    # --- End --------------------------------------------------------------------------

    def _deliver(self, file, writer):
        """Keep the file, send it and say so: all of it, or nothing."""
        self.invalidate_recordset()
        if self.state != "running":
            return
        worker = self._as_worker()
        now = fields.Datetime.now()
        day = fields.Datetime.context_timestamp(worker, now).date()
        name = f"{self.name} {day}.{writer.extension}".replace("/", "-")
        # sudo: the file belongs to the report, which only the machine writes
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            ._prospect_create_from_file(
                file,
                {
                    "name": name,
                    "mimetype": writer.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                },
            )
        )
        days = self._get_days()
        self._set(
            state="done",
            attachment_id=attachment.id,
            file_name=name,
            file_size=attachment.file_size,
            is_attached=self._fits_in_mail(attachment.file_size),
            finished_at=now,
            expires_at=now + timedelta(days=days) if days else False,
        )
        self._notify()

    def _fail(self, reason):
        """End it with a reason that the person can act on."""
        self._set(state="failed", error=reason, finished_at=fields.Datetime.now())
        self._notify()

    def _fits_in_mail(self, size):
        """Whether a file is small enough to be sent.

        Never where Odoo would put a link of its own into the mail, which opens the
        file to whoever has the mail.
        """
        # sudo: settings, read by the job
        env = self.sudo().env
        setting = float(env["ir.config_parameter"].get_param("prospect.report_mail", 5))
        limit = min(setting, env["ir.mail_server"]._get_max_email_size() / MAIL_GROWTH)
        return size <= limit * MEGABYTE

    @api.model
    def _get_days(self):
        """How many days a file is kept; 0: for ever."""
        # sudo: a setting, read by the job
        parameters = self.env["ir.config_parameter"].sudo()
        return max(0, int(parameters.get_param("prospect.report_days", 7)))

    def _notify(self):
        """Send the mail, and a pop-up to where the person works."""
        # sudo: the person may have left; nobody else is told
        user = self.sudo().user_id
        if not user.active:
            return
        self._mail(user)
        report = self.with_context(lang=user.lang)
        user._bus_send(
            "prospect_report",
            {
                "id": self.id,
                "state": self.state,
                "title": report.name,
                "message": report.notice,
            },
        )

    def _mail(self, user):
        """Queue the mail; Odoo's own job sends it."""
        if not user.email_normalized:
            return
        self._set(mailed_to=user.email_normalized)
        template = self.env.ref("prospect.prospect_report_mail", False)
        if not template:
            return
        attached = self.attachment_id if self.is_attached else None
        # sudo: mails are written by the machine
        template.sudo().send_mail(
            self.id,
            email_values={"attachment_ids": [(4, attached.id)] if attached else []},
            email_layout_xmlid="mail.mail_notification_light",
        )
        # sudo: the same
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # --- Cleaning ---------------------------------------------------------------------

    @api.autovacuum
    def _gc_files(self):
        """Delete the files of old reports; who has asked for what stays."""
        # sudo: the job deletes the files of all, when their time is over
        expired = self.sudo().search(
            [("state", "=", "done"), ("expires_at", "<", fields.Datetime.now())],
            limit=1000,
        )
        expired.attachment_id.unlink()
        expired._set(state="expired")
