from collections import Counter, defaultdict

import psycopg2

from odoo import api, models
from odoo.tools import SQL, mute_logger

from ...tools.contexts import QUIET
from ...tools.remarks import field_label, model_label, remark
from ...tools.rows import (
    delete_rows,
    find_dangling,
    insert_rows,
    read_rows,
    write_rows,
)
from ...tools.trusted import trusted

LISTS = "prospect_list_crm_lead_rel"
HISTORIES = (
    "prospect_assignment",
    "prospect_membership",
    "prospect_stage_change",
    "prospect_status_change",
)


class ProspectOperation(models.Model):
    """How merges are reverted: the lost prospects come back with their numbers.

    With their values, relations, messages and histories; what the merge wrote on the
    survivor goes back. What somebody has changed since stays so, and the line names it.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _undo_batch_merge(self, lines):
        """Take merges back, last one first."""
        # sudo: people read lines, only the operation writes them
        self._each_line(lines.sudo(), self._unmerge_lines)

    def _unmerge_lines(self, lines):
        for line in lines:
            self._write_answers({line: self._unmerge(line)})

    def _unmerge(self, line):
        """Take one merge back.

        :return: the answer and its reason
        """
        # sudo: whether it still exists
        survivor = self.env["crm.lead"].sudo().browse(line.values["survivor_id"])
        survivor = survivor.exists().sudo(False)
        if not survivor:
            return "impossible", remark(self.env, "merge.survivor_gone")
        if not survivor._filtered_access("write"):
            return self._answer_forbidden()
        survivor._prospect_merge_lock()
        survivor = survivor.with_context(
            **QUIET,
            **trusted(
                prospect_batch=True,
                prospect_cause="undo",
                prospect_converting=True,
                prospect_keep_contact=True,
                prospect_no_automation=True,
            ),
        )
        # who may undo may undo this: it is no right to convert
        survivor = survivor._prospect_with_checked(survivor)
        kept = self._restore_merge(survivor, line.values["trace"], line.stamp)
        self._log_unmerged(survivor, line.values["trace"])
        survivor.browse()._prospect_after_unmerge(line)
        if not kept:
            return "reversed", ""
        names = [
            name
            if count == 1
            else remark(self.env, "merge.counted", name=name, count=count)
            for name, count in sorted(kept.items())
        ]
        return "kept", remark(
            self.env,
            "merge.back",
            what=names,
        )

    def _restore_merge(self, survivor, trace, stamp):
        """Put back what a merge has changed, wherever it is.

        :param dict trace: see :class:`~.prospect_merge_keeper.MergeKeeper`
        :param stamp: when the merge was made
        :return: {what stays as it is, in words: how many}
        """
        self.env.flush_all()
        kept = Counter()
        self._unlink_added(trace)
        lost = self._restore_lost(trace, kept, stamp)
        moved = self._restore_moved(trace, kept)
        self._restore_gone(trace, kept)
        self._restore_survivor(survivor, trace, kept)
        self.env.invalidate_all(flush=False)
        self._leave_lists(survivor, trace)
        # sudo: the number of members of lists, whoever may see them
        lost = lost.sudo()
        lost._prospect_shift_member_counts(lost._prospect_read_lists(), ())
        self._recompute_restored(moved)
        # sudo: pairs are nobody's to write
        pairs = self.env["prospect.duplicate.pair"].sudo()
        pairs._note_unmerged([survivor.id, *map(int, trace["lost"])])
        return kept

    # --- What the survivor got ------------------------------------------------------

    def _unlink_added(self, trace):
        """Take back the links and followers that the survivor got."""
        for table, rows in trace["added"].items():
            if table != LISTS and self._has_table(table):
                delete_rows(self.env.cr, table, rows)
        # sudo: followers that nobody has added by hand
        followers = self.env["mail.followers"].sudo()
        followers.browse(trace["made"].get("mail_followers")).exists().unlink()
        self.env.flush_all()

    @api.model
    def _leave_lists(self, survivor, trace):
        """Take the survivor off the lists that only the others were on.

        When it is again what it was: only those on the Prospects page are counted.
        """
        numbers = [row["list_id"] for row in trace["added"].get(LISTS, ())]
        # sudo: private lists of colleagues too
        lists = self.env["prospect.list"].sudo().browse(numbers).exists()
        survivor.sudo()._prospect_lists_change(remove=lists, cause="undo")

    def _restore_survivor(self, survivor, trace, kept):
        """Give the survivor its former values, where they are still the merge's."""
        changes = trace["survivor"]
        now = read_rows(self.env.cr, survivor._table, survivor.ids)[survivor.id]
        wanted = {
            name: former
            for name, (former, left) in changes.items()
            if name in now and now[name] == left and former != left
        }
        dangling = find_dangling(self.env.cr, survivor._table, [wanted])
        wanted = {name: value for name, value in wanted.items() if name not in dangling}
        for name in changes.keys() - wanted.keys():
            field = survivor._fields.get(name)
            # what only follows from other fields needs no words
            if name in now and field and not (field.compute and field.readonly):
                kept[field_label(self.env, survivor._name, name)] += 1
        status_id = survivor.status_id.id
        if "stage_id" in wanted:
            # Odoo counts what was won and lost in each stage
            survivor.write({"stage_id": wanted["stage_id"]})
            self.env.flush_all()
        write_rows(self.env.cr, survivor._table, {survivor.id: wanted})
        survivor.invalidate_recordset(flush=False)
        if "status_id" in wanted:
            self._log_status_back(survivor, status_id)
        # sudo: the history is written by the change itself, by nobody's right
        survivor.sudo()._prospect_log_assignment()
        survivor.sudo()._prospect_log_stages()

    def _log_status_back(self, survivor, status_id):
        """One row of the history for the status that came back."""
        # sudo: names and kinds are kept, and the history is written, by nobody's right
        former = self.env["prospect.status"].sudo().browse(status_id or [])
        status = survivor.sudo().status_id
        self.env["prospect.status.change"].sudo()._append(
            [
                {
                    "lead_id": survivor.id,
                    "from_id": former.id,
                    "to_id": status.id,
                    "from_name": former.name,
                    "to_name": status.name,
                    "from_kind": former.kind,
                    "to_kind": status.kind,
                    "cause": "undo",
                }
            ]
        )

    # --- What went ------------------------------------------------------------------

    def _restore_lost(self, trace, kept, stamp):
        """Insert the prospects that went, with their numbers.

        :return: those that are back
        """
        leads = self.env["crm.lead"]
        lost = leads.browse(map(int, trace["lost"]))
        # sudo: whether Odoo has left some of them
        there = lost.sudo().exists()
        self._forget_restart(there, stamp)
        rows = [
            row for number, row in trace["lost"].items() if int(number) not in there.ids
        ]
        mates = {row["id"] for row in rows}
        for column, missing in find_dangling(self.env.cr, leads._table, rows).items():
            for row in rows:
                if row[column] in missing - mates or (
                    row[column] in missing and column != "prospect_opportunity_id"
                ):
                    row[column] = None
                    kept[field_label(self.env, leads._name, column)] += 1
        insert_rows(self.env.cr, leads._table, rows)
        return lost - there.sudo(False)

    def _forget_restart(self, leads, stamp):
        """Of prospects that Odoo has left: their histories went on in the survivor
        and began anew; what began with the merge goes with it.
        """
        for table in HISTORIES:
            if leads:
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE lead_id IN %s AND date = %s"
                        " AND former_lead_id IS NULL",
                        SQL.identifier(table),
                        tuple(leads.ids),
                        stamp,
                    )
                )

    def _restore_gone(self, trace, kept):
        """Insert what was deleted with the prospects: links, followers and the like."""
        for table, rows in trace["gone"]:
            if not self._has_table(table):
                kept[table] += len(rows)
                continue
            dangling = find_dangling(self.env.cr, table, rows)
            whole = [
                row
                for row in rows
                if not any(row[column] in gone for column, gone in dangling.items())
            ]
            kept.update({self._get_table_label(table): len(rows) - len(whole)})
            self._insert_gone(table, whole, kept)
        for label in [label for label, count in kept.items() if not count]:
            del kept[label]

    def _insert_gone(self, table, rows, kept):
        """Insert rows; those that the table takes no more are counted."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                insert_rows(self.env.cr, table, rows)
        except psycopg2.IntegrityError:
            if len(rows) == 1:
                kept[self._get_table_label(table)] += 1
                return
            for row in rows:
                self._insert_gone(table, [row], kept)

    def _restore_moved(self, trace, kept):
        """Point back what was moved, where it is still where the merge has put it.

        :return: {table: {number: columns}} of what was put back
        """
        moved = defaultdict(dict)
        for table, changed in trace["moved"].items():
            if not self._has_table(table):
                kept[table] += len(changed)
                continue
            now = read_rows(self.env.cr, table, list(map(int, changed)))
            for number, changes in changed.items():
                row = now.get(int(number))
                if row is None:
                    kept[self._get_table_label(table)] += 1
                    continue
                wanted = {
                    name: former
                    for name, (former, left) in changes.items()
                    if name in row and row[name] == left
                }
                stays = [
                    name
                    for name, (former, _left) in changes.items()
                    if name in row and name not in wanted and row[name] != former
                ]
                if stays:
                    kept[self._get_table_label(table)] += 1
                if wanted:
                    moved[table][int(number)] = wanted
            self._write_moved(table, moved[table], kept)
        return moved

    def _write_moved(self, table, rows, kept):
        """Write columns back; rows that the table takes no more are counted."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                write_rows(self.env.cr, table, rows)
        except psycopg2.IntegrityError:
            if len(rows) == 1:
                kept[self._get_table_label(table)] += 1
                return
            for number, columns in rows.items():
                self._write_moved(table, {number: columns}, kept)

    # --- In words, and what follows ---------------------------------------------------

    @api.model
    def _get_table_label(self, table):
        """What the records of a table are called."""
        model = self.env["prospect.merge.pointer"]._get_model(table)
        if model:
            return model_label(self.env, model)
        return table

    @api.model
    def _has_table(self, table):
        """Whether a table is still there: its add-on may have gone."""
        self.env.cr.execute(SQL("SELECT to_regclass(%s)", table))
        return bool(self.env.cr.fetchone()[0])

    @api.model
    def _recompute_restored(self, moved):
        """Compute again what depends on records that have moved back."""
        for table, rows in moved.items():
            model = self.env["prospect.merge.pointer"]._get_model(table)
            if table == "ir_model_data":
                self.env.registry.clear_cache()
            elif model and model != "crm.lead" and rows:
                names = {name for columns in rows.values() for name in columns}
                fnames = sorted(names & self.env[model]._fields.keys())
                # sudo: what follows from an undo that was allowed
                self.env[model].sudo().browse(rows).modified(fnames)
        self.env.flush_all()

    def _log_unmerged(self, survivor, trace):
        """Say it in the histories of all of them."""
        # sudo: those that came back may be a colleague's
        lost = survivor.sudo().browse(map(int, trace["lost"])).exists()
        leads = survivor.sudo() + lost
        leads._message_log_batch(
            bodies=dict.fromkeys(leads.ids, self.env._("Merge undone"))
        )
