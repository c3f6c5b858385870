from odoo import fields, models


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
