"""What a prospect becomes, in plain Python."""
# ruff: noqa: RUF002 - letters as people write them

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from .remarks import join_remarks, pack
from .texts import clean_text, plain_marks

# What a conversion makes or links, in the order in which it is made.
# What captures make in a database without leads [BX-23]. No companies: whoever fills in
# a form would put himself into the company that he names.
SIMPLE_MAKES = {
    "contact": ("contact",),
    "contact_opportunity": ("contact", "opportunity"),
}
TARGETS = ("company", "contact", "opportunity")


def company_key(name):
    """What two spellings of a company's name have in common, to know it again.

    Only case, blanks, and sorts of apostrophes and dashes: Acme SA and Acme SARL are
    two companies.

    >>> company_key("  ACME   Sàrl "), company_key("L’Est") == company_key("l'est")
    ('acme sàrl', True)
    >>> company_key(None)
    ''
    """
    return plain_marks(clean_text(name or "")).casefold()


def preset(has_person, has_company):
    """Which targets the data of prospects ask for [BX-14 to BX-16].

    A person makes a contact, a company a company; the sale itself is what most
    conversions are about.

    >>> preset(True, False)
    {'company': False, 'contact': True, 'opportunity': True}
    >>> preset(False, False)
    {'company': False, 'contact': True, 'opportunity': True}
    >>> preset(False, True)
    {'company': True, 'contact': False, 'opportunity': True}
    """
    return {
        "company": has_company,
        "contact": has_person or not has_company,
        "opportunity": True,
    }


def targets_of(wanted, has_person, has_company):
    """Which of the wanted targets a prospect can have: (company, contact, opportunity).

    What one asks of many is made where there is something to make it of. A prospect
    without a company's name has none, and one that names only a company is no person,
    unless nothing else is wanted: then its title has to do.

    >>> targets_of({"company", "contact", "opportunity"}, True, False)
    (False, True, True)
    >>> targets_of({"company", "contact"}, False, True)
    (True, False, False)
    >>> targets_of({"company"}, True, False)
    (True, False, False)
    >>> targets_of({"contact"}, False, True)
    (False, True, False)
    """
    company = "company" in wanted and (has_company or "contact" not in wanted)
    contact = "contact" in wanted and (has_person or not company)
    return company, contact, "opportunity" in wanted


def plain_value(value):
    """A value for a new record as it can be kept with the plan.

    >>> plain_value(date(2026, 2, 3)), plain_value(datetime(2026, 2, 3, 4, 5))
    ('2026-02-03', '2026-02-03 04:05:00')
    >>> plain_value(b"AAAA"), plain_value([(6, 0, [1])])
    ('AAAA', [(6, 0, [1])])
    """
    if isinstance(value, datetime):
        return str(value.replace(microsecond=0))
    if isinstance(value, date):
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    return value


@dataclass(slots=True)
class Conversion:
    """What becomes of one prospect: the plan of its conversion, then the result.

    - ``number``: its line; ``lead_id``: the prospect
    - ``company``, ``contact``, ``opportunity``: what is made or linked, or None; a dict
      of ``do`` (create, link, same: what an earlier line makes, or turn: the prospect
      itself becomes the opportunity), ``id``, ``why`` (how it was found), ``name``,
      ``values`` (what is written into a new one), ``line`` (the earlier line)
    - ``outcome``: updated (converted), unchanged (it was already) or failed
    - ``reason``: why, for people; ``notes``: remarks about what is made; both are made
      by ``tools.remarks``
    - ``before``, ``after``: fields of the prospect that change
    - ``allowed``: the rule that lets the person convert, in words; ``why``: the same
      as a sentence to that person, which is not kept
    - ``traces``: what an undo needs beside these
    """

    number: int
    lead_id: int
    company: dict | None = None
    contact: dict | None = None
    opportunity: dict | None = None
    outcome: str = "updated"
    reason: str = ""
    notes: list = field(default_factory=list)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    allowed: str = ""
    why: str = ""
    traces: dict = field(default_factory=dict)

    def stop(self, outcome, reason):
        """Leave the prospect as it is, for a reason that people can act on."""
        self.outcome, self.reason = outcome, reason
        self.company = self.contact = self.opportunity = None
        self.before, self.after = {}, {}

    @property
    def customer(self):
        """The target that the prospect is linked to: its person before its company."""
        return self.contact or self.company

    @property
    def full_reason(self):
        """The reason, and the remarks below it."""
        return join_remarks([self.reason, *self.notes])

    def is_as(self, planned):
        """Whether what is done is what was planned.

        Whether an earlier line makes something or it is there already by then makes no
        difference.

        >>> planned = Conversion(2, 7, company={"do": "same", "name": "ACME"})
        >>> later = Conversion(2, 7, company={"do": "link", "id": 3, "name": "Acme"})
        >>> later.is_as(planned), planned.is_as(later)
        (True, False)
        """
        return self.outcome == planned.outcome and all(
            _decision(getattr(self, name), getattr(planned, name))
            == _decision(getattr(planned, name))
            for name in TARGETS
        )

    def as_plan(self):
        """The targets as plain data, to be kept with the line."""
        return {
            name: getattr(self, name) for name in TARGETS if getattr(self, name)
        } | ({"allowed": pack(self.allowed)} if self.allowed else {})

    @classmethod
    def from_plan(cls, number, lead_id, outcome, plan):
        """What a line has kept of an earlier plan."""
        targets = {name: (plan or {}).get(name) for name in TARGETS}
        return cls(number, lead_id, outcome=outcome, **targets)


def _decision(target, planned=None):
    if not target:
        return None
    if target["do"] == "link" and planned and planned["do"] == "same":
        # what the earlier line has made
        target = planned
    if target["do"] in ("link", "same"):
        return (target["do"], target["name"])
    # as the plan is kept: notes, commands and dates are other types before that
    return (
        target["do"],
        json.dumps(target.get("values") or {}, sort_keys=True, default=str),
    )
