from collections import Counter

from odoo import api, models

from odoo.addons.prospect.tools.privacy import PersonSource


class ProspectPerson(models.AbstractModel):
    """The register of consents loses the person, and keeps that there was one."""

    _name = "prospect.person"
    _inherit = ["prospect.person"]

    @api.model
    def _prospect_person_sources(self):
        return [
            *super()._prospect_person_sources(),
            PersonSource("prospect.consent", "consent", links=("lead_id",)),
        ]

    @api.model
    def _prospect_erase_consent(self, _person, source, found, linked):
        # sudo: what holds a person whom the caller may erase
        rows = self.env[source.model].sudo().browse({*found, *linked})
        rows = rows.filtered(lambda row: not row.erased_at)
        rows._erase()
        return Counter(edited=len(rows))
