"""Get ready what a command needs, once; later runs find it in place in less than a
second.
"""

import os
import subprocess
import sys
import threading

from . import environment, odoo_source, postgres
from .console import Trouble, say
from .locks import lock
from .places import REPO, cache, checkout, make_links
from .system import ensure_browser


class House:
    """What a command works with."""

    def __init__(self, venv, odoo, links, variables):
        self.venv = venv
        self.odoo = odoo
        self.links = links
        self.variables = variables

    def run_inside(self, module, *arguments, **options):
        """Run a module of this package where Odoo can be imported; return its exit
        code.
        """
        return subprocess.run(
            [
                self.venv / "bin" / "python",
                "-m",
                f"house.{module}",
                *map(str, arguments),
            ],
            env=self.variables,
            check=False,
            **options,
        ).returncode

    def become(self, module, *arguments):
        """Go on as a module of this package in the world where Odoo can be imported."""
        python = str(self.venv / "bin" / "python")
        sys.stdout.flush()
        os.execve(
            python,
            [python, "-m", f"house.{module}", *map(str, arguments)],
            self.variables,
        )


def _write_when_changed(path, text):
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(path)


def _venv_beside_odoo():
    """The two long downloads, side by side."""
    outcome = {}

    def make():
        try:
            outcome["venv"] = environment.ensure()
        except BaseException as error:  # noqa: BLE001  raised again in the main thread
            outcome["error"] = error

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    odoo = odoo_source.find()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["venv"], odoo


def prepare(browser=False):
    """Find or install everything; return the House."""
    if not REPO.joinpath("bin/lib/house").is_dir():
        raise Trouble(f"{REPO} is not a checkout of Prospect.")
    try:
        cache().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"the cache folder cannot be made: {error}. Name another in PROSPECT_CACHE."
        ) from None
    with lock("setup", "set-up", wait=3600):
        venv, odoo = _venv_beside_odoo()
        environment.attach(venv, odoo)
        links = make_links()
        if browser:
            ensure_browser()
        server = postgres.environment()
        configuration = cache() / "conf" / f"{checkout()}.conf"
        paths = ",".join(map(str, [*odoo_source.addons_paths(odoo), links]))
        _write_when_changed(
            configuration,
            f"[options]\naddons_path = {paths}\ndata_dir = "
            f"{cache() / 'data'}\nhttp_interface = 127.0.0.1\nlist_db = False\n",
        )
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PG")
    }
    variables = {
        **kept,
        **server,
        "PATH": f"{venv / 'bin'}:{kept.get('PATH', os.defpath)}",
        "ODOO_RC": str(configuration),
        "PROSPECT_CACHE": str(cache()),
        "PROSPECT_ADDONS": str(links),
        "PROSPECT_ODOO": str(odoo),
    }
    variables.pop("PYTHONHOME", None)
    return House(venv, odoo, links, variables)


def narrate(house):
    """Say what is used."""
    say(f"Odoo: {house.odoo}")
    say(
        "PostgreSQL: "
        f"{house.variables.get('PGHOST') or house.variables.get('PGSERVICE')}"
    )
