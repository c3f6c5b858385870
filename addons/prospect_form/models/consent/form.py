from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL


class ProspectForm(models.Model):
    """What visitors agree to, kept word for word. Only for ``prospect.form``."""

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    @api.model
    def _prospect_on_answer(self, answers):
        """Write what visitors have agreed to into the register, before mails are
        written, which have the links to withdraw it.
        """
        self.env["prospect.consent"]._append_answers(answers)
        return super()._prospect_on_answer(answers)

    def _write_answer_values(self, definition, answers, answer_id):
        """Keep the texts that were agreed to as they are now: the form may change
        before the answer is processed, or confirmed.
        """
        super()._write_answer_values(definition, answers, answer_id)
        shown = {
            question["key"]: self._get_consent_text(question)
            for question in definition["questions"]
            if question["type"] == "consent" and question["key"] in answers
        }
        if not shown:
            return
        digests = self.env["prospect.consent.text"]._keep(set(shown.values()))
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_form_answer_value AS value
                      SET consent_text_id = text.id
                     FROM (VALUES %s) AS shown (key, digest)
                     JOIN prospect_consent_text AS text ON text.digest = shown.digest
                    WHERE value.answer_id = %s AND value.key = shown.key""",
                SQL(", ").join(
                    SQL("(%s, %s)", key, digests[text]) for key, text in shown.items()
                ),
                answer_id,
            )
        )

    @api.model
    def _get_consent_text(self, question):
        """What a visitor reads beside a box and below it, as HTML: see the template
        ``prospect_form.question``.
        """
        text = question["consent_text"] or Markup("<p>%s</p>") % question["label"]
        if question["help"]:
            text = Markup(text) + Markup("<p>%s</p>") % question["help"]
        return str(text)

    def _get_page_style(self, lang):
        """Colours, font and width of pages that mails lead to: the form's, or plain
        ones where there is none.
        """
        if not self:
            return self.env["prospect.consent"]._get_page_style(lang)
        # sudo: visitors may not read forms
        values = self.sudo()._get_page_values(self._get_definition(lang))
        return {**values["style"], "width": min(values["style"]["width"], 640)}
