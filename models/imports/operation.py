import json
from itertools import islice
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.contexts import QUIET
from ...tools.copying import copy_rows
from ...tools.incoming import Incoming
from ...tools.remarks import keep, pack, remark, say, unpack
from ...tools.tabular import TableError
from ...tools.transactions import each_alone, rolled_back
from ...tools.trusted import read_trusted, trusted
from ..gate.reader import ImportReader

# Rows that are read, matched and planned at once.
PLAN_BATCH = 2000
# How many batches the fast path does in one: what a batch costs by itself is a part
# that counts there.
FAST = 3
# Rows up to which a preview also tries what the database would refuse.
TRIED = 200
LINE_COLUMNS = (
    "operation_id",
    "number",
    "outcome",
    "reason",
    "remarks",
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
    lead_id: int | None
    key: str | None
    phone: str | None
    company_id: int | None
    target_number: int | None
    values: dict | None
    after: dict | None
    distribute_user_id: int | None


class ProspectOperation(models.Model):
    """The import of a file, as an operation [U10 to U13].

    Its options: ``policy``, ``mapping``, ``notes``, ``values``, ``defaults``,
    ``country_id``, ``create_missing``, ``reactions``, and of the file ``sheet``,
    ``encoding``, ``delimiter``, ``has_header``.
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
        try:
            with self._open_table() as table:
                reader = ImportReader(self.env, self.options, table.header)
                rows = (row for row in table.rows() if row[0] > start)
                while batch := self._read_rows(rows):
                    self._plan_import_rows(reader, batch, table.wide_lines)
                    self._keep_missing(reader)
                    yield len(batch)
                self._keep_reading(table)
        except TableError as error:
            raise UserError(self._describe_table_error(error)) from error
        if not self._get_planned_number():
            raise UserError(remark(self.env, "imports.no_rows"))
        yield from self._plan_twins()
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
        gate, policy = self._get_gate(), self._get_policy()
        defaults = self._get_defaults()
        gate._prospect_gate_match(incoming, policy, defaults)
        gate._prospect_gate_plan(incoming, policy, defaults)

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
        if row.creates and "contact_name" not in row.values and not row.suggested:
            return None
        return row.values

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
        return self.env["crm.lead"].with_context(
            **QUIET,
            **trusted(
                prospect_country_id=self.options.get("country_id") or False,
                prospect_no_automation=not self._has_reactions(),
                prospect_rotation=False,
            ),
        )

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

    # --- The same person twice in a file --------------------------------------------

    def _plan_twins(self):
        """Plan again the rows about people who are in the file more than once.

        Batches are planned without knowing each other; whoever is in two of them is
        planned once more, with all rows in their order.
        """
        if self._get_policy() == "create":
            return
        self.env["prospect.operation.line"].flush_model()
        pending, groups = [], []
        for (ids,) in self.env.execute_query(self._get_twins_query()):
            groups.append(ids)
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

    def _get_twins_query(self):
        """Lines about one person, as arrays of ids in the order of the file.

        One person: the same prospect, else the same key, else, for a row without
        e-mail, the first row with that phone.
        """
        return SQL(
            """
            WITH keyed AS (
                SELECT id, number, phone, company_id,
                       CASE WHEN lead_id IS NOT NULL THEN 'l' || lead_id
                            ELSE 'k' || key || company_id END AS person,
                       key LIKE 'p:%%' AND lead_id IS NULL AS by_phone
                  FROM prospect_operation_line
                 WHERE operation_id = %(id)s AND key IS NOT NULL
                   AND outcome != 'failed'
            ), phones AS (
                SELECT DISTINCT ON (phone, company_id)
                       phone, company_id, person
                  FROM keyed WHERE phone IS NOT NULL
              ORDER BY phone, company_id, number
            ), people AS (
                SELECT keyed.id, keyed.number,
                       CASE WHEN keyed.by_phone THEN phones.person
                            ELSE keyed.person END AS person
                  FROM keyed
             LEFT JOIN phones USING (phone, company_id)
            )
            SELECT array_agg(id ORDER BY number)
              FROM people
          GROUP BY person
            HAVING count(*) > 1
          ORDER BY min(number)
            """,
            id=self.id,
        )

    def _plan_again(self, line_ids):
        """Plan some lines again, together, and write what changed."""
        lines = sorted(self._read_lines(line_ids), key=lambda line: line.number)
        defaults = self._get_defaults()
        incoming = [self._line_row(line, defaults) for line in lines]
        self._match_and_plan(incoming)
        ids = [line.id for line in lines]
        self._update_lines(zip(ids, incoming, strict=True), done=False)

    def _read_lines(self, line_ids):
        """The plan of some lines, in the order of their numbers in the database.

        Not as records: each look at a JSON field would copy it.
        """
        self.env["prospect.operation.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM prospect_operation_line WHERE id IN %s",
                SQL(", ").join(map(SQL.identifier, PlannedLine._fields)),
                tuple(line_ids),
            )
        )
        by_id = {row[0]: PlannedLine(*row) for row in rows}
        return [by_id[line_id] for line_id in line_ids]

    def _line_row(self, line, defaults):
        """A row of the gate, from the line that keeps it.

        :param line: a :class:`PlannedLine`
        :param dict defaults: of the import
        """
        values = dict(line.values or {})
        opted_out = values.pop("opted_out", False)
        wanted = values.pop("id", 0)
        if not values and not wanted:
            values = {
                fname: value
                for fname, value in (line.after or {}).items()
                if defaults.get(fname) != value and fname != "contact_name"
            }
            if line.distribute_user_id:
                # the plan's, not the row's own
                values.pop("user_id", None)
        key = line.key or None
        row = Incoming(
            line.number,
            values,
            email=key[2:] if key and key[0] == "e" else None,
            phone=line.phone or None,
            key=key,
            company=line.company_id or 0,
            wanted=wanted,
            opted_out=opted_out,
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
                       lead_id = new.lead_id,
                       target_number = COALESCE(
                           new.target, {"line.target_number" if done else "NULL"}),
                       values = NULLIF(new.vals::jsonb, 'null'),
                       before = new.before::jsonb,
                       after = new.after::jsonb, is_replanned = new.replanned,
                       is_done = {"TRUE" if done else "FALSE"},
                       stamp = {stamp.decode()}
                  FROM (VALUES %s) AS new (id, outcome, reason, lead_id, target, vals,
                                           before, after, replanned)
                 WHERE line.id = new.id""",
            values,
            template="(%s, %s, %s, %s::int, %s::int, %s, %s, %s, %s)",
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
            or self._as_worker()._get_gate()._prospect_get_write_path()
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
            self._get_gate()._prospect_gate_react(rows)
        else:
            self._get_gate()._prospect_gate_signal(rows)
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
        made, defaults = self._make_missing(), self._get_defaults()
        lines = self._read_lines(lines.ids)
        rows, planned = [], []
        for line in lines:
            row = self._line_row(line, defaults)
            row.values = self._with_made(row.values, made)
            rows.append(row)
            planned.append((line.outcome, self._with_made(line.after or {}, made)))
        defaults = self._leave_archived(rows, defaults)
        gate, policy = self._get_gate(), self._get_policy()
        self.env["prospect.key"]._touch(row.key for row in rows)
        gate._prospect_gate_match(rows, policy, defaults)
        self._keep_targets(lines, rows)
        gate._prospect_gate_plan(rows, policy, defaults)
        self._distribute_rows(lines, rows)
        for row, (outcome, after) in zip(rows, planned, strict=True):
            row.replanned = (row.outcome, row.after) != (outcome, after)
        gate._prospect_gate_write(rows, policy, defaults)
        gate._prospect_gate_link(rows)
        for row, line, (_outcome, after) in zip(rows, lines, planned, strict=True):
            row.as_planned = (
                row.outcome == line.outcome
                and row.outcome not in ("failed", "updated")
                and row.after == after == (line.after or {})
                and keep(row.full_reason) == (line.reason or None)
            )
        return rows

    def _note_write_path(self):
        """Let the receipt say which way the prospects are written, and why."""
        reason = self._get_gate()._prospect_get_write_path()
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
        for row, number in zip(rows, wanted, strict=True):
            if number in usable and not row.wanted:
                row.existing, row.closed = number, 0

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
