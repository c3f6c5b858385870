from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.conditions import find_circle
from .field import CHOOSING

OPERATORS = [
    ("in", "is one of"),
    ("not_in", "is not one of"),
    ("answered", "is answered"),
]


class ProspectFormCondition(models.Model):
    """When a question, or a section with all that follows it, is shown [IY-09].

    A question that is itself hidden has no answer: it is none of the choices, and is
    not answered.
    """

    _name = "prospect.form.condition"
    _inherit = ["prospect.cached.mixin"]
    _description = "Condition of a Question"
    _order = "field_id, sequence, id"

    field_id = fields.Many2one(
        comodel_name="prospect.form.field",
        string="Shown",
        required=True,
        index=True,
        ondelete="cascade",
        help="The question or section that is shown.",
    )
    form_id = fields.Many2one(related="field_id.form_id")
    company_id = fields.Many2one(related="field_id.form_id.company_id")
    sequence = fields.Integer(default=10)
    question_id = fields.Many2one(
        comodel_name="prospect.form.field",
        required=True,
        index=True,
        domain="[('form_id', '=', form_id), ('type', 'not in', ('section', 'file'))]",
        ondelete="cascade",
        help="An earlier question of the form.",
    )
    operator = fields.Selection(selection=OPERATORS, required=True, default="in")
    choice_ids = fields.Many2many(
        comodel_name="prospect.form.choice",
        relation="prospect_form_condition_choice_rel",
        column1="condition_id",
        column2="choice_id",
        string="Choices",
        domain="[('field_id', '=', question_id)]",
    )
    question_has_choices = fields.Boolean(
        related="question_id.has_own_choices", export_string_translation=False
    )
    texts = fields.Text(
        string="Values",
        help="Where the question has no choices: answers, one on each line.",
    )

    def _get_wanted(self):
        """The answers that it is about, as texts."""
        self.ensure_one()
        if self.operator == "answered":
            return []
        return [*self.choice_ids.mapped("key"), *self._get_keys_of_lines()]

    def _get_keys_of_lines(self):
        """What is written, as answers have it: of a country its code, for example."""
        lines = self._get_lines()
        question = self.question_id
        if not lines or question.type not in CHOOSING or question.has_own_choices:
            return lines
        items = {
            item["name"]: item for item in self.form_id._get_property_items(question)
        }
        keys = {}
        # people write names in any language that the form has
        for code, _url, _name in self.form_id._get_languages():
            for choice in question.with_context(lang=code)._get_choices(items):
                keys[choice["label"].casefold()] = choice["key"]
        return [keys.get(line.casefold(), line) for line in lines]

    def _get_lines(self):
        """What is written, a line each."""
        lines = [line.strip() for line in (self.texts or "").splitlines()]
        return list(filter(None, lines))

    def _describe(self):
        """The condition in words: “Budget is one of 5-10k, >10k”."""
        self.ensure_one()
        names = [*self.choice_ids.mapped("name"), *self._get_lines()]
        told = {"question": self.question_id.label or "", "answers": ", ".join(names)}
        if self.operator == "answered":
            return self.env._("%(question)s is answered", **told)
        if self.operator == "not_in":
            return self.env._("%(question)s is none of %(answers)s", **told)
        if len(names) == 1:
            return self.env._("%(question)s is %(answers)s", **told)
        return self.env._("%(question)s is one of %(answers)s", **told)

    @api.model
    def _refuse_loss(self, domain):
        """Refuse to delete what conditions are about.

        :raises UserError: that names a question and what it depends on
        """
        condition = self.search(domain, limit=1)
        if condition:
            raise UserError(
                self.env._(
                    "“%(label)s” is shown for some answers to “%(question)s” only:"
                    " change that condition first.",
                    label=condition.field_id.label,
                    question=condition.question_id.label,
                )
            )

    @api.constrains("field_id", "question_id", "operator", "choice_ids", "texts")
    def _check_condition(self):
        for condition in self:
            question = condition.question_id
            names = {"label": condition.field_id.label, "question": question.label}
            if question.form_id != condition.field_id.form_id or question.type in (
                "section",
                "file",
            ):
                raise ValidationError(
                    self.env._(
                        "“%(label)s” can depend on a question of its own form only.",
                        **names,
                    )
                )
            if condition.operator == "answered":
                continue
            if any(choice.field_id != question for choice in condition.choice_ids):
                raise ValidationError(
                    self.env._(
                        "“%(label)s” depends on choices that “%(question)s” does not"
                        " have.",
                        **names,
                    )
                )
            has_choices = question.type in CHOOSING and question.choice_ids
            if not (condition.choice_ids if has_choices else condition.texts):
                raise ValidationError(
                    self.env._(
                        "Say for which answers to “%(question)s” the question"
                        " “%(label)s” is shown.",
                        **names,
                    )
                )

    @api.constrains("field_id", "question_id")
    def _check_circle(self):
        """Questions that wait for each other would never be shown."""
        for form in self.field_id.form_id:
            circle = find_circle(form._get_questions())
            if circle:
                labels = [ask.label for ask in form.field_ids if ask.key in circle]
                raise ValidationError(
                    self.env._(
                        "These questions depend on each other, so that none would "
                        "be shown: %(labels)s.",
                        labels=", ".join(labels),
                    )
                )
