"""bin/up: gets everything ready, makes a database with examples, starts the server."""

import argparse
import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import closing

from . import console, postgres, setup
from .console import Trouble, say
from .locks import holder, lock
from .places import DEFAULT_DATABASE, cache
from .system import ensure_pdf

DESCRIPTION = """\
Installs what is missing, makes a database with Prospect and example data, and starts
Odoo on it.

Run it again at any time: what is ready is used as it is, what was cut off is taken up
again, and the add-ons are updated in the database when their files changed. Ctrl-C
stops the server. The first start takes two or three minutes and fetches about 350 MB;
later ones take about ten seconds."""
EPILOG = """\
environment:
  PROSPECT_CACHE     folder of all that is fetched and made
                     (default: $XDG_CACHE_HOME/prospect or ~/.cache/prospect)
  ODOO_PATH          an Odoo 19 to use; else one that Python can import, Debian's
                     package, or a clone of the public repository
  ODOO_GIT           where to clone it from
  PGHOST, PGPORT, PGUSER, PGPASSWORD
                     a PostgreSQL server to use; else a private one, reached by a Unix
                     socket only
  PROSPECT_PG_BIN    folder of the PostgreSQL programs for that private server
  PYTHON             Python 3.10 to 3.13
  PROSPECT_UPDATE=1  look for a newer Odoo package
What stands after -- goes to Odoo, e.g. bin/up -- --log-level=info --workers=2"""
START_TIMEOUT = 180


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/up",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8069, help="default: %(default)s")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: this machine only)",
    )
    parser.add_argument(
        "--database", default=DEFAULT_DATABASE, help="default: %(default)s"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="a new database has no example data"
    )
    parser.add_argument(
        "--lang",
        metavar="CODE",
        help="language of the administrator, e.g. fr_FR (any language of Odoo)",
    )
    parser.add_argument("--odoo", metavar="PATH", help="as ODOO_PATH")
    parser.add_argument(
        "--fresh", action="store_true", help="throw the database away and make it again"
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="get everything ready, and do not start the server",
    )
    parser.add_argument(
        "--stop", action="store_true", help="stop the server and the private PostgreSQL"
    )
    parser.add_argument(
        "odoo_arguments", nargs="*", metavar="-- ...", help="arguments for Odoo"
    )
    return parser.parse_args()


def check_port(host, port):
    """A clear word instead of Odoo's traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise Trouble(
                f"{port} is not a port: give one from 1024 to 65535."
            ) from None
        except OSError as error:
            raise Trouble(
                f"port {port} on {host} cannot be used ({error.strerror}). Choose "
                f"another: bin/up --port {port + 1}"
            ) from None


def stop(database):
    """Stop what bin/up started."""
    running = holder(f"up-{database}")
    if running:
        os.kill(running, signal.SIGTERM)
        with lock(f"up-{database}", "bin/up", wait=30):
            say(f"the server of '{database}' has stopped")
    else:
        say(f"no server of '{database}' was running")
    if not postgres.given() and postgres.Cluster().stop():
        say("PostgreSQL has stopped")


def wait_until_up(process, address):
    """Return when the server answers."""
    until = time.monotonic() + START_TIMEOUT
    spoke = time.monotonic()
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Trouble(
                f"Odoo has ended by itself (exit {process.returncode}); the reason "
                "is above."
            )
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=60):
                return
        except OSError:
            time.sleep(0.2)
        if time.monotonic() - spoke > console.HEARTBEAT:
            spoke = time.monotonic()
            say("  … starting Odoo")
    raise Trouble(f"Odoo did not answer at {address} within {START_TIMEOUT} s.")


def start_server(house, database, host, port, extra=()):
    """Start Odoo on a database; return the process and its address once it answers."""
    command = [
        *(
            house.venv / "bin" / "odoo",
            "--database",
            database,
            f"--db-filter=^{database}$",
        ),
        *(
            f"--http-interface={host}",
            f"--http-port={port}",
            "--log-level=warn",
            *extra,
        ),
    ]
    # In a session of its own, so that a Ctrl-C reaches it once, through us.
    process = subprocess.Popen(
        [str(part) for part in command],
        env=house.variables,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    console.RUNNING.add(process)
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(
        host, f"[{host}]" if ":" in host else host
    )
    address = f"http://{shown}:{port}"
    wait_until_up(process, address)
    return process, address


def greet(address, options, details):
    """Say how to get in."""
    say(f"Prospect is up: {address}")
    say(
        "  log in as  admin / "
        f"admin{'   or demo / demo, a salesperson' if details == 'demo' else ''}"
    )
    if options.host in ("127.0.0.1", "::1", "localhost"):
        say("  (well-known passwords: the server listens to this machine only)")
    else:
        say(
            f"  CAUTION: it listens on {options.host}, and these passwords are known "
            "to everybody. Change them first."
        )
    say("  Ctrl-C stops it.")


def run():
    """Do what the command line asks."""
    options = arguments()
    if options.odoo:
        os.environ["ODOO_PATH"] = options.odoo
    if options.stop:
        return stop(options.database)
    if not options.prepare:
        check_port(options.host, options.port)
    house = setup.prepare()
    ensure_pdf()
    setup.narrate(house)
    with lock(f"up-{options.database}", f"bin/up on the database '{options.database}'"):
        made = subprocess.run(
            [
                *(
                    house.venv / "bin" / "python",
                    "-m",
                    "house.up_database",
                    options.database,
                ),
                *(["--no-demo"] if options.no_demo else []),
                *(["--fresh"] if options.fresh else []),
                *(["--lang", options.lang] if options.lang else []),
            ],
            env=house.variables,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Trouble(
                "the database is not ready; the reason is above. The same command "
                "goes on from here."
            )
        if options.prepare:
            say("ready")
            return 0
        say("starting Odoo")
        process, address = start_server(
            house, options.database, options.host, options.port, options.odoo_arguments
        )
        greet(address, options, made.stdout.strip())
        try:
            code = process.wait()
        except KeyboardInterrupt:
            say("stopping Odoo")
            console.stop(process)
            return 0
        raise Trouble(
            f"Odoo has ended by itself (exit {code}); the reason is above. Cache: "
            f"{cache()}"
        )


if __name__ == "__main__":
    console.main(run)
