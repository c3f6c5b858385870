"""Whether two records are one person: points, from 0 to 100, and the reasons for them.

Plain Python without the ORM. What counts, and how much, is what administrators compose:
:class:`Rule`. A score is the sum of the points, at most 100, less those of what speaks
against it.
"""

from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from .likeness import DIFFERENT, SAME, compare_companies, compare_names
from .persons import FREE_DOMAINS


class Rule(NamedTuple):
    """What counts: its weight in points, and what it leaves out."""

    number: int
    kind: str
    weight: int
    skip_shared: bool = True
    skip_free: bool = True
    minimum: int = SAME


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


def _add_place(left, right, rules, reasons, likeness):
    """A similar name at the same company, domain or postcode: the best of them."""
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


def _compare_codes(left, right, _rule):
    return 100 if left.zip and left.zip == right.zip else 0


# Kinds that look at a place which the two share, of which only the strongest counts:
# a company, its domain and its postcode are one fact.
PLACES = {
    "name_company": _compare_work,
    "name_domain": _compare_domains,
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
    first, last, company, email, _mailbox, _domain, phone, code, _shared = person
    return "\x1f".join((*first, "", *last, "", company, email, phone, code))
