"""Who is who, and what a new message changes about an existing person.

Plain Python without the ORM: the rules of the gate, for one person at
a time. Values are as the database holds them: ids of records, texts, and sets of
numbers for lists and tags.
"""

from .values import clean_email

POLICIES = ("update", "fill", "skip", "create")
# What is done with existing people, as it is told to people.
POLICY_CHOICES = [
    ("update", "Overwrite with new values"),
    ("fill", "Fill empty fields only"),
    ("skip", "Skip"),
    ("create", "Always create new"),
]
# Fields that are one thing together: filled only where nothing in them is contradicted,
# so that nobody gets the first name of one person and the last name of another.
NAMES = ("first_name", "last_name", "contact_name")
ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id")
# What Odoo copies to the contact of a lead.
CONTACT_FIELDS = ("email_from", "phone")


def identity_key(email, phone):
    """The one key of a person: the e-mail, or the phone of somebody without [CO-09].

    :param str email: normalised address
    :param str phone: number in E.164
    :return: a text that never is the same for an address and a number, or None

    >>> identity_key("a@x.fr", "+33612345678")
    'e:a@x.fr'
    >>> identity_key(None, "+33612345678")
    'p:+33612345678'
    >>> identity_key("", False)
    """
    if email:
        return f"e:{email}"
    return f"p:{phone}" if phone else None


def identity_keys(email, phone, assistant=None):
    """All that somebody is locked by: every address and every number.

    :param str assistant: address of the assistant, as it was typed

    >>> sorted(identity_keys("a@x.fr", "+33612345678", " B@x.fr"))
    ['e:a@x.fr', 'e:b@x.fr', 'p:+33612345678']
    >>> identity_keys(None, False)
    set()
    """
    keys = {f"e:{email}"} if email else set()
    if phone:
        keys.add(f"p:{phone}")
    if assistant:
        address, _problem = clean_email(assistant)
        if address:
            keys.add(f"e:{address}")
    return keys


def same_text(left, right):
    """Whether two values are the same to a reader.

    >>> same_text("Dupont ", "DUPONT")
    True
    >>> same_text(False, "")
    True
    >>> same_text(3, 3)
    True
    """
    if isinstance(left, str) or isinstance(right, str):
        return (left or "").strip().casefold() == (right or "").strip().casefold()
    return (left or False) == (right or False)


def plan_values(current, incoming, policy, ignored=()):
    """What a message changes about an existing person.

    Empty values never erase. ``update`` lets what is new win, ``fill`` fills what is
    empty, ``skip`` changes nothing. Lists and tags are joined, never left; notes are
    added below those there are. E-mail and phone of somebody linked to a contact stay,
    and the difference is reported.

    :param dict current: what is known, ``partner_id`` among it
    :param dict incoming: what the message says
    :param str policy: one of :data:`POLICIES`
    :param ignored: names of fields that are the same in other words
    :return: two dicts, before and after, of the fields that change, and the names of
        those that differ and were left alone

    >>> known = {"city": "Lyon", "zip": ""}
    >>> plan_values(known, {"city": "Paris", "zip": "1"}, "update")
    ({'city': 'Lyon', 'zip': ''}, {'city': 'Paris', 'zip': '1'}, [])
    >>> plan_values(known, {"city": "Paris", "zip": "1"}, "fill")
    ({}, {}, ['city', 'zip'])
    >>> plan_values(known, {"city": "LYON", "zip": "1"}, "fill")
    ({'zip': ''}, {'zip': '1'}, [])
    >>> plan_values({"tag_ids": {1}}, {"tag_ids": [1, 2], "city": ""}, "fill")
    ({'tag_ids': []}, {'tag_ids': [2]}, [])
    >>> plan_values({"x": {"a": 1}}, {"x": {"a": 2, "b": 3}}, "fill")[1]
    {'x': {'a': 1, 'b': 3}}
    >>> plan_values({"phone": "1", "partner_id": 7}, {"phone": "2"}, "update")
    ({}, {}, ['phone'])
    """
    before, after, left = {}, {}, []
    if policy == "skip":
        return before, after, left
    for fname, value in incoming.items():
        if fname in ignored or _is_empty(value):
            continue
        known = current.get(fname)
        if isinstance(value, (list, tuple, set)):
            added = sorted(set(value) - set(known or ()), key=str)
            if added:
                before[fname], after[fname] = [], added
            continue
        value, is_free = _combine(fname, known, value, policy)
        if known == value or (_is_empty(known) and _is_empty(value)):
            continue
        if is_free or _may_change(fname, current, incoming, policy):
            before[fname], after[fname] = known, value
        elif not same_text(known, value):
            left.append(fname)
    return before, after, left


def _combine(fname, known, value, policy):
    """A value with what is known, and whether it contradicts nothing."""
    if isinstance(value, dict):
        return _merge(known or {}, value, policy), True
    if fname == "description":
        return _add_notes(known, value, policy), True
    return value, False


def _is_empty(value):
    return value is None or value is False or value in ("", (), [])


def _merge(known, values, policy):
    """Named values together: new ones win, or only fill what is empty."""
    return known | {
        name: value
        for name, value in values.items()
        if policy == "update" or _is_empty(known.get(name))
    }


def _add_notes(known, notes, policy):
    if not known or notes in known:
        return known or notes
    return f"{known}{notes}" if policy == "update" else known


def _may_change(fname, current, incoming, policy):
    if fname in CONTACT_FIELDS and current.get("partner_id"):
        return False
    if policy == "update":
        return True
    if not _is_empty(current.get(fname)) and not _extends(fname, current, incoming):
        return False
    group = next((group for group in (NAMES, ADDRESS) if fname in group), ())
    return all(
        _is_empty(current.get(other))
        or _is_empty(incoming.get(other))
        or same_text(current[other], incoming[other])
        or _extends(other, current, incoming)
        for other in group
    )


def _extends(fname, current, incoming):
    """Whether a longer full name only says more than the known one."""
    return fname == "contact_name" and all(
        _is_empty(current.get(part)) or same_text(current[part], incoming.get(part))
        for part in ("first_name", "last_name")
    )
