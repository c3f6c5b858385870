from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pytz

from odoo.tools import SQL

from ...tools.reports import DATES, DAY, format_day, format_moment

# Names that are remembered of one model: a report may name a contact a row.
NAMES = 20_000
# What is counted for the summary, whatever the columns.
COUNTED = ("status_id", "source_id")


@dataclass(slots=True)
class ReportBatch:
    """Some prospects as cells.

    - ``count``: how many there are; ``cells``: one list of values for each column
    - ``left_out``: prospects that the person may see and not export
    - ``counted``: {field: its values}; ``members``: {number of a list: how many}
    """

    count: int
    cells: list
    left_out: int
    counted: dict
    members: dict


def _array(ids):
    """Numbers as the database reads them; one by one takes longer than the query."""
    return f"{{{','.join(map(str, ids))}}}"


class ReportReader:
    """Reads the columns of a report for a batch of prospects, by few queries.

    One query for all stored fields, with the rules of access of the person in it; one
    for each relation and for the lists; the names of related records once each. What is
    read is counted for the summary when :meth:`add` is called.

    :param leads: ``crm.lead``, in the environment of the person
    :param list columns: ``ReportColumn``
    :param bool as_text: whether dates are texts, see ``tools.reports``
    """

    def __init__(self, leads, columns, as_text):
        self.env = leads.env
        self.leads = leads.with_context(active_test=False)
        self.columns = columns
        self.as_text = as_text
        self.zone = self.env.user.tz or "UTC"
        self.counts = {fname: Counter() for fname in COUNTED}
        self.list_counts = Counter()
        self.list_ids = self._find_lists() if self._needs_lists() else []
        self._names = {}
        self._words = (self.env._("No"), self.env._("Yes"))
        self._labels = {}
        self._fnames = self._find_fnames()

    def _needs_lists(self):
        """Whether anything is told of lists: a text file has no summary."""
        return not self.as_text or any(
            column.key.startswith("list:") for column in self.columns
        )

    def _find_lists(self):
        """Ids of the lists that the person sees, archived ones too."""
        lists = self.env["prospect.list"].with_context(active_test=False)
        return list(lists._search([], order="sequence, name, id"))

    def _find_fnames(self):
        """Fields that are columns of the table, each once."""
        fields = self.leads._fields
        fnames = [column.field for column in self.columns if column.field]
        return [
            fname
            for fname in dict.fromkeys((*COUNTED, *fnames))
            if fields[fname].type != "many2many"
        ]

    # --- Reading --------------------------------------------------------------------

    def fetch(self, ids):
        """The cells of some prospects, in the order of their numbers.

        Those that have gone meanwhile, and those that the person may not see or export,
        are left out.

        :return: a :class:`ReportBatch`
        """
        found = self._read_table(ids)
        wanted = [number for number in ids if number in found]
        allowed = self.leads.browse(wanted)._prospect_filter_right("export").ids
        rows = [found[number] for number in allowed]
        raw = dict(
            zip(("id", *self._fnames), zip(*rows, strict=True), strict=True)
            if rows
            else [(fname, ()) for fname in ("id", *self._fnames)]
        )
        members = self._read_members(allowed)
        leads = self.leads.browse(allowed)
        return ReportBatch(
            len(allowed),
            [self._read_column(column, raw, leads, members) for column in self.columns],
            len(wanted) - len(allowed),
            {fname: raw[fname] for fname in COUNTED},
            {number: len(members[f"list:{number}"]) for number in self.list_ids},
        )

    def add(self, batch):
        """Count a batch for the summary, which a text file has not."""
        if self.as_text:
            return
        for fname in COUNTED:
            self.counts[fname].update(batch.counted[fname])
        self.list_counts.update(batch.members)

    def _read_table(self, ids):
        """{id: (id, values of the fields)} of those that the person may see."""
        query = self.leads._search([])
        query.add_where(
            SQL("%s = ANY(%s::int[])", SQL.identifier(query.table, "id"), _array(ids))
        )
        selected = [self._select(query, fname) for fname in self._fnames]
        rows = self.env.execute_query(
            query.select(SQL.identifier(query.table, "id"), *selected)
        )
        return {row[0]: row for row in rows}

    def _select(self, query, fname):
        """How a field is read, so that little is left to do for each cell."""
        sql = self.leads._field_to_sql(query.table, fname, query)
        kind = self.leads._fields[fname].type
        if kind in ("float", "monetary"):
            return SQL("%s::float8::text" if self.as_text else "%s::float8", sql)
        if kind == "date":
            shape = "%s::text" if self.as_text else "%s - DATE '1899-12-30'"
            return SQL(shape, sql)
        if kind == "datetime":
            local = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", sql, self.zone)
            if self.as_text:
                return SQL("to_char(%s, 'YYYY-MM-DD HH24:MI:SS')", local)
            return SQL(
                "extract(epoch FROM date_trunc('second', %s))::float8 / %s + 25569",
                local,
                DAY,
            )
        return sql

    def _read_column(self, column, raw, leads, members):
        """The cells of one column."""
        if column.read:
            values = column.read(leads)
            return self._adapt(column, [values.get(number) for number in leads.ids])
        if not column.field:
            joined = members.get(column.key, ())
            return self._describe_booleans([number in joined for number in leads.ids])
        field = self.leads._fields[column.field]
        if field.type == "many2many":
            return self._read_links(field, leads)
        return self._read_field(column, field, raw[column.field])

    def _read_field(self, column, field, values):
        """The cells of a stored field, from its values in the table."""
        if column.convert:
            return self._adapt(column, column.convert(values))
        if field.type == "many2one":
            return self._name(field.comodel_name, values)
        if field.type == "selection":
            labels = self._get_labels(field)
            return [labels.get(value) for value in values]
        if field.type == "boolean":
            return self._describe_booleans(values)
        return values

    def _adapt(self, column, values):
        """Plain values of Odoo as cells."""
        if column.kind == "boolean":
            return self._describe_booleans(values)
        if column.kind in DATES:
            return [self._describe_date(value) if value else None for value in values]
        if column.kind == "text":
            return [str(value) if value else None for value in values]
        return [None if value is None or value is False else value for value in values]

    def _describe_date(self, value):
        if not isinstance(value, datetime):
            return format_day(value, self.as_text)
        zone = pytz.timezone(self.zone)
        local = pytz.utc.localize(value).astimezone(zone)
        return format_moment(local, self.as_text)

    def _describe_booleans(self, values):
        no, yes = self._words
        return [yes if value else no for value in values]

    def _get_labels(self, field):
        """{value: label in the language of the report}."""
        if field.name not in self._labels:
            self._labels[field.name] = dict(field._description_selection(self.env))
        return self._labels[field.name]

    # --- Names and relations ----------------------------------------------------------

    def _name(self, model, numbers):
        """The names of related records, each read once."""
        names = self._names.setdefault(model, {})
        missing = set(numbers).difference(names, (None,))
        if missing:
            if len(names) + len(missing) > NAMES:
                names.clear()
                missing = set(numbers).difference((None,))
            # sudo: as on every page, the name of what a visible prospect refers to
            records = self.env[model].sudo().browse(missing).exists()
            names.update((record.id, record.display_name) for record in records)
        return [names.get(number) for number in numbers]

    def _read_links(self, field, leads):
        """The names that a relation to many has, in one cell, in their own order."""
        pairs = self._read_pairs(field, leads.ids)
        model = self.env[field.comodel_name].with_context(active_test=False)
        numbers = list({number for _lead, number in pairs})
        ordered = list(model._search([("id", "in", numbers)], order=model._order))
        names = dict(zip(ordered, self._name(model._name, ordered), strict=True))
        linked = {}
        for lead, number in pairs:
            if number in names:
                linked.setdefault(lead, set()).add(number)
        return [
            ", ".join(names[number] for number in ordered if number in linked[lead])
            if lead in linked
            else None
            for lead in leads.ids
        ]

    def _read_pairs(self, field, ids):
        """[(prospect, other)] of a relation to many."""
        self.leads.flush_model([field.name])
        return self.env.execute_query(
            SQL(
                "SELECT %(lead)s, %(other)s FROM %(relation)s"
                " WHERE %(lead)s = ANY(%(ids)s::int[])",
                lead=SQL.identifier(field.column1),
                other=SQL.identifier(field.column2),
                relation=SQL.identifier(field.relation),
                ids=_array(ids),
            )
        )

    def _read_members(self, ids):
        """{key of the column of a list: who is on it}."""
        members = {f"list:{number}": set() for number in self.list_ids}
        if members and ids:
            for lead, number in self._read_pairs(self.leads._fields["list_ids"], ids):
                if f"list:{number}" in members:
                    members[f"list:{number}"].add(lead)
        return members

    # --- Summary ----------------------------------------------------------------------

    def get_counts(self, fname):
        """[(name, how many)] of what was read, most first; None where it is empty."""
        counts = self.counts[fname]
        numbers = sorted(counts, key=lambda number: (-counts[number], number or 0))
        names = self._name(self.leads._fields[fname].comodel_name, numbers)
        return [
            (name, counts[number]) for number, name in zip(numbers, names, strict=True)
        ]

    def get_list_counts(self):
        """[(name, how many)] of the lists that somebody is on, in their order."""
        numbers = [number for number in self.list_ids if self.list_counts[number]]
        names = self._name("prospect.list", numbers)
        return [
            (name, self.list_counts[number])
            for number, name in zip(numbers, names, strict=True)
        ]
