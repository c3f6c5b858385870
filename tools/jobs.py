"""The one loop of everything that is done in the background.

A kind of work says what is next (``_claim``), does it (``_do``) and says how much is
left (``_left``), see ``prospect.job.mixin``. Claiming is in the database: any number of
workers may be at one kind, on any number of machines, and a kill gives back what it
had begun.
"""

import inspect
import logging
import time
from contextlib import closing, contextmanager
from typing import NamedTuple

from odoo.tools import SQL

from .transactions import has_written, own_transaction, run_again

_logger = logging.getLogger(__name__)

# Claims that are left alone for the rest of a run, at most: a job that fails with more
# than that has other troubles.
LEFT_ALONE = 10_000
# Seconds after which a worker notes what it has done, while it goes on.
NOTED = 10


class Portion(NamedTuple):
    """What was done, and may be committed."""

    count: int
    # whether a worker whose time is over may stop here: else all is done again
    may_stop: bool = True
    # what was rolled back and noted instead
    error: Exception | None = None


class Tally:
    """What a worker has done of one kind of work since it was last noted."""

    def __init__(self):
        self.clear()

    def clear(self):
        """Begin anew, now."""
        self.done = self.failed = 0
        self.error = None
        self.since = time.monotonic()

    def add(self, portion):
        """Count a portion."""
        self.done += portion.count
        if portion.error is not None:
            self.failed += 1
            self.error = type(portion.error).__name__

    @property
    def seconds(self):
        """How long it took."""
        return time.monotonic() - self.since


def claim(env, query):
    """Ids of rows that nobody else is at, which are this transaction's until it
    ends.

    In a new transaction, and within ``run_again``: rows that somebody else has done
    since the snapshot raise.

    :param SQL query: selects one column, in the order in which rows are done, and ends
        with its LIMIT
    :raises psycopg2.errors.SerializationFailure: to run again
    """
    rows = env.execute_query(SQL("%s FOR UPDATE SKIP LOCKED", query))
    return [number for (number,) in rows]


@contextmanager
def apart(env):
    """A transaction of its own, for what several workers write to one row; within the
    present one where that has written already: nobody else knows of it yet.

    Yields an environment.
    """
    if has_written(env):
        yield env
        return
    with own_transaction(env) as own:
        yield own
    _hurry(env)


def work_off(work):
    """Generator: do what waits, a portion at a time; the caller commits after each.

    A portion that meets another transaction runs again. One that fails is rolled back
    and noted by its kind, which says whether it is tried again in this run.

    :param work: a recordset of a kind of work; an empty one stands for all that waits
    """
    env, left_alone, alone = work.env, [], 0
    rows = last = None

    def portion():
        nonlocal rows
        rows = None
        _hurry(env)
        rows = work._claim(1 if alone > 0 else None, left_alone)
        return work._do(rows) if rows else None

    while len(left_alone) < LEFT_ALONE:
        try:
            count = run_again(env, portion)
            if not rows:
                return
            if inspect.isgenerator(count):
                with closing(count) as steps:
                    yield from _walk(env, steps, work._work_whole)
                left_alone.append(rows)
                continue
        except Exception as error:  # noqa: BLE001 - what it means, its kind knows
            start_over(env)
            if rows and work._work_splits and len(rows) > 1:
                # those that can be done are done, one by one
                alone = len(rows)
                continue
            if not work._note_failure(rows, error) and rows:
                left_alone.append(rows)
            alone -= 1
            last = None
            yield Portion(0, error=error)
            continue
        if isinstance(rows, list) and rows == last:
            raise RuntimeError(f"{work._name}: what was done is still to be done")
        alone, last = alone - 1, rows
        yield Portion(len(rows) if count is None else count)


def _walk(env, steps, is_whole):
    """Generator: the steps of a piece of work that takes several transactions.

    Each is a function, which is done in a transaction that may run again and whose
    answer the work gets; or a number, of what the work itself has done.
    """
    answer = None
    while True:
        _hurry(env)
        try:
            step = steps.send(answer)
        except StopIteration:
            # what follows its last step is committed with it
            yield Portion(0)
            return
        if callable(step):
            answer, step = run_again(env, step), 1
        else:
            answer = None
            env.cr.flush()
        yield Portion(step, not is_whole)


def _hurry(env):
    # a second for each query of thousands of rows, which take less than that
    env.cr.execute("SET LOCAL jit = off")


def start_over(env):
    """Roll a portion back that has failed."""
    env.cr.rollback()
    env.transaction.reset()
    env.registry.reset_changes()


def drain(env, works, note=None, seconds=None):
    """Do all that waits of some kinds, one after the other, while there is time.

    :param works: recordsets of kinds of work
    :param note: a function of one of them and a :class:`Tally`, which is called now and
        then before a commit, and when it fails
    :param seconds: after which it stops; a scheduled action is told by Odoo
    :return: whether nothing was left for lack of time
    """
    commit = env["ir.cron"]._commit_progress
    end = None if seconds is None else time.monotonic() + seconds
    left = sum(work._left() for work in works)
    commit(remaining=left)
    for work in works:
        tally = Tally()
        try:
            with closing(work_off(work)) as portions:
                for portion in portions:
                    tally.add(portion)
                    if note and tally.seconds > NOTED:
                        note(work, tally)
                        tally.clear()
                    left = max(left - portion.count, 1)
                    has_time = commit(portion.count, remaining=left) and (
                        end is None or time.monotonic() < end
                    )
                    if not has_time and portion.may_stop:
                        return False
        except Exception as error:
            start_over(env)
            tally.add(Portion(0, error=error))
            raise
        finally:
            if note and (tally.done or tally.failed):
                note(work, tally)
                commit()
    commit(remaining=0)
    return True
