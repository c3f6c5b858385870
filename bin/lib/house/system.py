"""Programs of the operating system: PostgreSQL's server, a browser, Node.js."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from .console import Trouble, run_step, say
from .places import cache

BROWSERS = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)  # as Odoo's tests look for it


def as_root():
    """Words to put before a command that needs root; None where we cannot be."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and not subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, check=False
        ).returncode
    ):
        return ["sudo", "-n"]
    return None


def install(purpose, *packages):
    """Install Debian packages where we may; say what to install where we may not."""
    advice = (
        f"{purpose} is missing. Install it"
        f" (Debian: apt-get install {' '.join(packages)})"
    )
    root = as_root()
    if not shutil.which("apt-get") or root is None:
        raise Trouble(f"{advice}, then run this again.")
    say(f"installing {', '.join(packages)} ({purpose})")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if root:
        root = [*root, "env", "DEBIAN_FRONTEND=noninteractive"]
    logs = cache() / "logs"
    try:
        run_step(
            "reading the lists of packages",
            [*root, "apt-get", "-q", "update"],
            logs / "apt-update.log",
            env=environment,
        )
    except Trouble as trouble:
        say(f"  {trouble}\n  going on with the lists that are there")
    try:
        run_step(
            f"installing {purpose}",
            [
                *root,
                "apt-get",
                "-q",
                "-y",
                "--no-install-recommends",
                "-o",
                "DPkg::Lock::Timeout=300",
                "install",
                *packages,
            ],
            logs / "apt-install.log",
            env=environment,
        )
    except Trouble as trouble:
        raise Trouble(f"{trouble}\n{advice}, then run this again.") from None


def browser():
    """Path of the browser that tests and screenshots use, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def ensure_browser():
    """The browser's path; it is installed where it is missing."""
    if not browser():
        install("a browser for the tests", "chromium")
    if not browser():
        raise Trouble(
            "no browser was found: none of " + ", ".join(BROWSERS) + " is in PATH."
        )
    return browser()


def ensure_pdf():
    """Install what makes PDF files where the distribution has it, once; where not, the
    server says so to whoever prints.
    """
    if shutil.which("wkhtmltopdf") or not shutil.which("apt-cache"):
        return
    found = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", "wkhtmltopdf"],
        capture_output=True,
        check=False,
    )
    if found.returncode or as_root() is None:
        say("no wkhtmltopdf here: Print says so instead of making a PDF")
        return
    try:
        install("what makes PDF files", "wkhtmltopdf")
    except Trouble as trouble:
        say(f"  {trouble}\n  going on without: Print says so instead of making a PDF")


def faketime():
    """The library that moves the clock of programs, or None."""
    found = sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


def ensure_faketime():
    """The library's path; it is installed where it is missing."""
    if not faketime():
        install("the library that moves clocks for the tests", "libfaketime")
    if not faketime():
        raise Trouble("libfaketimeMT.so.1 was not found below /usr/lib.")
    return faketime()


def postgres_programs():
    """Folder of PostgreSQL's server programs, the newest version's, or None."""
    chosen = os.environ.get("PROSPECT_PG_BIN")
    if chosen:
        if not Path(chosen, "initdb").exists():
            raise Trouble(f"PROSPECT_PG_BIN={chosen} holds no initdb.")
        return Path(chosen)
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[4]),
    )
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def ensure_postgres():
    """As postgres_programs, installing them where they are missing."""
    if not postgres_programs():
        install("the PostgreSQL server (or name a running one in PGHOST)", "postgresql")
    programs = postgres_programs()
    if not programs:
        raise Trouble(
            "no PostgreSQL server programs were found. Name a running server in PGHOST,"
            " or the programs' folder in PROSPECT_PG_BIN."
        )
    return programs


def ensure_node():
    """Make sure that Node.js 18 or newer and npm are here."""
    if not (shutil.which("node") and shutil.which("npm")):
        install("Node.js with npm", "nodejs", "npm")
    answer = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False
    ).stdout
    major = re.match(r"v(\d+)", answer)
    if not major or int(major[1]) < 18:
        raise Trouble(
            f"Node.js 18 or newer is needed, and this is {answer.strip() or 'none'}."
        )
