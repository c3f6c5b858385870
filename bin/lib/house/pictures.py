"""Pictures of the README and the documentation: ``bin/shots`` can take each again."""

import json
import re

from .places import REPO

SHOTS = REPO / "bin" / "lib" / "shots.json"
FOLDER = "static/description/"
IMAGE = re.compile(r"^\.\. (?:image|figure):: +(\S+)", re.M)
# Not screenshots: drawn by hand.
DRAWN = {"icon"}


def complaints(files):
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
