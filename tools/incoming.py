"""One row on its way through the gate."""

from dataclasses import dataclass, field

from .remarks import join_remarks


class ReadValues(dict):
    """Values of a prospect that were read, with what is to be told of them.

    >>> ReadValues({"city": "Lyon"}, ["Two cities."]).remarks
    ['Two cities.']
    """

    def __init__(self, values, remarks=()):
        super().__init__(values)
        self.remarks = list(remarks)


@dataclass(slots=True)
class Incoming:
    """What arrives about one person, and what becomes of it.

    - ``number``: its place among the rows; in a file, the line that people see
    - ``values``: values of ``crm.lead``; relations as numbers, lists and tags as lists
      of numbers: the same in Python and in JSON
    - ``email``, ``phone``: normalised, or None; ``key``: the identity made of them
    - ``company``: number of the company in which the person is looked for, or 0
    - ``existing``: number of the open prospect that it is about, or 0
    - ``closed``: number of the converted prospect or junk that it comes back from
    - ``target``: number of the earlier row whose prospect it is about, or 0
    - ``outcome``: created, updated, unchanged, repeat, skipped or failed
    - ``reason``: why, for people, as the plan says; ``notes``: remarks about what was
      read, whatever the plan; both are made by ``tools.remarks``
    - ``before``, ``after``: the fields that change; for lists and tags, what is left
      and what is joined
    - ``left_alone``: names of fields that differ and stay
    - ``lead_id``: the prospect that it has made or changed
    - ``wanted``: number of the prospect that the row itself names, or 0
    - ``distribute``: where its prospect goes to one of several people: the number of
      the rotation, or 0 for people who were chosen; else None
    - ``as_planned``: whether it did just what its line says
    - ``suggested``: what its source gives to new prospects that say nothing about it
    - ``erased``: whether it is about an erased person: nothing of it is kept
    - ``opted_out``: whether it says that the person does not want to be written to
    - ``replanned``: whether the run did something else than the preview showed
    - ``assistant``: normalised address of the assistant, or None
    - ``told``: remarks of which people are told: counted, and noted on the prospect
    - ``noticed``: the same before it is put in words: (code, key, face)
    - ``contradicts``: it names somebody else than the person whom it is about
    - ``is_pinned``: it goes where the plan has put it
    - ``is_planned_new``: the plan has made a person of its own of it
    - ``says``: notes to write on the prospect, as (digest, text)
    """

    number: int
    values: dict
    email: str | None = None
    phone: str | None = None
    key: str | None = None
    company: int = 0
    existing: int = 0
    closed: int = 0
    target: int = 0
    outcome: str = ""
    reason: str = ""
    notes: list = field(default_factory=list)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    left_alone: list = field(default_factory=list)
    lead_id: int = 0
    wanted: int = 0
    distribute: int | None = None
    opted_out: bool = False
    replanned: bool = False
    as_planned: bool = False
    suggested: dict = field(default_factory=dict)
    erased: bool = False
    assistant: str | None = None
    told: list = field(default_factory=list)
    noticed: list = field(default_factory=list)
    contradicts: bool = False
    is_pinned: bool = False
    is_planned_new: bool = False
    says: list = field(default_factory=list)

    def remark(self, reason):
        """Add to why the row became what it is; an empty text adds nothing.

        >>> row = Incoming(1, {}, reason="Known.")
        >>> row.remark("Left out.")
        >>> row.reason
        'Known.\\nLeft out.'
        """
        self.reason = join_remarks([self.reason, reason])

    def fail(self, reason):
        """Reject the row, for a reason that people can act on."""
        self.outcome, self.reason = "failed", reason
        self.before, self.after, self.lead_id = {}, {}, 0
        self.told, self.noticed, self.says = [], [], []

    @property
    def creates(self):
        """Whether the row makes a prospect."""
        return self.outcome in ("created", "repeat")

    def as_outcome(self):
        """What the gate gives its caller, as plain values."""
        return {
            "number": self.number,
            "outcome": self.outcome,
            "reason": self.full_reason,
            "lead_id": self.lead_id or False,
            "before": self.before,
            "after": self.after,
            "left_alone": self.left_alone,
            "erased": self.erased,
            "told": [{"code": one.code, "values": one.values} for one in self.told],
        }

    @property
    def full_reason(self):
        """The reason, what is told, and the remarks below it."""
        if not (self.told or self.notes):
            return self.reason
        return join_remarks([self.reason, *self.told, *self.notes])

    @property
    def keys(self):
        """All that the row is locked by, whichever it will be known by.

        >>> row = Incoming(1, {}, email="a@x.fr", phone="+331", assistant="a@x.fr")
        >>> sorted(row.keys)
        ['e:a@x.fr', 'p:+331']
        """
        keys = {f"e:{email}" for email in (self.email, self.assistant) if email}
        if self.phone:
            keys.add(f"p:{self.phone}")
        return keys
