from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class ProspectGate(models.AbstractModel):
    """Reacting: the hooks, each once for the batch."""

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _react(self, incoming):
        """Call the hooks, each once for the batch, on what the rows did."""
        for name, leads, *args in self._find_reactions(incoming):
            getattr(leads, f"_prospect_on_{name}")(*args)

    @api.model
    def _signal(self, incoming):
        """Emit the signals of what the rows did, where the hooks are not to be called.

        Of an import whose box is not ticked: they are *quiet*, as the context says.
        """
        if not self.env["crm.lead"]._prospect_signal_heard():
            return
        for name, leads, *args in self._find_reactions(incoming):
            emit = getattr(leads, f"_prospect_signal_{name}", None)
            if emit:
                emit(*args)

    @api.model
    def _find_reactions(self, incoming):
        """What the rows did, as (hook without prefix, prospects, arguments ...)."""
        done = [row for row in incoming if row.lead_id and row.after]
        created = [row.lead_id for row in done if row.creates]
        if created:
            yield "created", self.env["crm.lead"].browse(created)
        updates, joins = defaultdict(set), defaultdict(set)
        for row in done:
            for list_id in row.after.get("list_ids", ()):
                joins[list_id].add(row.lead_id)
            if not row.creates:
                updates[frozenset(row.after)].add(row.lead_id)
        changes = self._find_changes(done)
        for fnames, lead_ids in updates.items():
            yield "updated", self.env["crm.lead"].browse(lead_ids), set(fnames)
        changed = self._find_assigned(done, created)
        if changed:
            yield "assigned", self.env["crm.lead"].browse(changed), changed
        if changes:
            yield "status_changed", self.env["crm.lead"].browse(changes), changes
            converted = [
                lead_id
                for lead_id, (old, new) in changes.items()
                if new.kind == "converted" != old.kind
            ]
            if converted:
                yield "converted", self.env["crm.lead"].browse(converted)
        for list_id, lead_ids in joins.items():
            prospect_list = self.env["prospect.list"].browse(list_id)
            yield "list_joined", self.env["crm.lead"].browse(lead_ids), prospect_list

    @api.model
    def _find_changes(self, done):
        """{lead id: (former status, new status)} of those that rows have changed."""
        statuses, changes = self.env["prospect.status"], {}
        for row in done:
            if row.creates or "status_id" not in row.after:
                continue
            old, _new = changes.get(row.lead_id) or (
                statuses.browse(row.before["status_id"] or []),
                None,
            )
            changes[row.lead_id] = (old, statuses.browse(row.after["status_id"]))
        return changes

    @api.model
    def _find_assigned(self, done, created):
        """Those whose salesperson is not what it was: {lead id: former one's id}.

        :param list done: rows that have written a prospect
        :param list created: ids of the prospects that were made
        """
        former = {}
        for row in done:
            if not row.creates and "user_id" in row.after:
                former.setdefault(row.lead_id, row.before.get("user_id") or False)
        if not created and not former:
            return {}
        self.env["crm.lead"].flush_model(["type", "user_id"])
        return {
            lead_id: former.get(lead_id, False)
            for lead_id, user_id in self.env.execute_query(
                SQL(
                    "SELECT id, user_id FROM crm_lead"
                    " WHERE id = ANY(%s) AND type = 'lead'",
                    [*created, *former],
                )
            )
            if (user_id or False) != former.get(lead_id, False)
        }
