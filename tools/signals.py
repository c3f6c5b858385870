"""What can happen to a prospect, as plain data that other add-ons read.

An add-on that knows of something says so by a :class:`Signal`; who wants to start
something with it (a sequence, a webhook) offers it to people, with its *facts* as
drop-downs. Neither knows the other. What add-ons can ask (:class:`Condition`), do
(:class:`Action`) and say (:class:`Variable`) about a prospect is given in the same way.
"""

from typing import NamedTuple

# Types of facts, as the fields of Odoo are called. A moment is in UTC.
TYPES = frozenset(
    """boolean char date datetime float integer many2one selection""".split()  # noqa: SIM905
)
# How often a signal may start the same thing for one prospect and thread, unless
# somebody chooses: else, a number of days after the last one has ended.
NEVER, EACH = "never", "each"


class Fact(NamedTuple):
    """Something that a signal says of what has happened, or a setting.

    :ivar str name: its key in ``facts``; never changes, since settings hold it
    :ivar str label: what people read
    :ivar str type: one of ``TYPES``
    :ivar str model: of a ``many2one``, whose value is the number of a record
    :ivar tuple choices: of a ``selection``: (value, label) pairs
    :ivar bool many: the value is a list of such values
    """

    name: str
    label: str
    type: str = "char"
    model: str = ""
    choices: tuple = ()
    many: bool = False


class Signal(NamedTuple):
    """Something that can happen to prospects.

    :ivar str code: who emits it and what: ``lead.created``; never changes
    :ivar str label: what people choose
    :ivar tuple facts: :class:`Fact`, what each row says
    :ivar str thread: name of the fact that sets things apart that may run side by
        side for one person, such as an order; empty: there is one of them
    :ivar again: what is proposed when it happens again: ``never``, ``each`` time, or
        a number of days after the last one has ended
    :ivar str counts: name of the fact that says the how manieth time it is, or empty
    :ivar str sentence: in words, after "when": names of facts in braces
    """

    code: str
    label: str
    facts: tuple = ()
    thread: str = ""
    again: str | int = NEVER
    counts: str = ""
    sentence: str = ""


class Condition(NamedTuple):
    """Something that can be asked about prospects.

    :ivar str method: of ``crm.lead``: ``leads.method(settings)`` gives those for which
        it is true, in a constant number of queries; ``settings`` is {fact name: value}
    :ivar tuple facts: :class:`Fact`, its settings
    """

    code: str
    label: str
    method: str
    facts: tuple = ()
    sentence: str = ""


class Action(NamedTuple):
    """Something that can be done with prospects.

    :ivar str method: of ``crm.lead``: ``leads.method(settings)`` does it for all of
        them at once, with the rights of the environment
    :ivar tuple facts: :class:`Fact`, its settings
    """

    code: str
    label: str
    method: str
    facts: tuple = ()
    sentence: str = ""


class Variable(NamedTuple):
    """Something that a text can say of a prospect.

    :ivar str method: of ``crm.lead``: ``leads.method()`` gives {id: value}
    :ivar str type: one of ``TYPES``; says how the value is written
    """

    code: str
    label: str
    method: str
    type: str = "char"


def check_signals(signals):
    """Signals by code, when they are what they should be.

    :param signals: an iterable of :class:`Signal`
    :return: {code: signal}
    :raises ValueError: naming the code and what is wrong

    >>> order = Fact("order_id", "Order", "many2one", "sale.order")
    >>> paid = Signal("order.paid", "Paid", (order,), thread="order_id", again=30)
    >>> list(check_signals([paid]))
    ['order.paid']
    >>> check_signals([paid, paid])
    Traceback (most recent call last):
    ...
    ValueError: order.paid: two signals have this code
    >>> check_signals([paid._replace(thread="cart")])
    Traceback (most recent call last):
    ...
    ValueError: order.paid: no such fact: cart
    >>> check_signals([paid._replace(sentence="{cart} is paid")])
    Traceback (most recent call last):
    ...
    ValueError: order.paid: no such fact: cart
    """
    known = {}
    for signal in signals:
        problem = "two signals have this code" if signal.code in known else ""
        problem = problem or _find_problem(signal)
        if problem:
            raise ValueError(f"{signal.code}: {problem}")
        known[signal.code] = signal
    return known


def _find_problem(signal):
    """What is wrong with a signal, in words, or an empty text.

    >>> _find_problem(Signal("made", "Made"))
    'a code says who emits it and what, as lead.created does'
    >>> _find_problem(Signal("a.b", "B", (Fact("x", "X", "many2one"),)))
    'x: a many2one names its model, and nothing else does'
    >>> _find_problem(Signal("a.b", "B", again="often"))
    "again is 'never', 'each' or a number of days"
    """
    owner, _dot, name = signal.code.partition(".")
    if not owner or not name:
        return "a code says who emits it and what, as lead.created does"
    for fact in signal.facts:
        problem = _find_problem_of_fact(fact)
        if problem:
            return f"{fact.name}: {problem}"
    used = {signal.thread, signal.counts, *_find_names(signal.sentence)} - {""}
    for name in sorted(used - {fact.name for fact in signal.facts}):
        return f"no such fact: {name}"
    if signal.again not in (NEVER, EACH) and not isinstance(signal.again, int):
        return "again is 'never', 'each' or a number of days"
    return ""


def _find_problem_of_fact(fact):
    """The same of a fact."""
    if fact.type not in TYPES:
        return f"no such type: {fact.type}"
    if bool(fact.model) != (fact.type == "many2one"):
        return "a many2one names its model, and nothing else does"
    if bool(fact.choices) != (fact.type == "selection"):
        return "a selection has choices, and nothing else has"
    return ""


def _find_names(sentence):
    """Names in braces.

    >>> _find_names("joins {list_id} of {team_id}")
    ['list_id', 'team_id']
    """
    return [part.partition("}")[0] for part in sentence.split("{")[1:]]
