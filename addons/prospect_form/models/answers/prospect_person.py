from collections import Counter

from odoo import api, models

from odoo.addons.prospect.tools.privacy import PersonSource


class ProspectPerson(models.AbstractModel):
    """Answers to forms count on, without whom they are from and what was answered."""

    _name = "prospect.person"
    _inherit = ["prospect.person"]

    @api.model
    def _prospect_person_sources(self):
        return [
            # before the messages of the inbox, which empty their own answers
            PersonSource("prospect.form.answer", "form_answer", links=("lead_id",)),
            *super()._prospect_person_sources(),
        ]

    @api.model
    def _prospect_erase_form_answer(self, person, source, found, linked):
        # sudo: answers of an erased person go, whoever may read forms
        answers = self.env[source.model].sudo()
        # what was answered may name the person where the answer itself does not
        values, _linked = self._find_rows(
            person,
            PersonSource(
                "prospect.form.answer.value",
                parent=("answer_id", "prospect.form.answer"),
            ),
        )
        # sudo: what holds a person whom the caller may erase
        values = self.env["prospect.form.answer.value"].sudo().browse(values)
        answers = answers.browse({*found, *linked}) | values.answer_id
        answers._forget_person()
        return Counter(edited=len(answers))
