from odoo import api, models

from ...tools.matching import POLICIES
from ...tools.people import Terms
from ...tools.trusted import trusted


class ProspectGate(models.AbstractModel):
    """The way by which prospects come in, for all but a person typing.

    A service: rows go through its steps, each of them a file beside this one. A preview
    takes the first ones and a run takes all: ``_read``, ``_lock``, ``_match``,
    ``_plan``, ``_write_rows`` (``_write`` is Odoo's), ``_react``. Its door is
    ``crm.lead._prospect_upsert``; who is the same person is said by
    ``tools/identity.py`` alone, see ``docs/identity.rst``.
    """

    _name = "prospect.gate"
    _description = "How prospects come in"

    @api.model
    def _upsert(self, rows, terms, cause=None):
        """See ``crm.lead._prospect_upsert``.

        :param terms: a :class:`~..tools.people.Terms`
        """
        if terms.policy not in POLICIES:
            raise ValueError(f"No such policy: {terms.policy!r}")
        gate = self.with_context(**trusted(prospect_cause=cause)) if cause else self
        incoming = [
            gate._read(number, values, terms.defaults)
            for number, values in enumerate(rows, start=1)
        ]
        gate._run(incoming, terms)
        gate._react(incoming)
        gate.env["crm.lead"]._prospect_gate_simplify(incoming)
        return [row.as_outcome() for row in incoming]

    @api.model
    def _run(self, incoming, terms=None):
        """Lock, match, plan and write rows that were read; reactions are left out."""
        terms = terms or Terms()
        self._lock(incoming)
        self._match(incoming, terms)
        self._plan(incoming, terms)
        self._write_rows(incoming, terms)
        self._link(incoming)

    @api.model
    def _lock(self, incoming):
        """Take every address and every number of rows, before anybody is looked for.

        What one row is known by, another one may write.

        :raises psycopg2.errors.SerializationFailure: when somebody has taken one since
            this transaction began; the whole of it is to run again
        """
        self.env["prospect.key"]._touch(key for row in incoming for key in row.keys)

    @api.model
    def _link(self, incoming):
        """Give rows that changed nothing the prospect that they are about."""
        made = {row.number: row.lead_id for row in incoming if row.lead_id}
        for row in incoming:
            if not row.lead_id and row.outcome != "failed":
                row.lead_id = row.existing or made.get(row.target, 0)
