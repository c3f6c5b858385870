"""Running a transaction again when it met another one."""

import logging
import random
import time
from contextlib import contextmanager

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

CONCURRENCY_ERRORS = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
TRIES = 10


def run_again(env, work, tries=TRIES):
    """Call ``work`` until its transaction meets no other one, and return its result.

    The host does this for requests; this is for jobs and for the mail gateway. The
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
