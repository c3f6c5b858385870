import json
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.remark_fields import RemarkChar, RemarkText
from ...tools.remarks import remark
from ...tools.told import SHARED
from ...tools.trusted import trusted
from .operation_line import WRITING

# Lines up to which an operation runs at once, in the request of the person.
SMALL = 200
BATCH = 2000
# How often a batch may fail for a reason that nobody has foreseen.
FAILURES = 5
OUTCOME_COUNTS = ("created", "updated", "unchanged", "repeat", "skipped", "failed")
# The steps that every kind has to bring.
NEEDED = frozenset({"size", "plan", "apply_batch", "undo_batch", "edit"})


class ProspectOperation(models.Model):
    """One mass change of prospects: its plan, its run, its receipt and its undo.

    ``draft -> previewed -> queued -> running -> done | failed | cancelled -> undone``

    What it does depends on ``kind``. A kind never overrides the engine: it brings one
    method a step, which :meth:`_of_kind` finds by its name. These it has to bring:

    - ``_size_<kind>()``: about how many rows there are, or None;
    - ``_plan_<kind>()``: a generator that writes lines, and yields the number of rows
      that it has planned after each batch;
    - ``_apply_batch_<kind>(lines)``: applies planned lines, checking that what they
      were planned on is still so;
    - ``_undo_batch_<kind>(lines)``: takes applied lines back, last one first;
    - ``_edit_<kind>(step)``: opens its settings again.

    And these where it has something to say:

    - ``_start_<kind>(todo)``: before a plan, a run or an undo begins;
    - ``_begin_<kind>()``: as its owner, in a transaction before the first batch of a
      run in the background;
    - ``_is_small_<kind>()``: whether it is done while the person waits, or None where
      that is as for all;
    - ``_get_batch_size_<kind>(size)``: lines of one transaction, of usually ``size``;
    - ``_after_plan_<kind>()``: planned in the background; whether it goes on;
    - ``_find_left_<kind>(lines)``: what an undo takes away, see ``_find_left``;
    - ``_get_share_<kind>()``: what is distributed, see ``_get_distribution``;
    - ``_finish_<kind>()``: its run was closed;
    - ``_finish_undo_<kind>()``: its undo is about to be closed;
    - ``_find_undoable_again_<kind>()``: see ``_find_undoable_again``;
    - ``_find_dependent_<kind>(todo)``: which lines depend on each other, see
      ``_group_lines``; of a kind that says nothing all lines do, and one worker at a
      time does them.

    None of them commits: small operations run in one transaction, in the request of
    the person; large ones in the background, where any number of workers commit after
    each batch, as the owner and with the owner's rights (``operation_work.py``). A
    batch that meets another transaction runs
    again; a kill between two batches loses nothing, and within one undoes it. A line
    that is refused fails alone (:meth:`_each_line`).
    """

    _name = "prospect.operation"
    _inherit = ["prospect.job.mixin"]
    _description = "Operation on Prospects"
    _order = "id desc"
    _work_kind = "operations"
    _work_cron = "prospect.ir_cron_operation"

    name = RemarkChar(required=True, readonly=True)
    kind = fields.Selection(selection=[], required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("previewed", "Previewed"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    todo = fields.Selection(
        selection=[("plan", "Preview"), ("run", "Run"), ("undo", "Undo")],
        readonly=True,
        export_string_translation=False,
        help="What is being done while it is waiting or running.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    undo_user_id = fields.Many2one(
        comodel_name="res.users", string="Undone By", readonly=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    options = fields.Json(readonly=True, export_string_translation=False)
    line_ids = fields.One2many(
        comodel_name="prospect.operation.line",
        inverse_name="operation_id",
        string="Lines",
        readonly=True,
    )
    error = RemarkText(readonly=True)
    failure_count = fields.Integer(readonly=True, export_string_translation=False)
    write_path = RemarkText(
        readonly=True,
        help="Write method, and why the fast method was not used.",
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)
    undone_at = fields.Datetime(string="Undone", readonly=True)
    # Progress and receipt
    line_count = fields.Integer(string="Rows", readonly=True)
    todo_count = fields.Integer(
        readonly=True,
        export_string_translation=False,
        help="Rows of what is being done at present, else as many as there are.",
    )
    planned_count = fields.Integer(readonly=True, export_string_translation=False)
    done_count = fields.Integer(
        string="Done",
        compute="_compute_done_count",
        compute_sudo=True,
        help="Counted when somebody looks: no batch waits for another one to write it.",
    )
    progress = fields.Float(compute="_compute_progress", help="In percent.")
    created_count = fields.Integer(string="Created", readonly=True)
    updated_count = fields.Integer(string="Updated", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    repeat_count = fields.Integer(string="Returning", readonly=True)
    skipped_count = fields.Integer(string="Skipped", readonly=True)
    failed_count = fields.Integer(string="Rejected", readonly=True)
    told_count = fields.Integer(
        string="With Remarks",
        readonly=True,
        help="Rows of which something is told: another name, several people with one"
        " address or number.",
    )
    shared_count = fields.Integer(
        string="Other Names",
        readonly=True,
        help="Rows that name somebody else than the prospect with their address.",
    )
    replanned_count = fields.Integer(string="Recalculated", readonly=True)
    reversed_count = fields.Integer(string="Reverted", readonly=True)
    kept_count = fields.Integer(string="Kept", readonly=True)
    impossible_count = fields.Integer(string="Not Reverted", readonly=True)

    _todo_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    @api.depends("state", "todo", "todo_count", "planned_count")
    def _compute_done_count(self):
        """How many rows are done of what is being done, or was stopped."""
        under_way = ("queued", "running", "cancelled", "failed")
        started = self.filtered(
            lambda operation: operation.state in under_way and operation.todo != "plan"
        )
        counts = started._count_done()
        for operation in self:
            if operation in started:
                count = counts.get(operation.id, 0)
            elif operation.state in ("done", "undone"):
                count = operation.todo_count
            else:
                count = operation.planned_count if operation.todo == "plan" else 0
            operation.done_count = count

    @api.depends("todo_count", "done_count", "state")
    def _compute_progress(self):
        for operation in self:
            total = operation.todo_count
            if operation.state in ("done", "undone"):
                operation.progress = 100
            else:
                operation.progress = (
                    min(100, 100 * operation.done_count / total) if total else 0
                )

    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    # --- What people do -----------------------------------------------------------

    def action_preview(self):
        """Plan the operation, without touching a prospect.

        :raises UserError: when it has run already
        """
        self.ensure_one()
        self._check_may_act()
        self._check_right()
        if self.started_at or self.state in ("queued", "running", "done", "undone"):
            raise UserError(
                self.env._("This operation has started. Make a new one to preview it.")
            )
        self._start("plan")
        return self._dispatch()

    def action_run(self):
        """Apply the plan; go on where it stopped, after a cancellation or a failure.

        :raises UserError: when it is running or has run
        """
        self.ensure_one()
        self._check_may_act()
        self._check_right()
        if not self.started_at and (self.state == "draft" or not self.line_count):
            # no plan, or one that was stopped in the middle
            self.action_preview()
            if self.state != "previewed":
                # a long plan: the run follows it in the background
                self._set(options={**(self.options or {}), "run_after_plan": True})
                return self.action_open()
        if self.state not in ("previewed", "cancelled", "failed") or self.undo_user_id:
            raise UserError(
                self.env._(
                    "This operation has already started. Its page shows its progress."
                )
            )
        self._start("run")
        return self._dispatch()

    def action_undo(self):
        """Take back what it did, where nobody has changed it since.

        Undoing twice does nothing more.

        :raises UserError: while it is running, or when it never ran
        """
        self.ensure_one()
        self._check_may_undo()
        if self.state == "undone":
            again = self._find_undoable_again()
            if not again:
                return self.action_open()
            again.write({"undo_outcome": False, "undo_reason": False})
        elif self.state not in ("done", "failed", "cancelled"):
            raise UserError(
                self.env._("Nothing to undo: this operation has not changed anything.")
            )
        if not self._count_undoable():
            raise UserError(
                self.env._(
                    "Nothing to undo: this operation has changed nothing, or its "
                    "lines have since been deleted, as those of old operations are."
                )
            )
        self._set(undo_user_id=self.env.uid)
        self._start("undo")
        return self._dispatch()

    def action_cancel(self):
        """Stop it after the batch that is running; what is done stays, and can be
        undone or gone on with.
        """
        self.ensure_one()
        self._check_may_act()
        if self.state not in ("draft", "previewed", "queued", "running"):
            raise UserError(self.env._("This operation has already ended."))
        # a plan that is not whole is no plan: it is made anew
        self._set(
            state="draft" if self.todo == "plan" else "cancelled",
            finished_at=fields.Datetime.now(),
            todo=False,
            error=False,
        )
        return self.action_open()

    def action_open(self):
        """Open the page of the operation."""
        self.ensure_one()
        return self._get_records_action(name=self.name, context={})

    def action_view_leads(self):
        """Open the prospects that the operation made or changed."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            [
                (
                    "operation_line_ids",
                    "any",
                    [
                        ("operation_id", "=", self.id),
                        ("is_done", "=", True),
                        ("outcome", "in", WRITING),
                    ],
                )
            ],
            name=self.name,
        )

    def _check_may_act(self):
        """Owners act on their operations, sales administrators on all.

        :raises AccessError: for anybody else
        """
        self.check_access("read")
        if self.env.su or self.env.user == self.user_id:
            return
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._(
                    "Only %(owner)s and sales administrators may do this.",
                    owner=self.user_id.name or self.env._("its owner"),
                )
            )

    # --- Engine -------------------------------------------------------------------

    def _of_kind(self, name, *args, default=None):
        """Do the step of this kind of operation, where it has one.

        :param str name: of the step; the method is ``_<name>_<kind>``
        :param args: for the method
        :param default: the answer of kinds that have nothing to say
        :raises NotImplementedError: when every kind needs that step and this has none
        """
        step = getattr(self, f"_{name}_{self.kind}", None)
        if step:
            return step(*args)
        if name in NEEDED:
            raise NotImplementedError(f"_{name}_{self.kind}")
        return default

    def _set(self, **values):
        """Write the operation itself, which nobody may by hand."""
        # sudo: the state of the machine, changed by the machine alone
        self.sudo().write(values)

    def _start(self, todo):
        """Get ready for planning, running or undoing."""
        self._of_kind("start", todo)
        values = {"todo": todo, "failure_count": 0, "error": False}
        if todo == "plan":
            values.update(planned_count=0, todo_count=0, line_count=0)
        elif todo == "run":
            values["started_at"] = self.started_at or fields.Datetime.now()
            values["finished_at"] = False
            values["todo_count"] = self.line_count
        else:
            self._group_lines(todo)
            values["todo_count"] = self._count_undoable()
        self._set(**values)

    def _dispatch(self):
        """Do it at once if it is small, else in the background."""
        if self._is_small():
            self._set(state="running")
            while self._work():
                pass
        else:
            self._set(state="queued")
            self._wake()
        return self.action_open()

    def _is_small(self):
        """Whether it is done while the person waits."""
        is_small = self._of_kind("is_small")
        if is_small is not None:
            return is_small
        if self.todo == "plan":
            hint = self._of_kind("size")
            return hint is not None and hint <= self._get_small_plan()
        return self.todo_count <= SMALL

    @api.model
    def _get_small_plan(self):
        """Rows that are planned while the person waits: some seconds' worth."""
        return 5000

    def _work(self):
        """Do the next batch of a running operation.

        :return: whether there is more to do
        """
        if self.todo == "plan":
            return self._work_plan()
        lines = self._get_next_lines()
        if not lines:
            self._finish()
            return False
        self._work_lines(lines)
        return True

    def _work_lines(self, lines):
        """Run or undo some lines, as the person for whom it works."""
        worker = self._as_worker()
        if self.todo == "undo":
            worker._check_may_undo()
        else:
            worker._check_right()
        step = {"run": "apply_batch", "undo": "undo_batch"}[self.todo]
        worker._of_kind(step, lines.with_env(worker.env))
        if self.todo == "run":
            worker._keep_states(lines)
        self.invalidate_recordset(["done_count", "progress"])

    def _work_plan(self):
        """Plan all of it, in one go: the background commits between the batches."""
        for _planned in self._plan():
            pass
        return False

    def _plan(self):
        """Generator: plan batch by batch, then close the plan."""
        worker = self._as_worker()
        worker._check_right()
        for planned in worker._of_kind("plan"):
            self._set(planned_count=self.planned_count + planned)
            yield planned
        self._finish_plan()

    def _finish_plan(self):
        counts = self._count_outcomes()
        self._group_lines("run")
        self._set(
            state="previewed",
            todo=False,
            line_count=sum(counts.values()),
            **self._get_counts(counts),
            **self._count_told(),
        )

    def _get_next_lines(self):
        """The next lines to run or to undo, of all that are left."""
        # sudo: lines belong to the operation, of which they are
        lines = self.env["prospect.operation.line"].sudo()
        if self.todo == "run":
            domain = [("is_done", "!=", True)]
            order = "number, id"
        else:
            domain = self._get_undoable_domain()
            order = "number desc, id desc"
        return lines.search(
            [("operation_id", "=", self.id), *domain],
            limit=self._get_batch_size(),
            order=order,
        )

    def _get_batch_size(self):
        """Lines of one transaction: some seconds' worth."""
        return self._of_kind("get_batch_size", BATCH, default=BATCH)

    def _finish(self):
        """Close a run or an undo with its counts."""
        if self.todo == "undo":
            self._finish_undo()
            return
        counts = self._count_outcomes()
        replanned = self.env["prospect.operation.line"].search_count(
            [("operation_id", "=", self.id), ("is_replanned", "=", True)]
        )
        self._set(
            state="done",
            todo=False,
            finished_at=fields.Datetime.now(),
            replanned_count=replanned,
            **self._get_counts(counts),
            **self._count_told(),
        )
        self._of_kind("finish")

    def _count_outcomes(self):
        """{outcome: number of lines}."""
        # sudo: lines belong to the operation, of which they are
        lines = self.env["prospect.operation.line"].sudo()
        lines.flush_model()
        return Counter(
            dict(
                self.env.execute_query(
                    SQL(
                        "SELECT outcome, count(*) FROM prospect_operation_line"
                        " WHERE operation_id = %s GROUP BY outcome",
                        self.id,
                    )
                )
            )
        )

    def _count_told(self):
        """{field: number of lines of which something is told}."""
        ((told, shared),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE told IS NOT NULL),
                          count(*) FILTER (WHERE told @> %s::jsonb)
                     FROM prospect_operation_line WHERE operation_id = %s""",
                json.dumps([[SHARED]]),
                self.id,
            )
        )
        return {"told_count": told, "shared_count": shared}

    @api.model
    def _get_counts(self, counts):
        return {f"{outcome}_count": counts[outcome] for outcome in OUTCOME_COUNTS}

    def _as_worker(self):
        """``self`` as the person for whom it works, in their companies and language.

        :raises UserError: when that person has gone
        """
        # sudo: the owner may be archived, and then nobody else may look
        user = self.sudo().undo_user_id if self.todo == "undo" else self.sudo().user_id
        options = self.options or {}
        return self._act_as(
            user,
            options.get("company_ids"),
            options.get("lang"),
            remark(self.env, "operations.person_left"),
            active_test=False,
            **trusted(prospect_cause=self._get_cause(), prospect_rotation=False),
        )

    def _get_cause(self):
        """What the histories of the prospects say."""
        return "undo" if self.todo == "undo" else self.kind

    # --- Cleaning -----------------------------------------------------------------

    @api.autovacuum
    def _gc_lines(self):
        """Delete the lines of old operations; their counts stay.

        After the number of days of the setting *Keep lines of operations*.
        """
        # sudo: the setting is read by the job
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("prospect.operation_days", 180)
        )
        if days <= 0:
            return
        limit = fields.Datetime.now() - timedelta(days=days)
        self.env.cr.execute(
            SQL(
                """DELETE FROM prospect_operation_line AS line
                    USING prospect_operation AS operation
                    WHERE operation.id = line.operation_id
                      AND operation.state NOT IN ('queued', 'running')
                      AND operation.write_date < %s""",
                limit,
            )
        )
        self.env["prospect.operation.line"].invalidate_model()
        # sudo: how it has left its records is of no use without them
        self.env["prospect.operation.state"].sudo()._forget(
            SQL(
                "SELECT id FROM prospect_operation"
                " WHERE state NOT IN ('queued', 'running') AND write_date < %s",
                limit,
            )
        )
