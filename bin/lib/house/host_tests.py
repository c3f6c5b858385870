"""Which tests of Odoo's CRM are left out, each with its reason: host_tests.txt
beside this file.
"""

from pathlib import Path

from .console import say

ADDON = "crm"
LIST = Path(__file__).with_name("host_tests.txt")


def left_out():
    """Test (``file::Class::test`` or a part of it) and reason, in pairs."""
    pairs = []
    for line in LIST.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            pairs.append((name, reason.strip()))
    return pairs


def announce():
    """Say what is left out."""
    say(f"Odoo's own '{ADDON}' tests are run too, but for:")
    for name, reason in left_out():
        say(f"  {name}: {reason}")
