"""bin/test: prepares all it needs and runs the tests in one run of pytest."""

import os
import subprocess
import sys
from pathlib import Path

from . import console, environment, host_tests, setup
from .console import Trouble, say
from .locks import lock
from .odoo_source import host_addon
from .places import CORE, REPO, checkout

HELP = """\
usage: bin/test [--host] [PATH...] [pytest's options]

Runs the tests of Prospect (Python, tours in a browser, JavaScript units, packaging)
and those of Odoo's own CRM with our add-ons installed, in one run of pytest, which
uses several cores where it runs everything. Everything that is missing is installed
first.

  bin/test                                     all
  bin/test -k status                           what has this in its name
  bin/test tests/gate                          one wing
  bin/test tests/gate/test_gate.py::TestX::test_y
                                               one test
  bin/test -m concurrency                      what has this tag: also security, web,
                                               multi_company, is_query_count
  bin/test bin/tests                           packaging, translations, Odoo's lint
  --host        also Odoo's CRM tests, where -k or a path selects something
  --log=info    show Odoo's log from this level on
  -n NUMBER     processes, each with a database of its own; -n 0: none but this

Any other option is pytest's: -x, --durations=30, --cov=. ...
"""
VALUED = (
    "-k",
    "-m",
    "-p",
    "-o",
    "-W",
    "-r",
    "-c",
)  # pytest's options whose value is a word of its own


# With these a person wants to watch one process.
ALONE = {"--pdb", "--trace", "-s", "--capture=no", "--collect-only", "--co"}
MOST_WORKERS = 4


def cores():
    """How many processors we may use."""
    return len(os.sched_getaffinity(0))


class Request:
    """What the person asked for."""

    def __init__(self, arguments):
        self.host = "--host" in arguments
        self.log = next(
            (word[6:] for word in arguments if word.startswith("--log=")), "critical"
        )
        self.options, self.paths = [], []
        self.workers = None
        words = iter(
            word
            for word in arguments
            if word != "--host" and not word.startswith("--log=")
        )
        for word in words:
            if word == "-n":
                self.workers = self._number(next(words, ""))
            elif word.startswith("-n") and word[2:].lstrip("="):
                self.workers = self._number(word[2:].lstrip("="))
            elif word in VALUED:
                self.options += [word, next(words, "")]
            elif word.startswith("-") or not self._path(word):
                self.options.append(word)
            else:
                self.paths.append(word)
        self.selects = bool(self.paths) or any(
            word.startswith(("-k", "-m")) for word in self.options
        )

        if self.workers is None:
            alone = self.selects or ALONE & set(self.options)
            self.workers = 0 if alone else min(cores(), MOST_WORKERS)

    @staticmethod
    def _number(word):
        if word in ("auto", "logical"):
            return cores()
        if not word.isdigit():
            raise Trouble(f"-n {word}: how many processes?")
        return int(word)

    @staticmethod
    def _path(word):
        file = word.split("::")[0]
        return next(
            (p for p in (Path(file).absolute(), REPO / file) if p.exists()), None
        )

    def linked_paths(self, links):
        """The paths as Odoo imports them."""
        for word in self.paths:
            rest = word[len(word.split("::")[0]) :]
            inside = Path(os.path.realpath(self._path(word)))
            if not inside.is_relative_to(REPO):
                yield word
                continue
            parts = inside.relative_to(REPO).parts
            if parts[:1] == ("bin",):
                yield f"{inside}{rest}"
            elif parts[:1] == ("addons",):
                yield f"{links.joinpath(*parts[1:])}{rest}"
            else:
                yield f"{links.joinpath(CORE, *parts)}{rest}"


def own_paths(links):
    """All our tests: the core's, the bridges', those of the tools."""
    addons = [
        folder
        for folder in sorted(
            links.iterdir(), key=lambda path: (path.name != CORE, path.name)
        )
        if (folder / "tests").is_dir()
    ]
    return [*(folder / "tests" for folder in addons), REPO / "bin" / "tests"]


def run():
    """Prepare, run pytest on a copy of the test database, and return its exit code."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(HELP)
        return 0
    request = Request(arguments)
    house = setup.prepare(browser=True)
    with lock(f"test-{checkout()}", "bin/test"):
        return run_pytest(house, request)


def spreading_options(databases):
    """What spreads the tests out to processes, one for each database."""
    return (
        *("-n", len(databases), "--dist=loadscope", "--no-loadscope-reorder"),
        f"--prospect-databases={','.join(databases)}",
    )


def run_pytest(house, request):
    """Run pytest as the request asks."""
    setup.narrate(house)
    answer = subprocess.run(
        [
            *(house.venv / "bin" / "python", "-m", "house.databases", "run"),
            str(max(1, request.workers)),
        ],
        env=house.variables,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise Trouble("the test database could not be made; the reason is above.")
    databases = answer.stdout.split()
    with_host = request.host or not request.selects
    paths = list(request.linked_paths(house.links))
    if not paths:
        paths = own_paths(house.links)
    if with_host:
        paths.append(host_addon(house.odoo, host_tests.ADDON) / "tests")
        host_tests.announce()
    # axe-core, which the browser tests ask whether everybody can use a page
    variables = {
        **house.variables,
        "PROSPECT_NODE_MODULES": str(environment.ensure_node_modules()),
    }
    say(f"running the tests on {', '.join(databases)}")
    command = [
        *(house.venv / "bin" / "python", "-m", "pytest", "-p", "house.pytest_plugin"),
        *("-c", REPO / "bin" / "lib" / "pytest.ini", f"--rootdir={house.links}"),
        *(
            f"--odoo-config={house.variables['ODOO_RC']}",
            f"--odoo-database={databases[0]}",
        ),
        *("--odoo-http", f"--odoo-log-level={request.log}"),
        *(spreading_options(databases) if request.workers else ()),
        *request.options,
        *paths,
    ]
    process = subprocess.Popen(
        [str(part) for part in command], cwd=house.links, env=variables
    )
    console.RUNNING.add(process)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait(timeout=30)
        raise
    finally:
        console.stop(process)
        house.run_inside("databases", "drop-run", stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    console.main(run)
