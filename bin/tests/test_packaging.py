"""What people install: the wheel, and a clone beside an Odoo that they have."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from house import databases
from house.lint import project_files
from house.odoo_source import addons_paths
from house.places import CORE, PARTS, REPO, addon_sources, cache, checkout, manifest_of

INSIDE = f"odoo/addons/{CORE}/"


def run(*command, **options):
    """Run a program; its output is the error message."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    if done.returncode:
        raise AssertionError(f"{command}:\n{done.stdout[-4000:]}")
    return done.stdout


def copy_repository(folder):
    """The repository as a clone of it would be, with what is not committed yet."""
    for name in project_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPO / name, target)
    return folder


class InFolder(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(prefix="prospect-packaging-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)


class TestWheel(InFolder):
    def build(self):
        """Make the wheel from a checkout with a name of its own."""
        clone = copy_repository(self.folder / "some-checkout")
        build = (sys.executable, "-m", "build", "--wheel", "--no-isolation")
        run(*build, "--outdir", self.folder, clone)
        (wheel,) = self.folder.glob("*.whl")
        return wheel

    def environment(self):
        """A clean virtual environment, and the words that install into it."""
        place = self.folder / "venv"
        uv = shutil.which("uv") or cache() / "uv" / "bin" / "uv"
        if Path(uv).exists():
            run(uv, "venv", "-q", "--python", sys.executable, place)
            return place, (uv, "pip", "install", "-q", "--python", place / "bin/python")
        run(sys.executable, "-m", "venv", place)
        return place, (place / "bin/pip", "install", "-q")

    def test_wheel(self):
        wheel = self.build()
        version = manifest_of(REPO)["version"]
        self.assertEqual(wheel.name, f"odoo_addon_{CORE}-{version}-py3-none-any.whl")
        place, install = self.environment()
        run(*install, "--no-deps", "--no-index", wheel)
        found = run(
            place / "bin/python",
            "-c",
            "import importlib.util as u; "
            ""
            ""
            ""
            ""
            ""
            "print(u.find_spec('odoo.addons.prospect').origin)",
            cwd="/",
        ).strip()
        self.assertTrue(found.endswith(f"/{INSIDE}__init__.py"), found)
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
        inside = {
            name.removeprefix(INSIDE).split("/")[0]
            for name in names
            if name.startswith(INSIDE)
        }
        outside = [
            name
            for name in names
            if not name.startswith((INSIDE, f"odoo_addon_{CORE}-"))
        ]
        self.assertFalse(outside)
        self.assertEqual(
            inside,
            {part for part in PARTS if (REPO / part).exists()}
            & {name.split("/")[0] for name in project_files()},
        )

    def test_one_list_of_parts(self):
        text = (REPO / "pyproject.toml").read_text("utf-8")
        lists = re.findall(r"only-include = (\[[^\]]*\])", text)
        self.assertEqual(len(lists), 2)
        for listed in lists:
            self.assertEqual(sorted(ast.literal_eval(listed)), sorted(PARTS))

    def test_bridges_are_wheels_of_their_own(self):
        for name, folder in addon_sources().items():
            if name != CORE and not name.startswith("test_"):
                with self.subTest(addon=name):
                    self.assertTrue((folder / "pyproject.toml").is_file())


class TestExistingOdoo(InFolder):
    """The steps of the README for people who have an Odoo with leads in it."""

    database = f"{databases.PREFIX}_packaging_{checkout()}"

    def setUp(self):
        super().setUp()
        made = run(sys.executable, "-m", "house.databases", "base").strip()
        databases.create(self.database, template=made.splitlines()[-1])
        self.addCleanup(databases.drop, self.database)
        clone = copy_repository(self.folder / CORE)
        odoo = Path(os.environ["PROSPECT_ODOO"])
        path = [*addons_paths(odoo), clone / "addons", self.folder]
        self.configuration = self.folder / "odoo.conf"
        self.configuration.write_text(
            f"[options]\naddons_path = {','.join(map(str, path))}\n"
            f"data_dir = {cache() / 'data'}\nlist_db = False\n",
            "utf-8",
        )

    def odoo(self, *arguments):
        """Run Odoo as its administrator does; a warning is a failure.

        But for one: uninstalling, Odoo tries to delete a model's records all at once,
        logs that it cannot, and goes on one by one.
        """
        program = Path(sys.prefix) / "bin" / "odoo"
        said = run(
            program,
            *arguments,
            "-c",
            self.configuration,
            "-d",
            self.database,
            cwd=self.folder,
        )
        wrong = [
            line
            for line in said.splitlines()
            if re.search(r" (WARNING|ERROR|CRITICAL) .*(prospect|crm)", line)
        ]
        self.assertFalse(wrong, "\n".join(wrong))
        return said

    def query(self, text):
        """The rows that a query finds."""
        with databases.server(self.database) as cursor:
            cursor.execute(text)
            return cursor.fetchall()

    def lead_columns(self):
        """Names of the columns of the leads, as the database has them now."""
        rows = self.query(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'crm_lead' ORDER BY 1"
        )
        return [name for (name,) in rows]

    def leads(self, columns):
        """Each of Odoo's columns with a checksum of what it holds."""
        sums = ", ".join(
            f"md5(string_agg(coalesce(\"{name}\"::text, '-'), '|' ORDER BY id))"
            for name in columns
        )
        (row,) = self.query(f"SELECT {sums} FROM crm_lead")
        return dict(zip(columns, row, strict=True))

    def state(self):
        """Whether Odoo takes the add-on for installed."""
        return self.query(f"SELECT state FROM ir_module_module WHERE name = '{CORE}'")

    def test_install_update_uninstall(self):
        columns = self.lead_columns()
        before = self.leads(columns)
        server = ("--stop-after-init", "--no-http", "--log-level=warn")
        self.odoo("-i", CORE, *server)
        self.assertEqual(self.state(), [("installed",)])
        self.odoo("-u", CORE, *server)
        self.assertEqual(self.state(), [("installed",)])
        self.odoo("module", "uninstall", CORE)
        self.assertEqual(self.state(), [("uninstalled",)])
        after = self.leads(columns)
        self.assertEqual({n: v for n, v in before.items() if after[n] != v}, {})
        left = set(self.lead_columns()) - set(columns)
        self.assertFalse(left)
