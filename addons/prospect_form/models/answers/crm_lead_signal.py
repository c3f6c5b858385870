from odoo import api, models

from odoo.addons.prospect.tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signal of an answer to a form."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        return [
            *super()._prospect_signal_list(),
            Signal(
                "form.answered",
                self.env._("A form is answered"),
                (
                    Fact("form_id", self.env._("Form"), "many2one", "prospect.form"),
                    Fact(
                        "answer_id",
                        self.env._("Answer"),
                        "many2one",
                        "prospect.form.answer",
                    ),
                    Fact("lang_id", self.env._("Language"), "many2one", "res.lang"),
                ),
                thread="form_id",
                again=EACH,
                sentence=self.env._("the form {form_id} is answered"),
            ),
        ]
