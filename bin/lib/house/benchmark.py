"""What a benchmark works with.

``benchmarks/NAME.py`` has a function ``run(bench)``, a generator of figures::

    def run(bench):
        rows = bench.rows(2000)
        data = [{"name": f"Lead {number}"} for number in range(rows)]
        yield bench.figure(
            "import.standard",
            host=lambda: rows / bench.cpu(hosts_way, data),
            ours=lambda: rows / bench.cpu(our_way, data),
            unit="rows/CPU-s",
            goal=">= 3.5",
        )

Odoo's side is measured in a database without our add-ons, which make some of what Odoo
does quicker and some slower: ``with bench.stock() as stock:``, then
``stock.cpu(hosts_way, data)``. What it needs is made there too.

``bench.stock()``
    the same tools on a database with Odoo's own add-ons only, which is thrown away at
    the end; ``stock.is_stock`` is true, and ``bench.only_ours(text)`` is empty on it,
    for the columns of an SQL statement that fills both
``bench.env(commit=False, user=None)``
    an environment in a transaction of its own on the benchmark's database, a copy of
    the test database that is thrown away; undone at the end unless ``commit``
``bench.cpu(function, *args)``
    calls ``function(env, *args)`` in such an environment, flushes, and returns the CPU
    seconds of Python and of the PostgreSQL backend; ``bench.queries`` is the number of
    queries it made and ``bench.result`` what it returned
``bench.measure(env, function, *args)``
    the same in an environment that one has
``bench.figure(name, host, ours, unit, goal, limit=None, ratio=None, beside=None)``
    calls host and ours by turns, ``bench.repeat`` times, and makes the figure of their
    medians: the ratio is ours to host's, its goal is written as ``">= 3.5"``,
    ``"<= 1.3"`` or ``"< 1"``. ``limit`` is what is physically possible, called once or
    given as a number. ``beside`` is Odoo's way in the database that has our add-ons,
    called after host; it is printed where it differs
``bench.rows(number)``
    the number of rows, or what --rows says

``read_memory(name)`` is a figure of this process' memory; ``grow(name, *args)`` calls
``work(*args)`` of a benchmark in a process of its own, which prints how much it grew
"""

import argparse
import contextlib
import gc
import importlib.util
import json
import operator
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from . import console, databases
from .console import Trouble, say
from .places import REPO

GOALS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
TICK = os.sysconf("SC_CLK_TCK")
# Odoo beside our add-ons is worth a word when it differs by this part from stock Odoo.
DIFFERS = 0.1
KILOBYTES = 1024


