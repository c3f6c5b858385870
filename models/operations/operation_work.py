import logging
import time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.arrays import int_array
from ...tools.jobs import apart, claim, start_over, work_off
from ...tools.remarks import read_error, remark
from ...tools.transactions import CONCURRENCY_ERRORS, alone
from .operation import FAILURES
from .operation_line import WRITING
from .operation_state import SIGNS

_logger = logging.getLogger(__name__)

UNDER_WAY = ("queued", "running")
# The lock that every batch of a run or an undo shares, and that closing waits for.
LOCK = "prospect.operation.batch"
# Seconds after which a worker looks again, where lines are left that it cannot have.
PAUSE = 0.05


class ProspectOperation(models.Model):
    """How operations are done in the background, by any number of workers.

    A worker claims lines of the oldest operation, does them and commits; a kill gives
    them back. Nothing is written to the operation meanwhile, so that workers do not
    meet. Lines that depend on each other are a group, of which one worker at a time has
    the first ones that are left. A plan is made by one worker, since it reads a file or
    asks one query; nobody else is let in until it has ended or was killed.

    Who finds nothing to claim waits until nobody is at a batch any more, counts what is
    left then, and closes the operation where that is nothing.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _work_in_background(self):
        """Generator: one batch at a time; the caller commits after each.

        Never raises: what goes wrong ends up on the page of the operation.
        """
        return work_off(self)

    def _get_waiting_domain(self):
        return [("state", "in", UNDER_WAY)]

    def _get_work_label(self):
        return self.env._("Imports and operations")

    def _get_failed_domain(self):
        return [("state", "=", "failed")]

    def _claim(self, limit=None, but=()):
        """Lines of the oldest operation that has some for us, as (operation, lines).

        No lines: it has to be planned, or closed.
        """
        no_lines = self.env["prospect.operation.line"]
        planned = {operation.id for operation, lines in but if not lines}
        waits = None
        for operation in self._find_under_way():
            if operation.todo == "plan":
                if operation.id in planned:
                    continue
                return operation, no_lines
            try:
                operation._begin_work()
                lines = operation._claim_lines(limit)
            except CONCURRENCY_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - told on the page
                start_over(self.env)
                self._note_failure((operation, no_lines), error)
                continue
            if lines or not operation._has_open_lines():
                return operation, lines
            waits = waits or (operation, no_lines)
        return waits

    def _find_under_way(self):
        # sudo: the job works for all, each operation with its owner's rights
        operations = self.sudo()
        domain = self._get_waiting_domain()
        if self:
            domain = [*domain, ("id", "in", self.ids)]
        operations = operations.search(domain, order="id")
        operations.invalidate_recordset()
        return operations

    def _begin_work(self):
        """Say that it runs, and do what comes before its first batch: what a batch
        writes to the operation itself keeps all others waiting until it ends.
        """
        if self.state != "queued":
            return
        with apart(self.env) as env:
            env.cr.execute(
                SQL(
                    "UPDATE prospect_operation SET state = 'running'"
                    " WHERE id = %s AND state = 'queued' RETURNING id",
                    self.id,
                )
            )
            operation = self.with_env(env)
            is_first = bool(env.cr.fetchall())
            operation.invalidate_recordset(["state"])
            if is_first and operation.todo == "run":
                worker = operation._as_worker()
                worker._check_right()
                worker._of_kind("begin")
                for model in SIGNS:
                    operation._get_state_names(model)
        self.invalidate_recordset()

    # --- Lines ----------------------------------------------------------------------

    def _get_open_condition(self, table):
        """SQL: which lines are left to run or to undo."""
        line = SQL.identifier(table)
        if self.todo == "run":
            return SQL("%s.is_done IS NOT TRUE", line)
        return SQL(
            "%(line)s.is_done AND %(line)s.outcome IN %(writing)s"
            " AND %(line)s.undo_outcome IS NULL",
            line=line,
            writing=WRITING,
        )

    def _claim_lines(self, limit=None):
        """The next lines that nobody else is at, in their order.

        Of a group, its first line that is left is locked, and the next ones are read
        with it: who has the first one has them all.
        """
        # sudo: lines belong to the operation, of which they are
        lines = self.env["prospect.operation.line"].sudo()
        lines.flush_model()
        limit = limit or self._get_batch_size()
        is_run = self.todo == "run"
        order = SQL(
            "line.number, line.id" if is_run else "line.number DESC, line.id DESC"
        )
        earlier = SQL("<" if is_run else ">")
        numbers = claim(
            self.env,
            SQL(
                """SELECT line.id FROM prospect_operation_line AS line
                    WHERE line.operation_id = %(id)s AND %(is_open)s
                      AND (line.group_number IS NULL OR NOT EXISTS (
                          SELECT FROM prospect_operation_line AS other
                           WHERE other.operation_id = line.operation_id
                             AND other.group_number = line.group_number
                             AND (other.number, other.id) %(earlier)s
                                 (line.number, line.id)
                             AND %(is_other_open)s))
                 ORDER BY %(order)s LIMIT %(limit)s""",
                id=self.id,
                is_open=self._get_open_condition("line"),
                is_other_open=self._get_open_condition("other"),
                earlier=earlier,
                order=order,
                limit=limit,
            ),
        )
        if not numbers:
            return lines
        self._share_lock()
        return lines.browse(self._add_groups(numbers, order, limit))

    def _add_groups(self, numbers, order, limit):
        """Lines with those that are left of their groups, in order."""
        heads = SQL(
            """SELECT group_number FROM prospect_operation_line
                WHERE id = ANY(%s) AND group_number IS NOT NULL""",
            int_array(numbers),
        )
        ((grouped,),) = self.env.execute_query(SQL("SELECT EXISTS (%s)", heads))
        if not grouped:
            return numbers
        others = self.env.execute_query(
            SQL(
                """SELECT line.id FROM prospect_operation_line AS line
                    WHERE line.operation_id = %s AND line.group_number IN (%s)
                      AND line.id <> ALL(%s) AND %s
                 ORDER BY %s LIMIT %s""",
                self.id,
                heads,
                int_array(numbers),
                self._get_open_condition("line"),
                order,
                max(limit - len(numbers), 0),
            )
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT line.id FROM prospect_operation_line AS line"
                " WHERE line.id = ANY(%s) ORDER BY %s",
                int_array([*numbers, *(number for (number,) in others)]),
                order,
            )
        )
        return [number for (number,) in rows]

    def _share_lock(self):
        """Let closing wait for the end of this transaction, whatever that is."""
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock_shared(hashtext(%s), %s)", LOCK, self.id)
        )

    # --- Doing it -------------------------------------------------------------------

    def _do(self, rows):
        operation, lines = rows
        if operation.todo == "plan":
            return operation._plan_alone()
        if not lines:
            return operation._close()
        operation._work_lines(lines)
        operation._keep_from_cancelled()
        return len(lines)

    def _keep_from_cancelled(self):
        """Give the batch up where somebody has cancelled the operation meanwhile.

        :raises psycopg2.errors.SerializationFailure: when it was written elsewhere
            since the batch began: to run again
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT FROM prospect_operation WHERE id = %s FOR SHARE", self.id)
        )

    def _plan_alone(self):
        """Generator: plan batch by batch; by one worker, whom a kill replaces.

        A generator cannot go back: another transaction ends it, and planning goes on
        after the rows that were committed.
        """
        with alone(self.env.cr, self._name, self.id) as is_alone:
            if not is_alone:
                return
            planning = self._plan()
            while True:
                self.invalidate_recordset()
                if self.state not in UNDER_WAY or self.todo != "plan":
                    return
                if self.state == "queued":
                    self._set(state="running")
                planned = next(planning, None)
                if planned is None:
                    break
                yield planned
            self._after_plan()

    def _after_plan(self):
        """Run what was asked to run as soon as it is planned."""
        if not self._of_kind("after_plan", default=True):
            return
        if not (self.options or {}).get("run_after_plan"):
            return
        options = {**self.options, "run_after_plan": False}
        self._set(options=options, state="queued")
        self._start("run")

    def _close(self):
        """Close a run or an undo, unless lines of it are left.

        In a transaction that sees what others have committed until it has the lock:
        in its own snapshot each of two workers would see lines that the other one has
        done, and both would leave it to the other.

        :return: 0: no lines were done
        """
        with apart(self.env) as env:
            operation = self.with_env(env)
            env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", LOCK, self.id)
            )
            env.cr.execute(
                SQL(
                    "SELECT FROM prospect_operation WHERE id = %s FOR NO KEY UPDATE",
                    self.id,
                )
            )
            operation.invalidate_recordset()
            is_open = operation.state in UNDER_WAY and operation.todo in ("run", "undo")
            is_left = is_open and operation._has_open_lines()
            if is_open and not is_left:
                operation._finish()
        if is_left:
            # somebody is at them who has not shared the lock yet, or has given them up
            time.sleep(PAUSE)
        return 0

    def _has_open_lines(self):
        self.env["prospect.operation.line"].flush_model()
        ((is_left,),) = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM prospect_operation_line AS line
                                   WHERE line.operation_id = %s AND %s)""",
                self.id,
                self._get_open_condition("line"),
            )
        )
        return is_left

    def _count_done(self):
        """{operation id: lines that are done} of what is run or undone."""
        if not self.ids:
            return {}
        self.env["prospect.operation.line"].flush_model()
        # of an undo: those that it has an answer for
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT operation.id, count(*)
                         FROM prospect_operation AS operation
                         JOIN prospect_operation_line AS line
                           ON line.operation_id = operation.id AND line.is_done
                        WHERE operation.id = ANY(%s)
                          AND (operation.todo IS DISTINCT FROM 'undo'
                               OR line.undo_outcome IS NOT NULL)
                     GROUP BY operation.id""",
                    self.ids,
                )
            )
        )

    # --- What goes wrong --------------------------------------------------------------

    def _note_failure(self, rows, error):
        """Remember that a batch failed; after some times the operation has failed.

        :return: whether to try again
        """
        if not rows:
            raise error
        operation, _lines = rows
        with apart(self.env) as env:
            return operation.with_env(env)._count_failure(error)

    def _count_failure(self, error):
        """Count one, whoever else counts one at the same time."""
        found = self.env.execute_query(
            SQL(
                """UPDATE prospect_operation SET failure_count = failure_count + 1
                    WHERE id = %s AND state IN %s RETURNING failure_count""",
                self.id,
                UNDER_WAY,
            )
        )
        self.invalidate_recordset()
        if not found:
            return False
        if isinstance(error, UserError):
            self._fail(read_error(error))
            return False
        _logger.warning("Operation %s: a batch failed", self.id, exc_info=error)
        ((count,),) = found
        if count < FAILURES:
            return True
        self._fail(
            remark(
                self.env,
                "operations.stopped",
                count=FAILURES,
                error=f"{type(error).__name__}: {error}",
            )
        )
        return False

    def _fail(self, reason):
        self._set(
            state="failed", error=reason, todo=False, finished_at=fields.Datetime.now()
        )
