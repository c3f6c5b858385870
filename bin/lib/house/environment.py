"""The virtual environment, with every version pinned, and the browser-side tools."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .console import Trouble, run_step, say
from .places import REQUIREMENTS, cache, digest
from .system import as_root, ensure_node, install

LOCK = REQUIREMENTS / "dev.txt"
NODE_FILES = [REQUIREMENTS / "package.json", REQUIREMENTS / "package-lock.json"]
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def place():
    """Folder of the environment for this Python and these pins."""
    return (
        cache() / f"venv-{digest(sys.version, sys.executable, LOCK.read_text('utf-8'))}"
    )


def _uv(logs):
    """Path of uv, five times as fast as pip; None where it is not to be had."""
    found = shutil.which("uv")
    if found:
        return found
    folder = cache() / "uv"
    program = folder / "bin" / "uv"
    if not program.exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--target",
            folder,
            "uv",
        ]
        try:
            run_step("fetching uv", command, logs / "uv.log")
        except Trouble:
            return None
    return program if program.exists() else None


def _with_uv(uv, target, logs):
    options = dict(os.environ)
    if Path(CERTIFICATES).exists():
        options.setdefault("SSL_CERT_FILE", CERTIFICATES)
    run_step(
        "making the virtual environment",
        [uv, "venv", "-q", "--python", sys.executable, target],
        logs / "venv.log",
        env=options,
    )
    run_step(
        "installing Python packages",
        [uv, "pip", "install", "--python", target / "bin/python", "-r", LOCK],
        logs / "packages.log",
        watch=target,
        env=options,
    )


def _with_pip(target, logs):
    try:
        run_step(
            "making the virtual environment",
            [sys.executable, "-m", "venv", target],
            logs / "venv.log",
        )
    except Trouble:
        if as_root() is None:
            raise
        install("Python's venv", "python3-venv")
        shutil.rmtree(target, ignore_errors=True)
        run_step(
            "making the virtual environment",
            [sys.executable, "-m", "venv", target],
            logs / "venv.log",
        )
    run_step(
        "installing Python packages",
        [
            target / "bin/pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "-r",
            LOCK,
        ],
        logs / "packages.log",
        watch=target,
    )


def ensure():
    """The environment's folder; it is made where it is missing."""
    target = place()
    if (target / "complete").exists():
        return target
    logs = cache() / "logs"
    shutil.rmtree(target, ignore_errors=True)
    say("installing the Python packages, about 100 of them")
    uv = _uv(logs)
    try:
        if not uv:
            raise Trouble("uv is not to be had.")
        _with_uv(uv, target, logs)
    except Trouble as trouble:
        say(f"  {trouble}\n  trying pip")
        shutil.rmtree(target, ignore_errors=True)
        _with_pip(target, logs)
    (target / "complete").touch()
    return target


def attach(target, odoo):
    """Make Odoo importable in the environment, and give it the program ``odoo``."""
    packages = next(target.glob("lib/python3*/site-packages"))
    pth = packages / "odoo19.pth"
    if pth.exists() and pth.read_text("utf-8").strip() == str(odoo):
        return
    pth.write_text(f"{odoo}\n", "utf-8")
    program = target / "bin" / "odoo"
    program.write_text(
        f"#!{target / 'bin' / 'python'}\nimport sys\n"
        "from odoo.cli import main\nsys.exit(main())\n",
        "utf-8",
    )
    program.chmod(0o755)
    answer = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        pth.unlink()
        raise Trouble(
            f"the Odoo in {odoo} does not start:\n{answer.stderr.strip()[-2000:]}"
        )


def ensure_node_modules():
    """Folder of the JavaScript tools; they are installed where they are missing."""
    ensure_node()
    target = (
        cache() / f"node-{digest(*(path.read_text('utf-8') for path in NODE_FILES))}"
    )
    if not target.exists():
        say("installing the JavaScript tools")
        work = Path(tempfile.mkdtemp(prefix=".node-", dir=cache()))
        try:
            for path in NODE_FILES:
                shutil.copy(path, work)
            run_step(
                "installing the JavaScript tools",
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cache() / "logs" / "npm.log",
                watch=work,
                cwd=work,
            )
            work.chmod(0o755)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target / "node_modules"
