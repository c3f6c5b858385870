"""Databases, in layers, so that what did not change is not made again.

``PREFIX_base_HASH``
    what the add-ons depend on, in English and French; made again when Odoo, the Python
    packages or the add-ons' dependencies change
``PREFIX_test_CHECKOUT_HASH``
    a copy of it with our add-ons and the web bundles; made again when a file of theirs
    changes
``PREFIX_run_CHECKOUT``, ``PREFIX_run_CHECKOUT_NUMBER``
    copies of that, which one run of the tests may spoil: one for each process

Each is made under a temporary name and renamed when it is complete. A comment on the
database says that it is ours. Runs in the virtual environment: ``python -m
house.databases COMMAND``.
"""

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
from psycopg2.extensions import quote_ident

from . import console
from .console import Trouble, say
from .places import CORE, addon_sources, checkout, digest, manifest_of

# What Odoo's indexes for parts of texts need.
EXTENSION = "pg_trgm"
PREFIX = os.environ.get("PROSPECT_DB_PREFIX", "prospect")
LINKS = Path(os.environ["PROSPECT_ADDONS"])
BUNDLES = (
    "web.assets_web",
    "web.assets_web_dark",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "web.assets_web_print",
    "bus.websocket_worker_assets",
)
TEST_BUNDLES = (
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.assets_unit_tests_setup",
    "web.assets_unit_tests",
)
LANGUAGES = "en_US,fr_FR"  # French alone would take English away
KEEP_BASES = 3
# Seconds that a vacuum is waited for.
DROP_TURNS = 30


# The server


@contextlib.contextmanager
def server(database="postgres"):
    """A cursor on the server, outside any transaction."""
    try:
        connection = psycopg2.connect(dbname=database)
    except psycopg2.OperationalError as error:
        raise Trouble(
            f"the PostgreSQL server does not let us in: {str(error).strip()}"
        ) from None
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def check_server():
    """Say what the server lacks that Odoo needs."""
    with server() as cursor:
        cursor.execute(
            "SELECT current_user, rolcreatedb OR rolsuper, "
            "current_setting('server_version_num')::int"
            " FROM pg_roles WHERE rolname = current_user"
        )
        user, may_create, version = cursor.fetchone()
    if user == "postgres":
        raise Trouble(
            "Odoo refuses to work as the database user 'postgres'. Name another one "
            "with the right CREATEDB in PGUSER."
        )
    if not may_create:
        raise Trouble(
            f"the database user '{user}' lacks the right to create databases: ALTER "
            f"ROLE {user} CREATEDB."
        )
    if version < 130000:
        raise Trouble(
            f"Odoo 19 needs PostgreSQL 13 or newer; this server is {version // 10000}."
        )


def notes():
    """Every database's name, with what we noted about it (None for one that is not
    ours).
    """
    with server() as cursor:
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE NOT datistemplate"
        )
        rows = cursor.fetchall()
    return {name: _note_in(comment) for name, comment in rows}


def _note_in(comment):
    try:
        return json.loads(comment or "")[CORE]
    except (ValueError, KeyError, TypeError):
        return None


def note(name, **values):
    """Note something about a database of ours; this also marks it as ours."""
    with server() as cursor:
        kept = notes().get(name) or {}
        text = json.dumps({CORE: {**kept, **values}})
        cursor.execute(f"COMMENT ON DATABASE {quote_ident(name, cursor)} IS %s", [text])


def filestore(name):
    """Folder of a database's attachments."""
    from odoo.tools import config

    return Path(config.filestore(name))


