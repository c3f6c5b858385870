import json
from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.arrays import int_array
from ...tools.contexts import QUIET
from ...tools.copying import copy_rows
from ...tools.groups import join_groups
from ...tools.incoming import Incoming
from ...tools.people import Terms
from ...tools.remarks import keep, pack, remark, say, unpack
from ...tools.tabular import TableError
from ...tools.told import PAIRS, SHARED
from ...tools.transactions import each_alone, rolled_back
from ...tools.trusted import read_trusted, trusted
from ...tools.values import clean_email
from ..gate.reader import ImportReader

# Rows that are read, matched and planned at once.
PLAN_BATCH = 2000
# How many batches the fast path does in one: what a batch costs by itself is a part
# that counts there.
FAST = 3
# What is kept as the values of a row that makes a prospect, and says no more than what
# it makes: nothing where its name came in parts, and this where it came as a whole.
WHOLE_NAME = []
PARTS = frozenset(("first_name", "last_name"))
# Rows up to which a preview also tries what the database would refuse.
TRIED = 200
LINE_COLUMNS = (
    "operation_id",
    "number",
    "outcome",
    "reason",
    "remarks",
    "told",
    "is_told",
    "lead_id",
    "key",
    "phone",
    "company_id",
    "target_number",
    "values",
    "before",
    "after",
    "is_done",
)


class PlannedLine(NamedTuple):
    """A line as the database holds it; see ``prospect.operation.line``."""

    id: int
    number: int
    outcome: str | None
    reason: str | None
    remarks: list | None
    told: list | None
    lead_id: int | None
    key: str | None
    phone: str | None
    company_id: int | None
    target_number: int | None
    values: dict | None
    after: dict | None
    distribute_user_id: int | None
    is_done: bool | None


