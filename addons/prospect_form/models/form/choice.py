from odoo import api, fields, models

from ...tools.keys import make_key


class ProspectFormChoice(models.Model):
    """One of the answers that a question offers [IY-07, IY-08]."""

    _name = "prospect.form.choice"
    _inherit = ["prospect.cached.mixin"]
    _description = "Choice of a Form"
    _order = "field_id, sequence, id"

    field_id = fields.Many2one(
        comodel_name="prospect.form.field",
        string="Question",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="field_id.form_id.company_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Label", required=True, translate=True)
    key = fields.Char(
        string="Value",
        readonly=True,
        help="Name of the choice in prefilled addresses and for other programs.",
    )

    _key_unique = models.UniqueIndex("(field_id, key)")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        numbers = {vals.get("field_id") for vals in vals_list}
        # sudo: names that must not be taken twice
        known = self.sudo().search([("field_id", "in", [n for n in numbers if n])])
        taken = {
            question.id: set(choices.mapped("key"))
            for question, choices in known.grouped("field_id").items()
        }
        for vals in vals_list:
            keys = taken.setdefault(vals.get("field_id"), set())
            vals["key"] = make_key(vals.get("key") or vals.get("name"), keys)
            keys.add(vals["key"])
        return super().create(vals_list)

    def write(self, vals):
        # the key is what answers are known by: it stays
        vals = {fname: value for fname, value in vals.items() if fname != "key"}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waited_for(self):
        """Without its choice, a condition would never be met."""
        self.env["prospect.form.condition"]._refuse_loss(
            [("choice_ids", "in", self.ids)]
        )
