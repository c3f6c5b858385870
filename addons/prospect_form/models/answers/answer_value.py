from odoo import api, fields, models

from odoo.addons.prospect.tools.wording import labelled


class ProspectFormAnswerValue(models.Model):
    """The answer to one question; of several choices, one row each.

    With the words of the question as they were: the form may change afterwards.
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
    value_char = fields.Char(
        string="Answer", readonly=True, help="As a short text, whatever its type."
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
            value.display_name = labelled(self.env, value.label, value.value_char or "")
