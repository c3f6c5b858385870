"""Tests of days, at hours and on days at which tests of days go wrong.

Each run is a pytest of its own, on one copied database: its clock, and that of SQL's
``now()``, stand elsewhere. Browsers are left out: theirs cannot be moved.
"""

import calendar
import os
import subprocess
import sys
import unittest
from datetime import date, datetime, time, timedelta, timezone

from house import databases
from house.places import CORE, REPO, checkout
from house.system import ensure_faketime

FILES = (
    f"{CORE}/tests/assign/test_rotation.py",
    f"{CORE}/tests/extracts/test_summary.py",
    f"{CORE}/tests/lifecycle/test_analysis.py",
    f"{CORE}/tests/notify/test_notification.py",
    f"{CORE}/tests/segments/test_segments.py",
    "prospect_form/tests/figures/test_figures.py",
)
LATE, EARLY = time(23, 30), time(0, 30)
TODAY = datetime.now(timezone.utc).date()


def last_sunday(year, month):
    """When clocks are changed in Europe."""
    end = date(year, month, calendar.monthrange(year, month)[1])
    return end - timedelta(days=(end.weekday() + 1) % 7)


def coming(days):
    """The first of some days that is not over."""
    return next(day for day in days if day > TODAY + timedelta(days=2))


def years():
    """This one and those after it; a leap year is among them."""
    return range(TODAY.year, TODAY.year + 10)


class TestClocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = ensure_faketime()
        # bin/test drops what begins like this, whatever has become of this process
        cls.database = f"{databases.PREFIX}_run_{checkout()}_clock"
        made = subprocess.run(
            [sys.executable, "-m", "house.databases", "template"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        databases.create(cls.database, template=made.split()[-1])
        cls.addClassCleanup(databases.drop, cls.database)

    def _run_at(self, day, hour):
        """Run the tests of days with the clock at some moment (UTC)."""
        moment = datetime.combine(day, hour)
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PYTEST_")
        }
        variables.update(
            FAKETIME=f"@{moment:%Y-%m-%d %H:%M:%S}",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            LD_PRELOAD=str(self.library),
            ODOO_FAKETIME_TEST_MODE="1",
            TZ="UTC",
        )
        links = databases.LINKS
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "house.pytest_plugin", "-q"),
                *("-c", str(REPO / "bin" / "lib" / "pytest.ini")),
                *(f"--rootdir={links}", f"--odoo-config={os.environ['ODOO_RC']}"),
                *(f"--odoo-database={self.database}", "-p", "no:xdist"),
                *("-m", "not web and not concurrency and not is_query_count"),
                *(str(links / file) for file in FILES),
            ],
            cwd=links,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, f"{moment} UTC:\n{done.stdout[-8000:]}")
        self.assertRegex(done.stdout, r"\b\d{2,} passed")

    def test_leap_day_early(self):
        leap = (date(year, 2, 29) for year in years() if calendar.isleap(year))
        self._run_at(coming(leap), EARLY)

    def test_eve_of_summer_time_late(self):
        """In Brussels it is the day of the change, and two hours before it."""
        change = coming(last_sunday(year, 3) for year in years())
        self._run_at(change - timedelta(days=1), LATE)

    def test_day_of_winter_time_early(self):
        """Half an hour before the change."""
        self._run_at(coming(last_sunday(year, 10) for year in years()), EARLY)

    def test_last_day_of_the_year_late(self):
        self._run_at(coming(date(year, 12, 31) for year in years()), LATE)
