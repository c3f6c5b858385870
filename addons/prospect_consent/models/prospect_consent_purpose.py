from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.prospect.tools.keys import make_key


class ProspectConsentPurpose(models.Model):
    """What people agree to: a newsletter, invitations, calls [BX-54].

    Consent is asked for and withdrawn for one purpose at a time.
    """

    _name = "prospect.consent.purpose"
    _description = "Purpose of Consents"
    _order = "sequence, id"

    name = fields.Char(string="Purpose", required=True, translate=True)
    code = fields.Char(
        copy=False,
        help="Names the purpose in forms and in links of e-mails. It cannot change.",
    )
    description = fields.Char(
        translate=True,
        help="What people who agree receive, in one sentence; shown where they "
        "withdraw.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex("(code)", "Another purpose has this code.")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        # sudo: names that must not be taken twice, archived ones among them; few
        # pylint: disable=no-search-all
        known = self.sudo().with_context(active_test=False).search([])
        taken = set(known.mapped("code"))
        for vals in vals_list:
            vals["code"] = make_key(vals.get("code") or vals.get("name"), taken)
            taken.add(vals["code"])
        return super().create(vals_list)

    def write(self, vals):
        # the code is what the links of mails say: it stays
        return super().write({k: value for k, value in vals.items() if k != "code"})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """What somebody has agreed to is archived: the register stays readable."""
        # sudo: whether there is any, in all companies
        used = self.env["prospect.consent"].sudo()
        if used.search_count([("purpose_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "People have agreed to this purpose, or withdrawn it: archive it"
                    " instead."
                )
            )

    @api.model
    def _find(self, text):
        """The purpose of a code or a name, made where there is none.

        :param str text: or the name of a new one; empty: the purpose of answering
        """
        # sudo: purposes are the company's words, whoever builds the form
        purposes = self.sudo().with_context(active_test=False)
        text = (text or "").strip()
        if not text:
            return self.env.ref(
                "prospect_consent.prospect_consent_purpose_request",
                raise_if_not_found=False,
            ) or purposes._find("request")
        found = purposes.search([("code", "=", make_key(text))], limit=1)
        if not found:
            found = purposes.search([("name", "=ilike", text)], limit=1)
        return found or purposes.create({"name": text})
