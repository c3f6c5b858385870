import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


SOURCES = ("lead", "partner")
# Records read in one transaction, where nobody waits for it.
FEWER = 2_000


class ProspectDedupeCursor(models.Model):
    """How far the index of duplicates has read prospects, and contacts.

    It reads what was written, in the order of time, round after round; a round costs
    what was written since the last one. Times are when transactions began, so that one
    that is still open may write into the past: a round begins where the oldest one was
    that was open then. It may have ended between two looks at the clock, which is why
    that is the moment of the round before the last.
    """

    _name = "prospect.dedupe.cursor"
    _inherit = ["prospect.job.mixin"]
    _description = "Progress of the Index of Duplicates"
    _log_access = False
    _rec_name = "source"
    _work_kind = "duplicate_index"
    _work_cron = "prospect.ir_cron_duplicate"
    _work_by_clock = True

    source = fields.Char(required=True, readonly=True, export_string_translation=False)
    # where the next round begins, and the one after it; empty: at the beginning
    since = fields.Datetime(readonly=True, export_string_translation=False)
    next_since = fields.Datetime(readonly=True, export_string_translation=False)
    # after which record this round goes on; empty: between two rounds
    cursor_stamp = fields.Datetime(readonly=True, export_string_translation=False)
    cursor_number = fields.Integer(readonly=True, export_string_translation=False)

    _source_unique = models.UniqueIndex("(source)")

    def init(self):
        result = super().init()
        for source in SOURCES:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_dedupe_cursor (source, next_since)
                       VALUES (%s, %s) ON CONFLICT (source) DO NOTHING""",
                    source,
                    self._get_horizon(),
                )
            )
        return result

    @api.model
    def _get_horizon(self):
        """Before this moment nothing is written any more: who began then has ended."""
        return SQL(
            """(SELECT min(xact_start) AT TIME ZONE 'UTC' FROM pg_stat_activity
                 WHERE datname = current_database())"""
        )

    # --- The job --------------------------------------------------------------------

    @api.model
    def _left(self):
        """How many records it does not know; not counted where it knows nothing yet."""
        return self._count_unread()

    @api.model
    def _get_work_label(self):
        return self.env._("Index of duplicates")

    @api.model
    def _claim(self, limit=None, but=()):
        """All that was written, once in a run."""
        return () if but else ("index",)

    @api.model
    def _do(self, rows):
        """Generator: bring the index up to date with what was written, batch by batch,
        so that a search has only to compare, and who types is told about yesterday's
        prospects.
        """
        more = True
        while more:
            more = yield self._work_some

    @api.model
    def _work_some(self):
        self.env["prospect.dedupe.index"]._expect_many()
        return self._work(FEWER)

    def _note_failure(self, rows, error):
        """The next call tries again."""
        _logger.error("The index of duplicates could not be kept", exc_info=error)
        return False

    @api.model
    def _work(self, limit):
        """Bring the index up to date with some records that were written.

        Two transactions never do it at once: one of them has to run again.

        :return: how many records; 0 when the index knows everything
        """
        for source in SOURCES:
            count = self._work_source(source, limit)
            if count:
                return count
        return 0

    @api.model
    def _work_source(self, source, limit):
        cursor = self._begin(source)
        cursor, count = self.env["prospect.dedupe.index"]._keep(source, cursor, limit)
        if count < limit:
            cursor = (None, None)
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_dedupe_cursor
                      SET cursor_stamp = %s, cursor_number = %s WHERE source = %s""",
                *cursor,
                source,
            )
        )
        return count

    @api.model
    def _begin(self, source):
        """Go on with a round, or begin one: the moment and the number to read after."""
        cursor = self._get_cursor(source)
        if cursor[0]:
            return cursor
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_dedupe_cursor
                      SET cursor_stamp = COALESCE(since, '0001-01-01'),
                          cursor_number = 0,
                          since = next_since,
                          next_since = %s
                    WHERE source = %s""",
                self._get_horizon(),
                source,
            )
        )
        return self._get_cursor(source)

    @api.model
    def _get_cursor(self, source):
        query = SQL(
            """SELECT cursor_stamp, cursor_number FROM prospect_dedupe_cursor
                WHERE source = %s FOR UPDATE""",
            source,
        )
        return self.env.execute_query(query)[0]

    @api.model
    def _count_unread(self):
        """How many records were written that the index does not know yet."""
        identities = self.env["prospect.dedupe.index"]
        total = 0
        for source in SOURCES:
            ((stamp, number),) = self.env.execute_query(
                SQL(
                    """SELECT COALESCE(cursor_stamp, since, '0001-01-01'),
                              COALESCE(cursor_number, 0)
                         FROM prospect_dedupe_cursor WHERE source = %s""",
                    source,
                )
            )
            query = identities._get_changed_query(source, (stamp, number))
            ((count,),) = self.env.execute_query(
                SQL("SELECT count(*) FROM (%s) AS written", query)
            )
            total += count
        return total

    @api.model
    def _begin_anew(self):
        """Let the next round read everything."""
        self.env.cr.execute(
            "UPDATE prospect_dedupe_cursor SET since = NULL, cursor_stamp = NULL"
        )
