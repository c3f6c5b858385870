"""bin/lint: every check that needs no database."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import console, environment, setup
from .console import say
from .odoo_source import host_addon
from .places import CORE, PARTS, REPO, addon_sources

LIB = REPO / "bin" / "lib"
BROWSER_FILES = (".js", ".cjs", ".mjs", ".scss", ".css", ".xml", ".json")
# Written by other programs.
GENERATED = ("bin/requirements/package-lock.json",)
NOT_OURS = ("static/lib/",)
# Checks of pylint-odoo that are not about tests: imports of the own add-on by its
# whole name (W8150), texts that are not translated (C8107).
TESTS_MAY = ("odoo-addons-relative-import", "translation-required")
HOST_CHECKS = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)


def project_files():
    """Every file that is in the repository, or would be."""
    listed = subprocess.run(
        ["git", "-C", REPO, "ls-files", "-z", "-co", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = (name for name in listed.split("\0") if name)
    return sorted({name for name in names if (REPO / name).is_file()})


def changed_files():
    """Those that differ from the last commit, or are new: what a commit would hold."""
    listed = subprocess.run(
        ["git", "-C", REPO, "status", "--porcelain", "-z", "--no-renames", "-uall"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = (entry[3:] for entry in listed.split("\0") if entry)
    return sorted({name for name in names if (REPO / name).is_file()})


def stage(files, folder):
    """Copy the add-ons side by side, outside git: OCA's checks find nothing where an
    add-on is the repository's root.
    """
    for name in files:
        top, _, rest = name.partition("/")
        if top in PARTS:
            target = folder / CORE / name
        elif top == "addons":
            target = folder / rest
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPO / name, target)
    return [folder / name for name in addon_sources() if (folder / name).is_dir()]


class Lint:
    """The checks, each a method that returns whether all is well."""

    def __init__(self, house, fix, changed=False):
        """:param changed: look at files that differ from the last commit alone"""
        self.house = house
        self.fix = fix
        self.files = changed_files() if changed else project_files()
        self.checks = self.QUICK if changed else self.CHECKS
        self.modules = environment.ensure_node_modules()
        self.work = Path(tempfile.mkdtemp(prefix="prospect-lint-"))
        self.staged = [] if changed else stage(self.files, self.work)

    def _tool(self, *command, cwd=REPO, **variables):
        """Run a program; whether it was content."""
        program = self.house.venv / "bin" / str(command[0])
        words = [
            str(word)
            for word in (program if program.exists() else command[0], *command[1:])
        ]
        return (
            subprocess.run(
                words, cwd=cwd, env={**self.house.variables, **variables}, check=False
            ).returncode
            == 0
        )

    def ruff_check(self):
        """Python: faults and style (ruff check)"""
        files = self._python_files()
        return not files or self._tool(
            "ruff",
            "check",
            "--quiet",
            "--no-cache",
            *(["--fix"] if self.fix else []),
            *files,
        )

    def ruff_format(self):
        """Python: format (ruff format)"""
        files = self._python_files()
        return not files or self._tool(
            "ruff",
            "format",
            "--quiet",
            "--no-cache",
            *([] if self.fix else ["--diff"]),
            *files,
        )

    def pylint_odoo(self):
        """Python and XML: OCA's pylint"""
        return all([self._pylint(*self.staged), self._pylint_tests()])

    def _pylint_tests(self):
        """The tests apart: OCA's pylint knows them by the folder right above them, so
        that it takes those in wings for code that users run.
        """
        tests = sorted(self.work.glob("*/tests/**/*.py"))
        return self._pylint(*tests, off=TESTS_MAY, ignore="")

    def _pylint(self, *paths, off=(), ignore="tests"):
        # missing-readme: the core's README describes the whole set
        return self._tool(
            "pylint",
            f"--rcfile={REPO / '.pylintrc'}",
            f"--disable={','.join(('missing-readme', *off))}",
            f"--ignore={ignore}",
            *(path.relative_to(self.work) for path in paths),
            cwd=self.work,
        )

    def oca_module(self):
        """Add-ons: OCA's checks of manifests, CSV and XML"""
        return self._oca("oca-checks-odoo-module", *(path.name for path in self.staged))

    def oca_po(self):
        """Translations: OCA's checks"""
        found = [
            path.relative_to(self.work)
            for folder in self.staged
            for path in folder.glob("i18n/*.po*")
        ]
        return not found or self._oca("oca-checks-po", *found)

    def _oca(self, program, *arguments):
        return self._tool(
            program, f"--config={REPO / '.oca_hooks.cfg'}", *arguments, cwd=self.work
        )

    def host_pylint(self):
        """Python: Odoo's own pylint checks"""
        checkers = host_addon(self.house.odoo, "test_lint") / "tests"
        addons = host_addon(self.house.odoo, "crm").parent
        return self._tool(
            *("pylint", f"--rcfile={os.devnull}", "--score=n", "--reports=n"),
            *(
                "--disable=all,useless-option-value,unknown-option-value",
                f"--enable={','.join(HOST_CHECKS)}",
            ),
            "--load-plugins=_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection"
            ",_odoo_checker_gettext,_odoo_checker_unlink_override",
            "--bad-functions=input",
            *self.staged,
            cwd=self.work,
            PYTHONPATH=str(checkers),
            ADDONS_PATH=f"{addons}{os.pathsep}{self.work}",
        )

    def host_static(self):
        """Add-ons: Odoo's own checks that need no database"""
        return self.house.run_inside("host_lint") == 0

    def _python_files(self):
        return [name for name in self.files if name.endswith(".py")]

    def _browser_files(self, *suffixes):
        return [
            name
            for name in self.files
            if name.endswith(suffixes)
            and name not in GENERATED
            and not any(part in name for part in NOT_OURS)
        ]

    def prettier(self):
        """JavaScript, styles, XML: format (prettier)"""
        files = self._browser_files(*BROWSER_FILES)
        mode = "--write" if self.fix else "--check"
        program = self.modules / ".bin" / "prettier"
        return not files or self._tool(
            program,
            mode,
            "--log-level=warn",
            *files,
            NODE_PATH=str(self.modules),
        )

    def eslint(self):
        """JavaScript: faults and style (eslint)"""
        files = self._browser_files(".js", ".cjs", ".mjs")
        program = self.modules / ".bin" / "eslint"
        return not files or self._tool(
            program,
            "--no-warn-ignored",
            *(["--fix"] if self.fix else []),
            *files,
            NODE_PATH=str(self.modules),
        )

    def shell(self):
        """Shell: syntax, and shellcheck where it is installed"""
        scripts = [name for name in self.files if self._is_shell(name)]
        fine = all(self._tool("bash", "-n", name) for name in scripts)
        return fine and (
            not shutil.which("shellcheck") or self._tool("shellcheck", "-x", *scripts)
        )

    @staticmethod
    def _is_shell(name):
        with open(REPO / name, "rb") as file:
            return re.match(rb"#!.*\b(ba)?sh\b", file.readline(100)) is not None

    def documentation(self):
        """Documentation: builds without a warning, and what it names is there"""
        from . import documents

        complaints = documents.complaints(self.files)
        for line in complaints:
            print(line)
        built = self._tool(
            *("sphinx-build", "-q", "-W", "--keep-going", "-b", "html"),
            *("-d", self.work / "doctrees", REPO / "docs", self.work / "html"),
        )
        return built and not complaints

    def pictures(self):
        """Pictures: each is in shots.json, in a page, and shows what is there"""
        from . import pictures

        complaints = list(pictures.complaints())
        for line in complaints:
            print(line)
        return not complaints

    def repository(self):
        """Repository: nothing that must not be in it"""
        from . import repository_check

        complaints = [
            *repository_check.complaints(self.files),
            *repository_check.commit_complaints(),
        ]
        for line in complaints:
            print(line)
        return not complaints

    CHECKS = (
        ruff_check,
        ruff_format,
        prettier,
        eslint,
        pylint_odoo,
        oca_module,
        oca_po,
        host_pylint,
        host_static,
        shell,
        documentation,
        pictures,
        repository,
    )

    # Those that look at one file at a time, in seconds.
    QUICK = (ruff_check, ruff_format, prettier, eslint, shell, repository)

    def run(self):
        """Run the checks; return those that found something."""
        failed = []
        for check in self.checks if self.files else ():
            began = time.monotonic()
            fine = check(self)
            sys.stdout.flush()
            say(
                f"{'ok  ' if fine else 'FAIL'}  {check.__doc__}  "
                f"({time.monotonic() - began:.1f} s)"
            )
            if not fine:
                failed.append(check.__name__)
        return failed


def run():
    """Parse the arguments and run the checks."""
    parser = argparse.ArgumentParser(
        prog="bin/lint",
        description="Runs every check that needs no database; fails when one finds "
        "something.",
    )
    parser.add_argument(
        "--fix", action="store_true", help="mend what can be mended by itself"
    )
    parser.add_argument(
        "--changed",
        action="store_true",
        help="only files that differ from the last commit, and only quick checks",
    )
    options = parser.parse_args()
    lint = Lint(setup.prepare(), options.fix, options.changed)
    try:
        failed = lint.run()
    finally:
        shutil.rmtree(lint.work, ignore_errors=True)
    if failed:
        raise console.Trouble(
            f"{len(failed)} of {len(lint.checks)} checks found something: "
            f"{', '.join(failed)}"
        )
    say(f"all {len(lint.checks)} checks are content")


if __name__ == "__main__":
    console.main(run)
