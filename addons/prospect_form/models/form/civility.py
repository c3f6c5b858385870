from odoo import models


class ProspectCivility(models.Model):
    """Civilities, which questions of forms offer: the definitions of forms are kept."""

    _name = "prospect.civility"
    _inherit = ["prospect.civility", "prospect.cached.mixin"]
