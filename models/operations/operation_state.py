from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.arrays import int_array

# The sign of the ids of a model's records.
SIGNS = {"crm.lead": 1, "res.partner": -1}
# What Odoo counts or looks up by itself, in fields that are not marked as such.
NO_VALUES = {
    "crm.lead": frozenset(
        {
            "iap_enrich_done",
            "lead_mining_request_id",
            "message_bounce",
            "reveal_id",
            "visitor_ids",
        }
    ),
    "res.partner": frozenset(
        {
            "calendar_last_notif_ack",
            "channel_ids",
            "customer_rank",
            "date_localization",
            "meeting_ids",
            "message_bounce",
            "partner_latitude",
            "partner_longitude",
            "signup_type",
            "starred_message_ids",
            "supplier_rank",
            "visitor_ids",
        }
    ),
}
# A number for the value of a column, by the type of its field: NULL for what is empty,
# whatever way it was emptied.
DIGESTS = {
    "char": "hashtext(NULLIF(%(column)s::text, ''))",
    "boolean": "CASE WHEN %(column)s THEN 1 END",
    "integer": "NULLIF(%(column)s, 0)",
    "many2one": "%(column)s",
    "float": "hashtext(NULLIF(trim_scale(%(column)s::numeric), 0)::text)",
    "monetary": "hashtext(NULLIF(trim_scale(%(column)s::numeric), 0)::text)",
    "html": """CASE WHEN %(column)s NOT IN ('', '<p><br></p>', '<p></p>')
                    THEN hashtext(%(column)s) END""",
    "properties": """CASE WHEN %(column)s <> '{}' THEN
                     (SELECT hashtext(string_agg(key || value::text, ',' ORDER BY key))
                        FROM jsonb_each(%(column)s)
                       WHERE value NOT IN ('false', 'null', '""', '[]')) END""",
    # Odoo's own counts as none
    "probability": """CASE WHEN abs(%(column)s - record.automated_probability) > 0.005
                           THEN hashtext(round(%(column)s::numeric, 2)::text) END""",
}


