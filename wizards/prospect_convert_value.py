from odoo import api, fields, models
from odoo.exceptions import UserError


class ProspectConvertValue(models.TransientModel):
    """A field that new contacts must have and that prospects do not give [BX-28]."""

    _name = "prospect.convert.value"
    _description = "Required Value at Conversion"

    convert_id = fields.Many2one(
        comodel_name="prospect.convert",
        required=True,
        index=True,
        ondelete="cascade",
    )
    target = fields.Selection(
        selection=[("contact", "Contact"), ("company", "Company")],
        string="For",
        required=True,
        readonly=True,
    )
    name = fields.Char(readonly=True, required=True, export_string_translation=False)
    label = fields.Char(string="Field", compute="_compute_label")
    hint = fields.Char(compute="_compute_label")
    value = fields.Char()

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_label(self):
        for row in self:
            field = self.env["res.partner"]._fields.get(row.name)
            row.label = field._description_string(self.env) if field else row.name
            row.hint = row._get_hint(field) if field else False

    def _get_hint(self, field):
        """What can be typed, in words."""
        if field.type == "selection":
            return ", ".join(
                label for _value, label in field._description_selection(self.env)
            )
        if field.type == "many2one":
            model = self.env[field.comodel_name]
            return self.env._("The name of a record: %s", model._description)
        if field.type in ("date", "datetime"):
            return self.env._("As 2026-12-31")
        return False

    def _read_value(self):
        """What was typed, as the field takes it.

        :raises UserError: saying what can be typed instead
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        field = partners._fields[self.name]
        value, problems = self.value, []
        if field.relational:
            value = [{None: value}]
        with self.env.cr.savepoint() as savepoint:
            convert = self.env["ir.fields.converter"].for_model(
                partners, savepoint=savepoint
            )
            values = convert(
                {self.name: value}, lambda _fname, problem: problems.append(problem)
            )
        if problems or not values.get(self.name):
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” does not fit. %(hint)s",
                    field=self.label,
                    value=self.value,
                    hint=self.hint or "",
                )
            )
        return values[self.name]
