import json
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...tools.jobs import drain
from ...tools.lifecycles import LIFECYCLES, LOCK, PERSONS, STEPS
from ...tools.transactions import alone
from ...tools.trusted import read_trusted, trusted

# Prospects whose lifecycles are made in one transaction.
BATCH = 20_000
# Prospects that a page makes the lifecycles of while somebody waits.
PAGE_BATCH = 5_000
# Messages below the last known number that may have been committed after it.
LATE_MESSAGES = 10_000
TABLES = (
    "prospect_lifecycle_salesperson",
    "prospect_lifecycle_step",
    "prospect_lifecycle",
)


class ProspectLifecycleRefresh(models.Model):
    """How new the figures of the analysis are, and how they are kept so.

    What has changed is found by asking PostgreSQL: rows whose transaction was not
    over when the figures were last made (``xmin``). So that nothing has to say that
    something changed, whatever changed it, and a job that was killed misses nothing.
    The lifecycles of these prospects are deleted and made again from the histories.

    - Up to 100,000 prospects the pages do it themselves, unless thousands have changed:
      figures are of this moment.
    - Else a job does it every quarter of an hour, and pages say how old figures are.
    - Every night, and after an update, all are made again, whatever was missed.

    A *first contact* is the first of these, by a person who works here, after the
    prospect arrived: a mail or an SMS sent, an activity done (a call, a meeting), or a
    status after the first one, except junk, that was chosen by hand or by a bulk
    operation.
    """

    _name = "prospect.lifecycle.refresh"
    _inherit = ["prospect.job.mixin"]
    _description = "State of the Analysis"
    _log_access = False
    _work_kind = "lifecycles"
    _work_cron = "prospect.ir_cron_lifecycle"
    _work_by_clock = True

    refreshed_at = fields.Datetime(readonly=True)
    snapshot = fields.Char(readonly=True, export_string_translation=False)
    message_mark = fields.Integer(readonly=True, export_string_translation=False)

    def init(self):
        """All are made again after an update, which may compute them otherwise."""
        self.env.cr.execute("UPDATE prospect_lifecycle_refresh SET snapshot = NULL")
        return super().init()

    @api.model
    def _get_state(self):
        """(number, moment, snapshot, message) of the last time; Nones for never."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, refreshed_at, snapshot, message_mark"
                " FROM prospect_lifecycle_refresh ORDER BY id LIMIT 1"
            )
        )
        return rows[0] if rows else (None, None, None, None)

    @api.model
    def _get_moment(self):
        """When the figures were made, or None."""
        return self._get_state()[1]

    @api.model
    def _bring_up_to_date(self):
        """Make the figures of this moment, where that is quick.

        Called by the pages, whoever opens them.

        :return: when the figures were made, or None
        """
        if not self.env["crm.lead"]._prospect_is_large() and self._take_lock():
            # sudo: figures are made of all prospects, and read with the person's rights
            self.sudo()._refresh(most=PAGE_BATCH)
        return self._get_moment()

    @api.model
    def _take_lock(self):
        """Whether nobody else makes figures now."""
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))
        return self.env.cr.fetchone()[0]

    @api.model
    def _refresh(self, full=False, most=None):
        """Make the lifecycles of what has changed, in this transaction.

        :param bool full: of all prospects
        :param int most: of more prospects, it is left to the job, which is asked to run
        """
        self.env.flush_all()
        start = self._start(full)
        if most and len(start["lead_ids"]) > most:
            self._wake()
            return
        for ids in self._split(start["lead_ids"]):
            self._make(ids)
        self._finish(start)

    @api.model
    def _cron_refresh(self, full=False):
        """The same for any number of prospects, batch by batch."""
        if full:
            work = self.with_context(**trusted(prospect_full=True))
            return drain(self.env, [work], self.env["prospect.work"]._note)
        return self._cron_work()

    @api.model
    def _get_work_label(self):
        return self.env._("Figures of the analysis")

    @api.model
    def _claim(self, limit=None, but=()):
        """All of it, once in a run: (whether of all prospects,)."""
        full = bool(read_trusted(self.env.context, "prospect_full"))
        return () if but else (full,)

    @api.model
    def _do(self, rows):
        """Generator: find what has changed, and make it again; one worker at a time.

        One that is interrupted finds the same ones again.
        """
        (full,) = rows
        with alone(self.env.cr, self._name, int(full)) as is_alone:
            if not is_alone:
                return
            start = yield lambda: self._start(full)
            for ids in self._split(start["lead_ids"]):
                yield lambda ids=ids: self._make(ids)
            yield lambda: self._finish(start)

    @api.model
    def _split(self, lead_ids):
        for number in range(0, len(lead_ids), BATCH):
            yield lead_ids[number : number + BATCH]

    # --- What has changed -----------------------------------------------------------

    @api.model
    def _start(self, full):
        """What is to be made, and the marks that hold once it is: see :meth:`_finish`.

        The marks are of the snapshot of this transaction: what is committed later is
        found the next time.
        """
        _number, _moment, snapshot, message_mark = self._get_state()
        ((now, age, message),) = self.env.execute_query(
            SQL(
                """SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
                          age(%s::text::xid),
                          (SELECT max(id) FROM mail_message)""",
                # after a restore of the database the number may lie in the future
                (snapshot and str(int(snapshot) % 2**32)) or "2",
            )
        )
        if full or not snapshot or age < 0:
            condition = SQL("status_id IS NOT NULL")
            rows = self.env.execute_query(
                SQL("SELECT id FROM crm_lead WHERE %s ORDER BY id", condition)
            )
        else:
            rows = self.env.execute_query(self._get_changed_query(age, message_mark))
        return {
            "lead_ids": [lead_id for (lead_id,) in rows],
            "snapshot": now,
            "message_mark": message or 0,
            "refreshed_at": self.env.cr.now(),
        }

    @api.model
    def _get_changed_query(self, age, message_mark):
        """Leads of which a row is newer than the last snapshot, and who shares an
        opportunity with them.

        :param int age: of the last snapshot, in transactions
        """
        return SQL(
            """WITH changed AS (
                   SELECT id FROM crm_lead WHERE age(xmin) <= %(age)s
                    UNION
                   SELECT lead_id FROM prospect_status_change WHERE age(xmin) <= %(age)s
                    UNION
                   SELECT lead_id FROM prospect_assignment WHERE age(xmin) <= %(age)s
                    UNION
                   SELECT lead_id FROM prospect_stage_change WHERE age(xmin) <= %(age)s
                    UNION
                   SELECT res_id FROM mail_message
                    WHERE id > %(mark)s AND model = 'crm.lead'
                      AND age(xmin) <= %(age)s)
               SELECT id FROM changed WHERE id IS NOT NULL
                UNION
               SELECT other.id
                 FROM changed
                 JOIN crm_lead AS other ON other.prospect_opportunity_id = changed.id
                UNION
               SELECT other.id
                 FROM changed
                 JOIN crm_lead AS mate ON mate.id = changed.id
                 JOIN crm_lead AS other
                   ON other.prospect_opportunity_id = mate.prospect_opportunity_id
                   OR other.id = mate.prospect_opportunity_id
             ORDER BY 1""",
            age=age,
            mark=max((message_mark or 0) - LATE_MESSAGES, 0),
        )

    @api.model
    def _finish(self, start):
        """Remember what the figures are made of."""
        values = (start["refreshed_at"], start["snapshot"], start["message_mark"])
        number, *_rest = self._get_state()
        if number:
            query = SQL(
                "UPDATE prospect_lifecycle_refresh SET refreshed_at = %s, snapshot ="
                " %s, message_mark = %s WHERE id = %s",
                *values,
                number,
            )
        else:
            query = SQL(
                "INSERT INTO prospect_lifecycle_refresh"
                " (refreshed_at, snapshot, message_mark) VALUES (%s, %s, %s)",
                *values,
            )
        self.env.cr.execute(query)
        self.env["prospect.lifecycle"].invalidate_model(flush=False)
        self.env["prospect.lifecycle.step"].invalidate_model(flush=False)
        self.env["prospect.lifecycle.salesperson"].invalidate_model(flush=False)

    # --- Making ---------------------------------------------------------------------

    @api.model
    def _make(self, lead_ids):
        """Delete the lifecycles of leads and make them again."""
        for table in TABLES:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE lead_id = ANY(%s)",
                    SQL.identifier(table),
                    lead_ids,
                )
            )
        comment = self.env.ref("mail.mt_comment").id
        values = {
            "ids": lead_ids,
            "comment": comment,
            "robot": SUPERUSER_ID,
            "opportunity": json.dumps(self._get_opportunity_names()),
        }
        for statement in (STEPS, LIFECYCLES, PERSONS):
            self.env.cr.execute(statement, values)

    @api.model
    def _get_opportunity_names(self):
        """{language: what a stage of opportunities is called, ``{}`` being its
        name}.
        """
        installed = self.env["res.lang"].get_installed()
        return {
            code: self.with_context(lang=code).env._(
                "%(stage)s (opportunity)", stage="{}"
            )
            for code in {"en_US", *(code for code, _name in installed)}
        }

    @api.model
    def _is_old(self, moment):
        """Whether figures are older than the job allows: it may be switched off."""
        return not moment or self.env.cr.now() - moment > timedelta(hours=1)
