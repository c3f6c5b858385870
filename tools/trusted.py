"""Context keys that only Python code can set.

The context comes with each request, so that whoever may call a method may send any
key: a hook would be left out, or a history name a wrong cause, at the wish of a client.
What is trusted is therefore wrapped in an object, which no request can carry: what
arrives as JSON or XML is plain data, and plain data is not believed.
"""

from functools import lru_cache


class _Trusted:
    """A value of a context key, from Python code."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"trusted({self.value!r})"


# The same object for the same value: environments are found again by their context.
_wrap = lru_cache(maxsize=1000, typed=True)(_Trusted)


def trusted(**values):
    """Context keys for ``with_context``, which ``read_trusted`` believes.

    :param values: of the keys; plain hashable values

    >>> context = trusted(prospect_cause="call", prospect_batch=True)
    >>> read_trusted(context, "prospect_cause")
    'call'
    >>> context == trusted(prospect_cause="call", prospect_batch=True)
    True
    """
    return {key: _wrap(value) for key, value in values.items()}


def read_trusted(context, key):
    """The value of a key, or None where it is missing or does not come from the code.

    :param dict context: of an environment

    >>> for sent in (True, "call", ["call"], {"value": "call"}):
    ...     print(read_trusted({"prospect_cause": sent}, "prospect_cause"))
    None
    None
    None
    None
    """
    value = context.get(key)
    return value.value if type(value) is _Trusted else None
