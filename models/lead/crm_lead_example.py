from odoo import api, fields, models

from ...tools.phone_cells import get_phone_example


class CrmLead(models.Model):
    """How a phone is written where the prospect is: the example in the empty field."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_phone_example = fields.Char(
        compute="_compute_prospect_phone_example",
        exportable=False,
        export_string_translation=False,
    )

    @api.depends("country_id", "company_id")
    @api.depends_context("company", "lang")
    def _compute_prospect_phone_example(self):
        for lead in self:
            # sudo: the country of the company, whoever may read it
            company = (lead.company_id or self.env.company).sudo()
            code = (lead.country_id or company.country_id).code
            example = get_phone_example(code or "FR")
            lead.prospect_phone_example = example and self.env._("e.g. %s", example)
