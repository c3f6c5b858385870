"""What clients give to public methods: anything, so that it is looked at first."""

import inspect
from functools import wraps

from odoo.exceptions import UserError

# More is no number of a record.
LARGEST = 1 << 31


def is_number(value):
    """Whether a value may be the number of a record, or none.

    >>> [is_number(value) for value in (7, 0, False, None, True, "7", 7.0, 1 << 40)]
    [True, True, True, True, False, False, False, False]
    """
    return value in (None, False) or (type(value) is int and abs(value) < LARGEST)


def is_numbers(value):
    """Whether a value may be numbers of records.

    >>> [is_numbers(value) for value in ([7], (), None, [None], "7", ["7"], 7, [[7]])]
    [True, True, True, False, False, False, False, False]
    """
    return value is None or (
        isinstance(value, list | tuple)
        and all(type(number) is int and abs(number) < LARGEST for number in value)
    )


def is_text(value):
    """Whether a value is a text, or none.

    >>> [is_text(value) for value in ("a", "", None, False, 7, ["a"])]
    [True, True, True, True, False, False]
    """
    return value in (None, False) or isinstance(value, str)


def is_values(value):
    """Whether a value is a dictionary by names.

    >>> [is_values(value) for value in ({}, {"a": 1}, None, [], {1: 2}, "a")]
    [True, True, True, False, False, False]
    """
    return value is None or (
        isinstance(value, dict) and all(isinstance(name, str) for name in value)
    )


def takes(**kinds):
    """A public method that is called with values of these kinds, or with a message.

    :param kinds: for a parameter of the method, a function that says whether a value
        is one
    :raises UserError: where it is called with others
    """

    def decorate(method):
        signature = inspect.signature(method)

        @wraps(method)
        def checked(self, *args, **kwargs):
            try:
                given = signature.bind(self, *args, **kwargs).arguments
            except TypeError:
                given = None
            if given is None or not all(
                is_kind(given[name]) for name, is_kind in kinds.items() if name in given
            ):
                raise UserError(
                    self.env._("This was called with something that it does not take.")
                )
            return method(self, *args, **kwargs)

        return checked

    return decorate
