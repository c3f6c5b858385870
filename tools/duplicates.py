"""Whether two records are one person: points, from 0 to 100, and the reasons for them.

Plain Python without the ORM. What counts, and how much, is what administrators compose:
:class:`Rule`. A score is the sum of the points, at most 100, less those of what speaks
against it.
"""

from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from .addresses import compare_homes
from .likeness import (
    DIFFERENT,
    SAME,
    compare_at_home,
    compare_companies,
    compare_names,
)
from .persons import FREE_DOMAINS


class Rule(NamedTuple):
    """What counts: its weight in points, and what it leaves out."""

    number: int
    kind: str
    weight: int
    skip_shared: bool = True
    skip_free: bool = True
    minimum: int = SAME


# Names at one address that are partly and mostly the same, and how alike the address
# has to be for the one and the other.
PARTLY, MOSTLY = 65, 70
THERE, NEAR = 88, 80


def make_rules(rules):
    """Rules by kind, for :func:`score`."""
    return {rule.kind: rule for rule in rules}


def score(left, right, rules):
    """Points of two persons, and why.

    :param left: a :class:`~.persons.Person`
    :param right: a :class:`~.persons.Person`
    :param dict rules: {kind: :class:`Rule`}, those that are in force
    :return: (points, list of reasons): (kind, points, likeness), strongest first

    >>> from .persons import read_person
    >>> rules = make_rules(
    ...     [Rule(1, "email", 70), Rule(2, "name", 30), Rule(3, "different", -20)]
    ... )
    >>> jean = read_person("Jean", "Dupont", "", "", "d@x.fr", "", "")
    >>> score(jean, read_person("Jean", "Dupond", "", "", "d@x.fr", "", ""), rules)
    (97, [('email', 70, 100), ('name', 27, 92)])
    >>> score(jean, read_person("Zoé", "Dupont", "", "", "d@x.fr", "", ""), rules)
    (50, [('email', 70, 100), ('different', -20, 17)])
    """
    reasons = []
    _add_addresses(left, right, rules, reasons)
    has_address = bool(reasons)
    likeness = compare_names(left, right)
    if (
        left.home
        and right.home
        and not has_address
        and (likeness is None or likeness < SAME)
    ):
        _add_home(left, right, rules, reasons, likeness)
    if likeness is None:
        _add_companies(left, right, rules, reasons)
    elif likeness < DIFFERENT:
        if has_address and (rule := rules.get("different")):
            reasons.append(("different", rule.weight, likeness))
    else:
        _add_place(left, right, rules, reasons, likeness)
        rule = rules.get("name")
        if has_address and rule and likeness >= rule.minimum:
            reasons.append(("name", rule.weight * likeness // 100, likeness))
    if not reasons:
        return 0, reasons
    gained = lost = 0
    for _kind, points, _likeness in reasons:
        if points > 0:
            gained += points
        else:
            lost += points
    reasons.sort(key=_get_points, reverse=True)
    return max(0, min(100, gained) + lost), reasons


def _add_addresses(left, right, rules, reasons):
    """The same e-mail or mailbox, and the same number."""
    if left.mailbox and left.mailbox == right.mailbox:
        rule = rules.get("email" if left.email == right.email else "mailbox")
        if rule and not (rule.skip_shared and left.is_shared):
            reasons.append((rule.kind, rule.weight, 100))
    if left.phone and left.phone == right.phone and (rule := rules.get("phone")):
        reasons.append(("phone", rule.weight, 100))


def _add_home(left, right, rules, reasons, likeness):
    """A name that is only partly the same, at one private address.

    Where an address or a number would distinguish two people, and in offices, where
    colleagues are, that says nothing.
    """
    rule = rules.get("name_street")
    if (
        not rule
        or left.company
        or right.company
        or (left.email and right.email)
        or (left.phone and right.phone)
    ):
        return
    name = compare_at_home(left, right, likeness)
    if name < PARTLY:
        return
    place = compare_homes(left, right)
    if place >= NEAR if name >= MOSTLY else place >= THERE:
        place = min(name, place)
        reasons.append(("name_street", rule.weight * place // 100, place))


def _add_place(left, right, rules, reasons, likeness):
    """A similar name at the same company, domain, street or postcode: the best of
    them.
    """
    best = None
    for kind, compare in PLACES.items():
        rule = rules.get(kind)
        if not rule or likeness < rule.minimum:
            continue
        place = compare(left, right, rule)
        if place:
            if place > likeness:
                place = likeness
            points = rule.weight * place // 100
            if best is None or points > best[1]:
                best = (kind, points, place)
    if best:
        reasons.append(best)


def _compare_work(left, right, rule):
    """How alike the companies are; 0: not the same."""
    if left.company == right.company:
        return 100 if left.company else 0
    likeness = compare_companies(left.company, right.company)
    return likeness if likeness >= rule.minimum else 0


def _compare_domains(left, right, rule):
    domain = left.domain
    if not domain or domain != right.domain:
        return 0
    return 0 if rule.skip_free and domain in FREE_DOMAINS else 100


def _compare_streets(left, right, _rule):
    return compare_homes(left, right)


def _compare_codes(left, right, _rule):
    if not left.zip or left.zip != right.zip:
        return 0
    # namesakes of one town: two streets say so
    return 0 if _live_apart(left, right) else 100


def _live_apart(left, right):
    """Whether two streets are known, and are not one."""
    one, two = left.home, right.home
    return bool(
        one and two and one.street and two.street and not compare_homes(left, right)
    )


# Kinds that look at a place which the two share, of which only the strongest counts:
# a company, its domain, its street and its postcode are one fact.
PLACES = {
    "name_company": _compare_work,
    "name_domain": _compare_domains,
    "name_street": _compare_streets,
    "name_zip": _compare_codes,
}
_get_points = itemgetter(1)


def _add_companies(left, right, rules, reasons):
    """A similar company, where neither record names a person."""
    rule = rules.get("company")
    if not rule or left.first or left.last or right.first or right.last:
        return
    likeness = compare_companies(left.company, right.company)
    if likeness >= rule.minimum:
        reasons.append(("company", rule.weight * likeness // 100, likeness))


def fingerprint(left, right):
    """A short text that changes when what distinguishes the two changes.

    >>> from .persons import read_person
    >>> one = read_person("Jean", "Dupont", "", "", "d@x.fr", "", "")
    >>> two = read_person("Jeanne", "Dupont", "", "", "", "", "")
    >>> fingerprint(one, two) == fingerprint(two, one)
    True
    >>> fingerprint(one, two) == fingerprint(one, two._replace(phone="+331"))
    False
    """
    text = "\x00".join(sorted((_get_text(left), _get_text(right))))
    return blake2b(text.encode(), digest_size=12).hexdigest()


def get_digest(person, company_id, partner_id):
    """A number that changes when a record may have other duplicates than before.

    >>> from .persons import read_person
    >>> one = read_person("Jean", "Dupont", "", "", "d@x.fr", "", "")
    >>> get_digest(one, 1, None) == get_digest(one._replace(first=("jean",)), 1, None)
    True
    >>> len({get_digest(one, *ids) for ids in ((1, None), (None, 1), (1, 1))})
    3
    """
    text = f"{_get_text(person)}\x00{company_id}\x00{partner_id}"
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _get_text(person):
    first, last, company, email, _mailbox, _domain, phone, code, _shared, home = person
    text = "\x1f".join((*first, "", *last, "", company, email, phone, code))
    if not home:
        return text
    numbers, street, more, city = home
    return "\x1f".join((text, *numbers, "", *street[1:], "", *more[1:], "", city))
