from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.arrays import text_array

# Keys serve while a prospect is being written; personal data is not kept for longer.
DAYS_KEPT = 2


class ProspectKey(models.Model):
    """The lock on an identity: one row per normalised address or number.

    Two captures of one new person, each of which sees no prospect yet, both touch the
    row of that person. The second one fails with SQLSTATE 40001 as soon as the first
    has committed, and runs again with eyes that see the new prospect. (An advisory
    lock would make it wait, and then read its old snapshot.)
    """

    _name = "prospect.key"
    _description = "Identity of a Prospect"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    touched = fields.Datetime(required=True, readonly=True)

    _key_unique = models.UniqueIndex("(key)")

    def init(self):
        """Without a log of its writes: after a crash nobody is writing any more."""
        result = super().init()
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE oid = %s::regclass",
            [self._table],
        )
        if self.env.cr.fetchone()[0] == "p":
            self.env.cr.execute("ALTER TABLE prospect_key SET UNLOGGED")
        return result

    @api.model
    def _touch(self, keys):
        """Take the identities of a batch, in one order so that nobody deadlocks.

        :param keys: texts from :func:`~..tools.matching.identity_key`
        :raises psycopg2.errors.SerializationFailure: when another transaction has
            taken one since ours began; the whole transaction is to run again
        """
        keys = sorted({key for key in keys if key})
        if not keys:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_key (key, touched)
                   SELECT key, now() AT TIME ZONE 'UTC'
                     FROM unnest(%s) AS key
                 ORDER BY key
                       ON CONFLICT (key) DO UPDATE SET touched = EXCLUDED.touched""",
                text_array(keys),
            )
        )

    @api.autovacuum
    def _gc_keys(self):
        """Forget identities that nobody is writing any more."""
        limit = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        self.env.cr.execute(SQL("DELETE FROM prospect_key WHERE touched < %s", limit))
