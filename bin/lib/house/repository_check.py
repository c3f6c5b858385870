"""What must not be in the repository."""

import re
import subprocess
from pathlib import Path

from .places import REPO

TEXT_LIMIT = 2_000_000
# Put together from parts, so that this file does not find itself.
LATER = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
REGISTRIES = "|".join(
    rf"(?<![\w.-])(?:[\w-]+\.)*{host}\.{end}\b"
    for host, end in (
        ("py" + "pi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "(?:org|com)"),
        ("yarn" + "pkg", "com"),
        ("debian", "org"),
        ("ubuntu", "com"),
    )
)
# The history before it is as it is.
COMMITS_SINCE = "e1bb9d4"
COMMIT_RULES = (
    (
        "a path of a machine",
        r"(?<![\w.~$}/-])/(?:home|Users|root|tmp|work|mnt|srv|opt|var|private)/\w",
    ),
    ("work in progress", r"(?i)\bwip\b"),
)
RULES = (
    ("left for later", rf"\b(?:{LATER})\b", ()),
    ("a package registry's address", REGISTRIES, ()),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY", ()),
    (
        "what looks like a secret",
        r"\b(?:ghp|gho|github_pat|glpat|xox[bap]|sk_live|AKIA)[-_A-Z0-9][\w-]{12,}",
        (),
    ),
    (
        "what looks like a secret",
        r"(?i)\b(?:api_?key|secret|token|passw(?:or)?d)\b['\"]?\s*[:=]\s*['\"][A-Za-z0-9+/_-]{20,}['\"]",
        (".po", ".pot"),
    ),
    (
        "a path of a person's machine",
        r"(?<![\w.~$}/])/(?:home|Users)/[a-z][\w.-]*/",
        (),
    ),
    (
        # moved clocks (bin/tests/test_clocks.py) do not move it, and it knows no zone
        "the server's day in SQL: take it from now()",
        r"(?i)\bCURRENT" + r"_(?:DATE|TIME)\b",
        (".js", ".xml", ".po", ".pot", ".rst", ".md", "tools/domains.py"),
    ),
    ("a mark of a merge", r"^(?:<{7}|>{7}|={7})(?: |$)", (".rst", ".md")),
)


def machine_paths():
    """Where this checkout is, and whose home this is."""
    return {str(REPO), str(Path.home())} - {"/", "/root"}


def commit_complaints():
    """One line for each commit whose subject announces a machine, or of work that is
    not done.
    """
    log = subprocess.run(
        ["git", "-C", REPO, "log", "--format=%h %s", f"{COMMITS_SINCE}..HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    if log.returncode:  # not all of the history is here, or no git
        return []
    return bad_subjects(log.stdout.splitlines())


def bad_subjects(commits):
    """Those of some commits (number and subject) that are to be complained about."""
    return [
        f"commit {commit[:90]}: {title}"
        for commit in commits
        for title, pattern in COMMIT_RULES
        if re.search(pattern, commit)
    ]


def complaints(files):
    """One line for each thing found."""
    found = []
    rules = [(title, re.compile(pattern, re.M), but) for title, pattern, but in RULES]
    places = re.compile("|".join(map(re.escape, sorted(machine_paths()))))
    rules += [
        ("a path of this machine", places, ()),
        ("a path of this machine", re.compile(r"(?<![\w.-])/root/\w"), ()),
    ]
    for name in files:
        path = REPO / name
        if path.stat().st_size > TEXT_LIMIT:
            found.append(
                f"{name}: {path.stat().st_size / 1e6:.1f} MB is too large for the "
                "repository"
            )
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        text = data.decode("utf-8", "replace")
        for title, pattern, but in rules:
            if name.endswith(but):
                continue
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{name}:{line}: {title}: {match[0].strip()[:60]}")
        if text and not text.endswith("\n") and not name.endswith(".svg"):
            found.append(f"{name}: no newline at the end")
        if name.endswith((".rej", "/i18n/en.po")):
            found.append(f"{name}: does not belong into the repository")
    return found
