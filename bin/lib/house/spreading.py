"""How the tests are spread out to processes, each with a database of its own.

The unit is the class. Those that took longest in the last run come first: what is long
and begins last is what everybody waits for.
"""

import contextlib
import json
import os
import random
import socket

import pytest

from . import host_tests
from .places import REPO, cache

DURATIONS = "durations.json"
GUESS = 1  # seconds of a test that nobody has timed
PORTS = range(21000, 31000)
PORTS_OF_WORKER = 1000


def unit_of(nodeid):
    """What is not spread out in parts: a class; Odoo's suite, and a file of the
    tools' tests.
    """
    file, _, rest = nodeid.partition("::")
    # pytest names a file outside its root after the folder that it was given
    if file and "/" not in file:
        ours = (REPO / "bin" / "tests" / file).exists()
        return file if ours else host_tests.ADDON
    return nodeid.rpartition("::")[0] if rest else file


def read_durations():
    """{unit: seconds} of former runs."""
    try:
        return json.loads((cache() / DURATIONS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def write_durations(durations):
    """Keep them for the next run, beside those of units that did not run now."""
    new = cache() / f"{DURATIONS}.{os.getpid()}"
    with contextlib.suppress(OSError):
        new.write_text(
            json.dumps({**read_durations(), **durations}, indent=0, sort_keys=True),
            "utf-8",
        )
        new.replace(cache() / DURATIONS)


def longest_first(nodeids, durations):
    """The units of some tests, in the order of spreading out."""
    guesses = {}
    for nodeid in nodeids:
        unit = unit_of(nodeid)
        guesses[unit] = guesses.get(unit, 0) + GUESS
    return sorted(guesses, key=lambda unit: -durations.get(unit, guesses[unit]))


def free_port(number):
    """A port for the server of a process: no other process looks among these."""
    first = PORTS.start + number * PORTS_OF_WORKER % len(PORTS)
    ports = list(range(first, first + PORTS_OF_WORKER))
    random.shuffle(ports)  # other checkouts look here too
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")


@contextlib.contextmanager
def own_database():
    """In place of pytest-Odoo's copy, which shares one filestore and stays behind."""
    from odoo.tests.common import get_db_name

    yield get_db_name()


class Worker:
    """In a process that is given tests."""

    def __init__(self, config):
        import pytest_odoo

        given = config.workerinput
        number = given["prospect_number"]
        self.durations = given["prospect_durations"]
        config.option.odoo_database = given["prospect_database"]
        pytest_odoo._worker_db_name = own_database
        pytest_odoo._get_available_random_port = lambda: free_port(number)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        """The same order in each process: they are spread out as they stand."""
        nodeids = [item.nodeid for item in items]
        places = {
            unit: place
            for place, unit in enumerate(longest_first(nodeids, self.durations))
        }
        items.sort(key=lambda item: places[unit_of(item.nodeid)])


class Spreader:
    """In the process that spreads them out, or that runs them all itself."""

    def __init__(self, config):
        names = config.getoption("prospect_databases")
        self.databases = names.split(",") if names else []
        self.free = list(self.databases)
        self.durations = read_durations()
        # single tests of units, perhaps
        self.chosen = (
            config.option.keyword
            or config.option.markexpr
            or any("::" in word for word in config.args)
        )
        self.times = {}
        self.done = set()
        self.scheduler = None
        self.missing = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        """A database for a process; one that takes a dead one's place has its."""
        if not self.free:
            raise pytest.UsageError("more processes than databases: use bin/test -n")
        name = self.free.pop(0)
        node.workerinput["prospect_database"] = name
        node.workerinput["prospect_number"] = self.databases.index(name)
        node.workerinput["prospect_durations"] = self.durations

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        """Its database can be another's."""
        self.free.append(node.workerinput["prospect_database"])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config, log):
        """By units, not by classes alone."""
        from xdist.scheduler import LoadScopeScheduling

        class Scheduler(LoadScopeScheduling):
            def _split_scope(self, nodeid):
                return unit_of(nodeid)

        self.scheduler = Scheduler(config, log)
        return self.scheduler

    def pytest_runtest_logreport(self, report):
        """How long each unit takes, and which tests were run."""
        unit = unit_of(report.nodeid)
        self.times[unit] = self.times.get(unit, 0) + report.duration
        self.done.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        """What was found and not run is a fault, unless somebody stopped the run."""
        write_durations(self._whole_units())
        if not self.scheduler or session.shouldstop or session.shouldfail:
            return
        found = self.scheduler.collection or []
        self.missing = sorted(set(found) - self.done)
        if self.missing and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _whole_units(self):
        """A part of a unit says nothing of how long the whole of it takes."""
        found = self.scheduler and self.scheduler.collection
        if self.chosen or not found or set(found) - self.done:
            return {}
        return {unit: round(time, 1) for unit, time in self.times.items()}

    def pytest_terminal_summary(self, terminalreporter):
        """Say whether the processes together ran what one would run."""
        if self.missing is None:
            return
        found = len(self.scheduler.collection or [])
        terminalreporter.write_line(
            f"{found} tests were found, as without -n, and {found - len(self.missing)} "
            f"were run by {len(self.databases)} processes"
        )
        for nodeid in self.missing[:20]:
            terminalreporter.write_line(f"  not run: {nodeid}", red=True)
