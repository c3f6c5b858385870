from odoo import models
from odoo.http import request

# What the routes of forms take as arguments; the rest is read from the request.
ARGUMENTS = ("slug", "lang", "part")


class IrHttp(models.AbstractModel):
    """Values of forms have names that people choose: they are no arguments of ours."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        if endpoint.routing.get("prospect_form"):
            request.params = {
                name: request.params[name]
                for name in ARGUMENTS
                if isinstance(request.params.get(name), str)
            }
        return super()._dispatch(endpoint)
