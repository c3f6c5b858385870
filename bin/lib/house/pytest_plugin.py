"""What our runs of pytest add to pytest-odoo's."""

from unittest.mock import patch

import pytest

from . import host_tests

NO_BROWSER = (
    "Chrome executable not found",
    "websocket-client module is not installed",
    "chrome devtools",
    "Chrome headless",
    "chrome dev tools",
    "axe-core is not installed",
)


def _is_hosts(item):
    return item.path.parts[-3:-1] == (host_tests.ADDON, "tests")


def _is_left_out(item, names):
    if not _is_hosts(item):
        return False
    test = f"{item.path.name}::{item.nodeid.partition('::')[2]}"
    return any(test == name or test.startswith(f"{name}::") for name in names)


def pytest_collection_modifyitems(config, items):
    """Leave out the host's tests that are listed."""
    names = [name for name, _reason in host_tests.left_out()]
    gone = [item for item in items if _is_left_out(item, names)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """The host's tests of its own assignment are about teams that ask for it."""
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
