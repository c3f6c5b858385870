"""How pieces of text are put together, in the language of the reader."""


def labelled(env, label, value):
    """A value after its label, with the colon of the reader's language.

    French has a space before it. An f-string would hide both from the translation.

    >>> class Env:
    ...     def _(self, text, **values):
    ...         return text % values
    >>> labelled(Env(), "Lists", "Guests, Fair")
    'Lists: Guests, Fair'

    :param env: environment of the reader
    :rtype: str
    """
    return env._("%(label)s: %(value)s", label=label, value=value)
