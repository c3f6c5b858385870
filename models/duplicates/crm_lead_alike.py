from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.duplicates import fingerprint, score
from ...tools.persons import get_company_patterns, read_company
from ...tools.statuses import OPEN_KINDS

# Prospects of one company that are looked at, by name and by domain; more are not
# counted. So many have a word of its name at most, of whom the nearest are looked at.
LOOKED_AT = 1_000
SOUGHT = 3_000


class CrmLead(models.Model):
    """Who is like a prospect: the same person perhaps, and people of the same company.

    In place of Odoo's similar leads, which are both at once, and count what the person
    may not see.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_duplicate_count = fields.Integer(
        compute="_compute_prospect_duplicate_count",
        exportable=False,
        export_string_translation=False,
    )
    prospect_colleague_count = fields.Integer(
        compute="_compute_prospect_colleague_count",
        exportable=False,
        export_string_translation=False,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_prospect_duplicate_count(self):
        for lead in self:
            lead.prospect_duplicate_count = lead._origin._prospect_count_duplicates()

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_prospect_colleague_count(self):
        for lead in self:
            lead.prospect_colleague_count = len(lead._origin._prospect_get_colleagues())

    # --- The same person --------------------------------------------------------------

    def _prospect_count_duplicates(self):
        """How many records the page of duplicates has beside this prospect, or would
        have after a search, of those that the person may see.
        """
        if not self or self.type != "lead" or self.status_kind not in OPEN_KINDS:
            return 0
        pairs = self.env["prospect.duplicate.pair"]
        numbers = pairs._get_partners(self.id)
        numbers.update(
            left if right == self.id else right
            for left, right, *_more in self._prospect_find_alike()
        )
        leads = self.env["crm.lead"].with_context(active_test=False)
        domain = [
            ("id", "in", [number for number in numbers if number > 0]),
            ("is_listed", "=", True),
            ("status_id.kind", "in", OPEN_KINDS),
        ]
        count = leads.search_count(domain) if domain[0][2] else 0
        contacts = [-number for number in numbers if number < 0]
        partners = self.env["res.partner"]
        if contacts and partners.has_access("read"):
            count += partners.search_count([("id", "in", contacts)])
        return count

    def _prospect_find_alike(self):
        """Compare a prospect with everybody, as it is now: nobody has to wait for the
        next search.

        :return: as a search keeps it: list of (lower number, higher number, points,
            reasons, and what is known of the two)
        """
        identities = self.env["prospect.dedupe.index"]
        # sudo: written to the database, where the index reads
        self.env["crm.lead"].sudo().flush_model()
        self.env["res.partner"].sudo().flush_model()
        own = identities._read(self.ids).get(self.id)
        if not own:
            return []
        numbers = identities._find_near(self.id, own.person)
        # who came a moment ago is in no index yet
        phones = [own.person.phone] if own.person.phone else []
        numbers |= self._prospect_find_addressed(own.person, phones)
        numbers.discard(self.id)
        scans = self.env["prospect.duplicate.scan"]
        rules = self.env["prospect.duplicate.rule"]._get_rules()
        minimum = scans._get_minimum()
        decided = self.env["prospect.duplicate.pair"]._get_decided(self.id)
        found = []
        for number, other in sorted(identities._read(numbers).items()):
            one, two = (other, own) if number < self.id else (own, other)
            if not scans._may_be_one(one, two):
                continue
            mark = decided.get(number)
            if mark and mark == fingerprint(one.person, two.person):
                continue
            points, reasons = score(one.person, two.person, rules)
            if points >= minimum:
                found.append((one.number, two.number, points, reasons, one, two))
        return found

    def action_prospect_open_duplicates(self):
        """Open the page of duplicates on those of this prospect."""
        self.ensure_one()
        self.check_access("read")
        # sudo: what a search would find is kept for everybody, whoever has it looked
        # for; of it the page shows what the person may see
        self.env["prospect.duplicate.scan"].sudo()._keep(self._prospect_find_alike())
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_duplicate_action"
        )
        return {**action, "context": {"prospect_lead_id": self.id}}

    # --- The same company -------------------------------------------------------------

    def _prospect_get_colleagues(self):
        """Other prospects of the same company, closed ones too, as the person may see
        them: with its name, whatever its legal form, or with its domain in the address.
        """
        if not self or self.type != "lead":
            return self.browse()
        others = self._prospect_listed_domain() & Domain("id", "!=", self.id)
        found = set(self._prospect_find_namesakes(others))
        if place := self._prospect_get_domain():
            others &= Domain("email_domain_criterion", "=", place)
            found.update(self._search(others, limit=LOOKED_AT, order="id"))
        return self.browse(sorted(found))

    def _prospect_find_namesakes(self, domain):
        """Ids of prospects whose company has the name of this one's.

        :param domain: which prospects
        """
        name = read_company(self.partner_name)
        patterns = name and get_company_patterns(self.partner_name)
        if not patterns:
            return []
        domain &= Domain.OR(
            Domain("partner_name", "=ilike", pattern) for pattern in patterns
        )
        # many have one word of a name and others beside it: the shortest first
        query = self._search(domain, limit=SOUGHT, order="id")
        rows = self.env.execute_query(
            SQL(
                """SELECT id, partner_name FROM crm_lead WHERE id IN %s
                 ORDER BY length(partner_name), id LIMIT %s""",
                query.subselect(),
                LOOKED_AT,
            )
        )
        return [number for number, text in rows if read_company(text) == name]

    def _prospect_get_domain(self):
        """``@acme.fr`` of an address of a company, or an empty text."""
        criterion = self.email_domain_criterion or ""
        return criterion if criterion.startswith("@") else ""

    def action_prospect_open_colleagues(self):
        """Open the other prospects of the same company."""
        self.ensure_one()
        self.check_access("read")
        name = self.partner_name or self._prospect_get_domain()[1:]
        return self._prospect_action(
            [("id", "in", self._prospect_get_colleagues().ids)],
            name=self.env._("Same company: %s", name),
        )
