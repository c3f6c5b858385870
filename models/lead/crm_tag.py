from odoo import models


class CrmTag(models.Model):
    """Tags, whose names hold no mark that nobody sees."""

    _name = "crm.tag"
    _inherit = ["crm.tag", "prospect.named.mixin"]
