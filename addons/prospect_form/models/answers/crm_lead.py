from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.prospect.tools.reports import ReportColumn
from odoo.addons.prospect.tools.wording import labelled


class CrmLead(models.Model):
    """What prospects have answered to forms.

    No method here is named as those that the write path of imports watches: nothing of
    this decides what is stored when a prospect is written.
    """

    _inherit = "crm.lead"

    form_answer_ids = fields.One2many(
        comodel_name="prospect.form.answer",
        inverse_name="lead_id",
        string="Answers to Forms",
        readonly=True,
    )
    form_answer_count = fields.Integer(
        string="Number of Answers", compute="_compute_form_answer_count"
    )
    form_answer_text = fields.Char(
        string="Answer",
        compute="_compute_form_answer_text",
        search="_search_form_answer_text",
        help="What was answered to any question; “Budget: 10k” looks for that answer to"
        " that question.",
    )
    # --- Answers --------------------------------------------------------------------

    @api.depends("form_answer_ids")
    def _compute_form_answer_count(self):
        counts = dict(
            self.env["prospect.form.answer"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.form_answer_count = counts.get(lead._origin, 0)

    @api.depends("form_answer_ids")
    @api.depends_context("lang")
    def _compute_form_answer_text(self):
        """All answers as one text, as the person may see them."""
        for lead in self:
            lead.form_answer_text = "; ".join(
                lead.form_answer_ids.value_ids.mapped("display_name")
            )

    @api.model
    def _search_form_answer_text(self, operator, value):
        """Prospects by what they have answered; see the field's help.

        :raises UserError: for anything but looking for a text
        """
        if operator in ("not in", "!=") or operator.startswith("not "):
            return NotImplemented
        texts = [value]
        if operator == "in":
            texts, operator = list(value), "="
        if operator not in ("=", "ilike", "like", "=ilike", "=like"):
            raise UserError(self.env._("Answers are searched by a text."))
        found = Domain.FALSE
        for text in texts:
            if not text:
                # those without any answer
                found |= Domain("form_answer_ids", "=", False)
                continue
            label, colon, answer = str(text).partition(":")
            matches = self._get_form_answer_domain(operator, text)
            if operator in ("ilike", "like"):
                matches |= Domain("value_text", operator, text)
            if colon:
                label, answer = label.strip(), answer.strip()
                matches |= (
                    Domain("label", operator, label)
                    | Domain("field_id.label", operator, label)
                ) & self._get_form_answer_domain(operator, answer)
            answers = self.env["prospect.form.answer.value"]._search(matches)
            found |= Domain("form_answer_ids.value_ids", "in", answers)
        return found

    @api.model
    def _get_form_answer_domain(self, operator, text):
        """Answers by a text: the words of then, or those of who searches."""
        return Domain("value_char", operator, text) | Domain(
            "choice_id.name", operator, text
        )

    def action_open_form_answers(self):
        """The answers of a prospect."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "prospect_form.prospect_form_answer_action"
        )
        return {
            **action,
            "domain": [("lead_id", "in", self.ids)],
            "context": {},
        }

    # --- Reports --------------------------------------------------------------------

    @api.model
    def _prospect_report_columns(self):
        """A column for each free question of forms [IE-31]."""
        return [
            *super()._prospect_report_columns(),
            *self._get_report_question_columns(),
        ]

    @api.model
    def _get_report_question_columns(self):
        """What was answered last to each question that fills in no field."""
        questions = self.env["prospect.form.field"].search(
            [("target", "=", "question"), ("type", "not in", ("consent", "section"))],
            order="form_id, sequence, id",
        )
        return [
            ReportColumn(
                f"form:{question.id}",
                labelled(self.env, question.form_id.name, question.label),
                "text",
                self.env._("Answers to forms"),
                read=lambda leads, number=question.id: leads._read_form_answers(number),
            )
            for question in questions
        ]

    def _read_form_answers(self, question_id):
        """{prospect: what was answered last to a question}, as the person sees it."""
        values = self.env["prospect.form.answer.value"].search_fetch(
            [("field_id", "=", question_id), ("answer_id.lead_id", "in", self.ids)],
            ["answer_id", "value_char", "value_text"],
            order="id",
        )
        values.answer_id.fetch(["lead_id"])
        found = {}
        for answer, group in values.grouped("answer_id").items():
            # oldest first: the last one stays
            texts = [value._get_text() for value in group]
            found[answer.lead_id.id] = ", ".join(texts)
        return found
