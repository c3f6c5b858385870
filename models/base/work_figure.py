import os
import socket
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Days for which figures are kept.
KEPT = 30
# Minutes after which what waits is late, unless the settings say otherwise.
LATE = 120


class ProspectWorkFigure(models.Model):
    """What was done in the background: one row a kind of work, hour and worker.

    So that no worker waits for another one. It says which servers there are, too.
    """

    _name = "prospect.work.figure"
    _description = "Figure of Work in the Background"
    _log_access = False
    _order = "hour desc, id desc"

    kind = fields.Char(required=True, readonly=True)
    hour = fields.Datetime(required=True, readonly=True)
    server = fields.Char(readonly=True)
    process = fields.Integer(readonly=True, aggregator=None)
    done_count = fields.Integer(string="Done", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    seconds = fields.Float(readonly=True)
    error = fields.Char(
        string="Last Error",
        readonly=True,
        help="Its kind alone: the log of the server has it all.",
    )
    last_at = fields.Datetime(string="Last Portion", readonly=True)

    _worker_unique = models.UniqueIndex("(kind, hour, server, process)")

    @api.model
    def _note(self, kind, done, failed, seconds, error=None):
        """Add to what this worker has done in this hour."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_work_figure AS figure
                          (kind, hour, server, process, done_count, failed_count,
                           seconds, error, last_at)
                   VALUES (%s, date_trunc('hour', now() AT TIME ZONE 'UTC'), %s, %s,
                           %s, %s, %s, %s, now() AT TIME ZONE 'UTC')
                       ON CONFLICT (kind, hour, server, process) DO UPDATE
                      SET done_count = figure.done_count + EXCLUDED.done_count,
                          failed_count = figure.failed_count + EXCLUDED.failed_count,
                          seconds = figure.seconds + EXCLUDED.seconds,
                          error = COALESCE(EXCLUDED.error, figure.error),
                          last_at = EXCLUDED.last_at""",
                kind,
                socket.gethostname(),
                os.getpid(),
                done,
                failed,
                seconds,
                error,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _get_late_minutes(self):
        """After how many minutes what waits is late; 0: never."""
        # sudo: the setting is read by the job, and by whoever sees the page
        value = self.env["ir.config_parameter"].sudo().get_param("prospect.work_late")
        return int(value) if str(value or "").isdecimal() else LATE

    @api.model
    def _find_late(self):
        """{kind: since when} of the kinds whose oldest work waits too long."""
        minutes = self._get_late_minutes()
        if not minutes:
            return {}
        work = self.env["prospect.work"]
        limit = fields.Datetime.now() - timedelta(minutes=minutes)
        oldest = {kind: work._get_work(kind)._oldest() for kind in work._get_kinds()}
        return {
            kind: since for kind, since in oldest.items() if since and since < limit
        }

    @api.model
    def _cron_watch(self):
        """Notify those who administrate the server of what waits too long, once a day
        while that is so.
        """
        # sudo: when it was said last is kept among the parameters
        parameters = self.env["ir.config_parameter"].sudo()
        late = self._find_late()
        said = parameters.get_param("prospect.work_late_said")
        now = fields.Datetime.now()
        if not late:
            parameters.set_param("prospect.work_late_said", False)
            return
        if said and fields.Datetime.to_datetime(said) > now - timedelta(days=1):
            return
        parameters.set_param("prospect.work_late_said", fields.Datetime.to_string(now))
        # sudo: whom a job notifies
        users = self.env.ref("base.group_system").sudo().all_user_ids
        for lang, members in users.filtered("active").grouped("lang").items():
            figures = self.with_context(lang=lang)
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=members.partner_id.ids,
                subject=figures.env._("Work in the background is late"),
                body=figures._get_alert(late),
            )

    @api.model
    def _get_alert(self, late):
        """What waits, in a sentence."""
        work = self.env["prospect.work"]
        return self.env._(
            "This has been waiting for more than %(minutes)s minutes: %(kinds)s. See"
            " Prospects > Configuration > Background Work, and check that scheduled"
            " actions run on the server.",
            minutes=self._get_late_minutes(),
            kinds=", ".join(work._get_label(kind) for kind in sorted(late)),
        )

    @api.model
    def _sum_up(self):
        """{kind: what was done of it in 24 hours, by how many, and what failed}."""
        now = fields.Datetime.now()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT kind,
                          COALESCE(sum(done_count) FILTER (WHERE last_at >= %s), 0)
                              AS hour_count,
                          sum(done_count) AS day_count,
                          sum(failed_count) AS error_count,
                          (array_agg(error ORDER BY last_at DESC)
                              FILTER (WHERE error IS NOT NULL))[1] AS error,
                          count(DISTINCT server) AS server_count,
                          max(last_at) AS last_at
                     FROM prospect_work_figure WHERE last_at >= %s GROUP BY kind""",
                now - timedelta(hours=1),
                now - timedelta(days=1),
            )
        )
        return {row.pop("kind"): row for row in rows}

    @api.autovacuum
    def _gc_figures(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_work_figure WHERE hour < %s",
                fields.Datetime.now() - timedelta(days=KEPT),
            )
        )
