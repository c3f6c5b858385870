"""What a client's values name: the records that a relation is told to point at.

Clients may send any number. Reading a relation fills the cache of what it points at,
so whatever computes through it would notify the person what they may not see.
"""

from odoo.fields import Command

# Say nothing about people, and are filled in for doors, or chosen in the settings, by
# who has no right on them.
OPEN_MODELS = frozenset({"prospect.status", "ir.model", "ir.model.fields"})
RELATIONS = frozenset({"many2many", "many2one", "one2many", "reference"})
_NAMING = (Command.UPDATE, Command.LINK)


def is_ours(field):
    """Whether a field was added by Prospect or by one of its bridges.

    >>> from types import SimpleNamespace
    >>> [
    ...     is_ours(SimpleNamespace(_modules=modules))
    ...     for modules in ((), ("crm", "prospect"), ("prospect",), ("prospect_any",))
    ... ]
    [False, False, True, True]
    """
    first = field._modules[0] if field._modules else ""
    name = first.removeprefix("test_")
    return name == "prospect" or name.startswith("prospect_")


def read_number(value):
    """The number that a value of a many2one names, or None.

    >>> values = (7, 7.0, "7", [7, "name"], {"id": 7}, True, False, None, "x", {})
    >>> [read_number(value) for value in values]
    [7, 7, 7, 7, 7, None, None, None, None, None]
    """
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    elif isinstance(value, dict):
        value = value.get("id")
    elif hasattr(value, "_ids"):
        value = value.id
    if not value or isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def read_numbers(value):
    """The numbers that a value of a many2many or one2many adds.

    >>> read_numbers([(4, 7), (6, 0, [8, 9]), (3, 1), (5,), (0, 0, {}), 10])
    [7, 8, 9, 10]
    >>> read_numbers(False), read_numbers("x")
    ([], [])
    """
    if hasattr(value, "_ids"):
        return list(value.ids)
    if not isinstance(value, (list, tuple)):
        return []
    numbers = []
    for command in value:
        if not isinstance(command, (list, tuple)):
            numbers.append(read_number(command))
        elif command and command[0] in _NAMING:
            numbers.append(read_number(command[1]))
        elif len(command) > 2 and command[0] == Command.SET:
            numbers.extend(map(read_number, command[2] or ()))
    return [number for number in numbers if number]


def read_choice(field, value):
    """The model and the numbers that a value of a relation names.

    :return: (model or None, list of numbers)
    """
    if field.type == "many2one":
        number = read_number(value)
        return field.comodel_name, [number] if number else []
    if field.type == "reference":
        model, _comma, number = str(value or "").partition(",")
        number = read_number(number)
        return model or None, [number] if number else []
    return field.comodel_name, read_numbers(value)


def keep_numbers(value, known):
    """A default of a many2many without the records that are not known.

    >>> kept = keep_numbers([(6, 0, [7, 8]), (4, 9), (0, 0, {"name": "x"})], {7})
    >>> kept == [(6, 0, [7]), (0, 0, {"name": "x"})]
    True
    >>> keep_numbers([7, 8], {7})
    [7]
    """
    kept = []
    for command in value:
        if not isinstance(command, (list, tuple)):
            if read_number(command) in known:
                kept.append(command)
        elif command and command[0] == Command.SET:
            numbers = [number for number in command[2] if read_number(number) in known]
            kept.append((Command.SET, 0, numbers))
        elif command and command[0] in _NAMING:
            if read_number(command[1]) in known:
                kept.append(command)
        else:
            kept.append(command)
    return kept