def drop(name):
    """Remove a database of ours, whoever is connected to it, with its attachments."""
    known = notes()
    if name in known:
        if known[name] is None:
            raise Trouble(
                f"the database '{name}' was not made by these tools, and is left "
                "alone. Choose another name."
            )
        _drop_now(name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def _drop_now(name):
    """Drop a database, when PostgreSQL's own vacuum has left it: nobody may end that,
    and it gives way by itself.
    """
    for _turn in range(DROP_TURNS):
        with (
            contextlib.suppress(psycopg2.errors.InsufficientPrivilege),
            server() as cursor,
        ):
            cursor.execute(f"DROP DATABASE {quote_ident(name, cursor)} WITH (FORCE)")
            return
        time.sleep(1)
    raise Trouble(f"the database '{name}' is being vacuumed: try again in a minute.")


def create(name, template=None, **values):
    """Make a database, empty or as a copy, in place of one of that name."""
    drop(name)
    with server() as cursor:
        quoted = quote_ident(name, cursor)
        if template:
            cursor.execute(
                f"CREATE DATABASE {quoted} TEMPLATE {quote_ident(template, cursor)}"
            )
        else:
            cursor.execute(
                f"CREATE DATABASE {quoted} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE "
                "template0"
            )
    if not template:
        _add_extensions(name)
    note(name, **values)
    if template and filestore(template).exists():
        # Odoo never rewrites a file there, so that copies may share them.
        shutil.copytree(
            filestore(template), filestore(name), copy_function=_link_or_copy
        )


def _add_extensions(name):
    """What Odoo adds to a database that it makes: its indexes for parts of texts."""
    with server(name) as cursor:
        try:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
        except psycopg2.Error as error:
            say(f"searches will be slow: no {EXTENSION} ({str(error).strip()})")


def _link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def finish(temporary, name):
    """Give a complete database its name."""
    from odoo.sql_db import close_db

    close_db(temporary)
    drop(name)
    with server() as cursor:
        cursor.execute(
            f"ALTER DATABASE {quote_ident(temporary, cursor)} RENAME TO "
            f"{quote_ident(name, cursor)}"
        )
    if filestore(temporary).exists():
        filestore(temporary).rename(filestore(name))


# What they are made of


def files_of(addon):
    """Files of an add-on that a database depends on: all but the Python tests."""
    for folder, folders, names in os.walk(LINKS / addon, followlinks=True):
        folders[:] = sorted(
            name
            for name in folders
            if name != "__pycache__" and not name.startswith(".")
        )
        for name in sorted(names):
            path = Path(folder, name)
            if (
                "tests" in path.relative_to(LINKS / addon).parts[:1]
                and path.suffix == ".py"
            ):
                continue
            if path.suffix not in (".pyc", ".pot", ".rst", ".md"):
                yield path


def fingerprint(addons):
    """Changes whenever a file of these add-ons does."""
    return digest(
        *(
            f"{path.relative_to(LINKS)} {digest(path.read_bytes().hex())}"
            for addon in addons
            for path in files_of(addon)
        )
    )


def our_addons(tests=True):
    """Our add-ons whose dependencies are all here, the core first."""
    from odoo.modules import Manifest

    chosen = []
    waiting = {
        name: manifest_of(folder).get("depends", [])
        for name, folder in addon_sources().items()
    }
    if not tests:
        waiting = {
            name: depends
            for name, depends in waiting.items()
            if not name.startswith("test_")
        }
    while True:
        ready = [
            n
            for n, depends in waiting.items()
            if all(
                d in chosen or (d not in waiting and Manifest.for_addon(d))
                for d in depends
            )
        ]
        if not ready:
            break
        chosen += ready
        for name in ready:
            del waiting[name]
    for name, depends in waiting.items():
        say(
            f"leaving out {name}: {', '.join(d for d in depends if d not in chosen)} "
            "is not here"
        )
    return chosen


def _odoo_state():
    """Changes whenever Odoo does."""
    odoo = Path(os.environ["PROSPECT_ODOO"])
    head = ""
    if (odoo / ".git").exists():
        head = subprocess.run(
            ["git", "-C", odoo, "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    return digest(odoo, (odoo / "odoo" / "release.py").read_text("utf-8"), head)


# Making them


class _Progress(logging.Handler):
    """Turns Odoo's log of loading modules into a line now and then; hands on what is a
    warning.
    """

    def __init__(self):
        super().__init__()
        self.spoke = time.monotonic()

    def emit(self, record):
        if record.levelno >= logging.WARNING:
            logging.getLogger().handle(record)
        elif (
            "Loading module" in record.msg
            and time.monotonic() - self.spoke >= console.HEARTBEAT
        ):
            self.spoke = time.monotonic()
            say(f"  … {record.getMessage().lower()}")


def start_odoo(database="none", demo=True, languages=None):
    """Configure Odoo in this process.

    :param languages: what the next installation activates (Odoo forgets it then)
    """
    from odoo.tools import config

    config.parse_config(
        [
            *(
                "-c",
                os.environ["ODOO_RC"],
                "--no-http",
                "--log-level=warn",
                "-d",
                database,
            ),
            "--with-demo" if demo else "--without-demo=True",
            *([f"--load-language={languages}"] if languages else []),
        ],
        setup_logging=True,
    )
    loading = logging.getLogger("odoo.modules.loading")
    loading.setLevel(logging.INFO)
    loading.propagate = False
    loading.handlers = [_Progress()]


def install(database, install=(), upgrade=()):
    """Install and update modules in this process, and return the registry."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config["db_name"] = [database]
    registry = Registry.new(
        database,
        update_module=True,
        install_modules=list(install),
        upgrade_modules=list(upgrade),
    )
    report = registry._assertion_report
    if not registry.ready or (report and not report.wasSuccessful()):
        raise Trouble(
            f"Odoo could not load its modules in {database}; the reason is above."
        )
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        modules = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
        missing = set(install) - set(
            modules.search(
                [("name", "in", list(install)), ("state", "=", "installed")]
            ).mapped("name")
        )
    if missing:
        raise Trouble(
            f"Odoo did not install {', '.join(sorted(missing))} in {database}; the "
            "reason is above."
        )
    return registry


def make_bundles(registry, tests=True):
    """Make the JavaScript and style bundles: each browser test would make them again
    and roll them back.
    """
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        qweb = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
        for name in (*BUNDLES, *(TEST_BUNDLES if tests else ())):
            bundle = qweb._get_asset_bundle(name)
            if bundle.javascripts or bundle.templates:
                bundle.js()
            if bundle.stylesheets:
                bundle.css()


def lend_bundles(source, target):
    """Copy the bundles of one database into another: those whose sources did not change
    are found there by Odoo.
    """
    columns = (
        "name, type, url, mimetype, res_model, res_field, res_id, public, "
        "checksum, file_size, store_fname, company_id, create_uid, write_uid, "
        "create_date, write_date"
    )
    with server(source) as cursor:
        cursor.execute(
            f"SELECT {columns} FROM ir_attachment WHERE url LIKE '/web/assets/%%' "
            "AND store_fname IS NOT NULL"
        )
        rows = cursor.fetchall()
    with server(target) as cursor:
        values = ", ".join(["%s"] * len(columns.split(",")))
        for row in rows:
            cursor.execute(
                f"INSERT INTO ir_attachment ({columns}) VALUES ({values})", row
            )
            name = row[columns.split(", ").index("store_fname")]
            copy = filestore(target) / name
            if not copy.exists() and (filestore(source) / name).exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                _link_or_copy(filestore(source) / name, copy)


def base(demo=True):
    """Name of the database with what our add-ons depend on; it is made where it is
    missing.
    """
    from odoo.modules import Manifest
    from odoo.modules.registry import Registry

    own = addon_sources()
    depends = sorted(
        {
            name
            for folder in own.values()
            for name in manifest_of(folder).get("depends", [])
        }
        - set(own)
    ) or ["base"]
    depends = [name for name in depends if Manifest.for_addon(name)]
    content = (_odoo_state(), sys.prefix, depends, demo, LANGUAGES, EXTENSION)
    name = f"{PREFIX}_base_{digest(*content)}"
    if name not in notes():
        say(
            "making the base database "
            f"({', '.join(depends)}{', demo data' if demo else ''}, English and "
            "French): about a minute"
        )
        create(name + "_new")
        start_odoo(demo=demo, languages=LANGUAGES)
        install(name + "_new", install=depends)
        Registry.delete_all()
        finish(name + "_new", name)
    note(name, kind="base", used=time.time())
    bases = {n: v["used"] for n, v in notes().items() if v and v.get("kind") == "base"}
    for old in sorted(bases, key=bases.get, reverse=True)[KEEP_BASES:]:
        drop(old)
    return name


def _free_french(registry):
    """Let websites and demo people speak English: tests of Odoo's switch French
    off.
    """
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
        if "website" in registry:
            env["website"].search([]).language_ids = env.ref("base.lang_en")
        env["res.partner"].search([("lang", "=", "fr_FR")]).lang = "en_US"


def template():
    """Name of the database that tests are run on copies of; it is made where it is
    missing.
    """
    from odoo.modules.registry import Registry

    addons = our_addons()
    below = base()
    mine = f"{PREFIX}_test_{checkout()}_"  # other checkouts' databases are left alone
    name = mine + digest(below, fingerprint(addons), "people in English")
    present = notes()
    if name not in present:
        say(f"making the test database: {', '.join(addons) or 'no add-on yet'}")
        create(name + "_new", template=below)
        registry = install(name + "_new", install=addons)
        _free_french(registry)
        former = [n for n in present if n.startswith(mine) and not n.endswith("_new")]
        say("making its web bundles" + (" (those that changed)" if former else ""))
        for other in former[:1]:
            lend_bundles(other, name + "_new")
        make_bundles(registry)
        Registry.delete_all()
        finish(name + "_new", name)
        for old in former:
            drop(old)
    return name


def copy_for_run(suffix="run"):
    """Name of a fresh copy of the template."""
    source = template()
    name = f"{PREFIX}_{suffix}_{checkout()}"
    create(name, template=source)
    return name


def copies_for_run(number="1"):
    """Names of fresh copies of the template, one a line; what a run that was killed
    has left is dropped.
    """
    drop_copies()
    source = template()
    mine = f"{PREFIX}_run_{checkout()}"
    names = [mine] if number == "1" else [f"{mine}_{n}" for n in range(int(number))]
    for name in names:
        create(name, template=source)
    return "\n".join(names)


def drop_copies():
    """Drop all copies that runs of this checkout have worked on."""
    mine = f"{PREFIX}_run_{checkout()}"
    for name, known in notes().items():
        if known is not None and (name == mine or name.startswith(f"{mine}_")):
            drop(name)


def main():
    """Commands of the other tools: see the last lines."""
    command, *arguments = sys.argv[1:]
    if command == "check":
        check_server()
    elif command == "exists":
        return arguments[0] not in notes()
    else:
        check_server()
        start_odoo()
        actions = {
            "base": base,
            "template": template,
            "run": copies_for_run,
            "drop": drop,
            "drop-run": drop_copies,
        }
        print(actions[command](*arguments) or "")
    return 0


if __name__ == "__main__":
    console.main(main)
