from odoo.http import request

from odoo.addons.website_crm.controllers.website_form import WebsiteForm

from ..models.ir_qweb import TRAP


class ProspectWebsiteForm(WebsiteForm):
    """Who fills in what people do not see is doubtful [MO-54].

    The answer is the same, so that a machine learns nothing from it.
    """

    def extract_data(self, model_sudo, values):
        values = {name: value for name, value in values.items() if name != TRAP}
        return super().extract_data(model_sudo, values)

    def insert_record(self, request_, model_sudo, values, custom, meta=None):
        number = super().insert_record(request_, model_sudo, values, custom, meta=meta)
        if model_sudo.model == "crm.lead" and number and request.params.get(TRAP):
            # sudo: a visitor may not write prospects
            lead = request.env["crm.lead"].sudo().browse(number)
            lead.filtered("status_id")._prospect_flag("honeypot")
        return number
