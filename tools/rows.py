"""Rows of a table as plain data, to see what has changed in them and put it back."""

import json
from collections import defaultdict

from odoo.tools import SQL
from odoo.tools.sql import table_columns

# Who wrote last and when is no value of a record.
IGNORED = ("write_date", "write_uid")


def read_rows(cr, table, ids):
    """{id: {column: plain value}} of some rows; what is pending must be flushed.

    :param str table: name of the table, from the code and never from people
    """
    if not ids:
        return {}
    cr.execute(
        SQL(
            "SELECT id, to_jsonb(%(table)s) - %(ignored)s::text[] FROM %(table)s"
            " WHERE id IN %(ids)s",
            table=SQL.identifier(table),
            ignored=list(IGNORED),
            ids=tuple(ids),
        )
    )
    return dict(cr.fetchall())


def read_exact(cr, table, ids):
    """{id: the whole row as plain data} of rows that may have to be inserted again.

    Numbers with decimals as texts: they keep their digits.
    """
    cr.execute(
        SQL(
            """SELECT attname FROM pg_attribute
                WHERE attrelid = %s::regclass AND atttypid = 'numeric'::regtype
                  AND NOT attisdropped""",
            table,
        )
    )
    numerics = [
        SQL("%s, %s::text", name, SQL.identifier(name)) for (name,) in cr.fetchall()
    ]
    cr.execute(
        SQL(
            "SELECT id, to_jsonb(%(table)s) || jsonb_build_object(%(numerics)s)"
            " FROM %(table)s WHERE id IN %(ids)s",
            table=SQL.identifier(table),
            numerics=SQL(", ").join(numerics),
            ids=tuple(ids) or (0,),
        )
    )
    return dict(cr.fetchall())


def write_rows(cr, table, rows, skip_same=False):
    """Write columns of some rows, as plain data; the cache does not know of it.

    One query for each set of columns.

    :param dict rows: {id: {column: plain value}}
    :param bool skip_same: leave rows alone that have these values already
    """
    groups = defaultdict(list)
    for number, columns in rows.items():
        if columns:
            groups[tuple(sorted(columns))].append({"id": number, **columns})
    for columns, values in groups.items():
        cr.execute(
            SQL(
                """UPDATE %(table)s SET %(columns)s
                     FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s) AS former
                    WHERE %(table)s.id = former.id %(differs)s""",
                table=SQL.identifier(table),
                columns=SQL(", ").join(
                    SQL("%s = former.%s", *(SQL.identifier(column),) * 2)
                    for column in columns
                ),
                differs=SQL(
                    "AND (%s)",
                    SQL(" OR ").join(
                        SQL(
                            "%s.%s IS DISTINCT FROM former.%s",
                            *(SQL.identifier(table), SQL.identifier(column)),
                            SQL.identifier(column),
                        )
                        for column in columns
                    ),
                )
                if skip_same
                else SQL(),
                rows=json.dumps(values),
            )
        )


def changed_columns(before, after):
    """{column: [before, after]} of two rows.

    >>> changed_columns({"id": 1, "city": "Lyon"}, {"id": 1, "city": "Paris"})
    {'city': ['Lyon', 'Paris']}
    """
    return {
        column: [before.get(column), value]
        for column, value in after.items()
        if value != before.get(column)
    }


def columns_to_restore(changes, before, now):
    """{column: value} that gives a row back what it was.

    What was changed goes back where it still is as it was left; all else is what it
    was before the undo began to write.

    :param dict changes: from :func:`changed_columns`
    :param dict before: the row before the undo
    :param dict now: the row after its writes

    >>> columns_to_restore(
    ...     {"city": ["Lyon", "Paris"], "zip": ["1", "2"]},
    ...     {"city": "Paris", "zip": "3", "name": "Acme"},
    ...     {"city": "Paris", "zip": "1", "name": ""},
    ... )
    {'city': 'Lyon', 'zip': '3', 'name': 'Acme'}
    """
    wanted = dict(before)
    for column, (former, left) in changes.items():
        if column in before and before[column] == left:
            wanted[column] = former
    return {
        column: value
        for column, value in wanted.items()
        if column in now and now[column] != value
    }


def insert_rows(cr, table, rows):
    """Insert rows as they were, from plain data; those that exist already stay.

    Columns that the table has no more are left out; new ones get their default.

    :param list rows: {column: plain value}, all with the same columns
    :return: how many were inserted
    :raises psycopg2.IntegrityError: when the table takes one of them no more
    """
    if not rows:
        return 0
    columns = [name for name in table_columns(cr, table) if name in rows[0]]
    cr.execute(
        SQL(
            """INSERT INTO %(table)s (%(columns)s)
               SELECT %(columns)s
                 FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s)
                   ON CONFLICT DO NOTHING""",
            table=SQL.identifier(table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            rows=json.dumps(rows),
        )
    )
    return cr.rowcount


def delete_rows(cr, table, rows):
    """Delete rows of a table without numbers, such as the links of a relation.

    :param list rows: {column: plain value}, all columns of each
    """
    if not rows:
        return
    cr.execute(
        SQL(
            """DELETE FROM %(table)s
                USING jsonb_populate_recordset(NULL::%(table)s, %(rows)s) AS former
                WHERE %(same)s""",
            table=SQL.identifier(table),
            rows=json.dumps(rows),
            same=SQL(" AND ").join(
                SQL(
                    "%s = former.%s",
                    SQL.identifier(table, column),
                    SQL.identifier(column),
                )
                for column in rows[0]
            ),
        )
    )


def find_dangling(cr, table, rows):
    """{column: values} that rows name and that exist no more, by the foreign keys.

    :param list rows: {column: plain value}
    """
    cr.execute(
        SQL(
            """SELECT source.attname, con.confrelid::regclass::text, target.attname
                 FROM pg_constraint AS con
                 JOIN pg_attribute AS source
                   ON source.attrelid = con.conrelid AND source.attnum = con.conkey[1]
                 JOIN pg_attribute AS target
                   ON target.attrelid = con.confrelid AND target.attnum = con.confkey[1]
                WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1
                  AND con.conrelid = %s::regclass""",
            table,
        )
    )
    dangling = {}
    for column, other, key in cr.fetchall():
        named = {row[column] for row in rows if row.get(column) is not None}
        if not named:
            continue
        cr.execute(
            SQL(
                "SELECT %(key)s FROM %(other)s WHERE %(key)s IN %(named)s",
                key=SQL.identifier(key),
                other=SQL.identifier(other.strip('"')),
                named=tuple(named),
            )
        )
        missing = named - {value for (value,) in cr.fetchall()}
        if missing:
            dangling[column] = missing
    return dangling
