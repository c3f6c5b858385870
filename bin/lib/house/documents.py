"""What the documentation names is there: pictures, tests, rows of features."""

import json
import re

from .places import REPO

SHOTS = REPO / "bin" / "lib" / "shots.json"
FOLDER = "static/description/"
IMAGE = re.compile(r"^\.\. (?:image|figure):: +(\S+)", re.M)
FEATURES = "docs/features.rst"
ROW = r"(?:IE|CO|BX|MO|IY)-\d\d"
# Not screenshots: drawn by hand.
DRAWN = {"icon"}


def complaints(files):
    """One line for each thing that is named and is not there."""
    return [*_check_pictures(files), *_check_features(files)]


def _check_features(files):
    """The tests of the table exist, and so do the rows that code cites."""
    text = (REPO / FEATURES).read_text("utf-8")
    rows = set(re.findall(rf"^   \* - ({ROW})$", text, re.M))
    found = [
        f"{FEATURES}: there is no test {name}"
        for name in sorted(set(re.findall(r"^     - ``(\S+)``$", text, re.M)))
        if name not in files
    ]
    for name in files:
        if not name.endswith((".py", ".js", ".xml", ".rst")):
            continue
        cited = set(re.findall(rf"\b{ROW}\b", (REPO / name).read_text("utf-8")))
        found += [
            f"{name}: {row} is no row of {FEATURES}" for row in sorted(cited - rows)
        ]
    return found


def _check_pictures(files):
    """One line for each picture that is shown and not taken, or taken and not shown."""
    shots = {shot["name"] for shot in json.loads(SHOTS.read_text("utf-8"))["shots"]}
    taken = {
        name[len(FOLDER) : -4]
        for name in files
        if name.startswith(FOLDER) and name.endswith(".png")
    }
    found, shown = [], set()
    for name in files:
        if not name.endswith(".rst"):
            continue
        for match in IMAGE.finditer((REPO / name).read_text("utf-8")):
            place = (REPO / name).parent.joinpath(match[1]).resolve()
            if not place.is_file():
                found.append(f"{name}: there is no picture {match[1]}")
            if place.parent != REPO / FOLDER:
                continue
            shown.add(place.stem)
            if place.stem not in shots | DRAWN:
                found.append(f"{name}: bin/shots cannot take {match[1]} again")
    found += [
        f"{FOLDER}{name}.png: is on no page" for name in sorted(taken - shown - DRAWN)
    ]
    return found
