from odoo import models


class ProspectFormPublicMixin(models.AbstractModel):
    """What visitors see of a form. Only for ``prospect.form``."""

    _name = "prospect.form.public.mixin"
    _description = "What visitors see of a form"