class ProspectOperationState(models.Model):
    """How an operation has left a record that it made: a digest of each value.

    With it, an undo knows which values somebody has changed since, whoever has written
    the record in between and brought everything back. What counts is what people can
    edit; what only follows from it, and counters of Odoo's, do not. One row for each
    record that an undo would delete or turn back, written with its batch, in one query.

    A table without rows of its own in Odoo, which writes and reads it by SQL alone. Its
    ``digests`` are an array of numbers: one for each of ``state_names`` of the
    operation, empty where the value is.
    """

    _name = "prospect.operation.state"
    _description = "How an Operation has left a Record"
    _auto = False
    _log_access = False
    _rec_name = "number"

    operation_number = fields.Integer(
        readonly=True, aggregator=None, export_string_translation=False
    )
    # Of a prospect; of a contact below zero
    number = fields.Integer(
        readonly=True, aggregator=None, export_string_translation=False
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(
            """CREATE TABLE IF NOT EXISTS prospect_operation_state (
                   operation_number int4 NOT NULL, number int4 NOT NULL,
                   digests int4[] NOT NULL,
                   PRIMARY KEY (operation_number, number)
               )"""
        )
        return result

    @api.model
    def _keep(self, operation, model, ids):
        """Write down how records are now.

        :param ids: of records of the model
        """
        names = operation._get_state_names(model)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_operation_state
                          (operation_number, number, digests)
                   SELECT %s, now.id * %s, now.digests FROM (%s) AS now
                       ON CONFLICT (operation_number, number)
                       DO UPDATE SET digests = EXCLUDED.digests""",
                operation.id,
                SIGNS[model],
                self._get_query(model, names, ids),
            )
        )

    @api.model
    def _find_kept(self, operation, model, ids):
        """{record id: digests} of those that the operation has kept."""
        sign = SIGNS[model]
        return {
            number * sign: digests
            for number, digests in self.env.execute_query(
                SQL(
                    """SELECT number, digests FROM prospect_operation_state
                        WHERE operation_number = %s AND number = ANY(%s)""",
                    operation.id,
                    [number * sign for number in ids],
                )
            )
        }

    @api.model
    def _forget(self, numbers):
        """Delete what is kept of operations.

        :param SQL numbers: a query of their ids
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_operation_state WHERE operation_number IN (%s)",
                numbers,
            )
        )

    @api.model
    def _forget_records(self, model, ids):
        """Delete what is kept of records, whatever operation has left them: of people
        who are erased.
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_operation_state WHERE number = ANY(%s)",
                [number * SIGNS[model] for number in ids],
            )
        )

    @api.model
    def _compare(self, operation, model, ids):
        """Which records are not as they were left.

        :return: {record id: names of the fields that differ} of those that the
            operation has a digest of
        """
        names = (operation.state_names or {}).get(model)
        if not names:
            return {}
        self.env.flush_all()
        # two simple queries: nobody has counted for the database what is new in them
        left = self._find_kept(operation, model, ids)
        now = self.env.execute_query(self._get_query(model, names, left))
        fields_by_name = self.env[model]._fields
        return {
            number: [
                name
                for name, was, present in zip(
                    names, left[number], digests, strict=False
                )
                if was != present and name in fields_by_name
            ]
            if left[number] != digests
            else []
            for number, digests in now
        }

    @api.model
    def _get_query(self, model, names, ids):
        """A query of ``id`` and ``digests`` of records, for a list of field names."""
        ids, joins = list(ids), []
        digests = [self._get_digest(model, name, ids, joins) for name in names]
        return SQL(
            "SELECT record.id, ARRAY[%s]::int4[] AS digests FROM %s AS record %s"
            " WHERE record.id = ANY(%s)",
            SQL(", ").join(digests),
            SQL.identifier(self.env[model]._table),
            SQL(" ").join(joins),
            int_array(ids),
        )

    @api.model
    def _find_names(self, model):
        """Names of the fields that people can edit, in an order."""
        return sorted(
            name
            for name, field in self.env[model]._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and name not in NO_VALUES.get(model, ())
            and not field.readonly
            and (field.column_type or field.type == "many2many")
        )

    @api.model
    def _get_digest(self, model, name, ids, joins):
        """A number for the value of a field, NULL where it has none.

        :param list joins: of the query, to be added to
        """
        field = self.env[model]._fields.get(name)
        if field is None or not field.store:
            # of an add-on that has gone
            return SQL("NULL::int4")
        if field.type == "many2many":
            alias = f"links_{name}"
            joins.append(self._get_links_join(field, ids, alias))
            return SQL.identifier(alias, "digest")
        column = SQL.identifier("record", name)
        kind = DIGESTS.get(field.type, DIGESTS["char"])
        if name == "probability" and "automated_probability" in self.env[model]._fields:
            kind = DIGESTS["probability"]
        return SQL(kind, column=column)

    @api.model
    def _get_links_join(self, field, ids, alias):
        """The same of a relation, of all records at once.

        Lists that a segment fills and memberships that end are not people's doing.
        """
        automatic = SQL("")
        if field.relation == "prospect_list_crm_lead_rel":
            automatic = SQL(
                """AND NOT EXISTS (SELECT FROM prospect_segment_sync AS sync
                                    WHERE sync.list_id = link.list_id)
                   AND NOT EXISTS (SELECT FROM prospect_membership AS membership
                                    WHERE membership.lead_id = link.lead_id
                                      AND membership.list_id = link.list_id
                                      AND membership.expires_at IS NOT NULL)"""
            )
        own = SQL.identifier("link", field.column1)
        other = SQL.identifier("link", field.column2)
        return SQL(
            """LEFT JOIN (SELECT %(own)s AS record_id,
                                 hashtext(string_agg(%(other)s::text, ','
                                                     ORDER BY %(other)s)) AS digest
                            FROM %(relation)s AS link
                           WHERE %(own)s = ANY(%(ids)s) %(automatic)s
                        GROUP BY %(own)s) AS %(alias)s
                      ON %(alias)s.record_id = record.id""",
            own=own,
            other=other,
            relation=SQL.identifier(field.relation),
            ids=int_array(ids),
            automatic=automatic,
            alias=SQL.identifier(alias),
        )
