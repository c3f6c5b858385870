from odoo import api, fields, models
from odoo.tools.i18n import format_list


class ProspectFormField(models.Model):
    """How a question is shown to those who make the form [IY-05 to IY-09]. Only for
    ``prospect.form.field``.
    """

    _name = "prospect.form.field"
    _inherit = ["prospect.form.field"]

    possible_types = fields.Json(
        compute="_compute_possible_types", export_string_translation=False
    )
    has_own_choices = fields.Boolean(
        compute="_compute_possible_types", export_string_translation=False
    )
    place_text = fields.Char(string="Kept In", compute="_compute_place_text")
    condition_text = fields.Char(
        string="Shown", compute="_compute_condition_text", help="When it is shown."
    )

    @api.depends("target", "fname", "property_id", "type")
    def _compute_possible_types(self):
        for field in self:
            field.possible_types = list(field._get_possible_types())
            field.has_own_choices = field._has_own_choices()

    def _has_own_choices(self):
        """Whether its choices are written in the form: countries and the like are not,
        nor are those of a custom field that has choices of its own.
        """
        self.ensure_one()
        if self.type not in ("single", "multiple", "dropdown"):
            return False
        if self.target == "field":
            return self.fname not in ("title_id", "country_id", "lang_id")
        # sudo: what kind a custom field is of, which everybody sees
        return self.target != "property" or self.property_id.sudo().kind not in (
            "selection",
            "tags",
        )

    @api.depends("target", "fname", "property_id")
    def _compute_place_text(self):
        names = dict(self._select_fnames())
        for field in self:
            if field.target == "field":
                field.place_text = names.get(field.fname)
            elif field.target == "property":
                field.place_text = field.property_id.name
            elif field.target == "section":
                field.place_text = False
            else:
                field.place_text = self.env._("Answers")

    @api.depends(
        "condition_mode",
        "condition_ids.question_id.label",
        "condition_ids.operator",
        "condition_ids.choice_ids.name",
        "condition_ids.texts",
    )
    def _compute_condition_text(self):
        for field in self:
            told = [condition._describe() for condition in field.condition_ids]
            style = "or" if field.condition_mode == "any" else "standard"
            field.condition_text = (
                self.env._(
                    "Shown when %(conditions)s",
                    conditions=format_list(self.env, told, style),
                )
                if told
                else False
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waited_for(self):
        """Without its condition, a question would be shown to everybody."""
        self.env["prospect.form.condition"]._refuse_loss(
            [("question_id", "in", self.ids), ("field_id", "not in", self.ids)]
        )

    @api.model
    def default_get(self, fields):
        """A new question comes after the others."""
        values = super().default_get(fields)
        form_id = self.env.context.get("default_form_id")
        if "sequence" in fields and isinstance(form_id, int):
            last = self.search(
                [("form_id", "=", form_id)], order="sequence desc", limit=1
            )
            values["sequence"] = last.sequence + 1 if last else 10
        return values
