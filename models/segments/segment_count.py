import json
import logging
import time
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.jobs import claim
from ...tools.remark_fields import RemarkText
from ...tools.remarks import read_error, say
from ...tools.transactions import is_refusal

_logger = logging.getLogger(__name__)

# A count that is shown is made again when it is this old.
FRESH = timedelta(minutes=10)
# A count that nobody has looked at for so long is left as it is, and then forgotten.
WANTED = timedelta(hours=2)
FORGOTTEN = timedelta(days=7)


class ProspectSegmentCount(models.Model):
    """How many prospects somebody sees in a segment, kept for large tables.

    A number may reveal what a person may not see, so there is none for everybody: it is
    kept for each person who looks at it, in the companies that they work in, and made
    with their rights. Only those who see all prospects of the same companies share
    one, and only where the segment means the same for them; the key says so.

    Up to the size at which pages count live, none is kept at all.
    """

    _name = "prospect.segment.count"
    _inherit = ["prospect.job.mixin"]
    _description = "Kept Count of a Segment"
    _log_access = False
    _work_kind = "segment_counts"
    _work_cron = "prospect.ir_cron_segment_count"

    segment_id = fields.Many2one(
        comodel_name="prospect.segment",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    key = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="cascade"
    )
    company_ids = fields.Json(readonly=True, export_string_translation=False)
    count = fields.Integer(readonly=True)
    counted_at = fields.Datetime(readonly=True)
    # seconds
    duration = fields.Float(readonly=True)
    wanted_at = fields.Datetime(readonly=True, index=True)
    error = RemarkText(readonly=True)

    _segment_key_uniq = models.UniqueIndex("(segment_id, key)")

    # --- Reading ----------------------------------------------------------------------

    @api.model
    def _get_counts(self, segments):
        """Counts for the current user.

        :return: {segment id: {"count", "counted_at", "duration", "error"}}
        """
        if not self.env["crm.lead"].has_access("read"):
            return {}
        if not self.env["crm.lead"]._prospect_is_large():
            return {segment.id: self._count(segment) for segment in segments}
        return self._get_kept(segments)

    @api.model
    def _count(self, segment):
        """Count now, with the rights of the current user."""
        started = time.monotonic()
        count, error = None, False
        try:
            query = segment._get_query()
            count = self._run(query)
        except UserError as refusal:
            error = read_error(refusal)
        return {
            "count": count,
            "counted_at": fields.Datetime.now(),
            "duration": round(time.monotonic() - started, 3),
            "error": error,
        }

    @api.model
    def _run(self, query):
        """The number of rows of a query."""
        if query.is_empty():
            return 0
        return self.env.execute_query(query.select(SQL("COUNT(*)")))[0][0]

    @api.model
    def _get_key(self, segment):
        """A text that is the same for people for whom the count is the same."""
        person = 0
        if segment._is_personal() or not self._sees_all():
            person = self.env.uid
        parts = [
            segment._get_filter_text(),
            sorted(self.env.companies.ids),
            person,
            # who is elsewhere has another day
            self.env.user.tz,
        ]
        return sha256(json.dumps(parts).encode()).hexdigest()

    @api.model
    def _sees_all(self):
        """Whether the current user sees all prospects of the companies at work."""
        if self.env.su:
            return True
        domain = self.env["ir.rule"]._compute_domain("crm.lead", "read")
        return all(
            condition.field_expr == "company_id"
            for condition in domain.iter_conditions()
        )

    @api.model
    def _get_kept(self, segments):
        """Kept counts; those that are missing or old are asked for."""
        counts, keys = {}, {}
        for segment in segments:
            try:
                keys[segment.id] = self._get_key(segment)
            except UserError as error:  # noqa: PERF203 - each has its own reason
                counts[segment.id] = {"count": None, "error": read_error(error)}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT kept.id, kept.segment_id, kept.count, kept.counted_at,
                          kept.duration, kept.error, kept.wanted_at
                     FROM prospect_segment_count AS kept
                     JOIN unnest(%s, %s) AS wanted (segment_id, key)
                    USING (segment_id, key)""",
                list(keys),
                list(keys.values()),
            )
        )
        now = fields.Datetime.now()
        found = {row[1] for row in rows}
        for _id, segment_id, count, counted_at, duration, error, _wanted in rows:
            counts[segment_id] = {
                "count": count if counted_at and not error else None,
                "counted_at": counted_at,
                "duration": duration,
                "error": say(self.env, error) or False,
            }
        missing = {number: key for number, key in keys.items() if number not in found}
        for number in missing:
            counts[number] = {"count": None, "counted_at": False, "error": False}
        unwanted = [row[0] for row in rows if not row[6] or row[6] < now - FRESH]
        is_stale = any(not row[3] or row[3] < now - FRESH for row in rows)
        self._ask(missing, unwanted, is_stale)
        return counts

    @api.model
    def _ask(self, missing, unwanted, is_stale):
        """Have counts made by the job.

        :param dict missing: {segment id: key} of those that were never made
        :param list unwanted: ids of rows that nobody has looked at lately
        :param bool is_stale: whether some kept ones are old
        """
        now = fields.Datetime.now()
        if missing:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_segment_count
                              (segment_id, key, user_id, company_ids, wanted_at)
                       SELECT segment_id, key, %s, %s, %s
                         FROM unnest(%s, %s) AS missing (segment_id, key)
                           ON CONFLICT DO NOTHING""",
                    self.env.uid,
                    json.dumps(self.env.companies.ids),
                    now,
                    list(missing),
                    list(missing.values()),
                )
            )
        if unwanted:
            # nobody waits for a row that another page marks at the same time
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_segment_count SET wanted_at = %s, user_id = %s
                        WHERE id IN (SELECT id FROM prospect_segment_count
                                      WHERE id = ANY(%s)
                                        FOR NO KEY UPDATE SKIP LOCKED)""",
                    now,
                    self.env.uid,
                    unwanted,
                )
            )
        if missing or is_stale:
            self._wake()

    # --- Job --------------------------------------------------------------------------

    @api.model
    def _cron_count(self):
        """Make the counts that people look at and that are old, one a transaction."""
        return self._cron_work()

    @api.model
    def _get_waiting_domain(self):
        now = fields.Datetime.now()
        return [
            ("wanted_at", ">=", now - WANTED),
            "|",
            ("counted_at", "=", False),
            ("counted_at", "<", now - FRESH),
        ]

    @api.model
    def _oldest(self):
        # sudo: the job counts for all, as each of them
        rows = self.sudo().search(
            self._get_waiting_domain(), order="wanted_at", limit=1
        )
        return rows.wanted_at or None

    @api.model
    def _get_work_label(self):
        return self.env._("Counts of segments")

    @api.model
    def _claim(self, limit=None, but=()):
        """One that was never made, else the oldest one."""
        # sudo: the job counts for all, as each of them
        query = self.sudo()._search(
            self._get_waiting_domain(),
            order="counted_at NULLS FIRST, id",
            limit=1,
        )
        return claim(self.env, query.select())

    @api.model
    def _do(self, rows):
        # sudo: as above
        self.sudo().browse(rows)._refresh()
        return len(rows)

    def _refresh(self):
        """Count one again, as the person who looked at it last."""
        self.ensure_one()
        if not self.exists():
            return
        if not self.user_id.active:
            # who looks at the page asks for one of their own
            self.unlink()
            return
        companies = [
            number
            for number in self.company_ids or []
            if number in self.user_id.company_ids.ids
        ]
        segment = (
            self.segment_id.with_user(self.user_id)
            .with_context(allowed_company_ids=companies or self.user_id.company_id.ids)
            .exists()
        )
        try:
            with self.env.cr.savepoint():
                if self.with_env(segment.env)._get_key(segment) != self.key:
                    # neither the person nor the segment is what it was: not their count
                    self.unlink()
                    return
                count = self.with_env(segment.env)._count(segment)
        except Exception as error:
            if not is_refusal(error):
                raise
            _logger.info("Segment %s: not counted", segment.id, exc_info=error)
            count = {"count": 0, "error": read_error(error)}
        self.write({"counted_at": fields.Datetime.now(), **count})

    @api.autovacuum
    def _gc_counts(self):
        """Forget what nobody looks at any more."""
        # sudo: the job forgets counts that nobody asks for any more
        self.sudo().search(
            [("wanted_at", "<", fields.Datetime.now() - FORGOTTEN)]
        ).unlink()
