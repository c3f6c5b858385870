"""What our runs of pytest add to pytest-Odoo's."""

import os
import sys
from unittest.mock import patch

import pytest

from . import host_tests
from .spreading import Spreader, Worker

NO_BROWSER = (
    "Chrome executable not found",
    "websocket-client module is not installed",
    "chrome devtools",
    "Chrome headless",
    "chrome dev tools",
    "axe-core is not installed",
)

TAGS = {
    "concurrency": "several connections at once",
    "is_query_count": "how many queries something needs",
    "multi_company": "several companies",
    "security": "who may do and see what",
    "web": "a browser, or requests of one",
}


def _is_hosts(item):
    return item.path.parts[-3:-1] == (host_tests.ADDON, "tests")


def _is_left_out(item, names):
    if not _is_hosts(item):
        return False
    test = f"{item.path.name}::{item.nodeid.partition('::')[2]}"
    return any(test == name or test.startswith(f"{name}::") for name in names)


def pytest_addoption(parser):
    """Options that bin/test sets."""
    parser.addoption(
        "--prospect-databases", default="", help="one for each process, by comma"
    )


def pytest_configure(config):
    """Odoo's tags can be chosen by: bin/test -m concurrency."""
    for tag, what in TAGS.items():
        config.addinivalue_line("markers", f"{tag}: {what}")


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Opportunity tests out, or take them, before pytest-odoo reads its options."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(config), "prospect-worker")
    else:
        config.pluginmanager.register(Spreader(config), "prospect-spreader")
    yield


def pytest_sessionstart():
    """Where the clock is moved (bin/tests/test_clocks.py), that of SQL goes along."""
    if os.environ.get("ODOO_FAKETIME_TEST_MODE"):
        from odoo.service.db import _check_faketime_mode
        from odoo.tests.common import get_db_name

        _check_faketime_mode(get_db_name())


def pytest_ignore_collect(collection_path):
    """Leave the tests of an add-on out that is left out: it needs what is not here."""
    if collection_path.name != "tests":
        return None
    from odoo.modules import Manifest

    addon = collection_path.parent.name
    manifest = Manifest.for_addon(addon, display_warning=False)
    needed = manifest["depends"] if manifest else ()
    if all(Manifest.for_addon(name, display_warning=False) for name in needed):
        return None
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Tear the class down before one of its tests is run again.

    pytest-rerunfailures keeps that for later, and sets the class up once more: the
    second transaction would wait for the rows of the first one for ever.
    """
    if getattr(item, "execution_count", 1) < 2:
        return
    suspended = sys.modules["pytest_rerunfailures"].suspended_finalizers
    for key in [key for key in suspended if isinstance(key, pytest.Class)]:
        finalizers, _error = suspended.pop(key)
        while finalizers:
            finalizers.pop()()


@pytest.hookimpl(tryfirst=True)  # -m chooses after this
def pytest_collection_modifyitems(config, items):
    """Leave out Odoo's tests that are listed."""
    names = [name for name, _reason in host_tests.left_out()]
    gone = [item for item in items if _is_left_out(item, names)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        for tag in TAGS.keys() & getattr(item.cls, "test_tags", set()):
            item.add_marker(tag)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Odoo's tests of its own assignment are about teams that ask for it."""
    if not _is_hosts(item):
        yield
        return
    from odoo.addons.prospect.models.assign.crm_team import CrmTeam

    with patch.object(CrmTeam, "_prospect_get_asking", lambda teams: teams):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A browser test that found no browser has failed: Odoo skips it."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and any(words in str(report.longrepr) for words in NO_BROWSER):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} needs a browser, and none could be "
            f"started.\n{report.longrepr}"
        )
