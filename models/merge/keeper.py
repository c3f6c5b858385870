import json
from collections import defaultdict

import psycopg2

from odoo.tools import SQL, mute_logger

from ...tools.pointers import CASCADE, SET_NULL, read_pointing
from ...tools.rows import IGNORED, changed_columns, insert_rows, read_exact
from .pointer import NOT_MOVED


def _key(row):
    """What distinguishes a row of a table without numbers from another one."""
    return json.dumps(row, sort_keys=True)


class MergeKeeper:
    """What a merge changes in the whole database, kept so that it can be undone.

    Made before the first write of a merge, whoever merges. The *trace* that it gives at
    the end is plain data:

    - ``lost``: {number: the whole row of a prospect that goes}
    - ``survivor``: {column: [before, after]}
    - ``moved``: {table: {number: {column: [before, after]}}}
    - ``gone``: [[table, rows]] that go with the prospects, those first that others
      point at
    - ``added``: {table: rows of links that the survivor got}
    - ``made``: {table: ids of rows that were made for the survivor}

    :param leads: all prospects of the merge
    """

    def __init__(self, leads):
        self.env = leads.env
        self.cr = leads.env.cr
        self.model = leads._name
        self.table = leads._table
        self.ids = leads.ids
        self.pointers = self._get_pointers(self.model, self.table)
        self.env.flush_all()
        self.leads = self._read(self.table, self.ids)
        self.exact = read_exact(self.cr, self.table, self.ids)
        self.rows = self._read_pointing(self.ids)
        # rows that still point at what goes, in the order in which others need them
        self.going = []
        # {(table, number): {column: [before, None]}} of those that are only emptied
        self.emptied = defaultdict(dict)

    def _get_pointers(self, model, table):
        return self.env["prospect.merge.pointer"]._get_pointers(model, table)

    def _read(self, table, ids):
        """{number: row as plain data, with who wrote it}."""
        if not ids:
            return {}
        self.cr.execute(
            SQL(
                "SELECT id, to_jsonb(%(table)s) FROM %(table)s WHERE id IN %(ids)s",
                table=SQL.identifier(table),
                ids=tuple(ids),
            )
        )
        return dict(self.cr.fetchall())

    def _read_pointing(self, ids):
        """{table: {number, or key of a link: row}} of what points at prospects."""
        found = defaultdict(dict)
        for pointer, row in read_pointing(self.cr, self.pointers, self.model, ids):
            if pointer.table == self.table and row["id"] in self.leads:
                # prospects of the merge itself
                continue
            found[pointer.table][row["id"] if pointer.has_id else _key(row)] = row
        return found

    # --- Moving -------------------------------------------------------------------

    def move(self, survivor, lost):
        """Give the survivor what still points at the others, table by table.

        What the table does not take (it has to be unique, or would point at the
        survivor twice) stays, and goes with the prospect that it is about.
        """
        self.env.flush_all()
        found = defaultdict(dict)
        for pointer, row in read_pointing(self.cr, self.pointers, self.model, lost.ids):
            if pointer.table not in NOT_MOVED and not (
                pointer.table == self.table and row["id"] in self.leads
            ):
                found[pointer][row["id"] if pointer.has_id else _key(row)] = row
        for pointer, rows in found.items():
            columns = {
                other.column
                for other in self.pointers
                if other.table == pointer.table and not other.model_column
            } - {pointer.column}
            rows = {
                key: row
                for key, row in rows.items()
                if pointer.model_column
                or not any(row[column] == survivor.id for column in columns)
            }
            if pointer.has_id:
                self._move_records(pointer, list(rows), survivor)
            else:
                self._move_links(pointer, rows.values(), survivor)
        if found:
            self.env.invalidate_all(flush=False)
            self.env["prospect.merge.pointer"]._recompute_moved(
                {pointer: list(rows) for pointer, rows in found.items()}
            )

    def _move_records(self, pointer, ids, survivor):
        """Point records at the survivor; those that the table refuses stay."""
        if not ids:
            return
        values = SQL("%s = %s", SQL.identifier(pointer.column), survivor.id)
        if pointer.table == "ir_attachment":
            # the file of a field of another prospect is none of the survivor's fields
            values = SQL("%s, res_field = NULL", values)
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint(flush=False):
                self.cr.execute(
                    SQL(
                        "UPDATE %s SET %s WHERE id IN %s",
                        SQL.identifier(pointer.table),
                        values,
                        tuple(ids),
                    )
                )
        except psycopg2.IntegrityError:
            if len(ids) > 1:
                for number in ids:
                    self._move_records(pointer, [number], survivor)

    def _move_links(self, pointer, rows, survivor):
        """Link the survivor to what the others are linked to, who keep it for now."""
        wanted = [{**row, pointer.column: survivor.id} for row in rows]
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint(flush=False):
                insert_rows(self.cr, pointer.table, wanted)
        except psycopg2.IntegrityError:
            return

    # --- Going --------------------------------------------------------------------

    def collect(self, lost):
        """Keep what will go with the prospects when they are deleted.

        What points at them and at what goes with them, at any depth: whoever deletes
        them, now or later.
        """
        self.env.flush_all()
        seen = set()
        todo = [(self.table, self.model, lost.ids)]
        while todo:
            table, model, ids = todo.pop(0)
            pointers = self.pointers
            if table != self.table:
                pointers = self._get_pointers(model, table)
            going = defaultdict(dict)
            for pointer, row in read_pointing(self.cr, pointers, model, ids):
                key = row["id"] if pointer.has_id else _key(row)
                if pointer.table == self.table and key in self.leads:
                    continue
                if pointer.rule == SET_NULL and pointer.has_id:
                    change = {pointer.column: [row[pointer.column], None]}
                    self.emptied[pointer.table, key].update(change)
                elif pointer.rule == CASCADE and (pointer.table, key) not in seen:
                    seen.add((pointer.table, key))
                    going[pointer.table, pointer.has_id][key] = row
            for (name, has_id), rows in going.items():
                self.going.append([name, list(rows.values())])
                if has_id:
                    other = self.env["prospect.merge.pointer"]._get_model(name)
                    todo.append((name, other, list(rows)))

    # --- What has changed ---------------------------------------------------------

    def trace(self, survivor):
        """What an undo needs, see the class; after the last write of the merge."""
        self.env.flush_all()
        after = self._read(self.table, survivor.ids)[survivor.id]
        now = self._read_pointing(survivor.ids)
        moved, lost_rows = self._compare_records()
        return {
            "lost": {
                number: row
                for number, row in self.exact.items()
                if number != survivor.id
            },
            "survivor": self._compare(self.leads[survivor.id], after),
            "moved": moved,
            "gone": [*self.going, *lost_rows],
            "added": self._find_added(survivor, now),
            "made": self._find_made(now),
        }

    @staticmethod
    def _compare(before, after):
        changes = changed_columns(before, after)
        return {name: pair for name, pair in changes.items() if name not in IGNORED}

    def _compare_records(self):
        """What has changed in rows that pointed at any of them, and those missing."""
        moved, missing = defaultdict(dict), []
        kept = {
            (table, row["id"] if "id" in row else _key(row))
            for table, rows in self.going
            for row in rows
        }
        for table, rows in self.rows.items():
            records = {key: row for key, row in rows.items() if isinstance(key, int)}
            now = self._read(table, list(records))
            lost = []
            for number, row in records.items():
                if number in now:
                    changes = self._compare(row, now[number])
                    changes.update(self.emptied.get((table, number), {}))
                    if changes:
                        moved[table][number] = changes
                elif (table, number) not in kept:
                    lost.append(row)
            links = self._find_removed(table, rows, kept)
            if lost or links:
                missing.append([table, lost or links])
        for (table, number), changes in self.emptied.items():
            if number not in self.rows.get(table, {}):
                moved[table].setdefault(number, {}).update(changes)
        return moved, missing

    def _find_removed(self, table, rows, kept):
        """Links that a merge has taken away, as rows of a table without numbers."""
        links = {key: row for key, row in rows.items() if not isinstance(key, int)}
        if not links:
            return []
        now = self._read_pointing(self.ids).get(table, {})
        return [
            row
            for key, row in links.items()
            if key not in now and (table, key) not in kept
        ]

    def _find_added(self, survivor, now):
        """{table: links that the survivor did not have before}."""
        added = {}
        for table, rows in now.items():
            fresh = [
                row
                for key, row in rows.items()
                if not isinstance(key, int) and key not in self.rows.get(table, {})
            ]
            if fresh:
                added[table] = fresh
        return added

    def _find_made(self, now):
        """{table: numbers} of followers that came with what the merge wrote."""
        fresh = now.get("mail_followers", {}).keys()
        fresh -= self.rows.get("mail_followers", {}).keys()
        return {"mail_followers": sorted(fresh)} if fresh else {}
