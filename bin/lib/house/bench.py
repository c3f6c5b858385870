"""bin/bench: runs benchmarks/NAME.py, Odoo's way and ours side by side.

The part that prepares; house.benchmark is what a benchmark works with.
"""

import argparse
from pathlib import Path

from . import console, postgres, setup
from .console import Trouble
from .locks import lock
from .places import REPO, checkout

FOLDER = REPO / "benchmarks"


def run():
    """Parse the arguments and go on where Odoo is."""
    known = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Runs benchmarks and prints, for each figure, Odoo's and our"
        " value, their ratio (median of the repetitions), the goal and whether it"
        " holds. Figures are CPU seconds of Python and of the PostgreSQL backend. Fails"
        " when a goal does not hold.",
    )
    parser.add_argument(
        "name",
        nargs="*",
        help=f"which (default: all): {', '.join(known) or 'none yet'}",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write them here"
    )
    parser.add_argument(
        "--rows", type=int, help="instead of each benchmark's own number"
    )
    parser.add_argument("--repeat", type=int, default=3, help="default: %(default)s")
    options = parser.parse_args()
    unknown = set(options.name) - set(known)
    if unknown:
        raise Trouble(f"there is no benchmarks/{sorted(unknown)[0]}.py")
    if postgres.given() and not postgres.is_local():
        raise Trouble(
            "the PostgreSQL server has to be on this machine: its CPU counts."
        )
    house = setup.prepare()
    arguments = [f"--repeat={options.repeat}"]
    if options.json:
        arguments.append(f"--json={options.json.absolute()}")
    if options.rows:
        arguments.append(f"--rows={options.rows}")
    with lock(f"bench-{checkout()}", "bin/bench"):
        return house.run_inside("benchmark", *arguments, *(options.name or known))


if __name__ == "__main__":
    console.main(run)
