from odoo import api, models

from ...tools.mail_headers import keep_links_whole


class IrMailServer(models.Model):
    """Mails leave with links in their headers that mail programs can read."""

    _name = "ir.mail_server"
    _inherit = ["ir.mail_server"]

    @api.model
    def _build_email__(self, *args, **kwargs):
        """All mails of Odoo are made here, ours and those of others.

        Odoo writes ``List-Unsubscribe`` as an encoded word (odoo/odoo#289182).
        """
        return keep_links_whole(super()._build_email__(*args, **kwargs))
