import json
from collections import Counter, defaultdict
from functools import lru_cache

import psycopg2

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ...tools.contexts import QUIET
from ...tools.remarks import keep, remark, say
from ...tools.rows import read_rows
from ...tools.transactions import CONCURRENCY_ERRORS, rolled_back
from ...tools.trusted import trusted
from ..operations import operation as prospect_operation
from .operation_reaction import UNSEEN
from .planner import LINKS, BulkPlanner, BulkRow

# What makes a prospect junk, and brings it back.
STATE_FIELDS = ("lost_reason_id", "status_id")
# What Odoo changes by itself and the receipt shows.
SHOWN = ("active", "company_id", "status_id", "user_id", "team_id")


class ProspectOperation(models.Model):
    """One change of many prospects at once, as an operation [IE-20 to IE-24].

    Its options: ``selection`` (``ids`` or ``domain``), ``count`` and ``changes``,
    see ``prospect.bulk``. The set of prospects is fixed when the plan is
    made. Small ones are all or nothing: an error on one prospect changes none.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    kind = fields.Selection(
        selection_add=[("bulk", "Bulk operation")], ondelete={"bulk": "cascade"}
    )

    @api.model
    def _check_bulk_right(self):
        """Whether the person may change many prospects at once.

        :raises AccessError: when not
        """
        self.env["crm.lead"].check_access("write")
        self.env["prospect.right"]._check("bulk")

    # --- Plan ---------------------------------------------------------------------

    def _start_bulk(self, todo):
        if todo == "plan":
            self._forget_plan()

    def _size_bulk(self):
        return (self.options or {}).get("count")

    def _plan_bulk(self):
        """Decide what becomes of each prospect, by one query for all of them."""
        self._check_bulk_right()
        if self._get_planned_number():
            # planned and committed, and stopped before it was closed
            return
        leads, domain = self._get_bulk_search(self.options["selection"])
        count = self._get_bulk_planner().insert_lines(leads._search(domain))
        self.env["prospect.operation.line"].invalidate_model()
        if not count:
            raise UserError(remark(self.env, "bulk.nobody_left"))
        self._set(name=self._get_bulk_name(count))
        self._distribute_bulk()
        self._try_bulk(count)
        yield count

    def _find_dependent_bulk(self, _todo):
        """None of them: a prospect is there once."""
        return ()

    def _get_share_bulk(self):
        return self._get_bulk_changes().get("share") or False

    def _distribute_bulk(self):
        """Distribute all that may be changed, and plan who gets which."""
        if not self._get_distribution():
            return
        lines = self.env.execute_query(
            SQL(
                "SELECT id FROM prospect_operation_line"
                " WHERE operation_id = %s AND outcome != 'failed' ORDER BY number",
                self.id,
            )
        )
        self._distribute_lines([line_id for (line_id,) in lines])
        self._get_bulk_planner().update_lines()

    @api.model
    def _check_bulk_selection(self, selection):
        """Refuse what is no selection: clients may send anything.

        :raises UserError: when it is none
        """
        try:
            if "domain" in selection:
                good = isinstance(selection["domain"], list | tuple)
                # which says what is wrong with it
                domain = Domain(selection["domain"] if good else [])
                domain.validate(self.env["crm.lead"])
            else:
                numbers = selection.get("ids") or []
                good = isinstance(numbers, list | tuple) and all(
                    type(number) is int and abs(number) < 1 << 31 for number in numbers
                )
        except (AttributeError, TypeError, ValueError):
            good = False
        if not good:
            raise UserError(self.env._("Choose prospects in the list first."))

    @api.model
    def _get_bulk_search(self, selection):
        """The chosen prospects, as an environment and a domain to search in it.

        :param dict selection: of the wizard
        """
        self._check_bulk_selection(selection)
        leads = self.env["crm.lead"]
        if "domain" in selection:
            leads = leads.with_context(active_test=selection.get("active_test", True))
            domain = Domain(selection["domain"])
        else:
            leads = leads.with_context(active_test=False)
            domain = Domain("id", "in", selection.get("ids") or [])
        return leads, domain & Domain("status_id", "!=", False)

    def _get_bulk_changes(self):
        """What is to be done, without reading the selection, which may be long."""
        self.flush_recordset(["options"])
        ((changes,),) = self.env.execute_query(
            SQL(
                "SELECT options->'changes' FROM prospect_operation WHERE id = %s",
                self.id,
            )
        )
        return changes

    def _get_bulk_planner(self):
        return BulkPlanner(self.env, self._get_bulk_changes(), self.id)

    def _try_bulk(self, count):
        """Show in the preview of a small one what Odoo would refuse.

        Everything is written and rolled back: no mail leaves, nothing stays.
        """
        if count > prospect_operation.SMALL:
            return
        # sudo: lines belong to the operation, which reads them for its owner
        rows = self._read_bulk_rows(self.sudo().line_ids)
        with rolled_back(self.env):
            trial = self.with_context(**QUIET, **trusted(prospect_no_automation=True))
            trial._write_bulk_each(rows)
        self._close_bulk_rows(
            [row for row in rows if row.outcome == "failed"], is_done=False
        )

    # --- Run ----------------------------------------------------------------------

    def _apply_batch_bulk(self, lines):
        """Apply lines: plan them again as the prospects are now, and write.

        :raises UserError: when a small operation meets what the preview had not
            shown; nothing is changed then
        """
        self._check_bulk_right()
        # all of it, or what waits to be computed would be tracked after all
        self.with_context(**QUIET)._apply_bulk_lines(lines)

    def _apply_bulk_lines(self, lines):
        rows = self._read_bulk_rows(lines)
        writing = [row for row in rows if row.outcome == "updated"]
        self._write_bulk_refused([row for row in writing if row.was_refused])
        writing = [row for row in writing if not row.was_refused]
        try:
            with self.env.cr.savepoint():
                self._write_bulk(writing)
        except CONCURRENCY_ERRORS:
            raise
        except (UserError, psycopg2.Error):
            self._write_bulk_each(writing)
            self._check_whole(writing)
        # sudo: what follows from a change that was allowed, even when it has handed the
        # prospects over to somebody else
        leads = self.env["crm.lead"].sudo()
        done = [row for row in rows if row.outcome == "updated"]
        before = self._read_bulk_reactions(done)
        # they have had a status before: another one raises no doubts
        gate = leads.env["prospect.gate"].with_context(**trusted(prospect_known=True))
        gate._react(done)
        leads._prospect_notify_left(
            (row.lead_id, list_id)
            for row in done
            for list_id in row.before.get("list_ids") or ()
        )
        self._note_bulk_reactions(done, before)
        self._close_bulk_rows(rows, is_done=True)

    def _read_bulk_rows(self, lines):
        """Lines as rows, with what becomes of their prospects as these are now."""
        self.env["prospect.operation.line"].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT id, number, lead_id,
                          outcome, reason, before::text, after::text
                     FROM prospect_operation_line
                    WHERE id IN %s ORDER BY number""",
                tuple(lines.ids),
            )
        )
        plans = self._get_bulk_planner().plan([line[2] for line in found if line[2]])
        # most of them are the same: read once
        read = lru_cache(lambda text: json.loads(text) if text else {})
        say_again = lru_cache(lambda text: say(self.env, text) or "")
        rows = []
        for line_id, number, lead_id, *planned in found:
            row = BulkRow(line_id, number, lead_id or 0)
            rows.append(row)
            if lead_id not in plans:
                row.fail(remark(self.env, "bulk.gone"))
                row.lead_id = 0
                row.replanned = True
                continue
            *present, row.team_id, row.owner_id = plans[lead_id]
            row.outcome, row.reason = present[0], say_again(present[1])
            row.before, row.after = read(present[2]), read(present[3])
            row.as_planned = present == planned
            row.was_refused = planned[0] == "failed"
            row.replanned = bool(self.started_at) and not row.as_planned
        return rows

    def _check_whole(self, rows):
        """Small operations are all or nothing [IE-24].

        :raises UserError: when a row has failed, naming its prospect
        """
        if self.line_count > prospect_operation.SMALL:
            return
        for row in rows:
            if row.outcome == "failed":
                raise UserError(
                    remark(
                        self.env,
                        "bulk.nothing_changed",
                        prospect=self.env["crm.lead"].browse(row.lead_id).display_name,
                        reason=row.reason,
                    )
                )

    def _write_bulk_each(self, rows):
        """Write row by row; what is refused fails alone.

        :raises psycopg2.OperationalError: when it meets another transaction
        """
        for row in rows:
            if row.outcome != "updated":
                continue
            try:
                with self.env.cr.savepoint():
                    self._write_bulk([row])
            except CONCURRENCY_ERRORS:
                raise
            except (UserError, psycopg2.Error) as error:
                row.fail(self.env["crm.lead"]._prospect_gate_describe_error(error))

    def _write_bulk_refused(self, rows):
        """Try once more what the preview had shown to be refused."""
        self._write_bulk_each(rows)
        for row in rows:
            if row.outcome == "failed":
                row.replanned = False

    def _write_bulk(self, rows):
        """Write rows at once: one write for all whose changes are the same."""
        if not rows:
            return
        leads = self.env["crm.lead"].with_context(
            active_test=False,
            **trusted(
                prospect_batch=True,
                prospect_keep_contact=True,
                prospect_distribute=self._get_distribution_key(),
            ),
        )
        ids = [row.lead_id for row in rows]
        leads.browse(ids).check_access("write")
        before, followers = self._read_bulk_columns(ids), self._read_followers(ids)
        changes = self._get_bulk_changes()
        # the values last: they may hand the prospects over to somebody else
        if changes["links"].get("list_ids"):
            self._change_bulk_lists(leads, rows)
        if changes["activity"]:
            self._plan_bulk_activities(changes, rows)
        self._post_bulk_note(leads, rows)
        groups = self._group_bulk_rows(rows)
        present = self._keep_written_once(groups, before)
        for values, lead_ids in groups:
            self._write_bulk_values(leads, values, lead_ids, present)
            if values.get("user_id"):
                # sudo: what follows from a write that was allowed
                self._subscribe_bulk(leads.sudo(), lead_ids, values["user_id"])
        # sudo: what is computed from a write that was allowed
        leads.sudo().env.flush_all()
        self._note_bulk_rest(rows, before, followers)

    def _group_bulk_rows(self, rows):
        """[(values as for ``write``, lead ids)] of what is written together."""
        writes = []
        for row in rows:
            values = {
                fname: value or False
                for fname, value in row.after.items()
                if fname not in LINKS and fname not in ("activity_ids", "contact_name")
            }
            if "user_id" in values:
                # handed over, or Odoo would search for it prospect by prospect
                values.setdefault("team_id", row.team_id or False)
            values.update(
                self._get_tag_values(
                    row.before.get("tag_ids"), row.after.get("tag_ids")
                )
            )
            writes.append((row.lead_id, row.before, values))
        return self._group_bulk_writes(writes, self._find_junk_statuses())

    @api.model
    def _keep_written_once(self, groups, before):
        """Rows of those that get one write, of whom what was read before stays true.

        :param list groups: of :meth:`_group_bulk_writes`
        :param dict before: {lead id: its row}
        """
        counts = Counter(number for _values, lead_ids in groups for number in lead_ids)
        return {number: before[number] for number, n in counts.items() if n == 1}

    @api.model
    def _get_tag_values(self, gone, joined):
        """Values that take tags off and put others on."""
        if not gone and not joined:
            return {}
        return {
            "tag_ids": [
                *(Command.unlink(number) for number in gone or ()),
                *(Command.link(number) for number in joined or ()),
            ]
        }

    @api.model
    def _find_junk_statuses(self):
        # sudo: the kinds of statuses, whoever may read them
        statuses = self.env["prospect.status"].sudo()
        return set(statuses.search([("kind", "=", "junk")]).ids)

    @api.model
    def _group_bulk_writes(self, writes, junk, undo=False):
        """Put together who gets the same values.

        To junk and back is a write of its own, before all others, and after them in an
        undo: Odoo counts lost prospects by the values that they have then.

        :param list writes: (lead id, values before, values as for ``write``)
        :param set junk: ids of the statuses of kind junk
        :return: [(values, lead ids)], in the order in which to write them
        """
        groups, values_of = defaultdict(list), {}
        for lead_id, before, values in writes:
            state = {}
            if junk & {before.get("status_id"), values.get("status_id")}:
                state = {
                    fname: values[fname] for fname in STATE_FIELDS if fname in values
                }
            rest = {
                fname: value for fname, value in values.items() if fname not in state
            }
            for place, part in ((undo, state), (not undo, rest)):
                if part:
                    key = place, repr(sorted(part.items()))
                    values_of[key] = part
                    groups[key].append(lead_id)
        return [(values_of[key], groups[key]) for key in sorted(groups)]

    @api.model
    def _change_bulk_lists(self, leads, rows, cause=None, undo=False):
        """Join and leave lists, those who do the same together."""
        lists = self.env["prospect.list"]
        groups = defaultdict(list)
        for row in rows:
            change = row.after.get("list_ids") or [], row.before.get("list_ids") or []
            if any(change):
                groups[tuple(map(tuple, change))].append(row.lead_id)
        for (joined, left), lead_ids in groups.items():
            add, remove = (left, joined) if undo else (joined, left)
            leads.browse(lead_ids)._prospect_lists_change(
                add=lists.browse(add),
                remove=lists.browse(remove),
                cause=cause or self._get_cause(),
            )

    def _plan_bulk_activities(self, changes, rows):
        """Plan what is to be done with each prospect."""
        activity = changes["activity"]
        # no mail to whom it is for: one for each prospect would be too many
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        model_id = self.env["ir.model"]._get_id("crm.lead")
        owner = changes["set"].get("user_id")
        records = activities.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": row.lead_id,
                    "activity_type_id": activity["type_id"],
                    "summary": activity["summary"] or False,
                    "date_deadline": activity["date"],
                    "user_id": activity["user_id"]
                    or owner
                    or row.owner_id
                    or self.env.uid,
                }
                for row in rows
            ]
        )
        for row, record in zip(rows, records, strict=True):
            row.kept["activity"] = record.id

    def _post_bulk_note(self, leads, rows):
        """Say on each prospect why it is junk, where somebody has written it."""
        lead_ids = [row.lead_id for row in rows if row.after.get("status_id")]
        note = self._get_bulk_changes()["note"]
        if note and lead_ids:
            body = plaintext2html(note)
            leads.browse(lead_ids)._message_log_batch(dict.fromkeys(lead_ids, body))

    # --- What Odoo does by itself ---------------------------------------------

    @api.model
    def _read_bulk_columns(self, lead_ids):
        """{lead id: its row}, as plain data, which gives back each value as it was."""
        self.env.flush_all()
        return read_rows(self.env.cr, self.env["crm.lead"]._table, lead_ids)

    @api.model
    def _read_followers(self, lead_ids):
        """{lead id: ids of its followings}."""
        followers = defaultdict(set)
        for lead_id, number in self.env.execute_query(
            SQL(
                "SELECT res_id, id FROM mail_followers"
                " WHERE res_model = 'crm.lead' AND res_id IN %s",
                tuple(lead_ids),
            )
        ):
            followers[lead_id].add(number)
        return followers

    @api.model
    def _note_bulk_rest(self, rows, before, followers):
        """Remember what Odoo changed beside the plan, for the undo.

        A company, a stage or a date that follows from a change; whoever looks at the
        receipt sees the important ones of them.
        """
        ids = [row.lead_id for row in rows]
        after = self._read_bulk_columns(ids)
        following = self._read_followers(ids)
        for row in rows:
            old, new = before[row.lead_id], after[row.lead_id]
            rest = {
                name: [old[name], value]
                for name, value in new.items()
                if value != old[name] and name not in UNSEEN and name not in row.after
            }
            for name in SHOWN:
                if name in rest and (name != "active" or "status_id" not in row.after):
                    old_value, value = rest.pop(name)
                    # not in place: rows share what is the same
                    row.before = {**row.before, name: old_value}
                    row.after = {**row.after, name: value}
                    row.as_planned = False
            if rest:
                row.kept["rest"] = rest
            new_followers = following[row.lead_id] - followers[row.lead_id]
            if new_followers:
                row.kept["followers"] = sorted(new_followers)

    def _finish_bulk(self):
        self._recount_members()

    def _finish_undo_bulk(self):
        self._recount_members()

    def _recount_members(self):
        """Whoever is archived or comes back changes the numbers on the lists."""
        if self._get_bulk_changes()["archive"]:
            # sudo: whoever changes prospects may not plan jobs
            self.env.ref("prospect.ir_cron_member_count").sudo()._trigger()

    # --- Lines --------------------------------------------------------------------

    def _close_bulk_rows(self, rows, is_done):
        """Write what became of rows to their lines.

        :param bool is_done: whether they were applied
        """
        plain = [row for row in rows if is_done and row.as_planned and not row.kept]
        self._close_lines([(row.line_id, row.lead_id or None) for row in plain])
        plain = {row.line_id for row in plain}
        rows = [row for row in rows if row.line_id not in plain]
        if not rows:
            return
        # as the ORM dates what it writes
        stamp = self.env.cr.mogrify("%s", [self.env.cr.now() if is_done else None])
        self.env.cr.execute_values(
            f"""UPDATE prospect_operation_line AS line
                   SET outcome = new.outcome, reason = new.reason,
                       before = new.before::jsonb, after = new.after::jsonb,
                       values = new.kept::jsonb, is_replanned = new.replanned,
                       is_done = {"TRUE" if is_done else "FALSE"},
                       stamp = {stamp.decode()}
                  FROM (VALUES %s) AS new (id, outcome, reason, before, after, kept,
                                           replanned)
                 WHERE line.id = new.id""",
            [
                (
                    row.line_id,
                    row.outcome,
                    keep(row.reason),
                    *(
                        json.dumps(value) if value else None
                        for value in (row.before, row.after, row.kept)
                    ),
                    row.replanned,
                )
                for row in rows
            ],
            page_size=1000,
        )
        self.env["prospect.operation.line"].invalidate_model()
