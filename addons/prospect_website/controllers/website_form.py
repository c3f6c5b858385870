import json

from odoo.http import request
from odoo.tools import SQL

from odoo.addons.prospect.tools.privacy import ErasedPersonError
from odoo.addons.website_crm.controllers.website_form import WebsiteForm

from ..models.ir_qweb import TRAP


class ProspectWebsiteForm(WebsiteForm):
    """Who fills in what people do not see is doubtful [MO-54].

    The answer is the same, so that a machine learns nothing from it. So is that to an
    erased person, of whom nothing is kept.
    """

    def _handle_website_form(self, model_name, **kwargs):
        try:
            with request.env.cr.savepoint():
                return super()._handle_website_form(model_name, **kwargs)
        except ErasedPersonError:
            request.env.invalidate_all(flush=False)
            ((number,),) = request.env.execute_query(
                SQL("SELECT nextval(pg_get_serial_sequence('crm_lead', 'id'))")
            )
            return json.dumps({"id": number})

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
