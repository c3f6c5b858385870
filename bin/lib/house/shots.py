"""bin/shots: takes the README's screenshots, as bin/lib/shots.json lists them."""

import argparse
import os
import socket
import subprocess
from contextlib import closing
from pathlib import Path

from . import console, environment, pictures, setup
from .console import Trouble, say
from .locks import lock
from .places import REPO, cache, checkout
from .system import ensure_browser
from .up import start_server

FOLDER = REPO / pictures.FOLDER
# Nothing of a run reaches the internet: the server looks for a proxy that is not there,
# the browser for names that it does not know. Odoo looks up the company of whoever logs
# in first with a paid service, which also made the first pictures wait for an answer.
OFFLINE = {
    **dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "no_proxy": "127.0.0.1,localhost",
}
SCRIPT = REPO / "bin" / "lib" / "shots.cjs"


def free_port():
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def take(house, modules, database, folder, names):
    """Start a server on the database and take the pictures; note those of ours."""
    say("starting Odoo")
    extra = ["--max-cron-threads=0"]
    offline = setup.House(
        house.venv, house.odoo, house.links, {**house.variables, **OFFLINE}
    )
    process, address = start_server(offline, database, "127.0.0.1", free_port(), extra)
    variables = {
        **house.variables,
        "NODE_PATH": str(modules),
        "PROSPECT_BROWSER": ensure_browser(),
        "PROSPECT_DATABASE": database,
        "PROSPECT_LOGS": str(cache() / "logs"),
    }
    say(f"taking pictures into {os.path.relpath(folder)}")
    try:
        command = ["node", SCRIPT, address, REPO / pictures.LIST, folder, *names]
        done = subprocess.run(
            command, env=variables, check=False, stdout=subprocess.PIPE, text=True
        )
    finally:
        console.stop(process)
    if folder == FOLDER:
        pictures.write_sums(done.stdout.split())
    if done.returncode:
        raise Trouble(
            "some pictures could not be taken, or have failures in them."
            f" Where they got stuck: {cache() / 'logs'}/NAME.png"
        )


def run():
    """Parse the arguments, make a database unless one is named, take the pictures."""
    known = list(pictures.read_list())
    parser = argparse.ArgumentParser(
        prog="bin/shots",
        description="Takes the README's screenshots in a browser, on a server of its"
        " own. What they show is listed in bin/lib/shots.json, explained in shots.cjs;"
        " bin/lib/shots.sum notes what they were taken of, for bin/lint.",
    )
    parser.add_argument("name", nargs="*", help=f"only these of: {', '.join(known)}")
    parser.add_argument("--database", help="an existing one (default: a fresh one)")
    parser.add_argument("--output", type=Path, default=FOLDER, metavar="FOLDER")
    parser.add_argument(
        "--unchanged",
        action="store_true",
        help="take nothing: note that the named pictures still show what is there, "
        "after a change that cannot be seen",
    )
    options = parser.parse_args()
    unknown = set(options.name) - set(known)
    if unknown:
        raise Trouble(f"there is no shot called {', '.join(sorted(unknown))}.")
    if options.unchanged:
        missing = [name for name in options.name if not pictures.picture(name).exists()]
        if missing:
            raise Trouble(f"there is no picture yet: {', '.join(missing)}.")
        if not options.name:
            raise Trouble("name the pictures that did not change.")
        pictures.write_sums(options.name)
        return
    house = setup.prepare(browser=True)
    modules = environment.ensure_node_modules()
    with lock(f"shots-{checkout()}", "bin/shots"):
        database = options.database or f"prospect_shots_{checkout()}"
        if not options.database and house.run_inside(
            "up_database", database, "--fresh", stdout=subprocess.DEVNULL
        ):
            raise Trouble("the database could not be made; the reason is above.")
        try:
            take(house, modules, database, options.output.absolute(), options.name)
        finally:
            if not options.database:
                house.run_inside(
                    "databases", "drop", database, stdout=subprocess.DEVNULL
                )
    say("done")


if __name__ == "__main__":
    console.main(run)