class ProspectOperation(models.Model):
    """The import of a file, as an operation [U10 to U13].

    Its options: ``policy``, ``keep_apart``, ``mapping``, ``notes``, ``values``,
    ``defaults``, ``country_id``, ``create_missing``, ``reactions``, and of the file
    ``sheet``, ``encoding``, ``delimiter``, ``has_header``.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    kind = fields.Selection(
        selection_add=[("import", "Import")], ondelete={"import": "cascade"}
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment", string="File", readonly=True, ondelete="set null"
    )
    file_name = fields.Char(related="attachment_id.name", string="File Name")

    # --- Plan ---------------------------------------------------------------------

    def _plan_import(self):
        """Read the file and plan its rows; goes on where an earlier call stopped."""
        # access of the one who imports, said at once and not line by line
        self.env["crm.lead"].check_access("create")
        start = self._get_planned_number()
        batches = []
        try:
            with self._open_table() as table:
                reader = ImportReader(self.env, self.options, table.header)
                rows = (row for row in table.rows() if row[0] > start)
                while batch := self._read_rows(rows):
                    self._plan_import_rows(reader, batch, table.wide_lines)
                    batches.append((batch[0][0], batch[-1][0]))
                    self._keep_missing(reader)
                    yield len(batch)
                self._keep_reading(table)
        except TableError as error:
            raise UserError(self._describe_table_error(error)) from error
        if not self._get_planned_number():
            raise UserError(remark(self.env, "imports.no_rows"))
        yield from self._plan_twins(() if start else batches)
        self._plan_distribution()
        self._try_import()

    @api.model
    def _read_rows(self, rows):
        """The next rows of the file."""
        return list(islice(rows, PLAN_BATCH))

    def _start_import(self, todo):
        """A new preview starts from the file."""
        if todo != "plan":
            return
        self._forget_plan()
        options = dict(self.options or {})
        options.pop("missing", None)
        options.pop("noted", None)
        self._set(options=options)

    def _plan_import_rows(self, reader, batch, wide_lines=()):
        """Plan some rows of the file, and write their lines."""
        incoming = [self._read_import_row(reader, *row) for row in batch]
        self._remark_rows(incoming, wide_lines)
        self._match_and_plan(incoming)
        self._write_lines(incoming)

    def _match_and_plan(self, incoming):
        """Decide what becomes of rows, as the gate does, without writing."""
        gate, terms = self._get_gate(), self._get_terms()
        gate._match(incoming, terms)
        gate._plan(incoming, terms)

    def _write_lines(self, incoming):
        """Keep planned rows as lines."""
        copy_rows(
            self.env.cr,
            "prospect_operation_line",
            LINE_COLUMNS,
            map(self._line_values, incoming),
        )

    def _line_values(self, row):
        """A planned row as a line, in the order of ``LINE_COLUMNS``."""
        return (
            self.id,
            row.number,
            row.outcome,
            keep(row.full_reason),
            pack(row.notes) or None,
            self._told_to_keep(row),
            bool(row.told),
            row.existing or None,
            row.key,
            row.phone,
            row.company,
            row.target or None,
            self._values_to_keep(row),
            row.before or None,
            row.after or None,
            False,
        )

    def _read_import_row(self, reader, number, cells):
        """One row, which fails alone when nobody has foreseen what is in it."""
        try:
            return reader.read_row(number, cells)
        except (ValueError, OverflowError) as error:
            row = Incoming(number, {})
            row.fail(remark(self.env, "imports.unreadable_row", error=str(error)))
            return row

    def _values_to_keep(self, row):
        """What a row says, unless what it makes says it as well."""
        if row.opted_out:
            wanted = {"id": row.wanted} if row.wanted else {}
            return {**row.values, **wanted, "opted_out": True}
        if row.wanted:
            return {**row.values, "id": row.wanted}
        if row.creates and not row.suggested:
            if "contact_name" not in row.values:
                return None
            if not PARTS & row.values.keys():
                return WHOLE_NAME
        return row.values

    def _told_to_keep(self, row):
        """What is told of a row, as codes and values; None where there is nothing."""
        return [[one.code, one.values] for one in row.told] or None

    def _keep_missing(self, reader):
        """Remember the tags and lists that the run will make."""
        missing = {
            fname: list(names.values()) for fname, names in reader.missing.items()
        }
        former = (self.options or {}).get("missing") or {}
        for fname, names in former.items():
            missing[fname] = sorted({*names, *missing.get(fname, ())})
        if missing != former and any(missing.values()):
            self._set(options={**self.options, "missing": missing})

    def _get_gate(self):
        """The gate as this import uses it: without mails and notes, and without
        automation where nobody asked for it [BX-52].
        """
        return self.env["prospect.gate"].with_context(
            **QUIET,
            **trusted(
                prospect_country_id=self.options.get("country_id") or False,
                prospect_no_automation=not self._has_reactions(),
                prospect_rotation=False,
            ),
        )

    def _get_leads(self):
        """Prospects, as the gate writes them."""
        return self._get_gate().env["crm.lead"]

    def _has_reactions(self):
        """Whether what starts by itself for new prospects starts for these."""
        return bool(
            self.options.get("reactions")
            and not read_trusted(self.env.context, "prospect_no_automation")
        )

    def _get_policy(self):
        return self.options.get("policy") or "update"

    def _get_defaults(self):
        return self.options.get("defaults") or {}

    def _get_terms(self):
        """On which terms the rows of the file come in."""
        return Terms(
            policy=self._get_policy(),
            defaults=self._get_defaults(),
            apart=bool(self.options.get("keep_apart")),
        )

    # --- The same person twice in a file --------------------------------------------

    def _plan_twins(self, batches=()):
        """Plan again the rows about people who are in the file more than once.

        Batches are planned without knowing each other; rows that share an address, a
        number or a prospect and are in two of them are planned once more, all of them
        together, so that the size of the batches makes no difference.

        :param batches: first and last line of those that were planned whole
        """
        self.env["prospect.operation.line"].flush_model()
        pending, groups = [], []
        for numbers, ids in self._find_twins():
            groups.append(list(ids))
            if any(
                first <= numbers[0] and numbers[-1] <= last for first, last in batches
            ):
                continue
            pending.extend(ids)
            if len(pending) >= PLAN_BATCH:
                self._plan_again(pending)
                pending = []
                yield 0
        if pending:
            self._plan_again(pending)
        self._write_groups(groups)

    def _find_dependent_import(self, todo):
        """Lines about one prospect, in an undo; in a run: see :meth:`_plan_twins`."""
        if todo == "undo":
            return self._find_dependent_by(SQL("line.lead_id"))
        return ()

    # --- Shared out -----------------------------------------------------------------

    def _get_share_import(self):
        return (self.options or {}).get("share") or False

    def _plan_distribution(self):
        """Fix who gets the new prospects that come without salesperson.

        Once it is known which rows make prospects, so that each gets as many.
        """
        if not self._get_distribution():
            return
        self.env["prospect.operation.line"].flush_model()
        lines = self.env.execute_query(
            SQL(
                """SELECT id FROM prospect_operation_line
                    WHERE operation_id = %s AND outcome IN ('created', 'repeat')
                      AND after -> 'user_id' IS NULL
                 ORDER BY number""",
                self.id,
            )
        )
        self._distribute_lines([line_id for (line_id,) in lines])
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line
                      SET after = after || jsonb_build_object('user_id',
                      distribute_user_id)
                    WHERE operation_id = %s AND distribute_user_id IS NOT NULL""",
                self.id,
            )
        )

    def _distribute_rows(self, lines, rows):
        """Give new prospects to whom the plan has given them.

        :param list lines: :class:`PlannedLine` of each row
        """
        distribution = self._get_distribution_key()
        if distribution is None:
            return
        planned = {line.distribute_user_id for line in lines} - {None}
        active = set(self._filter_active_users(sorted(planned)))
        for line, row in zip(lines, rows, strict=True):
            if row.creates and not row.after.get("user_id"):
                row.distribute = distribution
                user_id = line.distribute_user_id
                row.after["user_id"] = (
                    user_id in active and user_id
                ) or self._get_distribution_substitute(line.number)

    def _find_twins(self):
        """[(numbers, ids)] of lines that hang together, in the order of the file: they
        share an address, a number or a prospect with another one of them.
        """
        links = defaultdict(list)
        for line_id, number, link in self.env.execute_query(
            SQL(
                """
                WITH keyed AS (
                    SELECT id, number, key, phone, company_id, lead_id
                      FROM prospect_operation_line
                     WHERE operation_id = %(id)s AND outcome != 'failed'
                ), links AS (
                    SELECT id, number, key || ' ' || company_id AS link
                      FROM keyed WHERE key LIKE 'e:%%'
                 UNION ALL
                    SELECT id, number, 'p:' || phone || ' ' || company_id
                      FROM keyed WHERE phone IS NOT NULL
                 UNION ALL
                    SELECT id, number, 'l:' || lead_id
                      FROM keyed WHERE lead_id IS NOT NULL
                ), shared AS (
                    SELECT link FROM links GROUP BY link HAVING count(*) > 1
                )
                SELECT links.id, links.number, links.link
                  FROM links JOIN shared USING (link)
                """,
                id=self.id,
            )
        ):
            links[link].append((number, line_id))
        return [
            tuple(zip(*sorted(lines), strict=True))
            for lines in join_groups(links.values())
        ]

    def _plan_again(self, line_ids):
        """Plan some lines again, together, and write what changed."""
        lines = sorted(self._read_lines(line_ids), key=lambda line: line.number)
        defaults = self._get_defaults()
        incoming = [self._line_row(line, defaults) for line in lines]
        self._match_and_plan(incoming)
        changed = [
            (line.id, row)
            for line, row in zip(lines, incoming, strict=True)
            if not self._is_as_planned(line, row)
        ]
        self._update_lines(changed, done=False)

    def _is_as_planned(self, line, row):
        """Whether a row that was planned again says what its line says.

        :param line: a :class:`PlannedLine`
        """
        return (
            row.outcome == line.outcome
            and (row.lead_id or row.existing or None) == line.lead_id
            and (row.target or None) == line.target_number
            and (row.after or None) == line.after
            and self._told_to_keep(row) == line.told
            and keep(row.full_reason) == (line.reason or None)
        )

    def _read_lines(self, line_ids):
        """The plan of some lines, in the order of their numbers in the database.

        Not as records: each look at a JSON field would copy it.
        """
        if not line_ids:
            return []
        self.env["prospect.operation.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM prospect_operation_line WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, PlannedLine._fields)),
                int_array(line_ids),
            )
        )
        by_id = {row[0]: PlannedLine(*row) for row in rows}
        return [by_id[line_id] for line_id in line_ids]

    def _line_row(self, line, defaults):
        """A row of the gate, from the line that keeps it.

        :param line: a :class:`PlannedLine`
        :param dict defaults: of the import
        """
        derived = PARTS if line.values == WHOLE_NAME else ("contact_name",)
        values = dict(line.values or {})
        opted_out = values.pop("opted_out", False)
        wanted = values.pop("id", 0)
        if not values and not wanted:
            values = {
                fname: value
                for fname, value in (line.after or {}).items()
                if defaults.get(fname) != value and fname not in derived
            }
            if line.distribute_user_id:
                # the plan's, not the row's own
                values.pop("user_id", None)
        key = line.key or None
        assistant = values.get("assistant_email")
        row = Incoming(
            line.number,
            values,
            email=key[2:] if key and key[0] == "e" else None,
            phone=line.phone or None,
            key=key,
            company=line.company_id or 0,
            wanted=wanted,
            opted_out=opted_out,
            assistant=clean_email(assistant)[0] if assistant else None,
        )
        if line.outcome == "failed":
            row.outcome, row.reason = "failed", say(self.env, line.reason)
        else:
            row.notes = unpack(self.env, line.remarks or [])
        return row

    def _update_lines(self, rows, done):
        """Write what became of rows to their lines, in one query.

        :param rows: pairs of line id and row
        :param bool done: whether they were applied
        """
        values = [
            (
                line_id,
                row.outcome,
                keep(row.full_reason),
                json.dumps(self._told_to_keep(row)),
                row.lead_id or row.existing or None,
                row.target or None,
                json.dumps(self._values_to_keep(row)),
                json.dumps(row.before) if row.before else None,
                json.dumps(row.after) if row.after else None,
                row.replanned,
            )
            for line_id, row in rows
        ]
        if not values:
            return
        # as the ORM dates what it writes
        stamp = self.env.cr.mogrify("%s", [self.env.cr.now() if done else None])
        self.env.cr.execute_values(
            f"""UPDATE prospect_operation_line AS line
                   SET outcome = new.outcome, reason = new.reason,
                       told = NULLIF(new.told::jsonb, 'null'),
                       is_told = new.told::jsonb <> 'null',
                       lead_id = new.lead_id,
                       target_number = COALESCE(
                           new.target, {"line.target_number" if done else "NULL"}),
                       values = NULLIF(new.vals::jsonb, 'null'),
                       before = new.before::jsonb,
                       after = new.after::jsonb, is_replanned = new.replanned,
                       is_done = {"TRUE" if done else "FALSE"},
                       stamp = {stamp.decode()}
                  FROM (VALUES %s) AS new (id, outcome, reason, told, lead_id, target,
                                           vals, before, after, replanned)
                 WHERE line.id = new.id""",
            values,
            template="(%s, %s, %s, %s, %s::int, %s::int, %s, %s, %s, %s)",
            page_size=1000,
        )
        self.env["prospect.operation.line"].invalidate_model()

    def _try_import(self):
        """Show in the preview of a small file what the database would refuse.

        The rows are written and rolled back: no mail leaves, nothing stays.
        """
        # sudo: lines belong to the operation, which reads them for its owner
        lines = self.env["prospect.operation.line"].sudo()
        if (
            lines.search_count([("operation_id", "=", self.id)], limit=TRIED + 1)
            > TRIED
        ):
            return
        lines = lines.search([("operation_id", "=", self.id)], order="number")
        with rolled_back(self.env):
            trial = self.with_context(**trusted(prospect_no_automation=True))
            rows = trial._apply_import_lines(lines)
        refused = []
        for line, row in zip(lines, rows, strict=True):
            if row.outcome == "failed" != line.outcome:
                row.lead_id = row.existing = 0
                refused.append((line.id, row))
        self._update_lines(refused, done=False)

    # --- Run ----------------------------------------------------------------------

    def _get_batch_size_import(self, size):
        if (
            self.todo != "run"
            or self._as_worker()._get_leads()._prospect_get_write_path()
        ):
            return size
        return FAST * size

    def _begin_import(self):
        self._note_write_path()
        self._make_missing()

    def _apply_batch_import(self, lines):
        """Apply lines: match again, plan again, and write."""
        self._note_write_path()
        rows = self._apply_import_lines(lines)
        if self._has_reactions():
            self._get_gate()._react(rows)
        else:
            self._get_gate()._signal(rows)
        self._apply_opt_outs(rows)
        others, done = [], []
        for line_id, row in zip(lines.ids, rows, strict=True):
            if row.as_planned:
                done.append((line_id, row.lead_id or row.existing or None))
            else:
                others.append((line_id, row))
        self._close_lines(done)
        self._update_lines(others, done=True)

    def _apply_import_lines(self, lines):
        """Write the prospects of lines, and return their rows in the same order."""
        made, terms = self._make_missing(), self._get_terms()
        lines = self._read_lines(lines.ids)
        together = sorted(
            [*lines, *self._read_lines(self._find_siblings(lines))],
            key=lambda line: line.number,
        )
        rows = {}
        for line in together:
            row = self._line_row(line, terms.defaults)
            row.values = self._with_made(row.values, made)
            rows[line.id] = row
        terms = replace(
            terms, defaults=self._leave_archived(list(rows.values()), terms.defaults)
        )
        gate = self._get_gate()
        gate._lock(rows.values())
        self._keep_targets(together, list(rows.values()))
        gate._match(rows.values(), terms)
        for row in rows.values():
            if row.is_planned_new and row.existing:
                # somebody has come since the plan, which told of another one
                row.told = [one for one in row.told if one.code not in PAIRS]
        gate._plan(rows.values(), terms)
        # the others are there for what is decided together
        rows = [rows[line.id] for line in lines]
        self._distribute_rows(lines, rows)
        planned = [
            (line.outcome, self._with_made(line.after or {}, made)) for line in lines
        ]
        for row, (outcome, after) in zip(rows, planned, strict=True):
            row.replanned = (row.outcome, row.after) != (outcome, after)
        gate._write_rows(rows, terms)
        gate._link(rows)
        for row, line, (_outcome, after) in zip(rows, lines, planned, strict=True):
            row.as_planned = (
                row.outcome == line.outcome
                and row.outcome not in ("failed", "updated")
                and row.after == after == (line.after or {})
                and keep(row.full_reason) == (line.reason or None)
            )
        return rows

    def _find_siblings(self, lines):
        """Ids of the lines of other batches about the people of some lines.

        Not those that have written what they had to say.

        :param list lines: :class:`PlannedLine`
        """
        leads = {line.lead_id for line in lines if line.lead_id}
        targets = {line.target_number for line in lines if line.target_number}
        makers = {
            line.number for line in lines if line.outcome in ("created", "repeat")
        }
        own = {line.id for line in lines}
        # what a note alone has changed is written with the row of the last change
        is_silent = SQL(
            "is_done IS NOT TRUE OR outcome = 'unchanged' OR outcome = 'updated'"
            " AND COALESCE(after, 'false') IN ('false', '{}')"
        )
        found = self.env.execute_query(
            SQL(
                """SELECT id FROM prospect_operation_line
                    WHERE operation_id = %(id)s AND number = ANY(%(targets)s)
                      AND is_done IS NOT TRUE
                    UNION
                   SELECT id FROM prospect_operation_line
                    WHERE operation_id = %(id)s AND target_number = ANY(%(makers)s)
                      AND outcome != 'failed' AND (%(is_silent)s)
                    UNION
                   SELECT id FROM prospect_operation_line
                    WHERE operation_id = %(id)s AND lead_id = ANY(%(leads)s)
                      AND outcome != 'failed' AND (%(is_silent)s)""",
                id=self.id,
                targets=int_array(targets),
                makers=int_array(targets | makers),
                leads=int_array(leads),
                is_silent=is_silent,
            )
        )
        return [line_id for (line_id,) in found if line_id not in own]

    def _note_write_path(self):
        """Let the receipt say which way the prospects are written, and why."""
        reason = self._get_leads()._prospect_get_write_path()
        write_path = remark(self.env, "imports.fast")
        if reason:
            write_path = remark(self.env, "imports.standard", reason=reason)
        if keep(write_path) != keep(self.write_path):
            self._set(write_path=write_path)

    def _keep_targets(self, lines, rows):
        """Rows go where the plan has put them, while that prospect is still open.

        Matching anew only is for what was not known then, and what has gone since.

        :param list lines: :class:`PlannedLine` of each row
        """
        targets = {line.target_number for line in lines if line.target_number}
        earlier = {}
        if targets:
            # sudo: lines belong to the operation, which reads them for its owner
            earlier = {
                line.number: line.lead_id.id
                for line in self.env["prospect.operation.line"]
                .sudo()
                .search(
                    [
                        ("operation_id", "=", self.id),
                        ("number", "in", list(targets)),
                        ("is_done", "=", True),
                    ]
                )
            }
        wanted = [
            line.lead_id or earlier.get(line.target_number) or 0 for line in lines
        ]
        # sudo: whether they are open still, whoever may see them
        usable = set(
            self.env["crm.lead"]
            .sudo()
            .browse([number for number in wanted if number])
            .exists()
            .filtered(
                lambda lead: (
                    lead.is_listed and lead.status_kind not in ("converted", "junk")
                )
            )
            .ids
        )
        here = {line.number for line in lines}
        for line, row, number in zip(lines, rows, wanted, strict=True):
            if row.outcome or row.wanted:
                continue
            if number in usable:
                row.existing, row.is_pinned = number, True
            elif line.target_number in here:
                row.target, row.is_pinned = line.target_number, True
            else:
                row.is_planned_new = line.outcome in ("created", "repeat")
                if not row.is_planned_new:
                    continue
            row.told = [
                remark(self.env, code, **values) for code, values in line.told or ()
            ]
            row.contradicts = any(one.code == SHARED for one in row.told)

    @api.model
    def _with_made(self, values, made):
        """Values with the ids of tags and lists that were only names."""
        if not any(values.get(fname) for fname in made):
            return values
        result = dict(values)
        for fname, numbers in made.items():
            if result.get(fname):
                result[fname] = sorted(
                    {numbers.get(item, item) for item in result[fname]}, key=str
                )
        return result

    def _make_missing(self):
        """Make the tags and lists that rows name and nobody knew.

        :return: {field: {name: number}}
        """
        missing = self.options.get("missing") or {}
        made = self.options.get("made") or {}
        result = {}
        for fname, names in missing.items():
            present = dict(made.get(fname) or {})
            model = self.env[self.env["crm.lead"]._fields[fname].comodel_name]
            existing = model.browse(present.values()).exists()
            present = {
                name: number
                for name, number in present.items()
                if number in existing.ids
            }
            todo = [name for name in names if name not in present]
            for record in model.search([("name", "in", todo)]):
                if record.name in todo:
                    todo.remove(record.name)
                    result.setdefault(fname, {})[record.name] = record.id
            records = model.create([{"name": name} for name in todo])
            present.update(zip(todo, records.ids, strict=True))
            result[fname] = {**result.get(fname, {}), **present}
            if records:
                made = {**made, fname: present}
        if made != (self.options.get("made") or {}):
            self._set(options={**self.options, "made": made})
        return result

    def _finish_import(self):
        """An import has been run. Wings that come after it add what follows."""

    # --- Undo ---------------------------------------------------------------------

    def _undo_batch_import(self, lines):
        self._undo_leads(lines)

    def _finish_undo_import(self):
        self._as_worker()._unmake_missing()

    def _unmake_missing(self):
        """Delete the tags and lists that the import made and nobody uses."""
        made = (self.options or {}).get("made") or {}
        for fname, numbers in made.items():
            field = self.env["crm.lead"]._fields[fname]
            # sudo: what the import made, whoever undoes it; used ones stay
            records = self.env[field.comodel_name].sudo().browse(numbers.values())
            records = records.exists()
            if not records:
                continue
            used = self._find_used(records)
            unused = records.filtered(lambda record, used=used: record.id not in used)
            # one that cannot be deleted is no reason to undo nothing
            each_alone(
                self.env.cr, unused, lambda part: part.unlink(), lambda _one, _why: None
            )
        if made:
            self._set(options={**self.options, "made": {}})
