"""Running a transaction again when it met another one."""

import logging
import random
import time
from contextlib import contextmanager

import psycopg2

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

CONCURRENCY_ERRORS = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
TRIES = 10
# Classes of SQLSTATE that are no fault of any value: the connection, another
# transaction, resources, somebody who stops the server, the disk.
_NOT_THE_VALUES = ("08", "40", "53", "57", "58")


def run_again(env, work, tries=TRIES):
    """Call ``work`` until its transaction meets no other one, and return its result.

    Odoo does this for requests; this is for jobs and for the mail gateway. The
    whole transaction is rolled back before each new try: what ``work`` needs has to
    be committed, or made by ``work`` itself. Nothing is committed here.

    :param env: the environment of the transaction
    :param work: a function without arguments
    :param int tries: how often at most
    :raises psycopg2.OperationalError: the last one, when all tries have failed
    """
    for attempt in range(1, tries + 1):
        try:
            result = work()
            env.cr.flush()
            return result
        except CONCURRENCY_ERRORS as error:  # noqa: PERF203 - a loop of tries
            env.cr.rollback()
            env.transaction.reset()
            env.registry.reset_changes()
            if attempt == tries:
                raise
            pause = random.uniform(0, min(0.05 * 2**attempt, 2))
            _logger.info(
                "%s: again in %.2f s (%d of %d)",
                type(error).__name__,
                pause,
                attempt,
                tries,
            )
            time.sleep(pause)
    raise RuntimeError("unreachable")


@contextmanager
def own_transaction(env):
    """A transaction of its own, which is committed whatever becomes of the caller's.

    It sees what others have committed until each of its statements (READ COMMITTED),
    so that it can wait for a lock and count afterwards. Yields an environment of the
    same user; what raises in it is rolled back.

    Only while the caller has written nothing: its cursor is rolled back afterwards,
    and its caches emptied, since what was committed here does not exist for a
    transaction that is older (an UPDATE would hit nothing and be lost). A savepoint of
    the caller's does not survive this, and raises when it ends.

    In a test that replaces connections by savepoints neither is done; what depends on
    it is tested with real connections.

    :param env: the environment of the caller
    :raises RuntimeError: when the caller has written something, or has to
    """
    with env.registry.cursor() as cr:
        is_real = isinstance(cr, Cursor)
        if is_real:
            if has_written(env):
                raise RuntimeError(
                    "own_transaction: the caller has written already, which would be"
                    " rolled back"
                )
            # only as the first statement: Odoo's connections are REPEATABLE READ
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield env(cr=cr)
    if is_real:
        env.cr.rollback()
    env.invalidate_all(flush=False)


def has_written(env):
    """Whether a transaction has changed anything, or has to; nothing is flushed.

    The database numbers a transaction when it first writes or locks a row.

    :param env: the environment of the transaction
    """
    transaction = env.transaction
    if any(transaction.field_dirty.values()) or any(transaction.tocompute.values()):
        return True
    if env.cr.precommit._funcs or env.cr.postcommit._funcs:
        return True
    env.cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    return env.cr.fetchone()[0]


def is_refusal(error):
    """Whether an error says that values cannot be written, and not that the machine or
    another transaction was in the way.

    >>> is_refusal(UserError("No.")), is_refusal(KeyError("typo"))
    (True, False)
    >>> is_refusal(psycopg2.errors.SerializationFailure())
    False
    """
    if isinstance(error, CONCURRENCY_ERRORS):
        return False
    if isinstance(error, psycopg2.Error):
        # without a code it was not the database that refused
        return (error.pgcode or _NOT_THE_VALUES[0])[:2] not in _NOT_THE_VALUES
    return isinstance(error, (UserError, ValueError))


def each_alone(cr, items, work, refuse):
    """Do ``work(items)``; where it is refused, do without the items that refuse it.

    In a savepoint. What was refused is done again by halves, in order, until the bad
    ones are alone: a few of them among thousands cost some tries and no more.

    :param cr: the cursor
    :param items: a list or a recordset
    :param work: a function of some of the items, which writes all that it does to the
        database: what it keeps elsewhere is not reverted
    :param refuse: a function of one item and the error, called after the rollback
    :return: the items that were done
    :raises psycopg2.OperationalError: what is nobody's fault (see :func:`is_refusal`):
        the whole transaction has to run again
    """
    if not items:
        return items
    try:
        with cr.savepoint():
            work(items)
        return items
    except Exception as error:
        if not is_refusal(error):
            raise
        if len(items) == 1:
            refuse(items, error)
            return items[:0]
    half = len(items) // 2
    return each_alone(cr, items[:half], work, refuse) + each_alone(
        cr, items[half:], work, refuse
    )


@contextmanager
def alone(cr, name, number):
    """A piece of work over several transactions that nobody else does meanwhile.

    The connection holds it, so that a kill gives it back at once.

    :param cr: the cursor, which has to be the same all the time
    :param str name: what kind of work
    :param int number: of the record
    :return: whether nobody else is at it
    """
    cr.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [name, number])
    (is_free,) = cr.fetchone()
    try:
        yield is_free
    finally:
        if is_free:
            cr.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [name, number])


@contextmanager
def rolled_back(env):
    """A part of the transaction that leaves nothing: no row, no mail, no message.

    What is pending before is written first. Callbacks that wait for the commit are
    put back as they were.

    :param env: the environment of the transaction
    """
    cr = env.cr
    callbacks = [
        (queue, list(queue._funcs), dict(queue.data))
        for queue in (cr.precommit, cr.postcommit)
    ]
    savepoint = cr.savepoint()
    try:
        yield
    finally:
        savepoint.rollback()
        savepoint.close(rollback=True)
        env.invalidate_all(flush=False)
        for queue, functions, data in callbacks:
            queue._funcs.clear()
            queue._funcs.extend(functions)
            queue.data.clear()
            queue.data.update(data)
