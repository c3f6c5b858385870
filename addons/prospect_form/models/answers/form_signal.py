from odoo import api, models


class ProspectForm(models.Model):
    """Answers that became prospects are signals."""

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    @api.model
    def _prospect_on_answer(self, answers):
        """Emit ``form.answered`` once for the batch."""
        result = super()._prospect_on_answer(answers)
        code, leads = "form.answered", self.env["crm.lead"]
        if code in leads._prospect_signal_heard():
            leads._prospect_signal_emit(
                code,
                [
                    {
                        "lead_id": answer.lead_id.id,
                        "key": f"{code}:{answer.id}",
                        "at": self.env.cr.now(),
                        "facts": {
                            "form_id": answer.form_id.id,
                            "answer_id": answer.id,
                            "lang_id": answer.lang_id.id,
                        },
                    }
                    for answer in answers
                    if answer.lead_id
                ],
            )
        return result
