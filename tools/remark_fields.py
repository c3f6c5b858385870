"""Fields that hold sentences of ours, which each reader has in their own language."""

from odoo import fields
from odoo.tools import SQL

from .remarks import Remark, find_codes, keep, say


class _Remarks:
    """What is written is kept as ``tools.remarks.keep`` says, and read in the language
    of the environment. SQL reads and writes what is kept.

    A search for a text finds the sentences that say it in the language of who searches,
    and the values that they were made of.
    """

    def convert_to_cache(self, value, record, validate=True):
        return super().convert_to_cache(keep(value) or value, record, validate)

    def get_column_update(self, record):
        # the cache has it as it is kept
        return record.env.transaction.field_data[self][record.id]

    def convert_to_record(self, value, record):
        return say(record.env, super().convert_to_record(value, record))

    def convert_to_read(self, value, record, use_display_name=True):
        # a mere text: not all protocols know ours
        return str(value) if value else False

    def convert_to_write(self, value, record):
        # as it is: a copy keeps what the text was made of
        return value or False

    def convert_to_export(self, value, record):
        return str(value) if value else ""

    def _description_groupable(self, env):
        # values make another sentence of each
        return False

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if operator in ("in", "not in"):
            value = [
                *value,
                *(
                    Remark(text, code, {})
                    for text in value
                    if isinstance(text, str)
                    for code in find_codes(model.env, text, whole=True)
                ),
            ]
        sql = super()._condition_to_sql(
            field_expr, operator, value, model, alias, query
        )
        if not operator.endswith("like") or not isinstance(value, str):
            return sql
        codes = find_codes(model.env, value.strip("%")) if value.strip("%") else ()
        if not codes:
            return sql
        said = SQL(
            "EXISTS (SELECT FROM unnest(%s) AS said (code) WHERE strpos(%s, code) > 0)",
            [f'{{"code": "{code}"' for code in codes],
            model._field_to_sql(alias, field_expr, query),
        )
        if operator.startswith("not"):
            return SQL("(%s AND NOT %s)", sql, said)
        return SQL("(%s OR %s)", sql, said)


class RemarkText(_Remarks, fields.Text):
    """Sentences of ours, one below the other."""


class RemarkChar(_Remarks, fields.Char):
    """A sentence of ours in one line: a name, or why something was not done."""
