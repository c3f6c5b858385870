import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.remark_fields import RemarkText
from ...tools.remarks import read_error, remark
from ...tools.transactions import is_refusal
from ...tools.trusted import trusted

_logger = logging.getLogger(__name__)

# Prospects that join or leave in one transaction.
BATCH = 5_000
# Such transactions that a person waits for.
STEPS = 3
# Changed prospects above which all are looked at: one scan is then cheaper.
MANY = 50_000
# What was written this long before a refresh is looked at again by the next one, beside
# what transactions wrote that were still open (they stamp rows with their start).
OVERLAP = timedelta(minutes=10)
# Each sync is rebuilt in full once a day, and once an hour where only that is exact.
FULL_EVERY = timedelta(hours=23)
REBUILT_EVERY = timedelta(minutes=55)
MODES = [("add", "Add only"), ("mirror", "Mirror")]
# How a prospect left that may not be put back: a person or a rule took it off.
PUT_BACK = ("segment", "undo")


class ProspectSegmentSync(models.Model):
    """A list synced from a segment [MO-36].

    *Add only*: who is in the segment joins. Nobody leaves by it, members put there by
    hand stay, and who was taken off the list stays off.

    *Mirror*: the members are exactly those of the segment; whoever else is on the list
    leaves, also who was put there by hand.

    The segment is read with the rights of one person, who has switched the sync on,
    and within the company of the list: a list never gets, by this way, members whom
    that person could not have put there. Members that they may not change stay, and
    are counted as out of reach. When somebody else changes the filter, the sync waits
    until that person, or a sales administrator in their stead, agrees.

    A refresh looks at the prospects that changed since the last one; all of them once
    a day, as a check, and each hour where the filter depends on what leaves no trace
    on the prospect (see :meth:`_get_untraced`). Both ask the same question of the
    database, about some numbers or about all. Joins and leaves go through
    ``_prospect_lists_change`` with the cause *segment*.
    """

    _name = "prospect.segment.sync"
    _inherit = ["prospect.job.mixin"]
    _description = "List Synced from a Segment"
    _order = "list_id"
    _rec_name = "list_id"
    _work_kind = "segment_syncs"
    _work_cron = "prospect.ir_cron_segment_sync"
    _work_by_clock = True

    segment_id = fields.Many2one(
        comodel_name="prospect.segment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    list_id = fields.Many2one(
        comodel_name="prospect.list",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    mode = fields.Selection(
        selection=MODES,
        required=True,
        default="add",
        help="Add only: prospects in the segment join the list; nobody leaves it, and "
        "anyone taken off stays off. Mirror: the members are exactly those of the"
        " segment.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="With the Rights of",
        readonly=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        ondelete="set null",
        help="The list gets those whom this person may see and change, in the company"
        " of the list.",
    )
    is_reacting = fields.Boolean(
        string="Apply the list's status, tags and activity",
        help="What the list sets for new members (status, activity, sequence…) also "
        "applies to those who join through the segment.",
    )
    active = fields.Boolean(default=True)
    can_edit = fields.Boolean(
        compute="_compute_can_edit", export_string_translation=False
    )
    # What the person has agreed to, and since when all is known
    filter_text = fields.Char(readonly=True, export_string_translation=False)
    since = fields.Datetime(readonly=True, export_string_translation=False)
    next_since = fields.Datetime(readonly=True, export_string_translation=False)
    # Where a rebuild in several transactions is: join, leave, or nowhere
    phase = fields.Char(readonly=True, export_string_translation=False)
    position = fields.Integer(readonly=True, export_string_translation=False)
    # The last refresh
    run_at = fields.Datetime(string="Last Refresh", readonly=True)
    full_at = fields.Datetime(string="Last Full Rebuild", readonly=True)
    is_full = fields.Boolean(string="All Prospects", readonly=True)
    duration = fields.Float(string="Time Taken (s)", digits=(16, 2), readonly=True)
    looked_count = fields.Integer(string="Looked At", readonly=True)
    joined_count = fields.Integer(string="Joined", readonly=True)
    left_count = fields.Integer(string="Left", readonly=True)
    kept_count = fields.Integer(
        string="Out of Reach",
        readonly=True,
        help="Prospects that should have joined or left, but that the person whose "
        "rights sync the list may not change.",
    )
    error = RemarkText(readonly=True)
    untraced = fields.Char(
        string="Rebuilt Hourly Because of",
        compute="_compute_untraced",
        help="What in the filter leaves no trace on a prospect when it changes: the"
        " list is rebuilt each hour, instead of following each change within minutes.",
    )

    _list_uniq = models.UniqueIndex(
        "(list_id)", "This list is already synced from a segment: stop that first."
    )

    # --- Fields and rights --------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("list_id")
    def _compute_can_edit(self):
        editable = self._origin._filtered_access("write")
        for sync in self:
            sync.can_edit = not sync._origin or sync._origin in editable

    @api.depends_context("lang")
    @api.depends("segment_id.domain", "segment_id.exclude_converted")
    def _compute_untraced(self):
        for sync in self:
            try:
                reasons = sync._as_person()._get_untraced()
            except UserError:
                reasons = []
            sync.untraced = ", ".join(reasons)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_person(vals)
        start = {"since": False, "next_since": False, "phase": False, "position": 0}
        if not self.env.su:
            # a client can send defaults as well
            start["user_id"] = self.env.uid
        syncs = super().create([{**vals, **start} for vals in vals_list])
        syncs._check_may_sync()
        # sudo: what was agreed to is written by agreeing alone
        for sync in syncs.sudo():
            sync.filter_text = sync.segment_id._get_filter_text()
        return syncs

    def write(self, vals):
        self._check_person(vals)
        if {"segment_id", "list_id"} & set(vals) and not self.env.su:
            raise UserError(
                self.env._("Stop syncing this list, then sync the other one.")
            )
        if "mode" in vals:
            vals = {**vals, "since": False, "phase": False}
        result = super().write(vals)
        if vals.keys() & {"mode", "user_id", "active", "is_reacting"}:
            self._check_may_sync()
        return result

    @api.model
    def _check_person(self, vals):
        """A sync has the rights of who switches it on, and of nobody else."""
        if self.env.su:
            return
        if vals.get("user_id", self.env.uid) != self.env.uid:
            raise AccessError(
                self.env._(
                    "A list is synced with the rights of the person who starts it. Let"
                    " that person do it."
                )
            )
        technical = {"filter_text", "since", "next_since", "phase", "position"}
        if technical & vals.keys():
            raise AccessError(
                self.env._("The progress of a refresh cannot be set by hand.")
            )

    def _check_may_sync(self):
        """Whoever syncs to a list may change it, and see the segment."""
        self.list_id.check_access("write")
        self.segment_id.check_access("read")

    # --- What people do -----------------------------------------------------------

    def action_refresh(self):
        """Rebuild the list in full now; a large one goes on in the background."""
        for sync in self:
            sync.check_access("write")
            # sudo: how far it is, is written by nobody's right; the prospects are
            # changed by that of the sync's own person
            job = sync.sudo()
            job.write({"since": False, "phase": False})
            job._work_at_once()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_agree(self):
        """Sync with the filter as it is now, and with one's own rights."""
        for sync in self:
            sync.write({"user_id": self.env.uid})
            # sudo: as above
            sync.sudo().write(
                {
                    "filter_text": sync.segment_id._get_filter_text(),
                    "since": False,
                    "phase": False,
                    "error": False,
                }
            )
        return self.action_refresh()

    def action_stop(self):
        """Sync no more; the members stay."""
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_edit(self):
        """Change how the list is synced, with its numbers."""
        self.ensure_one()
        action = self.segment_id.action_sync()
        action["context"] = {
            **action["context"],
            "default_list_id": self.list_id.id,
            "default_mode": self.mode,
            "default_is_reacting": self.is_reacting,
        }
        return action

    def _follow_segment(self, user):
        """The filter of the segment was changed by somebody.

        Who has that right agrees by doing it; else the sync waits, and says so.

        :param user: ``res.users`` who has changed it
        """
        is_manager = user.has_group("sales_team.group_sale_manager")
        for sync in self:
            if is_manager or sync.user_id == user:
                sync.write(
                    {
                        "filter_text": sync.segment_id._get_filter_text(),
                        "since": False,
                        "phase": False,
                    }
                )
        if self:
            self._wake()

    # --- Which prospects ----------------------------------------------------------

    def _as_person(self):
        """The sync as the person with whose rights it works.

        :raises UserError: when there is nobody, or somebody else changed the filter
        """
        self.ensure_one()
        # sudo: whose rights it works with; all else is asked as them
        sync = self.sudo()
        user = sync.user_id
        if not user.active:
            raise UserError(
                remark(
                    self.env,
                    "segments.person_left",
                    person=user.name or remark(self.env, "segments.person"),
                )
            )
        companies = sync.list_id.company_id or user.company_ids
        if sync.list_id.company_id - user.company_ids:
            raise UserError(
                remark(
                    self.env,
                    "segments.other_company",
                    person=user.name,
                    company=sync.list_id.company_id.name,
                )
            )
        return sync.with_user(user).with_context(
            allowed_company_ids=companies.ids,
            lang=self.env.lang or user.lang,
            tz=user.tz,
        )

    @api.model
    def _get_belonging(self, segment, prospect_list, lead_ids=None):
        """SQL: the prospects that belong on a list, for the current user.

        :param list lead_ids: only among these
        """
        extra = Domain.TRUE
        # sudo: the company of the list, which the person may not see any more
        company = prospect_list.sudo().company_id
        if company:
            extra &= Domain("company_id", "in", [company.id, False])
        if lead_ids is not None:
            extra &= Domain("id", "in", lead_ids)
        return segment._get_query(extra).select()

    @api.model
    def _get_joining(self, belonging, prospect_list, mode):
        """SQL: the prospects that should join a list.

        :param SQL belonging: those that belong on it
        """
        return SQL(
            """SELECT lead.id
                 FROM (%(belonging)s) AS lead
                WHERE NOT EXISTS (
                      SELECT 1 FROM prospect_list_crm_lead_rel AS rel
                       WHERE rel.lead_id = lead.id AND rel.list_id = %(list)s)
                  AND %(may_join)s""",
            belonging=belonging,
            list=prospect_list.id or None,
            may_join=self._get_may_join(prospect_list, mode),
        )

    @api.model
    def _get_may_join(self, prospect_list, mode):
        """SQL: whether the prospect ``lead`` was not taken off the list on purpose."""
        if mode == "mirror":
            return SQL("TRUE")
        return SQL(
            """COALESCE((
                   SELECT log.action = 'join' OR log.cause IN %s
                     FROM prospect_membership AS log
                    WHERE log.lead_id = lead.id AND log.list_id = %s
                      AND log.former_lead_id IS NULL
                 ORDER BY log.id DESC LIMIT 1), TRUE)""",
            PUT_BACK,
            prospect_list.id or None,
        )

    @api.model
    def _get_leaving(self, belonging, prospect_list, mode, lead_ids=None):
        """SQL: the members that should leave a list; see :meth:`_get_joining`."""
        among = SQL("TRUE")
        if mode != "mirror":
            among = SQL("FALSE")
        elif lead_ids is not None:
            among = SQL("rel.lead_id = ANY(%s)", lead_ids)
        return SQL(
            """SELECT rel.lead_id AS id
                 FROM prospect_list_crm_lead_rel AS rel
                WHERE rel.list_id = %(list)s AND %(among)s
                  AND NOT EXISTS (SELECT 1 FROM (%(belonging)s) AS lead
                                   WHERE lead.id = rel.lead_id)""",
            list=prospect_list.id or None,
            among=among,
            belonging=belonging,
        )

    @api.model
    def _count_moves(self, segment, prospect_list, mode):
        """How many would join and leave, as the current user may see the segment.

        :return: (join, leave)
        """
        belonging = self._get_belonging(segment, prospect_list)
        rows = self.env.execute_query(
            SQL(
                "SELECT (SELECT count(*) FROM (%s) AS joins),"
                " (SELECT count(*) FROM (%s) AS leaves)",
                self._get_joining(belonging, prospect_list, mode),
                self._get_leaving(belonging, prospect_list, mode),
            )
        )
        return rows[0]

    def _find(self, phase, after, lead_ids=None):
        """Ids of the next prospects that should join or leave.

        :param str phase: join or leave
        :param int after: numbers above this one
        :param list lead_ids: only among these
        """
        self.env["crm.lead"].flush_model(["list_ids"])
        belonging = self._get_belonging(self.segment_id, self.list_id, lead_ids)
        if phase == "join":
            found = self._get_joining(belonging, self.list_id, self.mode)
        else:
            found = self._get_leaving(belonging, self.list_id, self.mode, lead_ids)
        return [
            number
            for (number,) in self.env.execute_query(
                SQL(
                    "SELECT id FROM (%s) AS found WHERE id > %s ORDER BY id LIMIT %s",
                    found,
                    after,
                    BATCH,
                )
            )
        ]

    def _find_changed(self):
        """Ids of prospects that changed since the last refresh, or None: too many.

        A prospect's own row, its lists and its statuses have their stamps; each is
        indexed, so that this costs what changed.
        """
        self.env["crm.lead"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_lead WHERE write_date >= %(since)s
                    UNION
                   SELECT lead_id FROM prospect_membership WHERE date >= %(since)s
                    UNION
                   SELECT lead_id FROM prospect_status_change WHERE date >= %(since)s
                    LIMIT %(limit)s""",
                since=self.since,
                limit=MANY + 1,
            )
        )
        return None if len(rows) > MANY else [number for (number,) in rows]

    def _get_untraced(self):
        """What in the filter changes without leaving a trace on the prospect.

        :return: list of words; empty: a refresh of what changed is exact
        """
        return self.segment_id._get_untraced()

    # --- Refresh ------------------------------------------------------------------

    def _is_due(self):
        """Whether a refresh has something to do now."""
        if not self.since or self.phase:
            return True
        now = fields.Datetime.now()
        if self._as_person()._get_untraced():
            return not self.full_at or self.full_at < now - REBUILT_EVERY
        return True

    def _wants_full(self):
        """Whether all prospects are looked at."""
        now = fields.Datetime.now()
        return (
            not self.since
            or not self.full_at
            or self.full_at < now - FULL_EVERY
            or bool(self._as_person()._get_untraced())
        )

    def _work_at_once(self):
        """Do what there is to do, and leave the rest of much to the job."""
        for _step in range(STEPS):
            if not self._work_safely():
                return
        self._wake()

    def _work_safely(self):
        """The next step of a refresh; what goes wrong is told on the page.

        :return: whether there is more to do
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._work()
        except Exception as error:
            if not is_refusal(error):
                raise
            _logger.info("Sync %s was not refreshed", self.id, exc_info=error)
            self.invalidate_recordset()
            self.write(
                {
                    "error": read_error(error),
                    "run_at": fields.Datetime.now(),
                    "phase": False,
                }
            )
            return False

    def _work(self):
        """One step: what changed, or a part of all. The caller commits."""
        started = time.monotonic()
        sync = self._as_person()
        self._check_agreed()
        if not self.phase:
            self._begin()
        if self.is_full:
            more = self._work_full(sync)
        else:
            more = self._work_changed(sync)
        self.duration += time.monotonic() - started
        if not more:
            self._finish()
        return more

    def _check_agreed(self):
        if self.filter_text != self.segment_id._get_filter_text():
            raise UserError(
                remark(
                    self.env,
                    "segments.changed",
                    person=self.user_id.name,
                )
            )

    def _begin(self):
        """Start a refresh: of everything, or of what changed."""
        is_full = self._wants_full()
        self.write(
            {
                "phase": "join",
                "position": 0,
                "is_full": is_full,
                "next_since": self._get_horizon(),
                "duration": 0,
                "looked_count": 0,
                "joined_count": 0,
                "left_count": 0,
                "kept_count": 0,
            }
        )

    def _get_horizon(self):
        """Up to when everything written is visible now.

        Rows have the time at which their transaction began; the oldest one that is
        still open may have written long ago what nobody sees yet.
        """
        self.env.cr.execute(
            """SELECT min(xact_start) AT TIME ZONE 'UTC'
                 FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
        (oldest,) = self.env.cr.fetchone()
        horizon = self.env.cr.now() - OVERLAP
        return min(horizon, oldest) if oldest else horizon

    def _work_changed(self, sync):
        """Look at the prospects that changed since the last time."""
        lead_ids = self._find_changed()
        if lead_ids is None:
            self.is_full = True
            return True
        self.looked_count = len(lead_ids)
        for start in range(0, len(lead_ids), BATCH):
            part = lead_ids[start : start + BATCH]
            for phase in ("join", "leave"):
                sync._change(phase, sync._find(phase, 0, part))
        return False

    def _work_full(self, sync):
        """Look at all prospects, a batch of changes at a time: joins, then leaves."""
        found = sync._find(self.phase, self.position)
        sync._change(self.phase, found)
        if len(found) == BATCH:
            self.position = found[-1]
            return True
        if self.phase == "join" and self.mode == "mirror":
            self.write({"phase": "leave", "position": 0})
            return True
        return False

    def _change(self, phase, lead_ids):
        """Put prospects on the list or take them off, with the rights of the person.

        :param str phase: join or leave
        """
        leads = self.env["crm.lead"].browse(lead_ids)
        may = leads._filtered_access("write")
        if not self.is_reacting:
            may = may.with_context(**trusted(prospect_batch=True))
        joined, left = may._prospect_lists_change(
            **{"add" if phase == "join" else "remove": self.list_id}, cause="segment"
        )
        # sudo: what the page says is written by nobody's right
        sync = self.sudo()
        sync.joined_count += len(joined)
        sync.left_count += len(left)
        sync.kept_count += len(leads) - len(may)

    def _finish(self):
        """Keep what the page says."""
        now = fields.Datetime.now()
        self.write(
            {
                "phase": False,
                "since": self.next_since,
                "run_at": now,
                "full_at": now if self.is_full else self.full_at,
                "error": False,
            }
        )

    # --- Job ----------------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Refresh all lists that are synced, each in transactions of its own."""
        return self._cron_work()

    @api.model
    def _get_waiting_domain(self):
        """All: whether there is something to do is found by looking."""
        return []

    @api.model
    def _get_work_label(self):
        return self.env._("Lists synced with segments")

    @api.model
    def _claim(self, limit=None, but=()):
        """All, once in a run."""
        if but:
            return self.browse()
        # sudo: the job works for all, each with its person's rights
        return self.sudo().search(
            self._get_waiting_domain(), order="run_at NULLS FIRST, id"
        )

    @api.model
    def _do(self, rows):
        """Generator: a step of one of them after the other."""
        for sync in rows:
            more = True
            while more:
                more = yield sync._refresh_step

    def _refresh_step(self):
        """One step of one sync, unless somebody else is at it.

        :return: whether there is more to do
        """
        self.invalidate_recordset()
        if not self.exists() or not self.try_lock_for_update(allow_referencing=True):
            return False
        try:
            if not self._is_due():
                return False
        except UserError as error:
            self.write({"error": read_error(error), "run_at": fields.Datetime.now()})
            return False
        return self._work_safely()
