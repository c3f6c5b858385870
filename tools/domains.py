"""Reading a domain that was saved as text, with what changes from day to day.

The web client saves a search as an expression: ``[("user_id", "=", uid)]``, or
``[("create_date", ">=", context_today() - relativedelta(days=7))]``. It is read here
without running any code: a literal, names and functions of dates, nothing else.
"""

import ast
import operator
from datetime import date, datetime, time, timedelta, timezone

from dateutil.relativedelta import relativedelta

# Names whose value is another one tomorrow.
TIMELY = frozenset(
    {"context_today", "current_date", "datetime", "now", "time", "today"}
)
MAX_LENGTH = 50_000
_UNITS = frozenset(
    """
    day days hour hours microsecond microseconds minute minutes month months second
    seconds week weeks weekday year years
    """.split()  # noqa: SIM905 - read as words
)
_METHODS = {
    date: frozenset({"isoformat", "replace", "strftime", "weekday"}),
    datetime: frozenset({"date", "isoformat", "replace", "strftime", "weekday"}),
}
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub}


class DomainError(ValueError):
    """A text that is no domain: the part of it that cannot be read."""


def read_domain(text, names, tz=timezone.utc):
    """The domain that a text says, and the names that it uses.

    :param str text: of a list of conditions
    :param dict names: values of the names that it may use, beside those of dates
    :param tz: time zone of the person, which says what today is
    :return: (list, set of names)
    :raises DomainError: with the part that cannot be read

    >>> read_domain("[('user_id', '=', uid), ('active', '=', True)]", {"uid": 7})
    ([('user_id', '=', 7), ('active', '=', True)], {'uid'})
    >>> read_domain("['|', ('id', 'in', [1, 2]), ('priority', '=', '-3')]", {})[0]
    ['|', ('id', 'in', [1, 2]), ('priority', '=', '-3')]
    >>> text = "[('create_date', '>=', context_today().strftime('%Y-%m-01'))]"
    >>> domain, used = read_domain(text, {})
    >>> domain[0][2] == datetime.now(timezone.utc).strftime("%Y-%m-01"), used
    (True, {'context_today'})

    Whatever else Python could say is refused:

    >>> for text in (
    ...     "[('id', '=', __import__('os').getpid())]",
    ...     "[('name', '=', 'a' * 9999999)]",
    ...     "[('name', '=', ]",
    ...     "7",
    ... ):
    ...     try:
    ...         read_domain(text, {})
    ...     except DomainError as error:
    ...         print(error)
    __import__
    'a' * 9999999
    [('name', '=', ]
    7
    """
    text = (text or "[]").strip()
    try:
        if len(text) > MAX_LENGTH:
            raise ValueError
        body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DomainError(text[:200]) from error
    reader = _Reader(names, tz)
    domain = reader.evaluate(body)
    if not isinstance(domain, (list, tuple)):
        raise DomainError(text[:200])
    return list(domain), reader.used


class _Reader:
    """Reads one expression."""

    def __init__(self, names, tz):
        now = datetime.now(timezone.utc)
        local = now.astimezone(tz).replace(tzinfo=None)
        self.tz = tz
        self.used = set()
        self.names = {
            "current_date": local.strftime("%Y-%m-%d"),
            "today": local.strftime("%Y-%m-%d"),
            "now": local.strftime("%Y-%m-%d %H:%M:%S"),
            "true": True,
            "false": False,
            **names,
        }
        self.functions = {
            "context_today": local.date,
            "datetime.datetime": datetime,
            "datetime.datetime.combine": datetime.combine,
            "datetime.datetime.now": lambda: local,
            "datetime.datetime.today": lambda: local,
            "datetime.date": date,
            "datetime.date.today": local.date,
            "datetime.time": time,
            "datetime.timedelta": timedelta,
            "relativedelta": relativedelta,
            "time.strftime": local.strftime,
        }

    def evaluate(self, node):
        """The value of a part of the expression."""
        method = getattr(self, f"_read_{type(node).__name__.lower()}", None)
        if not method:
            self.refuse(node)
        return method(node)

    def refuse(self, node, error=None):
        """Say which part cannot be read."""
        raise DomainError(ast.unparse(node)[:200]) from error

    def _read_constant(self, node):
        return node.value

    def _read_list(self, node):
        return [self.evaluate(one) for one in node.elts]

    def _read_tuple(self, node):
        return tuple(self.evaluate(one) for one in node.elts)

    def _read_name(self, node):
        if node.id not in self.names:
            self.refuse(node)
        self.used.add(node.id)
        return self.names[node.id]

    def _read_unaryop(self, node):
        value = self.evaluate(node.operand)
        if not isinstance(node.op, ast.USub) or not isinstance(value, (int, float)):
            self.refuse(node)
        return -value

    def _read_binop(self, node):
        """Days more or less, and lists put together."""
        left = self.evaluate(node.left)
        right = self.evaluate(node.right)
        work = _OPERATORS.get(type(node.op))
        lists = isinstance(left, list) and isinstance(right, list)
        dates = (date, datetime, timedelta, relativedelta)
        if not work or not (
            (lists and work is operator.add)
            or (isinstance(left, dates) and isinstance(right, dates))
        ):
            self.refuse(node)
        try:
            return work(left, right)
        except (TypeError, ValueError, OverflowError) as error:
            self.refuse(node, error)

    def _read_call(self, node):
        path = self._get_path(node.func)
        if any(keyword.arg is None for keyword in node.keywords):
            self.refuse(node)
        args = [self.evaluate(one) for one in node.args]
        options = {one.arg: self.evaluate(one.value) for one in node.keywords}
        try:
            if path in self.functions:
                self.used.add(path.partition(".")[0])
                if options.keys() - _UNITS:
                    self.refuse(node)
                return self.functions[path](*args, **options)
            if isinstance(node.func, ast.Attribute):
                return self._call_method(node, args, options)
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, DomainError):
                raise
            self.refuse(node, error)
        self.refuse(node.func)

    def _call_method(self, node, args, options):
        """A method of a date, to_utc() of the web client among them."""
        value, name = self.evaluate(node.func.value), node.func.attr
        if isinstance(value, datetime) and name == "to_utc":
            if value.tzinfo:
                return value
            localize = getattr(self.tz, "localize", None)
            aware = localize(value) if localize else value.replace(tzinfo=self.tz)
            return aware.astimezone(timezone.utc).replace(tzinfo=None)
        if name not in _METHODS.get(type(value), ()):
            self.refuse(node)
        return getattr(value, name)(*args, **options)

    def _get_path(self, node):
        """``datetime.datetime.now`` of such an expression, or an empty text."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([node.id, *reversed(parts)])
