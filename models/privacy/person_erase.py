import json
import logging
from base64 import b64decode
from collections import Counter

import psycopg2

from odoo import api, models
from odoo.tools import SQL, mute_logger
from odoo.tools.mail import email_normalize

from ...tools.contexts import QUIET
from ...tools.privacy import MARK
from ...tools.tabular import TableError, open_table
from ...tools.transactions import each_alone
from ...tools.trusted import trusted

_logger = logging.getLogger(__name__)

# Columns of a line that say who it was about.
LINE_VALUES = ("key", "phone", "values", "before", "after", "remarks", "undo_reason")


class ProspectPerson(models.AbstractModel):
    """Erasing a person, source by source.

    One step a source; each of them finds again what is to be done, so that a step can
    run twice. What becomes of records is counted by kind and model, without names.
    """

    _name = "prospect.person"
    _inherit = ["prospect.person"]

    @api.model
    def _erase(self, person, source):
        """Erase a person from one source.

        :param dict person: see ``_collect``; ``operation_ids`` is added to
        :param source: a ``PersonSource``
        :return: Counter of {what: how many}: ``deleted``, ``edited``, ``told``,
            ``kept``
        """
        self.env.flush_all()
        step = getattr(self, f"_prospect_erase_{source.how}")
        if source.how in ("attachment", "contact"):
            found = {}, set()
        else:
            found = self._find_rows(person, source)
        counts = step(person, source, *found)
        self.env.invalidate_all()
        return counts

    @api.model
    def _count(self, person):
        """{model: how many records hold a person}, for who is asked once more."""
        self.env.flush_all()
        counts = {}
        for source in self._get_sources():
            if self.env[source.model]._transient:
                continue
            if source.how == "attachment":
                ids = self._find_files(person, read=False)
            elif source.how == "contact":
                ids = person["partner_ids"]
            else:
                found, linked = self._find_rows(person, source)
                ids = {*found, *linked}
            if source.model == "crm.lead":
                ids = {*ids, *person["lead_ids"]}
            if ids:
                counts[source.model] = len(ids)
        return counts

    @api.model
    def _erase_row(self, person, source, number):
        """Erase a person from one record of a source."""
        self.env.flush_all()
        found, linked = self._find_rows(person, source)
        found = {key: row for key, row in found.items() if key == number}
        getattr(self, f"_prospect_erase_{source.how}")(
            person, source, found, linked & {number}
        )
        self.env.invalidate_all()

    # --- The usual steps --------------------------------------------------------------

    @api.model
    def _prospect_erase_keep(self, _person, _source, found, _linked):
        """Left as it is, for a reason: who may not be written to."""
        return Counter(kept=len(found))

    @api.model
    def _prospect_erase_delete(self, person, source, found, linked):
        """The person's own records go; others lose the person."""
        own = {*linked, *self._find_own(person, found, source.of)}
        counts = self._delete(self.env[source.model], own)
        rest = {number: row for number, row in found.items() if number not in own}
        counts["edited"] += self._edit(person, source.model, rest)
        return counts

    @api.model
    def _find_own(self, person, found, columns=()):
        """Ids of rows that have an address or a number of the person.

        :param dict found: {number: {column: value}}
        :param columns: names of those that are looked at, else all
        """
        matcher = self._get_matchers(person, names=False)[0]
        return {
            number
            for number, row in found.items()
            if any(
                matcher.holds(self._as_text(row.get(name))) for name in columns or row
            )
        }

    @api.model
    def _prospect_erase_drop(self, person, source, found, linked):
        """Whatever names the person goes: dialogs, and what was sent to browsers."""
        model = self.env[source.model]
        ids = {*found, *linked}
        if model._transient:
            ids |= self._find_held_bytes(person, source)
            ids |= self._find_dialogs(person, model)
        # sudo: dialogs that are open, whoever has opened them
        rows = model.sudo().browse(ids).exists()
        for field in model._fields.values():
            # the rest of the dialog: other columns of the file that it shows
            if (
                field.type == "many2one"
                and field.store
                and field.ondelete == "cascade"
                and self.env[field.comodel_name]._transient
            ):
                self._delete(self.env[field.comodel_name], rows[field.name].ids)
        counts = self._delete(model, rows.exists().ids)
        counts["deleted"] += len(rows) - counts["deleted"] - counts["kept"]
        return counts

    @api.model
    def _find_dialogs(self, person, model):
        """Ids of dialogs about prospects of the person: what was put in may be theirs.

        Those that hold the prospects by a relation, or their ids as plain data.
        """
        queries = [
            SQL(
                "SELECT %s FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                person["lead_ids"],
            )
            for field in model._fields.values()
            if field.type == "many2many"
            and field.store
            and field.comodel_name == "crm.lead"
        ]
        if self._get_schema()[model._table].get("selection") == "jsonb":
            queries.append(
                SQL(
                    "SELECT id FROM %s WHERE selection -> 'ids' @> ANY(%s::jsonb[])",
                    SQL.identifier(model._table),
                    [str(number) for number in person["lead_ids"]],
                )
            )
        return {
            number for query in queries for (number,) in self.env.execute_query(query)
        }

    @api.model
    def _find_held_bytes(self, person, source):
        """Ids of dialogs that hold a file with the person, in the table itself."""
        # sudo: names of fields alone; whoever erases was asked for the right before
        model = self.env[source.model].sudo()
        names = [
            field.name
            for field in model._fields.values()
            if field.type == "binary" and field.store and not field.attachment
        ]
        matcher = self._get_matchers(person)[0]
        return {
            record.id
            for record in (model.search([]) if names and matcher else ())
            for name in names
            if record[name] and self._bytes_hold(b64decode(record[name]), matcher)
        }

    @api.model
    def _prospect_erase_edit(self, person, source, found, linked):
        """Take the person out of texts; filters and templates go on without."""
        own = {number: row for number, row in found.items() if number in linked}
        rest = {number: row for number, row in found.items() if number not in linked}
        count = self._edit(person, source.model, own, whole=True)
        count += self._edit(person, source.model, rest)
        return Counter({"told" if source.told else "edited": count})

    @api.model
    def _delete(self, model, ids):
        """Delete records; those that are needed stay, and are counted."""
        # sudo: what holds a person whom the caller may erase
        records = model.sudo().with_context(
            active_test=False,
            **QUIET,
            **trusted(
                prospect_batch=True,
                prospect_keep_contact=True,
                prospect_no_automation=True,
            ),
        )
        records = records.browse(sorted(ids)).exists()
        counts = Counter()

        def refuse(record, error):
            _logger.info("%s cannot be deleted: %s", record, type(error).__name__)
            counts["kept"] += 1

        with mute_logger("odoo.sql_db"):
            done = each_alone(self.env.cr, records, self._unlink, refuse)
        counts["deleted"] += len(done)
        return counts

    @api.model
    def _unlink(self, records):
        records.unlink()
        self.env.flush_all()

    @api.model
    def _edit(self, person, model, found, columns=None, whole=False):
        """Take a person out of the texts of rows, by SQL: no history, no mail.

        :param dict found: {number: {column: value}}
        :param columns: names of those that are looked at, else all
        :param bool whole: the rows are about the person, and about nobody else
        :return: how many have changed
        """
        table = self.env[model]._table
        kinds = self._get_text_columns(table)
        matcher = self._get_matchers(person)[0]
        changed = 0
        for number, values in found.items():
            new = {}
            for name, value in values.items():
                if columns and name not in columns:
                    continue
                clean = (
                    matcher.clean(value, whole)
                    if isinstance(value, str) and kinds[name] not in ("json", "jsonb")
                    else matcher.clean_json(value, whole)
                )
                if clean != value:
                    new[name] = clean
            if new:
                changed += self._write_clean(table, number, new, kinds)
        return changed

    @api.model
    def _write_clean(self, table, number, values, kinds):
        """Write texts of a row; what was the person and nothing else is empty then."""
        for empty in (None, MARK):
            parts = []
            for name, value in values.items():
                if value == MARK:
                    value = empty
                if value is not None and kinds[name] in ("json", "jsonb"):
                    value = SQL("%s::jsonb", json.dumps(value))
                parts.append(SQL("%s = %s", SQL.identifier(name), value))
            query = SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(table),
                SQL(", ").join(parts),
                number,
            )
            try:
                with (
                    mute_logger("odoo.sql_db"),
                    self.env.cr.savepoint(flush=False),
                ):
                    self.env.cr.execute(query, log_exceptions=False)
                return True
            except psycopg2.IntegrityError:
                continue
        return False

    # --- Operations -----------------------------------------------------------------

    @api.model
    def _prospect_erase_line(self, person, _source, found, linked):
        """Lines keep their number and outcome; merges into others lose the person."""
        ids = {*found, *linked}
        if not ids:
            return Counter()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, operation.id, operation.kind,
                          (line.values -> 'survivor_id')::text
                     FROM prospect_operation_line AS line
                     JOIN prospect_operation AS operation
                       ON operation.id = line.operation_id
                    WHERE line.id = ANY(%s)""",
                list(ids),
            )
        )
        own = set(person["lead_ids"])
        mine = {*linked, *self._find_own(person, found, ("key", "phone"))}
        whole = []
        for line_id, _operation_id, kind, survivor_id in rows:
            is_snapshot = kind == "merge" and (survivor_id or "null") != "null"
            if is_snapshot and int(survivor_id) not in own:
                # of somebody else, who swallowed the person
                self._prune_merge(person, line_id)
            elif line_id in mine or self._is_own_line(person, found[line_id]):
                whole.append(line_id)
            else:
                self._prune_line(person, line_id, found[line_id])
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line
                      SET %s, lead_id = NULL, is_erased = TRUE, reason = NULL,
                          outcome = CASE WHEN is_done THEN outcome ELSE 'failed' END,
                          is_done = TRUE
                    WHERE id = ANY(%s)""",
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in LINE_VALUES
                ),
                whole,
            )
        )
        operation_ids = {operation_id for _line, operation_id, *_rest in rows}
        person["operation_ids"] = sorted({*person["operation_ids"], *operation_ids})
        return Counter(edited=len(rows))

    @api.model
    def _is_own_line(self, person, row):
        """Whether the e-mail or the phone that a line gives is the person's."""
        matcher = self._get_matchers(person, names=False)[0]
        return any(
            matcher.holds(str(part.get(fname) or ""))
            for part in (row["values"], row["before"], row["after"])
            if isinstance(part, dict)
            for fname in ("email_from", "phone")
        )

    @api.model
    def _prune_line(self, person, line_id, row):
        """Take a person out of a line about somebody else: fields that name the person
        are neither run nor undone.
        """
        matcher = self._get_matchers(person)[0]
        parts = {name: row[name] for name in ("values", "before", "after")}
        named = {
            fname
            for part in parts.values()
            if isinstance(part, dict)
            for fname, value in part.items()
            if matcher.holds(self._as_text(value))
        }
        parts = {
            name: {fname: value for fname, value in part.items() if fname not in named}
            for name, part in parts.items()
            if isinstance(part, dict)
        }
        columns = [
            *(
                SQL("%s = %s::jsonb", SQL.identifier(name), json.dumps(part))
                for name, part in parts.items()
            ),
            *(
                SQL("%s = %s", SQL.identifier(name), matcher.clean(row[name]))
                for name in ("reason", "undo_reason")
            ),
            SQL(
                "remarks = %s::jsonb",
                json.dumps(matcher.clean_json(row["remarks"]))
                if row["remarks"]
                else None,
            ),
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE prospect_operation_line SET %s WHERE id = %s",
                SQL(", ").join(columns),
                line_id,
            )
        )

    @api.model
    def _prune_merge(self, person, line_id):
        """Take a person out of the snapshot of a merge into somebody else."""
        ((values, before, after, reason),) = self.env.execute_query(
            SQL(
                "SELECT values, before, after, reason FROM prospect_operation_line"
                " WHERE id = %s",
                line_id,
            )
        )
        matcher = self._get_matchers(person)[0]
        values = dict(values)
        trace = values.get("trace") or {}
        if trace:
            gone = {
                int(number)
                for number, row in (trace.get("lost") or {}).items()
                if int(number) in person["lead_ids"]
                or matcher.holds(json.dumps(row, ensure_ascii=False))
            }
            trace = self.env["prospect.operation"]._prune_trace(trace, gone)
            trace["survivor"] = {
                name: pair
                for name, pair in (trace.get("survivor") or {}).items()
                if not matcher.holds(json.dumps(pair, ensure_ascii=False))
            }
            values["trace"] = trace
            values["lost"] = [
                entry
                for entry in values.get("lost") or []
                if not isinstance(entry, dict) or entry.get("id") not in gone
            ]
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line
                      SET values = %s::jsonb, before = %s::jsonb, after = %s::jsonb,
                          reason = %s
                    WHERE id = %s""",
                *(
                    json.dumps(matcher.clean_json(part)) if part else None
                    for part in (values, before, after)
                ),
                matcher.clean(reason),
                line_id,
            )
        )

    @api.model
    def _prospect_erase_operation(self, person, source, found, _linked):
        """Titles name people: of merges, of conversions, of changes of one."""
        table = self.env[source.model]._table
        texts = list(self._get_text_columns(table))
        titles = self._read_texts(table, texts, person["operation_ids"])
        shared = {
            number
            for (number,) in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT operation_id FROM prospect_operation_line"
                    " WHERE operation_id = ANY(%s) AND is_erased IS NOT TRUE",
                    person["operation_ids"],
                )
            )
        }
        # what was done with the person alone, and with others as well
        alone = {number: row for number, row in titles.items() if number not in shared}
        titles = {number: row for number, row in titles.items() if number in shared}
        count = self._edit(person, source.model, alone, whole=True)
        names = ("name", "error")
        count += self._edit(person, source.model, titles, names, whole=True)
        return Counter(edited=count + self._edit(person, source.model, found))

    # --- Messages -------------------------------------------------------------------

    @api.model
    def _prospect_erase_capture(self, _person, source, found, linked):
        # sudo: what holds a person whom the caller may erase
        messages = self.env[source.model].sudo().browse({*found, *linked})
        messages._forget_person(self.env._("The person was erased."))
        return Counter(edited=len(messages))

    @api.model
    def _prospect_erase_message(self, person, source, found, linked):
        """What the person has written goes; others' messages lose the person."""
        own = set(linked)
        for number, values in found.items():
            email = email_normalize(values.get("email_from"), strict=False)
            if email in person["addresses"]:
                own.add(number)
        counts = self._delete(self.env[source.model], own)
        rest = {number: row for number, row in found.items() if number not in own}
        counts["edited"] += self._edit(person, source.model, rest, whole=True)
        return counts

    # --- Contacts and prospects -------------------------------------------------------

    @api.model
    def _prospect_erase_contact(self, person, source, _found, _linked):
        """Contacts that nothing needs; an invoice needs its contact."""
        return self._delete(self.env[source.model], person["partner_ids"])

    @api.model
    def _erase_leads(self, person):
        """Delete the prospects themselves, with all that hangs on them."""
        # sudo: the caller may erase them
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads = leads.browse(person["lead_ids"]).exists()
        junk = leads.filtered(lambda lead: lead.status_kind == "junk")
        if junk:
            # else Odoo's scoring would keep them as lost for ever
            junk.with_context(
                **QUIET, **trusted(prospect_batch=True)
            ).status_id = self.env["prospect.status"]._get_default()
            self.env.flush_all()
        counts = self._delete(self.env["crm.lead"], leads.ids)
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_dedupe_index WHERE id = ANY(%s)",
                [*person["lead_ids"], *(-number for number in person["partner_ids"])],
            )
        )
        return counts

    # --- Files ----------------------------------------------------------------------

    @api.model
    def _prospect_erase_attachment(self, person, _source, _found, _linked):
        """Files of ours that hold the person go as a whole: files of imports, reports,
        and what dialogs have read.
        """
        ids = self._find_files(person)
        # sudo: what holds a person whom the caller may erase
        files = self.env["ir.attachment"].sudo().browse(ids).exists()
        counts = self._delete(self.env["ir.attachment"], files.ids)
        self.env.cr.execute(
            SQL(
                "UPDATE prospect_report SET state = 'expired'"
                " WHERE state = 'done' AND attachment_id IS NULL"
            )
        )
        if counts["deleted"]:
            self.env["prospect.operation"]._collect_files_later()
        return counts

    @api.model
    def _find_files(self, person, read=True):
        """Ids of the files of ours that hold a person.

        :param bool read: False leaves out what only shows when the file is read
        """
        attachments = self.env["ir.attachment"]
        in_company, _has_company = self._get_company_sql(
            person, self._get_columns(attachments._table)
        )
        ours = SQL("(%s) AND (%s)", self._get_files_sql(), in_company)
        ids = {
            number
            for (number,) in self.env.execute_query(
                SQL(
                    "SELECT attachment_id FROM prospect_operation"
                    " WHERE id = ANY(%s) AND attachment_id IS NOT NULL",
                    person["operation_ids"],
                )
            )
        }
        rows = self.env.execute_query(
            SQL(
                "SELECT id, name, index_content FROM ir_attachment AS file WHERE %s",
                ours,
            )
        )
        matcher = self._get_matchers(person)[0]
        for number, name, words in rows:
            if number not in ids and (
                matcher.holds(name)
                or matcher.holds(words)
                or (read and self._file_holds(number, matcher))
            ):
                ids.add(number)
        copies = self.env.execute_query(
            SQL(
                """SELECT id FROM ir_attachment AS file
                    WHERE %s AND checksum IN (SELECT checksum FROM ir_attachment
                                               WHERE id = ANY(%s))""",
                ours,
                list(ids),
            )
        )
        return ids | {number for (number,) in copies}

    @api.model
    def _get_files_sql(self):
        """The condition of files (``file``) that belong to models of ours."""
        conditions = [SQL("file.res_model LIKE %s", "prospect.%")]
        for name, model in self.env.registry.items():
            if (
                model._abstract
                or not model._auto
                or not (model._original_module or "").startswith("prospect")
            ):
                continue
            conditions += [
                SQL(
                    "file.id IN (SELECT %s FROM %s)",
                    SQL.identifier(field.name),
                    SQL.identifier(self.env[name]._table),
                )
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name == "ir.attachment"
            ]
        return SQL(" OR ").join(conditions)

    @api.model
    def _file_holds(self, number, matcher):
        """Whether a file names a person: read as a table, else as what it is."""
        # sudo: the file of an operation or a report
        attachment = self.env["ir.attachment"].sudo().browse(number)
        try:
            source = self.env["prospect.operation"]._get_file(attachment)
        except OSError:
            return False
        return self._bytes_hold(source, matcher)

    @api.model
    def _bytes_hold(self, source, matcher):
        """Whether a file names a person.

        :param source: its bytes, or its path
        """
        try:
            with open_table(source, has_header=False) as table:
                return any(
                    matcher.holds("\t".join(map(str, cells)))
                    for _line, cells in table.rows()
                )
        except (TableError, OSError, ValueError):
            raw = source if isinstance(source, bytes) else source.read_bytes()
            return matcher.holds(raw.decode("utf-8", "ignore"))
