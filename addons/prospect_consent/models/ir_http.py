from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Public pages name what they take from the address; the rest of a request, whose
    names other people choose, is read from it and is no argument.
    """

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        names = endpoint.routing.get("prospect_arguments")
        if names is not None:
            request.params = {
                name: request.params[name]
                for name in names
                if isinstance(request.params.get(name), str)
            }
        return super()._dispatch(endpoint)
