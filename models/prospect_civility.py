from odoo import api, fields, models
from odoo.fields import Domain


class ProspectCivility(models.Model):
    """How to address a person [IY-05]; the host has dropped titles in 19."""

    _name = "prospect.civility"
    _description = "Civility"
    _order = "sequence, id"
    _rec_names_search = ["name", "full_name"]

    name = fields.Char(
        string="Civility",
        required=True,
        translate=True,
        help="As it stands before a name, such as Ms. or Dr.",
    )
    full_name = fields.Char(
        translate=True,
        help="Written out, such as Madam; an import recognises it too.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _search_display_name(self, operator, value):
        """An exact search knows a civility in any language, with or without dot.

        A French file says Mme whoever imports it.
        """
        if operator not in ("=", "in"):
            return super()._search_display_name(operator, value)
        wanted = {
            self._normalize(text)
            for text in ([value] if isinstance(value, str) else value)
            if isinstance(text, str)
        }
        found = set()
        for code, _name in self.env["res.lang"].get_installed():
            found.update(
                civility.id
                for civility in self.with_context(lang=code).search([])
                if {
                    self._normalize(civility.name),
                    self._normalize(civility.full_name),
                }
                & wanted
            )
        return Domain("id", "in", found)

    @api.model
    def _normalize(self, text):
        return (text or "").strip().rstrip(".").casefold() or None
