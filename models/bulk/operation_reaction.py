from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

# What a reaction changes that the receipt shows, and that is given back as a value.
SHOWN = frozenset({"status_id"})
# Written by Odoo and by no change that a person could see.
UNSEEN = frozenset({"write_date", "write_uid"})


@dataclass(slots=True)
class Reactions:
    """What reactions may change, as it is at one moment; only of those that may react.

    - ``tasks``: {number of an activity: [lead id, user id]}
    - ``followers``: {lead id: ids of its followings}
    - ``columns``, ``tags``: {lead id: its row}, {lead id: ids of its tags}, of
      those that join a list on which something is done
    """

    tasks: dict = field(default_factory=dict)
    followers: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)


class ProspectOperation(models.Model):
    """What follows from a bulk operation by itself, remembered for its undo.

    A task that teams and sources plan for who gets a prospect, or that moves with it;
    the status, the tags and the activity that a list gives to who joins it.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _read_bulk_reactions(self, rows):
        """What may change by itself for rows that were just written.

        :param rows: ``BulkRow`` of the batch
        """
        reactions = Reactions()
        joins = {row.lead_id: row.after.get("list_ids") or [] for row in rows}
        ids = [
            row.lead_id for row in rows if "user_id" in row.after or joins[row.lead_id]
        ]
        if not ids:
            return reactions
        self.env.flush_all()
        reactions.tasks = {
            number: owner
            for number, *owner in self.env.execute_query(
                SQL(
                    "SELECT id, res_id, user_id FROM mail_activity"
                    " WHERE res_model = 'crm.lead' AND res_id = ANY(%s)",
                    ids,
                )
            )
        }
        reactions.followers = self._read_followers(ids)
        # sudo: what lists do, whoever puts prospects on them
        lists = self.env["prospect.list"].sudo().browse(set().union(*joins.values()))
        acting = set(
            lists.filtered(lambda one: one.join_status_id or one.join_tag_ids).ids
        )
        joining = [lead_id for lead_id, numbers in joins.items() if acting & {*numbers}]
        if joining:
            reactions.columns = self._read_bulk_columns(joining)
            reactions.tags = self._read_links("tag_ids", joining)
        return reactions

    @api.model
    def _note_bulk_reactions(self, rows, before):
        """Remember what has changed by itself, as what the operation did.

        :param Reactions before: from :meth:`_read_bulk_reactions`
        """
        after = self._read_bulk_reactions(rows)
        by_lead = {row.lead_id: row for row in rows}
        for number, (lead_id, user_id) in sorted(after.tasks.items()):
            kept = by_lead[lead_id].kept
            if number not in before.tasks:
                kept.setdefault("tasks", []).append(number)
            elif before.tasks[number][1] != user_id:
                kept.setdefault("moved", []).append(
                    [number, before.tasks[number][1], user_id]
                )
        for lead_id, numbers in after.followers.items():
            if new := numbers - before.followers.get(lead_id, set()):
                kept = by_lead[lead_id].kept
                kept["followers"] = sorted({*kept.get("followers", ()), *new})
        for lead_id, columns in after.columns.items():
            self._note_bulk_columns(by_lead[lead_id], before.columns[lead_id], columns)
            self._note_bulk_tags(
                by_lead[lead_id], after.tags[lead_id] - before.tags[lead_id]
            )

    @api.model
    def _note_bulk_columns(self, row, old, new):
        """Add what a reaction has changed of a prospect to its row.

        :param dict old, new: its columns before and after
        """
        for name, value in new.items():
            if value == old[name] or name in UNSEEN:
                continue
            if name in SHOWN or name in row.after:
                # not in place: rows share what is the same
                row.before = {name: old[name], **row.before}
                row.after = {**row.after, name: value}
                row.as_planned = False
            else:
                rest = row.kept.setdefault("rest", {})
                rest[name] = [rest.get(name, [old[name]])[0], value]

    @api.model
    def _note_bulk_tags(self, row, joined):
        """Add tags that a reaction has given to a prospect to its row.

        :param set joined: their numbers
        """
        if joined:
            tags = {*(row.after.get("tag_ids") or ()), *joined}
            row.after = {**row.after, "tag_ids": sorted(tags)}
            row.as_planned = False
