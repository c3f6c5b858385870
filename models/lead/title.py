from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.headers import normalize_header


class ProspectTitle(models.Model):
    """How to address a person [IY-05]; Odoo has dropped titles in 19."""

    _name = "prospect.title"
    _inherit = ["prospect.multilingual.mixin"]
    _description = "Title (Mr, Ms)"
    _order = "sequence, id"
    _rec_names_search = ["name", "full_name"]

    name = fields.Char(
        string="Title (Mr, Ms)",
        required=True,
        translate=True,
        help="As written before a name, such as Ms. or Dr.",
    )
    full_name = fields.Char(
        translate=True,
        help="Written out, such as Madam; an import recognises it too.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _get_all_names(self):
        """All titles in all languages, as :func:`normalize_header` writes them.

        :rtype: frozenset
        """
        names = set()
        # sudo: what is sent from outside is read by nobody's right
        titles = self.sudo().with_context(active_test=False)
        for code, _name in self.env["res.lang"].get_installed():
            for title in titles.with_context(lang=code).search(Domain.TRUE):
                names.update(map(normalize_header, (title.name, title.full_name)))
        return frozenset(names - {""})
