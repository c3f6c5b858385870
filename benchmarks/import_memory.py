"""How much memory the import of a large file takes: preview, run and receipt.

In a process of its own, which works as the background does, one committed batch after
another. Beside the size of the file, which would be the growth of an import that reads
it all. ``--rows 1000000`` is the size that the goal of 100 MB is about; it takes some
minutes. Memory is the peak of the process above what it had before.
"""

import sys
from base64 import b64encode

from house.benchmark import Bench, grow, load, read_memory

LIMIT = 100


def run(bench):
    """The growth of the process in MB, as a share of what is allowed."""
    rows = bench.rows(100_000)
    bench.repeat = 1
    number = prepare(bench, rows)
    yield bench.figure(
        "import.memory",
        host=lambda: LIMIT,
        ours=lambda: grow("import_memory", bench.database, number),
        unit="MB",
        goal="<= 1",
    )


def prepare(bench, rows):
    """An operation on a file, not planned yet."""
    with bench.env(commit=True, user="admin") as env:
        wizard = env["prospect.import"].create(
            {
                "file": b64encode(load("import").make_file(rows)),
                "filename": "people.csv",
            }
        )
        return wizard._make_operation().id


def work(database, number):
    """Plan and run an operation, as the background does, and print the growth."""
    bench = Bench(database, None, 1)
    with bench.env(commit=True) as env:
        operation = env["prospect.operation"].browse(number)
        before = read_memory("VmHWM")
        for action in ("action_preview", "action_run"):
            getattr(operation, action)()
            for _batch in operation._work_in_background():
                env.cr.commit()
        if operation.state != "done":
            raise ValueError((operation.state, operation.error))
        sys.stdout.write(f"{read_memory('VmHWM') - before}\n")
