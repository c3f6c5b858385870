import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.copying import copy_lines
from ...tools.duplicates import fingerprint, score
from ...tools.jobs import work_off
from ...tools.memory import no_collection
from ...tools.remark_fields import RemarkText
from ...tools.remarks import read_error
from ...tools.transactions import alone

_logger = logging.getLogger(__name__)

BATCH = 10_000
# Changed records that are compared one by one, through the index; more: all at once.
FEW = 20_000
# Records whose keys are compared at once, for the memory of the job.
PART = 200_000
# Pairs that a job remembers, not to compare them again by another key.
REMEMBERED = 2_000_000
# below all ids of records
LOWEST = -(2**31)
# Records up to which a scan is done while the person waits.
SMALL = 2_000
FAILURES = 5
MINIMUM = 50
AUTOMATIC = 90


class ProspectDuplicateScan(models.Model):
    """One search for duplicates: what it looked at and what it found [BX-39, BX-41].

    Only prospects and contacts whose identity changed since the last one are looked at,
    and compared with everybody; all of them the first time, and after a change of the
    rules. The index in which they are found is brought up to date before. In the
    background, a batch a transaction; a kill loses the batch at work.
    """

    _name = "prospect.duplicate.scan"
    _inherit = ["prospect.job.mixin"]
    _description = "Search for Duplicates"
    _order = "id desc"
    _rec_name = "started_at"
    _work_kind = "duplicate_scans"
    _work_cron = "prospect.ir_cron_duplicate"

    state = fields.Selection(
        selection=[
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    is_full = fields.Boolean(string="All Records", readonly=True)
    is_scheduled = fields.Boolean(string="By Schedule", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)
    changed_since = fields.Datetime(readonly=True)
    # when the index knew everything, and comparing began
    read_at = fields.Datetime(readonly=True, export_string_translation=False)
    # what is done at present: read (into the index), compare
    phase = fields.Char(default="read", readonly=True)
    cursor = fields.Integer(readonly=True, export_string_translation=False)
    todo_count = fields.Integer(string="To Look At", readonly=True)
    done_count = fields.Integer(string="Looked At", readonly=True)
    found_count = fields.Integer(string="New Pairs", readonly=True)
    failure_count = fields.Integer(readonly=True, export_string_translation=False)
    error = RemarkText(readonly=True)

    _todo_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    # --- What people do -------------------------------------------------------------

    @api.model
    def start_scan(self, is_full=False):
        """Look for duplicates now, or follow the search that is under way.

        :param bool is_full: all prospects, not only those changed since the last time
        :raises AccessError: for who is no sales administrator
        """
        self._check_may_scan()
        # sudo: scans are only written by their own machinery
        scan = self.sudo()._get_current() or self.sudo()._make(is_full)
        if scan.state == "queued" and scan.todo_count <= SMALL:
            for _batch in scan._work_in_background(commits=False):
                pass
        else:
            self._wake()
        return scan._get_words()

    @api.model
    def cancel_scan(self):
        """Stop after the batch at work; what was found stays."""
        self._check_may_scan()
        # sudo: as above
        self.sudo()._get_current().write(
            {"state": "cancelled", "finished_at": fields.Datetime.now()}
        )

    @api.model
    def _check_may_scan(self):
        if not (
            self.env.su or self.env.user.has_group("sales_team.group_sale_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only sales administrators may start or stop a search for"
                    " duplicates. Ask one of them."
                )
            )

    @api.model
    def _get_current(self):
        return self.search([("state", "in", ("queued", "running"))], limit=1)

    def _get_words(self):
        """The last scan, for the page."""
        if not self:
            return {"state": "none"}
        return {
            "id": self.id,
            "state": self.state,
            "error": self.error or "",
            "started_at": fields.Datetime.to_string(
                self.started_at or self.create_date
            ),
            "finished_at": self.finished_at
            and fields.Datetime.to_string(self.finished_at),
            "done_count": self.done_count,
            "todo_count": self.todo_count,
            "found_count": self.found_count,
            "progress": min(99, 100 * self.done_count // max(1, self.todo_count)),
        }

    # --- Engine ---------------------------------------------------------------------

    @api.model
    def _make(self, is_full=False, **values):
        """A new scan of what changed since the last one, or of everything."""
        last = self.search([("state", "=", "done")], limit=1)
        changed = self.env["prospect.duplicate.rule"]._get_last_change()
        since = last.read_at
        if is_full or not since or (changed and changed >= last.started_at):
            since = False
        identities = self.env["prospect.dedupe.index"]
        count = unread = self.env["prospect.dedupe.cursor"]._count_unread()
        if since:
            count += identities._count_changed(since)
            if count > FEW:
                since = False
        if not since:
            count = unread + identities._count()
        return self.create(
            {
                "is_full": not since,
                "changed_since": since,
                "todo_count": count,
                **values,
            }
        )

    def _work_in_background(self, commits=True):
        """Generator: one batch at a time; the caller commits after each.

        Never raises where batches are committed: what goes wrong is told on the page.
        """
        return work_off(self) if commits else self._work_in_one()

    def _work_in_one(self):
        """Generator: one batch at a time, in the transaction of who waits for it."""
        seen = set()
        while self._work(seen):
            yield
        yield

    @api.model
    def _get_waiting_domain(self):
        return [("state", "in", ("queued", "running"))]

    @api.model
    def _get_work_label(self):
        return self.env._("Searches for duplicates")

    @api.model
    def _get_failed_domain(self):
        return [("state", "=", "failed")]

    def _claim(self, limit=None, but=()):
        """The one that is under way, once in a run."""
        # sudo: the state of the machine, in its job
        scan = self.sudo()._get_current()
        return scan.browse() if scan in but or (self and scan != self) else scan

    @api.model
    def _do(self, rows):
        """Generator: a scan batch by batch, by one worker at a time."""
        seen = set()
        with alone(self.env.cr, self._name, rows.id) as is_alone:
            more = is_alone
            while more:
                more = yield lambda: rows._work(seen)

    def _work(self, seen):
        """The next batch.

        :param set seen: pairs that were compared before by this job
        :return: whether there is more to do
        """
        self.invalidate_recordset()
        if self.state not in ("queued", "running"):
            return False
        if self.state == "queued":
            self.write({"state": "running", "started_at": self.env.cr.now()})
        self.env["prospect.dedupe.index"]._expect_many()
        if self.phase != "compare":
            return self._work_read()
        with no_collection():
            return self._work_changed() if self.changed_since else self._work_all(seen)

    def _work_read(self):
        """The index of duplicates, as far as it is behind."""
        count = self.env["prospect.dedupe.cursor"]._work(BATCH)
        if count:
            if not self.changed_since:
                self.done_count += count
            return True
        identities = self.env["prospect.dedupe.index"]
        values = {"phase": "compare", "cursor": 0, "read_at": self.env.cr.now()}
        if self.changed_since:
            values["cursor"] = LOWEST
            values["todo_count"] = identities._count_changed(self.changed_since)
        else:
            values["todo_count"] = identities._count()
        self.write(values)
        return True

    def _work_changed(self):
        """Some of those whose identity has changed, compared with everybody."""
        identities = self.env["prospect.dedupe.index"]
        numbers = identities._get_changed(self.changed_since, self.cursor, BATCH)
        if not numbers:
            return self._finish()
        self._compare(identities._find_pairs(numbers))
        self._drop_outdated(numbers)
        self.write(
            {"cursor": numbers[-1], "done_count": self.done_count + len(numbers)}
        )
        return True

    def _work_all(self, seen):
        """All pairs of one part, where everything is looked at; then the end."""
        parts = 1 + self.todo_count // PART
        pairs = self.env["prospect.dedupe.index"]._find_all_pairs(self.cursor, parts)
        if parts > 1:
            # most pairs have several keys in common, which are in several parts
            pairs -= seen
        self._compare(pairs)
        if parts > 1 and len(seen) < REMEMBERED:
            # committed a moment later, or else all of it is done again
            self.env.cr.postcommit.add(lambda: seen.update(pairs))
        self.cursor += 1
        done = self.todo_count * self.cursor // parts
        self.done_count = max(self.done_count, done)
        if self.cursor < parts:
            return True
        self._drop_outdated()
        return self._finish()

    def _compare(self, pairs):
        """Give points to pairs, and keep those that have enough.

        :param set pairs: of two numbers each, the lower one first
        """
        existing = self.env["prospect.dedupe.index"]._read(
            {number for pair in pairs for number in pair}
        )
        rules = self.env["prospect.duplicate.rule"]._get_rules()
        minimum = self._get_minimum()
        found = []
        for left, right in sorted(pairs):
            one, two = existing.get(left), existing.get(right)
            if not one or not two or not self._may_be_one(one, two):
                continue
            points, reasons = score(one.person, two.person, rules)
            if points >= minimum:
                found.append((left, right, points, reasons, one, two))
        self._keep(found)

    @api.model
    def _may_be_one(self, one, two):
        """Whether two records are of one company, and not linked to each other."""
        if one.company_id and two.company_id and one.company_id != two.company_id:
            return False
        return one.number > 0 or two.partner_id != -one.number

    def _keep(self, found):
        """Write what was found; decisions hold while nothing has changed."""
        if not found:
            return
        cr = self.env.cr
        cr.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS prospect_tmp_pair (
                   left_number int4, right_number int4, score int4, reasons jsonb,
                   fingerprint varchar
               ) ON COMMIT DROP"""
        )
        cr.execute("TRUNCATE prospect_tmp_pair")
        copy_lines(
            cr,
            "prospect_tmp_pair",
            ("left_number", "right_number", "score", "reasons", "fingerprint"),
            self._get_lines(found),
        )
        pairs = self.env["prospect.duplicate.pair"]
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO prospect_duplicate_pair AS pair
                          (left_number, right_number, score, reasons, fingerprint,
                           state, scan_number, found_at)
                   SELECT left_number, right_number, score, reasons, fingerprint,
                          'open', %(scan)s, %(now)s
                     FROM prospect_tmp_pair
                       ON CONFLICT (left_number, right_number) DO UPDATE
                      SET score = EXCLUDED.score,
                          reasons = EXCLUDED.reasons,
                          fingerprint = EXCLUDED.fingerprint,
                          scan_number = EXCLUDED.scan_number,
                          is_reopened = pair.is_reopened
                              OR (pair.state = 'not_duplicate'
                                  AND pair.fingerprint <> EXCLUDED.fingerprint),
                          found_at = CASE WHEN %(same)s
                              THEN pair.found_at ELSE EXCLUDED.found_at END,
                          state = CASE WHEN %(same)s AND pair.state <> 'merged'
                              THEN pair.state ELSE 'open' END
                RETURNING xmax = 0""",
                scan=self.id or None,
                # of one prospect, without a search
                now=self.started_at or self.env.cr.now(),
                same=SQL("pair.fingerprint = EXCLUDED.fingerprint"),
            )
        )
        pairs.invalidate_model(flush=False)
        self.found_count += sum(is_new for (is_new,) in rows)

    @api.model
    def _get_lines(self, found):
        """What was found, as COPY reads it."""
        texts = {}
        for left, right, points, reasons, one, two in found:
            reasons = tuple(reasons)
            text = texts.get(reasons)
            if text is None:
                # codes and numbers: nothing that COPY would read otherwise
                text = texts[reasons] = json.dumps(reasons)
            mark = fingerprint(one.person, two.person)
            yield f"{left}\t{right}\t{points}\t{text}\t{mark}"

    def _drop_outdated(self, numbers=None):
        """Delete open pairs that this scan should have found again, and did not.

        :param numbers: of the records looked at; None for all
        """
        condition = SQL("")
        if numbers is not None:
            condition = SQL(
                "AND (left_number = ANY(%s) OR right_number = ANY(%s))",
                numbers,
                numbers,
            )
        self.env.cr.execute(
            SQL(
                """DELETE FROM prospect_duplicate_pair
                    WHERE state = 'open' AND scan_number IS DISTINCT FROM %s %s""",
                self.id,
                condition,
            )
        )
        self.env["prospect.duplicate.pair"].invalidate_model(flush=False)

    def _finish(self):
        self.write(
            {
                "state": "done",
                "finished_at": fields.Datetime.now(),
                "done_count": self.todo_count,
            }
        )
        self._announce()
        return False

    def _note_failure(self, rows, error):
        """Remember that a batch failed; after some times the scan has failed."""
        if not rows:
            raise error
        return rows._note_failed(error)

    def _note_failed(self, error):
        """The same for one scan.

        :return: whether to try again
        """
        self.invalidate_recordset()
        if self.state not in ("queued", "running"):
            return False
        _logger.warning("Scan %s: a batch failed", self.id, exc_info=error)
        self.failure_count += 1
        if self.failure_count < FAILURES and not isinstance(error, UserError):
            return True
        self.write(
            {
                "state": "failed",
                "finished_at": fields.Datetime.now(),
                "error": read_error(error)
                if isinstance(error, UserError)
                else f"{type(error).__name__}: {error}",
            }
        )
        return False

    def _announce(self):
        """Notify who has asked, or all sales administrators if the schedule has
        [BX-41].

        A scheduled scan that found nothing new says nothing.
        """
        users = self.user_id
        if self.is_scheduled:
            if not self.found_count:
                return
            group = self.env.ref("sales_team.group_sale_manager")
            users = group.all_user_ids.filtered("active")
        for lang, members in users.grouped("lang").items():
            scan = self.with_context(lang=lang)
            self.env["mail.thread"].message_notify(
                partner_ids=members.partner_id.ids,
                subject=scan.env._("Search for duplicates"),
                body=scan._get_announcement(),
            )

    def _get_announcement(self):
        """The result in a sentence."""
        return self.env._(
            "The search for duplicates has ended: %(found)s new pairs among %(count)s"
            " records. They are under Prospects > Data Quality > Duplicates.",
            found=self.found_count,
            count=self.todo_count,
        )

    @api.model
    def _get_minimum(self):
        """Points from which a pair is shown."""
        return self._get_number("prospect.duplicate_minimum", MINIMUM)

    @api.model
    def _get_automatic(self):
        """Points from which a pair may be merged without being looked at [BX-40]."""
        return self._get_number("prospect.duplicate_automatic", AUTOMATIC)

    @api.model
    def _get_number(self, name, default):
        # sudo: parameters are read whoever looks for duplicates
        value = self.env["ir.config_parameter"].sudo().get_param(name)
        try:
            return int(value) if value else default
        except ValueError:
            return default

    # --- Jobs -----------------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Go on with the scan that waits, batch by batch; then keep the index."""
        return self.env["prospect.work"]._work_off("duplicate_scans", "duplicate_index")

    @api.model
    def _cron_schedule(self):
        """Ask for a scan of what changed, unless one is under way."""
        # sudo: the state of the machine, in its job
        if not self.sudo()._get_current():
            self.sudo()._make(is_scheduled=True)
            self._wake()

    @api.autovacuum
    def _gc_scans(self):
        """Keep the last scans only: they say what happened, and nothing reads more."""
        old = self.search([("state", "not in", ("queued", "running"))], offset=50)
        old.unlink()
