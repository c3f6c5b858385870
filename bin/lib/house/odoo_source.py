"""Odoo 19 itself: the one that the user names, an importable one, Debian's package, a
clone of the public repository.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .console import Trouble, run_step, say
from .places import cache

DEB_SUITE = "sid"  # the only one that has odoo-19
FONT_SUITE = (
    "trixie"  # the last one whose fonts-font-awesome is 4.7, which Odoo's links expect
)
GIT = "https://github.com/odoo/odoo.git"
KEYRINGS = [
    f"/usr/share/keyrings/debian-archive-keyring.{kind}" for kind in ("gpg", "pgp")
]
# Debian leaves this file out as it is not built from source; only blurring the camera
# in calls uses it.
STUB = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def parent_of(folder):
    """The folder to import from, for an Odoo 19 found at ``folder``, or None."""
    for candidate in (folder, folder / "usr/lib/python3/dist-packages"):
        release = candidate / "odoo" / "release.py"
        if release.is_file() and "version_info = (19," in release.read_text("utf-8"):
            return candidate.resolve()
    return None


def addons_paths(parent):
    """Where that Odoo keeps its add-ons: a source tree has most of them beside the
    package.
    """
    paths = [parent / "odoo" / "addons"]
    if (parent / "odoo-bin").exists() or (
        parent / "addons" / "web" / "__manifest__.py"
    ).exists():
        paths.append(parent / "addons")
    return paths


def host_addon(parent, name):
    """Folder of one of Odoo's add-ons."""
    return next(path / name for path in addons_paths(parent) if (path / name).is_dir())


def importable():
    """An Odoo 19 that this Python can import."""
    script = (
        "import importlib.util as u; s = u.find_spec('odoo.release'); "
        "print(s.origin if s else '')"
    )
    # Not with our own folder first on the path, nor from a checkout that is called
    # odoo.
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONPATH"
    }
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    origin = answer.stdout.strip()
    return parent_of(Path(origin).parents[1]) if origin else None


