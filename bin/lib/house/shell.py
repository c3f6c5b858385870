"""bin/shell: Odoo's shell on a database; runs a script from standard input."""

import argparse
import os

from . import console, setup
from .places import DEFAULT_DATABASE


def run():
    """Parse the arguments and become Odoo's shell."""
    parser = argparse.ArgumentParser(
        prog="bin/shell",
        description="Odoo's shell: `env` is there. A script on standard input is run "
        "instead.",
    )
    parser.add_argument(
        "--database",
        default=DEFAULT_DATABASE,
        help="default: %(default)s, which bin/up makes",
    )
    parser.add_argument("--log-level", default="warn")
    options, rest = parser.parse_known_args()
    house = setup.prepare()
    if house.run_inside("databases", "exists", options.database):
        raise console.Trouble(
            f"there is no database '{options.database}'. bin/up makes one."
        )
    odoo = str(house.venv / "bin" / "odoo")
    arguments = [
        odoo,
        "shell",
        "-d",
        options.database,
        "--no-http",
        f"--log-level={options.log_level}",
        *rest,
    ]
    os.execve(odoo, arguments, house.variables)


if __name__ == "__main__":
    console.main(run)
