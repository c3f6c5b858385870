"""Whose turn it is, among people with shares of their own.

Everybody stands in a queue by the moment at which the next turn is *due*, and moves
back by one *round* divided by their weight when it comes: twice the weight, twice as
often. Those who cannot take their turn (absent, limit reached) are skipped and move
back all the same, so that who returns neither catches up nor waits longer than others.

Hence the bound: over any stretch of turns during which two people can both take theirs,
the ids of what they got, divided by their weights, differ by at most one. The
difference of their due moments says who is next of the two, whoever else is there. One
with weight v gets a turn when it is not positive, which adds 1/v, the other one, with
weight w, when it is not negative, which takes off 1/w: it stays within a width of
1/v + 1/w, at most 1 where both are 2 or more. Where v is 1, it comes back to the same
value after 1 turn of the one and w of the other: a width of 1 as well.
"""

from heapq import heapify, heappop, heappush
from math import lcm
from typing import NamedTuple

MAX_WEIGHT = 100
# One turn of weight 1; all weights divide it, halves too, so that nothing is rounded.
ROUND = 2 * lcm(*range(1, MAX_WEIGHT + 1))


class Member(NamedTuple):
    """One of those who take turns.

    - ``key``: what the state knows them by, an integer
    - ``weight``: from 1 to ``MAX_WEIGHT``
    - ``left``: how many they may still get, None for any number
    - ``out``: why they cannot take a turn at all, None when they can
    """

    key: int
    weight: int = 1
    left: int | None = None
    out: str | None = None


class Turns:
    """The queue, from a stored state.

    :param members: :class:`Member` tuples, in the order that decides between those who
        are due at the same moment
    :param dict state: {key as text: when due}, from :attr:`state`; who is not in it
        begins in the middle of a round of theirs

    Three people, two each, in their order:

    >>> turns = Turns(map(Member, (7, 8, 9)))
    >>> [key for key, skipped in turns.take(6)]
    [7, 8, 9, 7, 8, 9]

    Twice the weight, twice as many, well mixed; it goes on where it stopped:

    >>> [key for key, _ in Turns([Member(7, 2), Member(8, 1)]).take(6)]
    [7, 8, 7, 7, 8, 7]
    >>> first = Turns([Member(7, 2), Member(8, 1)])
    >>> [key for key, _ in first.take(2)]
    [7, 8]
    >>> [key for key, _ in Turns([Member(7, 2), Member(8, 1)], first.state).take(4)]
    [7, 7, 8, 7]

    Somebody away, and one who may get one more; then there is nobody:

    >>> turns = Turns([Member(7, out="absent"), Member(8, left=1), Member(9, left=1)])
    >>> turns.take(3)
    [(8, [(7, 'absent')]), (9, []), (None, [(7, 'absent'), (8, 'limit'), (9, 'limit')])]
    """

    def __init__(self, members, state=None):
        state = state or {}
        self._step, self._left, self._out, self._order = {}, {}, {}, {}
        queue = []
        for order, member in enumerate(members):
            step = ROUND // member.weight
            due = min(max(state.get(str(member.key), step // 2), 0), step)
            queue.append((due, order, member.key))
            self._step[member.key] = step
            self._order[member.key] = order
            self._left[member.key] = member.left
            if member.out is not None:
                self._out[member.key] = member.out
            elif member.left is not None and member.left <= 0:
                self._out[member.key] = "limit"
        heapify(queue)
        self._queue = queue
        self._now = 0

    @property
    def state(self):
        """{key as text: when due, from now}: what the next batch begins with."""
        return {str(key): max(due - self._now, 0) for due, _order, key in self._queue}

    @property
    def next(self):
        """The key of who is next, None for nobody."""
        queue = sorted(self._queue)
        return next((key for _due, _order, key in queue if key not in self._out), None)

    def take(self, count):
        """Give ``count`` turns.

        :return: (key, [(key of who was skipped, why)]) pairs; the key is None once
            nobody is left, with why nobody could
        """
        taken = []
        for _turn in range(count):
            if len(self._out) == len(self._step):
                nobody = sorted(self._out.items(), key=lambda out: self._order[out[0]])
                taken.extend([(None, nobody)] * (count - len(taken)))
                break
            taken.append(self._take_one())
        return taken

    def _take_one(self):
        """The turn of the first in the queue who can take it."""
        queue, passed = self._queue, []
        while queue[0][2] in self._out:
            passed.append(heappop(queue))
        due, order, key = heappop(queue)
        for place in passed:
            heappush(queue, self._pass_by(place, due, order))
        heappush(queue, (due + self._step[key], order, key))
        self._now = due
        if self._left[key] is not None:
            self._left[key] -= 1
            if self._left[key] <= 0:
                self._out[key] = "limit"
        return key, [(other, self._out[other]) for _due, _order, other in passed]

    def _pass_by(self, place, due, order):
        """The place in the queue of one who was skipped, behind the turn that came.

        However often it would have been their turn meanwhile.
        """
        former, their_order, key = place
        step = self._step[key]
        missed = (due - former) // step
        if not missed or former + missed * step < due or their_order < order:
            missed += 1
        return former + missed * step, their_order, key
