from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.addresses import read_home
from ...tools.duplicates import score
from ...tools.given import is_number, is_values, takes
from ...tools.names import split_name
from ...tools.persons import get_keys, read_person

# How many people are named to somebody who types a new one.
NAMED = 3
# How many are compared for it.
LOOKED_AT = 60
# The same one of these is told whatever the names: it is for the person to say.
ADDRESSES = frozenset(("email", "mailbox", "phone"))


class CrmLead(models.Model):
    """A prospect that may be there already."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    @takes(values=is_values)
    def prospect_find_existing(self, values):
        """Who may be the person that somebody is typing [BX-45].

        Of a prospect that the person may not see, only that it is there.

        :param dict values: texts of ``contact_name``, ``first_name``, ``last_name``,
            ``partner_name``, ``email_from``, ``phone``, ``street``, ``street2``,
            ``zip`` and ``city``, and ``id`` of the record itself
        :return: list of {model, id, name, reasons}, best first; ``id`` and ``name`` are
            False for a prospect that is hidden
        """
        self.check_access("create")
        values = values or {}
        person, phones = self._prospect_read_typed(values)
        candidates = self._prospect_find_candidates(person, phones)
        number = values.get("id")
        if is_number(number):
            candidates.discard(number)
        rules = self.env["prospect.duplicate.rule"]._get_rules()
        minimum = self.env["prospect.duplicate.scan"]._get_minimum()
        found = []
        for number, other in self._prospect_read_candidates(candidates).items():
            if other.phone in phones:
                other = other._replace(phone=person.phone)
            points, reasons = score(person, other, rules)
            if points >= minimum or ADDRESSES.intersection(r[0] for r in reasons):
                found.append((points, number, reasons))
        # best first; prospects before contacts; those there were first
        found.sort(key=lambda row: (-row[0], row[1] < 0, abs(row[1])))
        return self._prospect_name_existing(found)

    @api.model
    def _prospect_read_typed(self, values):
        """The person that was typed, and all that its phone may be."""
        texts = {
            fname: value.strip()
            for fname, value in values.items()
            if isinstance(value, str)
        }
        phones = self._prospect_read_phone(texts["phone"]) if texts.get("phone") else []
        names = (texts.get("first_name"), texts.get("last_name"))
        if not any(names):
            names = split_name(texts.get("contact_name"))
        person = read_person(
            *names,
            "",
            texts.get("partner_name"),
            email_normalize(texts.get("email_from") or "") or "",
            phones[0] if phones else "",
            texts.get("zip"),
            read_home(*map(texts.get, ("street", "street2", "city"))),
        )
        return person, phones

    @api.model
    def _prospect_find_candidates(self, person, phones):
        """Ids of records that may be a person; contacts below zero."""
        identities = self.env["prospect.dedupe.index"]
        keys = get_keys(person)
        # neighbours, whom odd ones find, take nobody's place
        houses = {key for key in keys if key & 1}
        found = set(identities._find_by_keys(keys - houses, LOOKED_AT))
        found.update(identities._find_by_keys(houses, LOOKED_AT))
        return found | self._prospect_find_addressed(person, phones)

    @api.model
    def _prospect_find_addressed(self, person, phones):
        """Ids of records with the address or a number of a person; contacts below
        zero.
        """
        found = set()
        domain = Domain.OR(
            [Domain("email_normalized", "=", person.email)] * bool(person.email)
            + [Domain("phone_sanitized", "in", phones)] * bool(phones)
        )
        if person.is_shared and not phones:
            return found
        if person.email or phones:
            # sudo: also those that the person may not see; they are not named
            leads = self.sudo().with_context(active_test=False)
            listed = domain & Domain("is_listed", "=", True)
            found.update(leads.search(listed, limit=LOOKED_AT, order="id")._ids)
            partners = self.env["res.partner"].sudo()
            found.update(-n for n in partners.search(domain, limit=LOOKED_AT)._ids)
        return found

    @api.model
    def _prospect_read_candidates(self, numbers):
        """{number: person} of prospects, also closed ones, and of contacts."""
        identities = self.env["prospect.dedupe.index"]
        # sudo: compared, not shown
        leads = self.sudo().browse(n for n in numbers if n > 0).exists()
        companies = [*self.env.companies.ids, False]
        persons = {
            lead.id: read_person(
                lead.first_name,
                lead.last_name,
                lead.contact_name,
                lead.partner_name,
                lead.email_normalized,
                lead.phone_sanitized,
                lead.zip,
                read_home(lead.street, lead.street2, lead.city),
            )
            for lead in leads
            if lead.is_listed and lead.company_id.id in companies
        }
        contacts = identities._read([n for n in numbers if n < 0])
        persons.update(
            (number, known.person)
            for number, known in contacts.items()
            if not known.company_id or known.company_id in companies
        )
        return persons

    @api.model
    def _prospect_name_existing(self, found):
        """The best of what was found, as the person may see it."""
        leads = self.browse(n for _points, n, _reasons in found if n > 0)
        leads = leads._filtered_access("read")
        partners = self.env["res.partner"]
        partners = partners.browse(-n for _points, n, _reasons in found if n < 0)
        partners = partners._filtered_access("read")
        pairs = self.env["prospect.duplicate.pair"]
        known, is_told = [], False
        for _points, number, reasons in found:
            record = leads.browse(number) if number > 0 else partners.browse(-number)
            is_seen = record in (leads if number > 0 else partners)
            if not is_seen and (is_told or number < 0):
                # colleagues' prospects are told once, contacts that are hidden never
                continue
            is_told = is_told or not is_seen
            known.append(
                {
                    "model": record._name,
                    "id": is_seen and record.id,
                    "name": is_seen and record.display_name,
                    "status": (is_seen and number > 0 and record.status_id.name) or "",
                    "reasons": [
                        pairs._get_reason_text(kind, likeness)
                        for kind, points, likeness in reasons
                        if points > 0
                    ],
                }
            )
            if len(known) == NAMED:
                break
        return known

    def _prospect_prepare_unlink(self):
        result = super()._prospect_prepare_unlink()
        # sudo: what follows from a deletion that was allowed
        self.env["prospect.dedupe.index"].sudo()._forget(self.ids)
        self.env["prospect.duplicate.pair"].sudo()._forget(self.ids)
        return result
