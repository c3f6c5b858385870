"""The process that reads a workbook: ``reader_main.py PATH OPTIONS``.

Started by ``child`` and never imported. It limits itself, then writes messages: its
greeting, and for each message its length and ``marshal``: what was found about the
table, blocks of rows, and None at the end; or a code of ``errors`` in place of any.
"""

import gc
import marshal
import os
import struct
import sys
from types import ModuleType

HELLO = b"prospect\n"
BLOCK_ROWS = 500
BLOCK_SIZE = 16 << 20


def limit_self(memory, seconds, parent):
    """Take no more than that, and end with the parent."""
    try:
        import ctypes  # noqa: PLC0415
        import resource  # noqa: PLC0415
        import signal  # noqa: PLC0415
    except ImportError:
        return
    for name, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
    ):
        known = [now for now in resource.getrlimit(name) if now >= 0]
        soft = min(most, *known) if known else most
        # the processor's hard limit would be a kill that says nothing
        hard = resource.getrlimit(name)[1] if name == resource.RLIMIT_CPU else soft
        resource.setrlimit(name, (soft, hard))
    try:
        # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:
        os._exit(3)


def load_tools():
    """The modules of this folder, without the packages that hold them: those need Odoo.

    :returns: the function to read with
    """
    here = os.path.dirname(os.path.abspath(__file__))
    # a name of a module here may be that of one elsewhere
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) != here]
    for name, path in (
        ("prospect_tools", os.path.dirname(here)),
        ("prospect_tools.tabular", here),
    ):
        package = ModuleType(name)
        package.__path__ = [path]
        sys.modules[name] = package
    from prospect_tools.tabular import errors, workbook  # noqa: PLC0415

    return errors, workbook


def send(message):
    """Write a message; one that is too long is a file that is too much."""
    data = marshal.dumps(message)
    if len(data) > BLOCK_SIZE:
        data = marshal.dumps({"code": "bomb", "params": {}})
    write(struct.pack(">I", len(data)) + data)


def write(data):
    """All of some bytes to the parent."""
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def read(path, asked):
    """Read the file and send what is in it."""
    errors, workbook = load_tools()
    write(HELLO)
    try:
        limits = errors.Limits(**asked["limits"])
        table = workbook.read_workbook(
            path, asked["sheet"], asked["has_header"], limits
        )
        send(workbook.describe(table))
        for rows in workbook.make_blocks(table.rows(), limits, BLOCK_ROWS):
            warnings = dict(table.warnings)
            for name, count in table.standing.items():
                warnings[name] -= count
            table.warnings.clear()
            table.warnings.update(table.standing)
            wide, table.wide_lines = table.wide_lines, set()
            send({"rows": rows, "warnings": warnings, "wide": sorted(wide)})
        send(None)
    except errors.TableError as error:
        send({"code": error.code, "params": error.params})
    except MemoryError:
        send({"code": "bomb", "params": {}})
    except BrokenPipeError:
        # nobody listens any more
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the file is no table
        send({"code": "damaged", "params": {"detail": type(error).__name__}})


def main():
    """Read the workbook that the arguments name."""
    path, asked = sys.argv[1], marshal.loads(bytes.fromhex(sys.argv[2]))
    limits = asked["limits"]
    # what it makes goes by itself, and all of it at the end
    gc.disable()
    limit_self(limits["memory"], limits["seconds"], asked["parent"])
    read(path, asked)
    # what the sheet held need not be taken apart
    os._exit(0)


if __name__ == "__main__":
    main()
