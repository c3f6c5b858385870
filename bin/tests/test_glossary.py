"""The words of docs/glossary.rst, and no others."""

import os
import re
import unittest
from fnmatch import fnmatch
from pathlib import Path

import polib

from house.places import REPO

GLOSSARY = "docs/glossary.rst"
# These two name what is not to be written.
THEMSELVES = {GLOSSARY, "bin/tests/test_glossary.py"}
READ = {".py", ".xml", ".js", ".cjs", ".scss", ".css", ".csv", ".json", ".rst", ".md"}
TERM = re.compile(r"``(.+)``")
PLACE = re.compile(r"    - ``(.+)``: \S")


def read_glossary(text):
    """{section: {forbidden: [places that keep it]}}.

    >>> read_glossary("English\\n===\\n``a|b``\\n    *c*\\n    - ``x.py``: why\\n")
    {'English': {'a|b': ['x.py']}}
    """
    sections, lines = {}, text.split("\n")
    section = term = None
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following.startswith("===") and re.fullmatch(r"\w+", line):
            section, term = sections.setdefault(line, {}), None
        elif section is not None and (found := TERM.fullmatch(line)):
            term = section.setdefault(found[1], [])
        elif term is not None and (found := PLACE.match(line)):
            term.append(found[1])
    return {name: terms for name, terms in sections.items() if terms}


def files(top):
    """{path below the checkout: its text} of what people write here."""
    found = {}
    for folder, names, leaves in os.walk(top):
        names[:] = [name for name in names if not name.startswith((".", "node_"))]
        names[:] = [name for name in names if name != "__pycache__"]
        for leaf in leaves:
            path = Path(folder, leaf)
            where = path.relative_to(top).as_posix()
            if where in THEMSELVES or leaf.startswith("."):
                continue
            if path.suffix in READ:
                found[where] = path.read_text("utf-8-sig", errors="replace")
            elif path.suffix == ".pot":
                terms = [entry.msgid for entry in polib.pofile(str(path))]
                found[where] = "\n".join(terms)
            else:
                found[where] = ""
    return found


def french(top):
    """{path below the checkout: its French}."""
    return {
        path.relative_to(top).as_posix(): "\n".join(
            entry.msgstr for entry in polib.pofile(str(path)) if not entry.obsolete
        )
        for path in Path(top).rglob("i18n/fr.po")
    }


class TestGlossary(unittest.TestCase):
    """Nobody writes a word that the glossary replaces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top = REPO
        cls.terms = read_glossary((cls.top / GLOSSARY).read_text("utf-8"))

    def _check(self, section, texts):
        kept, wrong = 0, []
        for stem, places in self.terms[section].items():
            pattern, used = re.compile(stem, re.IGNORECASE), set()
            for where, text in texts.items():
                found = {m[0] for m in pattern.finditer(f"{where}\n{text}")}
                place = next((p for p in places if fnmatch(where, p)), None)
                if found and place:
                    used.add(place)
                    kept += 1
                elif found:
                    wrong.append(f"{where}: {', '.join(sorted(found))}")
            wrong += [
                f"{place}: nothing there needs its exception to {stem}"
                for place in places
                if place not in used
            ]
        places = sum(map(len, self.terms[section].values()))
        print(f"{section}: {places} exceptions, which {kept} files need")
        self.assertFalse(wrong, f"see {GLOSSARY}:\n" + "\n".join(wrong))

    def test_english(self):
        self._check("English", files(self.top))

    def test_french(self):
        self._check("French", french(self.top))

    def test_it_can_fail(self):
        """What is forbidden is found, wherever it stands."""
        for text in ("ProspectJourney", "is_suspect", "the host", "make_deal"):
            self.assertTrue(
                any(re.search(s, text, re.I) for s in self.terms["English"]), text
            )
        for text in ("dealer", "feedback", "broad", "hosted"):
            self.assertFalse(
                any(re.search(s, text, re.I) for s in self.terms["English"]), text
            )
