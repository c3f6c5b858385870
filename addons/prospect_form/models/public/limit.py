from odoo import api, fields, models
from odoo.tools import SQL


class ProspectFormLimit(models.Model):
    """How much came in of late: from one machine, or to one form.

    A row for each and each hour, which counts up. Old ones are cleaned away.
    """

    _name = "prospect.form.limit"
    _description = "Limit of a Form"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    hour = fields.Datetime(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True, default=0)

    _key_unique = models.UniqueIndex("(key, hour)")

    @api.autovacuum
    def _gc_limits(self):
        """Forget counters of former days."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_form_limit"
                " WHERE hour < (now() AT TIME ZONE 'UTC') - interval '2 days'"
            )
        )
