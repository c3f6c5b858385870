from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools.persons import FREE_DOMAINS
from ...tools.phones import read_phone
from ...tools.values import clean_email, clean_phone_text, is_deliverable

KINDS = [("email", "Address"), ("domain", "Domain"), ("phone", "Number")]


class ProspectException(models.Model):
    """Whose mails and calls make no prospect [BX-35].

    An address, all addresses of a domain, or a number; of one company or of all. Forms
    and imports make prospects all the same, answers go where they always went, and what
    people type is theirs. A number that is named here says nothing about who somebody
    is either: see :meth:`_match`.
    """

    _name = "prospect.exception"
    _description = "Exception"
    _order = "value, id"
    _rec_name = "value"

    value = fields.Char(
        string="Address, Domain or Number",
        required=True,
        help="Such as news@example.com, example.com for all its addresses, or"
        " +33 6 12 34 56 78.",
    )
    kind = fields.Selection(
        selection=KINDS, compute="_compute_key", store=True, precompute=True
    )
    key = fields.Char(
        compute="_compute_key",
        store=True,
        precompute=True,
        export_string_translation=False,
    )
    comment = fields.Char()
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Whose mails and calls; empty: those of all companies.",
    )
    active = fields.Boolean(default=True)

    _key_unique = models.UniqueIndex(
        "(key, COALESCE(company_id, 0))", "This exception already exists."
    )

    @api.depends("value", "company_id")
    def _compute_key(self):
        for exception in self:
            exception.kind, exception.key = self._read_value(
                exception.value, exception.company_id
            )

    @api.model
    def _read_value(self, text, company=None):
        """What a text names: (kind, key), both False where it is none of the three.

        A domain may be written as ``example.com``, ``@example.com``, ``*@example.com``
        or ``*.example.com``; subdomains belong to it.
        """
        text = (text or "").strip().strip("<>\"'")
        local, at, domain = text.rpartition("@")
        if at and local not in ("", "*"):
            email, problem = clean_email(text)
            if email and not problem and not any(c.isspace() for c in text):
                return "email", f"e:{email}"
            return False, False
        country = (company or self.env.company).country_id.code or None
        if not at and (phone := read_phone(clean_phone_text(text), country)):
            return "phone", f"p:{phone.e164}"
        domain = domain.lower().removeprefix("*.").strip(".")
        if is_deliverable(f"x@{domain}") and any(c.isalpha() for c in domain):
            return "domain", f"d:{domain}"
        return False, False

    @api.constrains("value", "company_id")
    def _check_value(self):
        for exception in self:
            if not exception.key:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is no e-mail address, no domain and no phone"
                        " number: give one, such as news@example.com, example.com or"
                        " +33 6 12 34 56 78.",
                        value=exception.value,
                    )
                )
            if exception.key.removeprefix("d:") in FREE_DOMAINS:
                raise ValidationError(
                    self.env._(
                        "Everybody may have an address at %(domain)s: name the"
                        " addresses one by one.",
                        domain=exception.key.removeprefix("d:"),
                    )
                )

    @api.model
    def _match(self, addresses=(), numbers=()):
        """Which of some addresses and numbers are exceptions, in one query.

        :param addresses: normalised e-mail addresses
        :param numbers: in E.164
        :return: {address or number: set of the companies, by number, whose exception it
            is; False among them: of all companies}, of those that are exceptions
        """
        wanted = {}
        for number in filter(None, set(numbers)):
            wanted.setdefault(f"p:{number}", []).append(number)
        for address in filter(None, set(addresses)):
            for key in self._get_address_keys(address):
                wanted.setdefault(key, []).append(address)
        if not wanted:
            return {}
        # sudo: the same for everybody; written to the database, not read
        self.sudo().flush_model(["active", "company_id", "key"])
        found = {}
        for key, company_id in self.env.execute_query(
            SQL(
                "SELECT key, company_id FROM prospect_exception"
                " WHERE active AND key = ANY(%s)",
                list(wanted),
            )
        ):
            for value in wanted[key]:
                found.setdefault(value, set()).add(company_id or False)
        return found

    @api.model
    def _is_named(self, found, value, company_id):
        """Whether an address or number is an exception of a company.

        :param dict found: by :meth:`_match`
        """
        companies = found.get(value, ())
        return False in companies or company_id in companies

    @api.model
    def _get_address_keys(self, address):
        """The keys of an address, its domain, and those that the domain is in."""
        yield f"e:{address}"
        labels = address.rpartition("@")[2].split(".")
        for at in range(len(labels) - 1):
            yield f"d:{'.'.join(labels[at:])}"
