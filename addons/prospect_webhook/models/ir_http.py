from odoo import models
from odoo.http import request

from ..tools.bodies import FORM, MULTIPART


class IrHttp(models.AbstractModel):
    """What is signed of a form is its bytes, which Odoo reads away."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        asked = request.httprequest
        is_ours = rule.rule.startswith("/prospect/hook/") and asked.method == "POST"
        if is_ours and asked.mimetype in (FORM, MULTIPART):
            # kept for the controller, before the fields are taken out of it
            asked.get_data(cache=True)
        return result
