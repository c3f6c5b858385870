import psycopg2

from odoo import models

from ...tools.remarks import read_error, remark

# What the database refuses and Odoo says in words for people.
HOST_KNOWS = (
    psycopg2.errors.ForeignKeyViolation,
    psycopg2.errors.NotNullViolation,
    psycopg2.errors.UniqueViolation,
)


class CrmLead(models.Model):
    """Values of a prospect as plain data, and why they were refused, in words.

    For all that plans first and writes then: the gate and the kinds of operations.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    def _prospect_plain_value(self, fname):
        """The value of a field as plans hold it: plain data, to compare and to keep."""
        self.ensure_one()
        field = self._fields[fname]
        value = self[fname]
        if field.type == "many2one":
            return value.id
        if field.type in ("many2many", "one2many"):
            return set(value.ids)
        if field.type in ("date", "datetime"):
            return field.to_string(value) if value else False
        if field.type == "html":
            return str(value) if value else False
        if field.type == "properties":
            return dict(value._values or {})
        return value

    def _prospect_gate_describe_error(self, error):
        """Why one prospect was refused, for the person who wanted it written."""
        if not isinstance(error, psycopg2.Error):
            return read_error(error)
        if error.diag.constraint_name in self._table_objects or isinstance(
            error, HOST_KNOWS
        ):
            text = " ".join(self._sql_error_to_message(error).split())
            name = error.diag.constraint_name
            if name not in self._table_objects:
                return text
            return remark(
                self.env, "lead.constraint", model=self._name, name=name, text=text
            )
        return remark(
            self.env,
            "lead.database_refused",
            error=(error.diag.message_primary or str(error)).strip(),
        )
