"""Which values of several prospects go together, in plain Python."""

from dataclasses import dataclass, field

# A choice of values instead of a prospect: all of them, one after the other.
ALL = "all"


@dataclass(eq=False)
class Merge:
    """A merge that somebody has chosen, on its way through Odoo's methods.

    In the context, where it is believed by its class, which no request can send.
    """

    survivor_id: int
    # {field: number of the prospect whose value stays}
    picks: dict = field(default_factory=dict)
    # what an undo needs, filled in when it is done
    trace: dict = field(default_factory=dict)


def _words(text):
    return "".join(
        char if char.isalnum() else " " for char in str(text).casefold()
    ).split()


def includes(text, other):
    """Whether a text says all that another one says, in the same order.

    >>> includes("Paul Smith", "paul"), includes("Paul", "Paul Smith")
    (True, False)
    >>> includes("Pauline Smith", "Paul")
    False
    >>> includes("Acme - Lyon (France)", "ACME Lyon")
    True
    """
    words, others = _words(text), _words(other)
    return any(
        words[start : start + len(others)] == others
        for start in range(len(words) - len(others) + 1)
    )


def find_widest(values, is_text):
    """The number of the value that includes all others, or None: they conflict.

    Empty values are no conflict, and neither are those that another one includes
    [BX-40].

    :param list values: of one field, of several prospects
    :param bool is_text: whether values can be included in each other

    >>> find_widest(["Paul", "", "Paul Smith"], True)
    2
    >>> find_widest(["Paul", "Peter"], True)
    >>> find_widest([7, False, 7], False), find_widest([False, False], False)
    (0, 0)
    >>> find_widest(["Rue", "Rue de Lyon"], False)
    """
    filled = [index for index, value in enumerate(values) if value]
    if not filled:
        return 0
    if not is_text:
        same = all(values[index] == values[filled[0]] for index in filled)
        return filled[0] if same else None
    widest = max(filled, key=lambda index: len(_words(values[index])))
    if all(
        values[index] == values[widest] or includes(values[widest], values[index])
        for index in filled
    ):
        return widest
    return None


def order(candidates):
    """Ids of prospects, the one that should survive first.

    What is open before what is lost, an opportunity before a lead, then the most
    complete one, then the oldest [BX-42].

    :param list candidates: (number, is open, is an opportunity, number of filled
        fields)

    >>> order([(1, True, False, 3), (2, True, False, 5), (3, False, False, 9)])
    [2, 1, 3]
    >>> order([(8, True, False, 5), (4, True, False, 5), (9, True, True, 1)])
    [9, 4, 8]
    """
    return [
        candidate[0]
        for candidate in sorted(
            candidates,
            key=lambda item: (not item[1], not item[2], -item[3], item[0]),
        )
    ]


def preset(numbers, filled):
    """{field: number of the prospect whose value stays}: the first that has one.

    :param list numbers: prospects, the survivor first
    :param dict filled: {field: ids of the prospects that have a value}

    >>> preset([5, 3], {"phone": {3}, "city": {3, 5}, "zip": set()})
    {'phone': 3, 'city': 5}
    """
    picks = {}
    for name, having in filled.items():
        number = next((number for number in numbers if number in having), None)
        if number:
            picks[name] = number
    return picks
