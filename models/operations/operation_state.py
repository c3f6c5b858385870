from odoo import api, fields, models
from odoo.tools import SQL

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
    "properties": """(SELECT hashtext(string_agg(key || value::text, ',' ORDER BY key))
                        FROM jsonb_each(%(column)s)
                       WHERE value NOT IN ('false', 'null', '""', '[]'))""",
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
    """

    _name = "prospect.operation.state"
    _description = "How an Operation has left a Record"
    _log_access = False
    _rec_name = "res_id"

    operation_id = fields.Many2one(
        comodel_name="prospect.operation",
        required=True,
        readonly=True,
        ondelete="cascade",
        export_string_translation=False,
    )
    res_model = fields.Char(
        required=True, readonly=True, export_string_translation=False
    )
    res_id = fields.Integer(
        required=True, readonly=True, aggregator=None, export_string_translation=False
    )
    # And ``digests``, an array of numbers, which Odoo has no field for: one for each of
    # ``state_names`` of the operation, empty where the value is.

    _record_uniq = models.Constraint("UNIQUE (operation_id, res_model, res_id)")

    def init(self):
        result = super().init()
        self.env.cr.execute(
            "ALTER TABLE prospect_operation_state"
            " ADD COLUMN IF NOT EXISTS digests int4[]"
        )
        return result

    @api.model
    def _keep(self, operation, model, ids):
        """Write down how records are now.

        :param ids: numbers of records of the model
        """
        names = operation._get_state_names(model)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_operation_state
                          (operation_id, res_model, res_id, digests)
                   SELECT %s, %s, now.id, now.digests FROM (%s) AS now
                       ON CONFLICT (operation_id, res_model, res_id)
                       DO UPDATE SET digests = EXCLUDED.digests""",
                operation.id,
                model,
                self._get_query(model, names, ids),
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
        return {
            number: [
                name
                for name, left, now in zip(names, was or (), present, strict=False)
                if left != now and name in self.env[model]._fields
            ]
            for number, was, present in self.env.execute_query(
                SQL(
                    """SELECT state.res_id, state.digests,
                              CASE WHEN state.digests IS DISTINCT FROM now.digests
                                   THEN now.digests ELSE '{}' END
                         FROM prospect_operation_state AS state
                         JOIN (%s) AS now ON now.id = state.res_id
                        WHERE state.operation_id = %s AND state.res_model = %s""",
                    self._get_query(model, names, ids),
                    operation.id,
                    model,
                )
            )
        }

    @api.model
    def _get_query(self, model, names, ids):
        """A query of ``id`` and ``digests`` of records, for a list of field names."""
        digests = [self._get_digest(model, name) for name in names]
        return SQL(
            "SELECT record.id, ARRAY[%s]::int4[] AS digests FROM %s AS record"
            " WHERE record.id = ANY(%s)",
            SQL(", ").join(digests),
            SQL.identifier(self.env[model]._table),
            list(ids),
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
    def _get_digest(self, model, name):
        """A number for the value of a field, NULL where it has none."""
        field = self.env[model]._fields.get(name)
        if field is None or not field.store:
            # of an add-on that has gone
            return SQL("NULL::int4")
        if field.type == "many2many":
            return self._get_links_digest(field)
        column = SQL.identifier("record", name)
        kind = DIGESTS.get(field.type, DIGESTS["char"])
        if name == "probability" and "automated_probability" in self.env[model]._fields:
            kind = DIGESTS["probability"]
        return SQL(kind, column=column)

    @api.model
    def _get_links_digest(self, field):
        """The same of a relation.

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
        other = SQL.identifier("link", field.column2)
        return SQL(
            "(SELECT hashtext(string_agg(%s::text, ',' ORDER BY %s)) FROM %s AS link"
            " WHERE %s = record.id %s)",
            other,
            other,
            SQL.identifier(field.relation),
            SQL.identifier("link", field.column1),
            automatic,
        )
