from odoo import api, fields, models, tools
from odoo.fields import Domain

from ...tools.headers import normalize_header
from ...tools.texts import fold
from ...tools.titles import INSTEAD, find_kind


class ProspectTitle(models.Model):
    """How to address a person [IY-05]; Odoo has dropped titles in 19."""

    _name = "prospect.title"
    _inherit = ["prospect.cached.mixin", "prospect.multilingual.mixin"]
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

    @api.model
    @tools.ormcache()
    def _get_titles(self):
        """({folded name: id}, {kind: id}) of the titles in use, in all languages.

        Kinds are those of ``tools.titles``.
        """
        names, kinds = {}, {}
        # sudo: what is sent from outside is read by nobody's right
        titles = self.sudo().with_context(active_test=True)
        for code, _name in self.env["res.lang"].get_installed():
            for title in titles.with_context(lang=code).search(Domain.TRUE):
                for text in filter(None, (title.name, title.full_name)):
                    names.setdefault(fold(text).rstrip("."), title.id)
                    kind = find_kind(text)
                    if kind:
                        kinds.setdefault(kind, title.id)
        for kind, others in INSTEAD.items():
            found = next((kinds[other] for other in others if other in kinds), None)
            if found:
                kinds[kind] = found
        return names, kinds

    @api.model
    def _get_kinds(self):
        """{kind: id} of the titles that names can begin with."""
        return self._get_titles()[1]

    @api.model
    def _find_title(self, text):
        """The id of the title that a text means, in any language, or None."""
        names, kinds = self._get_titles()
        return names.get(fold(text).rstrip(".")) or kinds.get(find_kind(text))