class PrivateApt:
    """apt with lists, keys and cache of its own: the system's packages and settings
    stay as they are.
    """

    def __init__(self):
        self.folder = cache() / "apt"
        self.keyring = next(
            (ring for ring in KEYRINGS if os.access(ring, os.R_OK)), None
        )

    @property
    def usable(self):
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            return False
        if not self.keyring:
            say(
                "no key ring of Debian's archive (package debian-archive-keyring): "
                "its packages cannot be verified"
            )
        return bool(self.keyring)

    def command(self, tool, *arguments):
        folder = self.folder
        user = subprocess.run(
            ["id", "-un"], capture_output=True, text=True, check=True
        ).stdout.strip()
        settings = {
            "Dir::Etc::SourceList": folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": folder,
            "Dir::State::Lists": folder / "lists",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            # Images of container makers switch these two off, which costs 2.5 s a call.
            "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
            "Dir::Log": folder / "log",
            "APT::Sandbox::User": user,
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
            "Acquire::Retries": "3",
            "Dpkg::Use-Pty": "0",
        }
        options = [
            part for key, value in settings.items() for part in ("-o", f"{key}={value}")
        ]
        return [tool, *options, *arguments]

    @staticmethod
    def mirrors():
        """Debian's archive as this machine's own apt reaches it: no address is written
        down here.
        """
        archives, others = [], []
        for origin, label, uri in PrivateApt._targets():
            if (origin, label) == ("Debian", "Debian"):
                archives.append(uri)
            elif (
                "security" not in uri
            ):  # before the first 'apt-get update' origins are unknown
                others.append(uri)
        return list(dict.fromkeys(archives + others))

    @staticmethod
    def _targets():
        answer = subprocess.run(
            [
                "apt-get",
                "indextargets",
                "--format",
                "$(ORIGIN)|$(LABEL)|$(REPO_URI)",
                "Created-By: Packages",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        return [
            line.split("|", 2)
            for line in answer.stdout.splitlines()
            if line.count("|") >= 2
        ]

    def prepare(self):
        """Read the package lists from the first mirror that has odoo-19; return its
        control data, or None.
        """
        for part in ("lists/partial", "cache/archives/partial", "log", "debs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        for mirror in self.mirrors():
            source = f"deb [signed-by={self.keyring}] {mirror}"
            (self.folder / "sources.list").write_text(
                f"{source} {DEB_SUITE} main\n{source} {FONT_SUITE} main\n"
            )
            try:
                run_step(
                    "reading Debian's package lists",
                    self.command("apt-get", "-q", "update"),
                    cache() / "logs" / "odoo-lists.log",
                )
            except Trouble as trouble:
                say(f"  {trouble}")
                continue
            answer = subprocess.run(
                self.command("apt-cache", "show", "odoo-19"),
                capture_output=True,
                text=True,
                check=False,
            )
            if answer.returncode == 0 and answer.stdout:
                return answer.stdout
        return None


def from_debian():
    """Odoo as Debian packages it, unpacked in the cache without being installed; None
    where it is not to be had.
    """
    apt = PrivateApt()
    if not apt.usable:
        return None
    control = apt.prepare()
    if not control:
        say("Debian's archive cannot be read from here, or has no odoo-19")
        return None
    version = re.search(r"^Version: (.*)", control, re.M)[1]
    place = cache() / "odoo" / f"debian-{version}"
    if not (place / "complete").exists():
        _unpack(apt, control, version, place)
    return parent_of(place)


def _unpack(apt, control, version, place):
    # Of what it depends on only its fonts and script libraries are used.
    depends = re.search(r"^Depends: (.*)", control, re.M)[1].split(",")
    extra = [
        match[0]
        for part in depends
        if "|" not in part and (match := re.search(r"(fonts|libjs)-[a-z0-9-]+", part))
    ]
    wanted = [f"odoo-19/{DEB_SUITE}", *(f"{name}/{FONT_SUITE}" for name in extra)]
    debs = apt.folder / "debs"
    say(f"fetching Odoo: Debian's odoo-19 {version}, about 90 MB")
    # What an interrupted run brought is kept and not fetched again.
    run_step(
        "fetching Odoo",
        apt.command("apt-get", "-q", "download", *wanted),
        cache() / "logs" / "odoo-fetch.log",
        watch=debs,
        cwd=debs,
    )
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=place.parent))
    try:
        say("unpacking Odoo")
        names = {entry.split("/")[0] for entry in wanted}
        for deb in sorted(debs.glob("*.deb")):
            if deb.name.split("_")[0] in names:
                _extract(deb, work)
        packages = work / "usr/lib/python3/dist-packages"
        if not (packages / STUB).exists():
            (packages / STUB).parent.mkdir(parents=True, exist_ok=True)
            (packages / STUB).write_text("/* not shipped by Debian */\n")
        broken = [
            str(path)
            for path in (packages / "odoo/addons/web").rglob("*")
            if path.is_symlink() and not path.exists()
        ]
        if broken:
            raise Trouble(
                f"links of Debian's package lead nowhere: {', '.join(broken[:5])}"
            )
        (work / "complete").touch()
        work.chmod(0o755)
        work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    shutil.rmtree(debs, ignore_errors=True)


def _extract(deb, work):
    # dist-packages/addons holds every add-on's Python a second time.
    excluded = ("./usr/lib/python3/dist-packages/addons", "./usr/share/doc", "./etc")
    opened = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE
    )
    taken = subprocess.run(
        [
            "tar",
            "-x",
            "--no-same-owner",
            "-C",
            work,
            *(f"--exclude={name}" for name in excluded),
        ],
        stdin=opened.stdout,
        check=False,
    )
    opened.stdout.close()
    if opened.wait() or taken.returncode:
        raise Trouble(
            f"{deb.name} cannot be unpacked; delete it in {deb.parent} and try again."
        )


def from_git():
    """A shallow clone of Odoo's public repository; None where it cannot be cloned."""
    if not shutil.which("git"):
        return None
    place = cache() / "odoo" / "git-19.0"
    if not (place / "odoo-bin").exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        address = os.environ.get("ODOO_GIT", GIT)
        say("cloning Odoo 19.0, about 700 MB")
        with tempfile.TemporaryDirectory(prefix=".cloning-", dir=place.parent) as work:
            try:
                run_step(
                    "cloning Odoo",
                    [
                        "git",
                        "clone",
                        "--depth",
                        "1",
                        "--branch",
                        "19.0",
                        address,
                        f"{work}/odoo",
                    ],
                    cache() / "logs" / "odoo-clone.log",
                    watch=work,
                    env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
                )
            except Trouble as trouble:
                say(f"  {trouble}")
                return None
            Path(work, "odoo").rename(place)
    return parent_of(place)


def find():
    """The folder to import ``odoo`` from."""
    named = os.environ.get("ODOO_PATH")
    if named:
        found = parent_of(Path(named).expanduser())
        if not found:
            raise Trouble(
                f"no Odoo 19 in {named}: give the folder that holds odoo-bin, or the "
                "parent of the package 'odoo'."
            )
        return found
    found = importable()
    if found:
        return found
    stamp = cache() / "odoo" / "path"
    if stamp.exists() and not os.environ.get("PROSPECT_UPDATE"):
        found = parent_of(Path(stamp.read_text("utf-8")))
        if found:
            return found
    found = from_debian() or from_git()
    if not found:
        raise Trouble(
            "no Odoo 19 was found. Give its source tree in ODOO_PATH, or a network: "
            f"neither Debian's '{DEB_SUITE}' could be read"
            " nor the public repository cloned. The same command goes on from here."
        )
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(str(found), "utf-8")
    return found
