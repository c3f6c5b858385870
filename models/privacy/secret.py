import secrets

from odoo import api, fields, models
from odoo.tools import SQL

BYTES = 32


class ProspectSecret(models.Model):
    """Keys that this database makes for itself, once, and that nobody reads.

    Not a parameter: those are read by everybody who administers the database, and
    written to backups of settings.
    """

    _name = "prospect.secret"
    _description = "Secret of the Database"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    value = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    _name_unique = models.UniqueIndex("(name)")

    @api.model
    def _get_secret(self, name):
        """The key of this name, made when it is first needed.

        :rtype: bytes
        """
        query = SQL("SELECT value FROM prospect_secret WHERE name = %s", name)
        rows = self.env.execute_query(query)
        if not rows:
            # not by execute_query, which would log the key where it fails
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_secret (name, value) VALUES (%s, %s)
                       ON CONFLICT (name) DO NOTHING""",
                    name,
                    secrets.token_hex(BYTES),
                ),
                log_exceptions=False,
            )
            rows = self.env.execute_query(query)
        return bytes.fromhex(rows[0][0])
