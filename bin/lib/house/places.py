"""Where things are. Everything bulky lives in the cache: Odoo walks the whole folder of
an add-on.
"""

import ast
import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
CORE = "prospect"
# The core add-on is the repository's root; these are its parts. Nothing else of the
# root is seen by Odoo.
PARTS = (
    "__init__.py",
    "__manifest__.py",
    "hooks.py",
    "README.rst",
    "LICENSE",
    "controllers",
    "data",
    "demo",
    "i18n",
    "migrations",
    "models",
    "report",
    "security",
    "static",
    "tests",
    "tools",
    "views",
    "wizards",
)
REQUIREMENTS = REPO / "bin" / "requirements"
DEFAULT_DATABASE = os.environ.get(
    "PROSPECT_DATABASE", CORE
)  # the one that bin/up makes


def digest(*parts, length=10):
    """Short fingerprint of some texts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:length]


def cache():
    """The folder that holds all we download and make."""
    chosen = os.environ.get("PROSPECT_CACHE")
    if not chosen:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        chosen = Path(base) / "prospect"
    return Path(chosen).expanduser().absolute()


def checkout():
    """Short name of this checkout among those that share the cache."""
    return digest(REPO, length=6)


def manifest_of(folder):
    """An add-on's manifest."""
    return ast.literal_eval((folder / "__manifest__.py").read_text("utf-8"))


def addon_sources():
    """Name and folder of each installable add-on in this checkout, the core first."""
    found = {}
    if (REPO / "__manifest__.py").is_file():
        found[CORE] = REPO
    for manifest in sorted(REPO.glob("addons/*/__manifest__.py")):
        if manifest_of(manifest.parent).get("installable", True):
            found[manifest.parent.name] = manifest.parent
    return found


def link(target, place):
    """Make a link, or mend one that leads elsewhere."""
    if place.is_symlink() and os.readlink(place) == str(target):
        return
    if place.is_symlink() or place.exists():
        place.unlink()
    place.symlink_to(target)


def make_links():
    """Make the one folder that goes on Odoo's add-ons path, and return it.

    Odoo names an add-on after its folder and reads the terms to translate from
    everything below it, so it must see neither the checkout's name nor what else the
    root holds.
    """
    links = cache() / "addons" / checkout()
    core = links / CORE
    core.mkdir(parents=True, exist_ok=True)
    sources = addon_sources()
    for source in sources.values():
        # Else the export of terms would make the folder inside the cache.
        (source / "i18n").mkdir(exist_ok=True)
    wanted = {part: REPO / part for part in PARTS if (REPO / part).exists()}
    for stale in {path.name for path in core.iterdir()} - wanted.keys():
        (core / stale).unlink()
    for part, target in wanted.items():
        link(target, core / part)
    for stale in {path.name for path in links.iterdir()} - sources.keys() - {CORE}:
        (links / stale).unlink()
    for name, source in sources.items():
        if name != CORE:
            link(source, links / name)
    return links
