"""Who may do what: plain decisions about plain facts, without the ORM."""

from typing import NamedTuple

# Widest last: of several rights of one person, the widest is what counts.
SCOPES = ("own", "team", "all")


class Rule(NamedTuple):
    """One row of the matrix."""

    id: int
    role: str  # group, creator, assigned or supervisor
    scope: str  # own, team or all
    group_id: int = 0
    company_id: int = 0


class Facts(NamedTuple):
    """What the rules look at, of one record; 0: nobody, none.

    The creator is an active employee: what a visitor, the mail gateway or somebody
    who has left made has none.
    """

    creator_id: int = 0
    user_id: int = 0
    team_id: int = 0
    company_id: int = 0


class Person(NamedTuple):
    """Who asks: their number, groups, companies, and the people and teams they know."""

    id: int
    group_ids: frozenset = frozenset()
    company_ids: frozenset = frozenset()
    supervised_ids: frozenset = frozenset()
    led_team_ids: frozenset = frozenset()
    team_ids: frozenset = frozenset()
    mate_ids: frozenset = frozenset()


def may_hold(rule, person):
    """Whether a rule can speak for somebody, on whatever record.

    >>> may_hold(Rule(1, "group", "all", group_id=7), Person(5, frozenset({7})))
    True
    >>> may_hold(Rule(1, "group", "all", group_id=8), Person(5, frozenset({7})))
    False
    """
    if rule.company_id and rule.company_id not in person.company_ids:
        return False
    return rule.role != "group" or rule.group_id in person.group_ids


def applies(rule, person, facts):
    """Whether a rule gives a person the right on one record.

    The supervisor of what nobody has added is the leader of its team.

    >>> person = Person(5, supervised_ids=frozenset({6}), led_team_ids=frozenset({3}))
    >>> applies(Rule(1, "creator", "own"), person, Facts(creator_id=5))
    True
    >>> applies(Rule(1, "assigned", "own"), person, Facts(creator_id=5))
    False
    >>> applies(Rule(1, "supervisor", "own"), person, Facts(creator_id=6))
    True
    >>> applies(Rule(1, "supervisor", "own"), person, Facts(team_id=3))
    True
    >>> applies(Rule(1, "supervisor", "own"), person, Facts(creator_id=9, team_id=3))
    False
    """
    if not may_hold(rule, person):
        return False
    if rule.company_id and facts.company_id not in (0, rule.company_id):
        return False
    if rule.role == "group":
        return _is_in_scope(rule.scope, person, facts)
    return _HOLDS[rule.role](person, facts)


def _supervises(person, facts):
    if facts.creator_id:
        return facts.creator_id in person.supervised_ids
    return facts.team_id in person.led_team_ids


# Whether a relation to a record is a person's.
_HOLDS = {
    "creator": lambda person, facts: facts.creator_id == person.id,
    "assigned": lambda person, facts: facts.user_id == person.id,
    "supervisor": _supervises,
}


def _is_in_scope(scope, person, facts):
    """Whether a record is within what a group may act on.

    >>> mate = Person(5, team_ids=frozenset({3}), mate_ids=frozenset({5, 6}))
    >>> [_is_in_scope(scope, mate, Facts(user_id=6)) for scope in SCOPES]
    [False, True, True]
    >>> [_is_in_scope(scope, mate, Facts(team_id=3)) for scope in SCOPES]
    [False, True, True]
    >>> [_is_in_scope(scope, mate, Facts(user_id=5)) for scope in SCOPES]
    [True, True, True]
    """
    if scope == "all":
        return True
    people = {facts.creator_id, facts.user_id}
    if person.id in people:
        return True
    return scope == "team" and bool(
        facts.team_id in person.team_ids or people & person.mate_ids
    )


def find_rule(rules, person, facts):
    """The first of the rules, widest scope first, that gives a right; None: none.

    >>> rules = [Rule(1, "creator", "own"), Rule(2, "group", "all", group_id=7)]
    >>> find_rule(rules, Person(5, frozenset({7})), Facts(creator_id=5)).id
    2
    >>> find_rule(rules, Person(5), Facts(creator_id=6)) is None
    True
    """
    for rule in sorted(rules, key=lambda rule: -SCOPES.index(rule.scope)):
        if applies(rule, person, facts):
            return rule
    return None
