"""Periods of the analysis: days as people count them, and moments in UTC."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

# Days up to today that can be chosen by their number.
LENGTHS = (7, 30, 90, 365)


def get_zone(name):
    """A time zone by its name; UTC where there is none.

    >>> get_zone("Europe/Paris").key, get_zone(None).key
    ('Europe/Paris', 'UTC')
    """
    return ZoneInfo(name or "UTC")


def to_utc(day, zone):
    """The moment at which a day begins somewhere, in UTC without a zone.

    >>> from datetime import date
    >>> to_utc(date(2026, 7, 1), get_zone("Europe/Paris")).isoformat()
    '2026-06-30T22:00:00'
    """
    start = datetime.combine(day, time.min, zone)
    return start.astimezone(timezone.utc).replace(tzinfo=None)


def get_last_days(today, length):
    """(first day, last day) of so many days, today being the last.

    >>> from datetime import date
    >>> [str(day) for day in get_last_days(date(2026, 3, 10), 7)]
    ['2026-03-04', '2026-03-10']
    """
    return today - timedelta(days=length - 1), today


def get_previous(first, last):
    """The days just before a period, as many of them.

    >>> from datetime import date
    >>> [str(day) for day in get_previous(date(2026, 3, 4), date(2026, 3, 10))]
    ['2026-02-25', '2026-03-03']
    """
    length = last - first + timedelta(days=1)
    return first - length, first - timedelta(days=1)


def get_next_start(day, interval):
    """The first day of the week or month after the one that begins on ``day``.

    >>> from datetime import date
    >>> str(get_next_start(date(2026, 12, 1), "month"))
    '2027-01-01'
    >>> str(get_next_start(date(2026, 12, 28), "week"))
    '2027-01-04'
    """
    if interval == "week":
        return day + timedelta(days=7)
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
