from odoo import fields, models


class ProspectCivility(models.Model):
    """How to address a person [IY-05]; the host has dropped titles in 19."""

    _name = "prospect.civility"
    _inherit = ["prospect.multilingual.mixin"]
    _description = "Civility"
    _order = "sequence, id"
    _rec_names_search = ["name", "full_name"]

    name = fields.Char(
        string="Civility",
        required=True,
        translate=True,
        help="As it stands before a name, such as Ms. or Dr.",
    )
    full_name = fields.Char(
        translate=True,
        help="Written out, such as Madam; an import recognises it too.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
