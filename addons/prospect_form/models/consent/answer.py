from odoo import models


class ProspectFormAnswer(models.Model):
    """The page to which the link to confirm leads."""

    _name = "prospect.form.answer"
    _inherit = ["prospect.form.answer"]

    def _get_page_style(self, lang):
        """See ``prospect.consent``."""
        return self.form_id._get_page_style(lang)