def backend_cpu(pid):
    """CPU seconds of a PostgreSQL backend so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def read_memory(name):
    """MB of this process: ``VmRSS`` now, ``VmHWM`` at most (a rusage would say the
    parent's, too).
    """
    text = Path("/proc/self/status").read_text("ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / KILOBYTES


def grow(name, *args):
    """What ``work(*args)`` of a benchmark prints last, in a process of its own: the MB
    by which it grew.
    """
    code = (
        "from house import databases; databases.start_odoo();"
        "from house.benchmark import load;"
        f"load({name!r}).work(*{args!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout.split()[-1])


class Bench:
    """One benchmark's tools: see the module's text."""

    def __init__(self, database, rows, repeat, is_stock=False):
        self.database = database
        self.repeat = repeat
        self.is_stock = is_stock
        self.queries = 0
        self.result = None
        self._rows = rows

    def rows(self, number):
        """How many rows to work on."""
        return self._rows or number

    @contextlib.contextmanager
    def stock(self):
        """The same tools on a database with Odoo's own add-ons only."""
        from odoo.modules.registry import Registry

        name = f"{self.database}_host"
        databases.create(name, template=databases.base())
        try:
            yield type(self)(name, self._rows, self.repeat, is_stock=True)
        finally:
            Registry.delete(name)
            databases.drop(name)

    def only_ours(self, text):
        """A piece of SQL that only a database with our add-ons understands."""
        return "" if self.is_stock else text

    @contextlib.contextmanager
    def env(self, commit=False, user=None):
        """An environment in a transaction of its own."""
        from odoo import SUPERUSER_ID, api
        from odoo.modules.registry import Registry

        with Registry(self.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if user:
                env = env(user=env["res.users"].search([("login", "=", user)]).id)
            try:
                yield env
                if commit:
                    env.flush_all()
                    cr.commit()
            finally:
                env.transaction.reset()
                cr.rollback()

    def measure(self, env, function, *args):
        """CPU seconds of a call in an environment, with its flush."""
        env.flush_all()
        env.cr.execute("SELECT pg_backend_pid()")
        (pid,) = env.cr.fetchone()
        gc.collect()
        queries, before = env.cr.sql_log_count, backend_cpu(pid)
        started = time.process_time()
        self.result = function(env, *args)
        env.flush_all()
        spent = time.process_time() - started
        self.queries = env.cr.sql_log_count - queries
        # A backend's clock ticks a hundred times a second: nothing is faster than that.
        return max(spent + backend_cpu(pid) - before, 1e-6)

    def cpu(self, function, *args, commit=False, user=None):
        """CPU seconds of a call in a transaction of its own."""
        with self.env(commit=commit, user=user) as env:
            return self.measure(env, function, *args)

    def figure(self, name, host, ours, unit, goal, limit=None, ratio=None, beside=None):
        """Measure both write paths by turns and make a figure of their medians.

        :param ratio: function of the two medians, where it is not ours / host
        :param beside: Odoo's way in the database that has our add-ons
        """
        values = {"host": [], "ours": [], "beside": []}
        for _turn in range(self.repeat):
            values["host"].append(host())
            if beside:
                values["beside"].append(beside())
            values["ours"].append(ours())
        theirs, mine = (statistics.median(values[key]) for key in ("host", "ours"))
        quotient = ratio(theirs, mine) if ratio else mine / theirs if theirs else 0.0
        sign, bound = goal.split()
        return {
            "name": name,
            "host": theirs,
            "ours": mine,
            "beside": statistics.median(values["beside"]) if beside else None,
            "limit": limit() if callable(limit) else limit,
            "unit": unit,
            "ratio": quotient,
            "goal": goal,
            "ok": GOALS[sign](quotient, float(bound)),
        }


def load(name):
    """The benchmark's module."""
    path = REPO / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmarks.{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show(figure):
    """One line for a figure."""
    print(
        f"{figure['name']:<28} host {figure['host']:>11.4g}  ours "
        f"{figure['ours']:>11.4g}"
        f" {figure['unit']:<12} ratio {figure['ratio']:>8.3g}  goal {figure['goal']:<8}"
        f" {'ok' if figure['ok'] else 'NOT REACHED'}",
        flush=True,
    )
    beside, host = figure["beside"], figure["host"]
    if beside is not None and abs(beside - host) > DIFFERS * host:
        print(
            f"{'':<28} host {beside:>11.4g}  in the database with our add-ons",
            flush=True,
        )


def run():
    """Run the benchmarks that the command line names, each on a fresh copy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="*")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    if not options.name:
        raise Trouble(
            "there are no benchmarks yet: benchmarks/NAME.py, see house.benchmark"
        )
    databases.check_server()
    databases.start_odoo()
    figures = []
    for name in options.name:
        database = databases.copy_for_run("bench")
        say(f"{name} on {database}")
        try:
            for figure in load(name).run(Bench(database, options.rows, options.repeat)):
                show(figure)
                figures.append(figure)
        finally:
            from odoo.modules.registry import Registry

            Registry.delete_all()
            databases.drop(database)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    missed = [figure["name"] for figure in figures if not figure["ok"]]
    if missed:
        raise Trouble(f"not reached: {', '.join(missed)}")


if __name__ == "__main__":
    console.main(run)
