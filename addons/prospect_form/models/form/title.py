from odoo import models


class ProspectTitle(models.Model):
    """Titles, which questions of forms offer: the definitions of forms are kept."""

    _name = "prospect.title"
    _inherit = ["prospect.title", "prospect.cached.mixin"]
