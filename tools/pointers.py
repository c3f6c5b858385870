"""What points at the rows of a table, in the whole database."""

from dataclasses import dataclass

from odoo.tools import SQL

# What PostgreSQL does with a row when the one that it points at is deleted.
CASCADE, SET_NULL = "c", "n"


@dataclass(frozen=True)
class Pointer:
    """A column that points at records: by a foreign key, or by model and number."""

    table: str
    column: str
    # what becomes of the row with its target: CASCADE, SET_NULL or another
    rule: str
    # the column with the name of the model, of those without a foreign key
    model_column: str = ""
    has_id: bool = True

    def get_condition(self, model, ids):
        """Which rows of the table point at some records.

        :param str model: name of their model
        :param ids: their numbers, at least one
        """
        condition = SQL("%s IN %s", SQL.identifier(self.column), tuple(ids))
        if self.model_column:
            condition = SQL(
                "%s AND %s = %s", condition, SQL.identifier(self.model_column), model
            )
        return condition


def find_keys(cr, table):
    """The foreign keys to a table, as a list of :class:`Pointer`."""
    cr.execute(
        SQL(
            """SELECT rel.relname, att.attname, con.confdeltype::text,
                      EXISTS (SELECT FROM pg_attribute AS number
                               WHERE number.attrelid = rel.oid
                                 AND number.attname = 'id')
                 FROM pg_constraint AS con
                 JOIN pg_class AS rel ON rel.oid = con.conrelid
                 JOIN pg_attribute AS att
                   ON att.attrelid = rel.oid AND att.attnum = con.conkey[1]
                WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1
                  AND con.confrelid = %s::regclass
             ORDER BY rel.relname, att.attname""",
            table,
        )
    )
    return [
        Pointer(name, column, rule, has_id=has_id)
        for name, column, rule, has_id in cr.fetchall()
    ]


def read_pointing(cr, pointers, model, ids):
    """The rows that point at some records: a list of (pointer, row as plain data).

    One query for all tables; a row that points by several columns comes several times.

    :param pointers: :class:`Pointer`
    :param str model: name of the model of the records
    :param ids: their numbers
    """
    if not ids or not pointers:
        return []
    cr.execute(
        SQL(" UNION ALL ").join(
            SQL(
                "SELECT %(index)s, to_jsonb(%(table)s) FROM %(table)s WHERE %(where)s",
                index=index,
                table=SQL.identifier(pointer.table),
                where=pointer.get_condition(model, ids),
            )
            for index, pointer in enumerate(pointers)
        )
    )
    return [(pointers[index], row) for index, row in cr.fetchall()]


def count_pointing(cr, pointers, model, ids):
    """{table: how many rows point at some records}, without tables that have none.

    :param pointers: :class:`Pointer`
    :param str model: name of the model of the records
    :param ids: their numbers
    """
    tables = {}
    for pointer in pointers:
        tables.setdefault(pointer.table, []).append(pointer.get_condition(model, ids))
    if not ids or not tables:
        return {}
    cr.execute(
        SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, count(*) FROM %s WHERE %s",
                table,
                SQL.identifier(table),
                SQL(" OR ").join(SQL("(%s)", condition) for condition in conditions),
            )
            for table, conditions in tables.items()
        )
    )
    return {table: count for table, count in cr.fetchall() if count}
