from odoo import fields, models


class ProspectDedupeIndexKey(models.Model):
    """The keys of the index of duplicates, one by one, in their order.

    A table of two columns without rows of its own in Odoo: ``prospect.dedupe.index``
    writes it, and reads who is together from its only index.
    """

    _name = "prospect.dedupe.index.key"
    _description = "Key of the Index of Duplicates"
    _auto = False
    _log_access = False
    _rec_name = "key"

    key = fields.Integer(
        readonly=True, aggregator=None, export_string_translation=False
    )
    number = fields.Integer(
        readonly=True, aggregator=None, export_string_translation=False
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(
            """CREATE TABLE IF NOT EXISTS prospect_dedupe_index_key (
                   key int4 NOT NULL, number int4 NOT NULL
               )"""
        )
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS prospect_dedupe_index_key_idx"
            " ON prospect_dedupe_index_key (key, number)"
        )
        return result
