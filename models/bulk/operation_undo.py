from collections import defaultdict
from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.contexts import QUIET
from ...tools.rows import write_rows
from ...tools.transactions import CONCURRENCY_ERRORS
from ...tools.trusted import trusted
from .planner import LINKS

# What is not a column that can be given back with the others.
NO_COLUMNS = frozenset({*LINKS, "activity_ids"})


@dataclass(slots=True)
class UndoRow:
    """One line on its way back.

    - ``before``, ``after``: of the line; ``kept``: its ``values``, see ``BulkRow``
    - ``values``: what is written; ``labels``: of the fields that stay as they are
    - ``rest``: columns that go back with it: {name: value}
    - ``team_id``: its team now
    """

    line_id: int
    lead_id: int
    before: dict
    after: dict
    kept: dict
    values: dict = field(default_factory=dict)
    labels: list = field(default_factory=list)
    rest: dict = field(default_factory=dict)
    team_id: int | None = None
    answer: tuple = ()


class ProspectOperation(models.Model):
    """How a bulk operation is reverted: what was written together goes together.

    A value goes back where it still is what the operation wrote. Where nothing of a
    prospect was changed since, what Odoo had done by itself goes back too (team,
    company, dates, scores), column by column: Odoo would compute it anew.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _undo_batch_bulk(self, lines):
        """Take lines back."""
        # all of it, or what waits to be computed would be tracked after all
        self.with_context(**QUIET)._undo_bulk_lines(lines)

    def _undo_bulk_lines(self, lines):
        rows = self._read_undo_rows(lines)
        self._answer_undo_rows(rows)
        open_rows = [row for row in rows if not row.answer]
        try:
            with self.env.cr.savepoint():
                self._undo_bulk_rows(open_rows)
        except CONCURRENCY_ERRORS:
            raise
        except (UserError, psycopg2.Error):
            for row in open_rows:
                self._undo_bulk_row(row)
        self._restamp([row.lead_id for row in rows if row.lead_id] or [0])
        # sudo: people read lines, only the operation writes them
        line_records = self.env["prospect.operation.line"].sudo()
        self._write_answers(
            {line_records.browse(row.line_id): row.answer for row in rows}
        )

    def _undo_bulk_row(self, row):
        """Take one line back; what the database refuses cannot be reversed."""
        try:
            with self.env.cr.savepoint():
                self._undo_bulk_rows([row])
        except CONCURRENCY_ERRORS:
            raise
        except (UserError, psycopg2.Error) as error:
            reason = self.env["crm.lead"]._prospect_gate_describe_error(error)
            row.answer = ("impossible", reason)

    @api.model
    def _read_undo_rows(self, lines):
        self.env["prospect.operation.line"].flush_model()
        return [
            UndoRow(number, lead_id or 0, before or {}, after or {}, kept or {})
            for number, lead_id, before, after, kept in self.env.execute_query(
                SQL(
                    "SELECT id, lead_id, before, after, values"
                    " FROM prospect_operation_line WHERE id IN %s ORDER BY number DESC",
                    tuple(lines.ids),
                )
            )
        ]

    def _answer_undo_rows(self, rows):
        """Decide what goes back, for all rows at once."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads = leads.browse([row.lead_id for row in rows if row.lead_id])
        # sudo: whether they still exist, and as what, nothing else
        existing = leads.sudo().exists()
        writable = set((leads & existing.sudo(False))._filtered_access("write").ids)
        columns = self._read_bulk_columns(existing.ids) if existing else {}
        links = {fname: self._read_links(fname, existing.ids) for fname in LINKS}
        there = self._find_records(rows)
        for row in rows:
            if row.lead_id not in columns:
                row.answer = self._answer_gone()
            elif row.lead_id not in writable:
                row.answer = self._answer_forbidden()
            else:
                present = {
                    **columns[row.lead_id],
                    **{fname: links[fname][row.lead_id] for fname in LINKS},
                }
                self._choose_undo_values(row, present, there)

    def _choose_undo_values(self, row, present, there):
        """Which values of a line go back: those that still are what it wrote.

        :param dict present: the prospect's values now
        :param set there: (field, number) of records that can be named again
        """
        row.team_id = present.get("team_id")
        for fname, value in row.after.items():
            if fname in NO_COLUMNS:
                continue
            old = row.before.get(fname) or False
            if (present.get(fname) or False) != (value or False) or (
                old and self._is_relation(fname) and (fname, old) not in there
            ):
                row.labels.append(fname)
            else:
                row.values[fname] = old
        for fname in LINKS:
            left = row.before.get(fname) or []
            if any((fname, number) not in there for number in left):
                row.labels.append(fname)
            # whoever has left it since, or is back already, needs nothing
            row.after[fname] = [
                number
                for number in row.after.get(fname) or []
                if number in present[fname]
            ]
            row.before[fname] = [
                number
                for number in left
                if number not in present[fname] and (fname, number) in there
            ]
        if not row.labels:
            row.rest = {
                name: old
                for name, (old, new) in (row.kept.get("rest") or {}).items()
                if present.get(name) == new
            }

    @api.model
    def _is_relation(self, fname):
        return self.env["crm.lead"]._fields[fname].type == "many2one"

    @api.model
    def _read_links(self, fname, lead_ids):
        """{lead id: numbers that it is joined to}."""
        links = defaultdict(set)
        if lead_ids:
            table, column = map(SQL.identifier, LINKS[fname])
            for lead_id, number in self.env.execute_query(
                SQL(
                    "SELECT lead_id, %s FROM %s WHERE lead_id IN %s",
                    *(column, table, tuple(lead_ids)),
                )
            ):
                links[lead_id].add(number)
        return links

    @api.model
    def _find_records(self, rows):
        """(field, number) of the records before the change that are still there."""
        wanted = defaultdict(set)
        for row in rows:
            for fname, value in row.before.items():
                field = self.env["crm.lead"]._fields[fname]
                if field.relational and value and fname != "activity_ids":
                    wanted[fname].update(value if isinstance(value, list) else [value])
        return {
            (fname, number)
            for fname, numbers in wanted.items()
            # sudo: whether they exist, nothing else
            for number in self.env[self.env["crm.lead"]._fields[fname].comodel_name]
            .sudo()
            .browse(numbers)
            .exists()
            .ids
        }

    def _undo_bulk_rows(self, rows):
        """Write what goes back, equal changes together, and say what became of it."""
        leads = self.env["crm.lead"].with_context(
            active_test=False,
            **trusted(
                prospect_batch=True,
                prospect_keep_contact=True,
                prospect_no_automation=True,
            ),
        )
        ids = [row.lead_id for row in rows]
        leads.browse(ids).check_access("write")
        self._change_bulk_lists(leads, rows, cause="undo", undo=True)
        writes = [(row.lead_id, row.after, self._get_undo_values(row)) for row in rows]
        groups = self._group_bulk_writes(writes, self._find_junk_statuses(), undo=True)
        present = self._keep_written_once(groups, self._read_bulk_columns(ids))
        for values, lead_ids in groups:
            self._write_bulk_values(leads, values, lead_ids, present)
        kept_activities = self._undo_activities(rows)
        self._undo_moves(rows)
        self._undo_followers(rows)
        # sudo: what is computed from a write that was allowed
        leads.sudo().env.flush_all()
        self._forget_scoring()
        self._restore_columns(rows)
        for row in rows:
            labels = list(row.labels)
            if row.line_id in kept_activities:
                labels.append("activity_ids")
            row.answer = self._describe_undone(labels)

    @api.model
    def _get_undo_values(self, row):
        """What is written to take a line back."""
        values = dict(row.values)
        if {"first_name", "last_name"} & values.keys():
            values.pop("contact_name", None)
        if "user_id" in values:
            # or Odoo would give it to a team of the former salesperson's
            values.setdefault("team_id", row.team_id or False)
        values.update(
            self._get_tag_values(row.after.get("tag_ids"), row.before.get("tag_ids"))
        )
        return values

    def _undo_activities(self, rows):
        """Delete what was planned and nobody has touched.

        :return: ids of the lines whose activity stays, because it is done or changed
        """
        planned = {
            number: row
            for row in rows
            for number in (row.kept.get("activity"), *row.kept.get("tasks", ()))
            if number
        }
        if not planned:
            return set()
        # sudo: what the operation made for anybody, as it was made
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        lines = self.env["prospect.operation.line"].sudo()
        stamps = {
            line.id: line.stamp
            for line in lines.browse([row.line_id for row in planned.values()])
        }
        kept = set()
        untouched = activities.browse()
        for activity in activities.browse(planned).exists():
            row = planned[activity.id]
            closed = activity.prospect_closed and not activity.active
            if (activity.active or closed) and (
                activity.write_date <= stamps[row.line_id] or closed
            ):
                untouched += activity
            else:
                kept.add(row.line_id)
        untouched.with_context(mail_activity_quick_update=True).unlink()
        return kept

    def _undo_moves(self, rows):
        """Give what had moved with a prospect back to who had it, unless somebody has
        given it to another person since.
        """
        moves = {
            number: (former, user_id)
            for row in rows
            if "user_id" not in row.labels
            for number, former, user_id in row.kept.get("moved", ())
        }
        # sudo: it had moved by itself, whoever may write it
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        groups = defaultdict(activities.browse)
        for activity in activities.browse(moves).exists():
            former, user_id = moves[activity.id]
            if activity.user_id.id == user_id and activity.active:
                groups[former] += activity
        for former, moved in groups.items():
            moved.with_context(
                mail_activity_quick_update=True, **trusted(prospect_automatic=True)
            ).write({"user_id": former})

    def _undo_followers(self, rows):
        """Take off who follows the prospects because of the operation alone."""
        numbers = [
            number
            for row in rows
            if not row.labels
            for number in row.kept.get("followers") or ()
        ]
        # sudo: followings that the operation itself has made
        self.env["mail.followers"].sudo().browse(numbers).exists().unlink()

    def _forget_scoring(self):
        """Take out of Odoo's scoring what the operation alone had brought in.

        A value that has neither won nor lost is not in the table when Odoo makes
        it anew each night, and changes the scores while it is.
        """
        if not self._get_bulk_changes()["status_id"]:
            return
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_lead_scoring_frequency
                    WHERE create_date >= %s AND won_count <= 0.1 AND lost_count <= 0.1
                """,
                self.create_date,
            )
        )
        self.env["crm.lead.scoring.frequency"].invalidate_model(flush=False)

    @api.model
    def _restore_columns(self, rows):
        """Give back what Odoo had changed by itself, exactly as it was."""
        leads = self.env["crm.lead"]
        write_rows(
            self.env.cr,
            leads._table,
            {
                row.lead_id: {
                    name: value
                    for name, value in row.rest.items()
                    if name in leads._fields
                }
                for row in rows
            },
            skip_same=True,
        )
        leads.invalidate_model(flush=False)

    def _describe_undone(self, fnames):
        """The answer about a line.

        :param list fnames: of the fields that were left as they are
        """
        if not fnames:
            return "reversed", ""
        return "kept", self._describe_left_so(fnames)
