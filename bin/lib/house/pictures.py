"""Whether the documentation's pictures show what is there.

Each entry of ``bin/lib/shots.json`` names what it shows: ``shows``, patterns of paths
below the checkout. ``bin/shots`` notes a digest of that and one of the picture in
``bin/lib/shots.sum``, a line a picture. Digests and not the order of commits: a merge
puts commits in another order, a change that is taken back changes nothing, and a
shallow clone has no order at all.
"""

import hashlib
import json
import re
from pathlib import Path

from .places import REPO

LIST = Path("bin/lib/shots.json")
SUMS = Path("bin/lib/shots.sum")
FOLDER = Path("static/description")
HEADER = """\
# What bin/shots has taken: picture, digest of what it shows, digest of the picture.
"""
# Not by bin/shots.
DRAWN = {"icon"}
NAMED = re.compile(r"static/description/([\w-]+)\.png")
NAMED_BESIDE = re.compile(r'src="([\w-]+)\.png"')


def read_list(top=REPO):
    """{name: entry} of what bin/shots takes."""
    shots = json.loads((top / LIST).read_text("utf-8"))["shots"]
    return {shot["name"]: shot for shot in shots}


def read_sums(top=REPO):
    """{name: (digest of what is shown, digest of the picture)}."""
    path = top / SUMS
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: (shown, picture) for name, shown, picture in rows}


def write_sums(names, top=REPO):
    """Note that these pictures show what is there now; forget those of no entry."""
    shots, sums = read_list(top), read_sums(top)
    sums = {name: noted for name, noted in sums.items() if name in shots}
    for name in names:
        sums[name] = (digest(shots[name], top), _sum([picture(name, top)], top))
    lines = [f"{name} {' '.join(sums[name])}\n" for name in sorted(sums)]
    (top / SUMS).write_text(HEADER + "".join(lines), "utf-8")


def picture(name, top=REPO):
    """The file of a picture."""
    return top / FOLDER / f"{name}.png"


def shown_files(pattern, top=REPO):
    """The files that a pattern of ``shows`` names, without what programs leave."""
    return sorted(
        path
        for path in top.glob(pattern)
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    )


def digest(shot, top=REPO):
    """Of what a picture shows, and of how it is taken."""
    files = {path for pattern in shot["shows"] for path in shown_files(pattern, top)}
    how = {name: value for name, value in shot.items() if name != "shows"}
    return _sum(sorted(files), top, json.dumps(how, sort_keys=True))


def _sum(paths, top, *texts):
    """Short, as it has no enemies."""
    total = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        total.update(f"{path.relative_to(top).as_posix()} {len(data)}\n".encode())
        total.update(data)
    for text in texts:
        total.update(text.encode())
    return total.hexdigest()[:16]


def read_named(top=REPO):
    """{picture: a page that shows it}."""
    pages = [top / "README.rst", *sorted((top / "docs").rglob("*.rst"))]
    found = {}
    for page in pages:
        for name in NAMED.findall(page.read_text("utf-8")):
            found.setdefault(name, page.relative_to(top).as_posix())
    shop = top / FOLDER / "index.html"
    if shop.exists():
        for name in NAMED_BESIDE.findall(shop.read_text("utf-8")):
            found.setdefault(name, shop.relative_to(top).as_posix())
    return found


def complaints(top=REPO):
    """One line for each picture that lacks, that nobody shows, or that is outdated."""
    shots, sums, named = read_list(top), read_sums(top), read_named(top)
    for name in sorted(set(named) - set(shots)):
        page = named[name]
        yield f"{page}: {name}.png is not in {LIST}, so nobody can take it again"
    for path in sorted((top / FOLDER).glob("*.png")):
        if path.stem not in {*shots, *DRAWN, *named}:
            yield f"{FOLDER}/{path.name} is on no page, and not in {LIST}"
    for name in sorted(set(sums) - set(shots)):
        yield f"{SUMS}: {name} is not in {LIST}"
    for name, shot in shots.items():
        if name not in named:
            yield f"{LIST}: no page shows {name}"
        wrong = _find_wrong(name, shot, sums.get(name), top)
        if wrong:
            yield f"{FOLDER}/{name}.png {wrong}"


def _find_wrong(name, shot, noted, top):
    """What is wrong with one picture, or None."""
    shows = shot.get("shows") or []
    empty = [pattern for pattern in shows if not shown_files(pattern, top)]
    if empty or not shows:
        return f"shows nothing that is here: {', '.join(empty) or 'shows is empty'}"
    again = f"bin/shots {name}"
    if not picture(name, top).exists():
        return f"is missing: {again}"
    shown, taken = noted or (None, None)
    if taken != _sum([picture(name, top)], top):
        return f"is not the one that bin/shots took last: {again}"
    if shown != digest(shot, top):
        return (
            f"is older than what it shows: {again}, or bin/shots --unchanged {name} "
            "where the change cannot be seen"
        )
    return None
