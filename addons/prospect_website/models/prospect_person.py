from odoo import api, models

from odoo.addons.prospect.tools.privacy import PersonSource


class ProspectPerson(models.AbstractModel):
    """Visitors of the website are called as who has filled in a form."""

    _name = "prospect.person"
    _inherit = ["prospect.person"]

    @api.model
    def _prospect_person_sources(self):
        return [
            *super()._prospect_person_sources(),
            PersonSource("website.visitor", contacts=("partner_id",)),
            PersonSource("website.track"),
        ]
