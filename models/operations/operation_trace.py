from odoo import api, models
from odoo.tools import SQL

from ...tools.remarks import model_label, remark
from .operation_line import WRITING

# What the operation itself leaves on a record is told by its date.
OWN_TABLES = frozenset({"prospect_operation_line"})
# Histories of what is among the values of a prospect.
HISTORIES = frozenset(
    {
        "prospect_assignment",
        "prospect_membership",
        "prospect_stage_change",
        "prospect_status_change",
    }
)
# What nobody has written to a record: that values have changed, which are compared;
# that somebody was told so; and what operations note, in the transaction of their line.
NOT_BY_PEOPLE = SQL(
    """AND document.message_type != 'user_notification'
       AND NOT (document.message_type = 'notification' AND (
           EXISTS (SELECT FROM mail_tracking_value AS tracked
                    WHERE tracked.mail_message_id = document.id
                      AND COALESCE(document.body, '') = '')
           OR EXISTS (SELECT FROM prospect_operation_line AS line
                       WHERE line.undo_stamp = document.create_date)
           OR EXISTS (SELECT FROM prospect_operation_line AS line
                       WHERE line.lead_id = document.res_id
                         AND document.model = 'crm.lead'
                         AND line.stamp = document.create_date)))"""
)
# Documents of Odoo that name a record by model and number.
DOCUMENTS = (
    ("mail.message", "model", "res_id"),
    ("mail.activity", "res_model", "res_id"),
    ("ir.attachment", "res_model", "res_id"),
)


class ProspectOperation(models.Model):
    """What people have left on records since an operation made or changed them, and
    what the database still names.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _find_traces(self, model, stamps, has_values=True):
        """{record id: what was done since, as a list of remarks}.

        :param str model: ``crm.lead`` or another model that keeps who wrote last
        :param dict stamps: {record id: time after which things count}
        :param bool has_values: whether the values count by their dates, too: not where
            it is known what they were
        """
        stamps = {number: stamp for number, stamp in stamps.items() if stamp}
        if not stamps:
            return {}
        self.env.flush_all()
        traces = {}
        queries = self._get_traces(model, has_values)
        if has_values:
            queries.insert(0, ("", self._get_write_query(model)))
        for name, query in queries:
            for (number,) in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT trace.record_id
                         FROM (%s) AS trace
                         JOIN unnest(%s, %s) AS stamped (record_id, stamp)
                           ON stamped.record_id = trace.record_id
                          AND trace.date > stamped.stamp""",
                    query,
                    list(stamps),
                    list(stamps.values()),
                )
            ):
                if number not in traces:
                    traces[number] = [self._describe_trace_of(name)]
        return traces

    @api.model
    def _describe_trace_of(self, name):
        """What was done to a record, as a remark: a model, or the record's values."""
        if name:
            return model_label(self.env, name)
        return remark(self.env, "operations.its_values")

    @api.model
    def _get_write_query(self, model):
        return SQL(
            "SELECT id AS record_id, write_date AS date FROM %s",
            SQL.identifier(self.env[model]._table),
        )

    @api.model
    def _get_traces(self, model, has_histories=True):
        """What people leave on a record: [(model, query of record_id and date)].

        Odoo's documents by model and number, and every table with a date that
        points at the record. Not what only says that values have changed, and what
        operations have written that is told by their lines.

        :param bool has_histories: whether the histories of values count
        """
        traces = [
            (
                document,
                SQL(
                    "SELECT %s AS record_id, document.create_date AS date"
                    " FROM %s AS document WHERE %s = %s %s",
                    SQL.identifier("document", number),
                    SQL.identifier(self.env[document]._table),
                    SQL.identifier("document", name),
                    model,
                    NOT_BY_PEOPLE if document == "mail.message" else SQL(""),
                ),
            )
            for document, name, number in DOCUMENTS
        ]
        traces.append((self.env._("another operation"), self._get_lines_query(model)))
        for name, other in self.env.registry.items():
            if other._abstract or not other._auto or other._transient:
                continue
            date = (
                "create_date"
                if other._log_access
                else "date"
                if "date" in other._fields
                else None
            )
            if not date or other._table in OWN_TABLES:
                continue
            if not has_histories and other._table in HISTORIES:
                continue
            traces += [
                (
                    name,
                    SQL(
                        "SELECT %s AS record_id, %s AS date FROM %s",
                        SQL.identifier(field.name),
                        SQL.identifier(date),
                        SQL.identifier(other._table),
                    ),
                )
                for field in other._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name == model
            ]
        return traces

    def _get_lines_query(self, model):
        """Other operations that have done something with a prospect, and were not
        undone: it may stand for what they have made.
        """
        return SQL(
            """SELECT line.lead_id AS record_id, line.stamp AS date
                 FROM prospect_operation_line AS line
                WHERE line.operation_id != %s AND line.is_done
                  AND line.lead_id IS NOT NULL AND %s
                  AND line.outcome IN %s
                  AND COALESCE(line.undo_outcome, 'impossible') = 'impossible'""",
            self.id,
            model == "crm.lead",
            WRITING,
        )

    @api.model
    def _find_used(self, records):
        """Ids of the records that anything in the database still names."""
        used = set()
        self.env.flush_all()
        for model in self.env.registry.values():
            if model._abstract or not model._auto or model._transient:
                continue
            if model._name == "prospect.membership":
                # history keeps the names of lists that are gone
                continue
            for field in model._fields.values():
                if not field.store or field.comodel_name != records._name:
                    continue
                if field.type == "many2many":
                    table, column = field.relation, field.column2
                elif field.type == "many2one":
                    table, column = model._table, field.name
                else:
                    continue
                used |= {
                    number
                    for (number,) in self.env.execute_query(
                        SQL(
                            "SELECT DISTINCT %(column)s FROM %(table)s"
                            " WHERE %(column)s IN %(ids)s",
                            column=SQL.identifier(column),
                            table=SQL.identifier(table),
                            ids=tuple(records.ids),
                        )
                    )
                }
        return used
