"""One at a time: locks that end with the process that holds them."""

import fcntl
import os
import time
from contextlib import contextmanager

from .console import Trouble, say
from .places import cache


def holder(name):
    """Process that holds a lock, or None."""
    path = cache() / "locks" / name
    if not path.exists():
        return None
    with open(path, encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = handle.read().strip()
            return int(text) if text.isdigit() else None
    return None


@contextmanager
def lock(name, what, wait=0):
    """Hold the lock ``name``; wait at most ``wait`` seconds for another process that
    holds it.
    """
    folder = cache() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with open(
        path, "a+", encoding="utf-8"
    ) as handle:  # not inherited by programs that we start
        until = time.monotonic() + wait
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read().strip() or "unknown"
                if time.monotonic() >= until:
                    raise Trouble(
                        f"another {what} is at work here (process {holder}). Try "
                        "again when it has ended."
                    ) from None
                if not told:
                    say(f"waiting for another {what} to end (process {holder})")
                    told = True
                time.sleep(0.5)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
