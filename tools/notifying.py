"""When people are told of prospects, and in how many messages [MO-24, MO-27].

Plain Python, without the ORM.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# How quickly somebody is told, the quickest first.
FREQUENCIES = ("now", "hourly", "daily")
WAYS = ("email", "inbox", "popup")
# The hour of the person's day at which daily digests leave.
DIGEST_HOUR = 8
# Seconds without news after which a summary of something that runs may leave.
SETTLE = 60


def fold(count, recent, most, burst):
    """How to notify a person of some prospects at once.

    :param int count: prospects to announce now
    :param int recent: messages that the person got a short while ago
    :param int most: prospects up to which each has a message of its own
    :param int burst: messages in that short while from which they are held together
    :return: ``single``, one message each; ``summary``, one for all; or ``hold``, one
        for all that waits for others

    >>> fold(1, 0, most=3, burst=10), fold(4, 0, most=3, burst=10)
    ('single', 'summary')
    >>> fold(2, 9, most=3, burst=10), fold(4, 10, most=3, burst=10)
    ('hold', 'hold')
    """
    if recent + (count if count <= most else 1) > burst:
        return "hold"
    return "single" if count <= most else "summary"


def quickest(wishes):
    """What several rules want for one prospect, as the ways of each frequency.

    Nobody is told of the same prospect in the same way twice: the quickest rule wins.

    :param wishes: (frequency, ways) pairs
    :return: {frequency: tuple of ways}

    >>> quickest([("daily", {"email", "inbox"}), ("now", {"inbox"})])
    {'now': ('inbox',), 'daily': ('email',)}
    """
    by_way = {}
    for frequency, ways in wishes:
        for way in ways:
            known = by_way.get(way, FREQUENCIES[-1])
            by_way[way] = min(known, frequency, key=FREQUENCIES.index)
    return {
        frequency: tuple(way for way in WAYS if by_way.get(way) == frequency)
        for frequency in FREQUENCIES
        if frequency in by_way.values()
    }


def next_digest(now, frequency, zone=None):
    """When the next digest leaves: at the full hour, or in the morning.

    :param datetime now: in UTC, without zone, as Odoo stores it
    :param str frequency: ``hourly`` or ``daily``
    :param str zone: the person's, else UTC
    :return: the same kind of datetime

    >>> from datetime import datetime
    >>> next_digest(datetime(2030, 1, 7, 9, 20), "hourly")
    datetime.datetime(2030, 1, 7, 10, 0)
    >>> next_digest(datetime(2030, 1, 7, 6, 59), "daily", "Europe/Paris")
    datetime.datetime(2030, 1, 7, 7, 0)
    >>> next_digest(datetime(2030, 1, 7, 7, 0), "daily", "Europe/Paris")
    datetime.datetime(2030, 1, 8, 7, 0)
    >>> next_digest(datetime(2030, 7, 7, 12, 0), "daily", "Nowhere/Land")
    datetime.datetime(2030, 7, 8, 8, 0)
    """
    if frequency == "hourly":
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    try:
        zone = ZoneInfo(zone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        zone = UTC
    local = now.replace(tzinfo=UTC).astimezone(zone)
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(UTC).replace(tzinfo=None)
