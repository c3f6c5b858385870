from odoo import api, fields, models

from odoo.addons.prospect.tools.remark_fields import RemarkChar
from odoo.addons.prospect.tools.wording import labelled

from ..form.field import CHOICES_OF, CHOOSING


def say_again(record, fname, kept, spoken, lang):
    """What was kept of a name of a form, in another language.

    :param record: what has the name, or none
    :param str kept: the name, in the language that the visitor read
    :param str spoken: code of that language
    :param str lang: code of the language of who reads
    :return: the name in that language; what was kept, where the name has changed since
    """
    if record and (record.with_context(lang=spoken)[fname] or "") == (kept or ""):
        return record.with_context(lang=lang)[fname]
    return kept


class ProspectFormAnswerValue(models.Model):
    """The answer to one question; of several choices, one row each.

    With the words of the question as they were: the form may change afterwards. What
    has not changed since is said in the language of who reads it.
    """

    _name = "prospect.form.answer.value"
    _description = "Answer to a Question"
    _order = "answer_id, sequence, id"
    _log_access = False

    answer_id = fields.Many2one(
        comodel_name="prospect.form.answer",
        string="Answer to the Form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    form_id = fields.Many2one(
        comodel_name="prospect.form", readonly=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(related="answer_id.lead_id")
    sequence = fields.Integer(readonly=True)
    field_id = fields.Many2one(
        comodel_name="prospect.form.field",
        string="Question",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    key = fields.Char(required=True, readonly=True, index=True)
    label = fields.Char(readonly=True, help="The question as the visitor read it.")
    type = fields.Char(readonly=True, export_string_translation=False)
    choice_id = fields.Many2one(
        comodel_name="prospect.form.choice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    value_char = RemarkChar(
        string="Answer", readonly=True, help="As a short text, whatever its type."
    )
    question_text = fields.Char(
        string="Question in Your Language",
        compute="_compute_texts",
        export_string_translation=False,
    )
    answer_text = fields.Char(
        string="Answer in Your Language",
        compute="_compute_texts",
        export_string_translation=False,
    )
    value_text = fields.Text(string="Long Answer", readonly=True)
    value_number = fields.Float(string="Number", readonly=True, aggregator="avg")
    value_date = fields.Date(string="Date", readonly=True)
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="File",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    consent_text_id = fields.Many2one(
        comodel_name="prospect.consent.text",
        string="Text Agreed To",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("label", "value_char")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for value in self:
            value.display_name = labelled(
                self.env, value.question_text, value.answer_text or ""
            )

    def _get_text(self):
        """The whole answer, in the language of the context."""
        self.ensure_one()
        return self.value_text or self.answer_text or ""

    @api.depends("label", "key", "value_char", "field_id", "choice_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        """Question and answer as the form says them in the language of who reads."""
        lang, records = self.env.lang or "en_US", {}
        for value in self:
            # sudo: the words of the form, for whoever may read an answer to it
            record = value.sudo()
            spoken = record.answer_id.lang_id.code or lang
            value.question_text = (
                say_again(record.field_id, "label", record.label, spoken, lang)
                or record.key
            )
            value.answer_text = say_again(
                record.choice_id or record._find_record(spoken, records),
                "name",
                record.value_char,
                spoken,
                lang,
            )

    def _find_record(self, spoken, found):
        """The record that was chosen, such as a country, by the name that was read.

        :param dict found: what was found before, added to
        """
        model, _key = CHOICES_OF.get(
            self.type in CHOOSING and self.field_id.fname, (None, None)
        )
        if not model:
            return None
        key = (model, spoken, self.value_char)
        if key not in found:
            found[key] = (
                self.env[model]
                .with_context(lang=spoken, active_test=False)
                .search([("name", "=", self.value_char)], limit=1)
            )
        return found[key]
