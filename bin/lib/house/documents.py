"""What the documentation names is there: files, tests, rows of features."""

import re

from .places import REPO

FOLDERS = "addons|bin|data|docs|models|report|static|tests|tools|views|wizards"
PATH = re.compile(rf"``((?:{FOLDERS})/[\w./-]+\.\w+)``")
FEATURES = "docs/features.rst"
ROW = r"(?:IE|CO|BX|MO|IY)-\d\d"


def complaints(files):
    """One line for each thing that is named and is not there."""
    return [*_check_paths(files), *_check_features(files)]


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


def _check_paths(files):
    """The files that pages name as ``folder/name.ext`` are there."""
    return [
        f"{name}: there is no {path}"
        for name in files
        if name.endswith(".rst")
        and not name.startswith(("CHANGELOG", "newsfragments/"))
        for path in sorted(set(PATH.findall((REPO / name).read_text("utf-8"))))
        if not (REPO / path).exists()
    ]
