"""A workbook that another process reads.

Readers of workbooks hold a sheet in memory, and some files make them ask for more than
there is: that ends a process, and no ``except`` sees it. ``reader_main`` is the process
that may end; here is what starts it, and trusts nothing that it sends.
"""

import contextlib
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
import weakref
from functools import cache
from pathlib import Path
from time import monotonic

try:
    import fcntl
except ImportError:
    fcntl = None

from .errors import CODES, TableError
from .table import Table

MAIN = str(Path(__file__).with_name("reader_main.py"))
# What the process says first, before anything is believed.
HELLO = b"prospect\n"
# The longest message; a longer one is not even read.
BLOCK = 16 << 20
# Ends that nobody's file is to blame for.
_ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildTable(Table):
    """A sheet of a workbook, read in a process of its own. See ``open_table``.

    Each reading of the rows is one process; the one that found the header goes on.
    """

    def __init__(self, source, sheet, has_header, limits):
        super().__init__(limits)
        self._path, self._copy = source.place()
        self._asked = {
            # one that is longer names no sheet
            "sheet": sheet and sheet[:2000],
            "has_header": has_header if has_header is None else bool(has_header),
            "limits": limits._asdict(),
            "parent": os.getpid(),
        }
        self._running = []
        try:
            self._first, head = self._start()
        except BaseException:
            self.close()
            raise
        self._standing_warnings = head.pop("warnings")
        self.warnings.update(self._standing_warnings)
        for name, value in head.items():
            setattr(self, name, value)

    def _start(self):
        """A process that reads the file, and what it found at the start."""
        reader = _Reader(self._path, self._asked)
        self._running.append(reader)
        return reader, reader.next()

    def close(self):
        self._first = None
        while self._running:
            self._running.pop().close()
        if self._copy:
            self._copy.close()

    def rows(self):
        # Counted anew, so that reading twice does not warn twice.
        self.warnings.clear()
        self.warnings.update(self._standing_warnings)
        self.wide_lines.clear()
        reader, self._first = self._first, None
        if reader is None:
            reader, _head = self._start()
        try:
            while block := reader.next():
                self.warnings.update(block["warnings"])
                for line in block["wide"]:
                    self._note_wide(line)
                yield from block["rows"]
        finally:
            reader.close()
            if reader in self._running:
                self._running.remove(reader)


class _Reader:
    """The process, and its messages one after the other.

    :raises TableError: whatever became of it
    """

    def __init__(self, path, asked):
        self._left = _find_seconds(asked["limits"]["seconds"])
        try:
            self._process = subprocess.Popen(
                # without what an installation does at each start
                [sys.executable, "-S", MAIN, path, marshal.dumps(asked).hex()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                close_fds=True,
                bufsize=0,
                env=_get_environment(),
            )
        except (OSError, ValueError, TypeError) as error:
            raise TableError("no_reader", detail=str(error)) from error
        self._end = weakref.finalize(self, _finish, self._process)
        _widen(self._process.stdout)
        self._poll = select.poll()
        self._poll.register(self._process.stdout, select.POLLIN)
        self._is_known = False

    def next(self):
        """The next message, None at the end."""
        try:
            if not self._is_known:
                if self._read(len(HELLO)) != HELLO:
                    raise TableError("no_reader", detail=sys.executable or "Python")
                self._is_known = True
            (length,) = struct.unpack(">I", self._read(4))
            if length > BLOCK:
                raise TableError("bomb")
            message = marshal.loads(self._read(length))
        except TableError:
            self.close()
            raise
        except (ValueError, EOFError, TypeError) as error:
            self.close()
            raise TableError("bomb") from error
        if message and (code := message.get("code")):
            self.close()
            if code not in CODES:
                raise TableError("bomb")
            raise TableError(code, **message["params"])
        return message

    def _read(self, length):
        """Some bytes; only the time in which they are waited for is counted."""
        data = bytearray()
        while len(data) < length:
            start = monotonic()
            ready = self._poll.poll(max(self._left, 0) * 1000)
            self._left -= monotonic() - start
            if not ready:
                raise TableError("too_slow")
            piece = os.read(
                self._process.stdout.fileno(), min(length - len(data), 1 << 20)
            )
            if not piece:
                raise self._find_end()
            data += piece
        return bytes(data)

    def _find_end(self):
        """Why the process ended before it had said all."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return TableError("bomb")
        if code == -signal.SIGXCPU:
            return TableError("too_slow")
        if code < 0 and -code not in _ASKED:
            # aborted, or ended by the system
            return TableError("bomb")
        return TableError("no_reader", detail=f"exit {code}")

    def close(self):
        """End the process."""
        self._end()


def _widen(pipe):
    """Let more be on its way at once: the two wait for each other less often."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def _finish(process):
    process.kill()
    process.stdout.close()
    process.wait()


def _get_environment():
    """All that the process is told about this one: no key, no password."""
    environment = {
        name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ
    }
    paths = (path for path in sys.path if path and isinstance(path, str))
    environment["PYTHONPATH"] = os.pathsep.join(
        path for path in paths if not _has_addons(path)
    )
    return environment


@cache
def _has_addons(path):
    """Whether a folder of Python modules is one of Odoo's add-ons. These are not handed
    on: they come before Python's own modules, and one of them is called ``resource``.
    """
    return next(Path(path).glob("*/__manifest__.py"), None) is not None


def _find_seconds(seconds):
    """How long to wait for a process: half of what a request may take, at most."""
    try:
        from odoo.tools import config  # noqa: PLC0415 - also without Odoo
    except ImportError:
        return seconds
    half = (config.get("limit_time_real") or 0) / 2
    return min(seconds, half) if half > 0 else seconds
