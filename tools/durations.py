"""Spans of time as people say them."""

from datetime import timedelta
from math import ceil

# Units with their length, and how many of them make the next one.
UNITS = (
    ("minutes", timedelta(minutes=1), 60),
    ("hours", timedelta(hours=1), 24),
    ("days", timedelta(days=1), None),
)


def round_up(span):
    """A span of time in the largest unit that it fills, rounded up: (number, unit).

    :param timedelta span: more than nothing

    >>> round_up(timedelta(days=1)), round_up(timedelta(days=1, seconds=1))
    ((1, 'days'), (2, 'days'))
    >>> round_up(timedelta(hours=23)), round_up(timedelta(hours=23, seconds=5))
    ((23, 'hours'), (1, 'days'))
    >>> round_up(timedelta(seconds=5)), round_up(timedelta(minutes=59, seconds=5))
    ((1, 'minutes'), (1, 'hours'))
    """
    for unit, length, size in UNITS:
        number = ceil(span / length)
        if not size or number < size:
            return number, unit
    raise RuntimeError("unreachable")
