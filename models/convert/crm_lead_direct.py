from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

from ...tools.contexts import QUIET
from ...tools.matching import identity_keys
from ...tools.statuses import OPEN_KINDS
from ...tools.transactions import each_alone
from ...tools.trusted import read_trusted

# Changes that are a person's own doing, or take something back: never converted.
OWN_CAUSES = frozenset(
    """
    bounce bulk conversion corrected import install list list_deleted lost manual merge
    restore status_deleted undo won
    """.split()  # noqa: SIM905 - read as words
)
# Fields of an existing contact that a capture may fill, never change.
FILLED = ("function", "phone", "website")


class CrmLead(models.Model):
    """Work without leads: what is captured is converted at once [BX-23, BX-33].

    The way of working is Odoo's *Leads*: without it, and with a choice of what
    captures make, everything that arrives by itself becomes a contact, and an
    opportunity if wanted, by the same code as a conversion by hand, as the system. What
    a person types stays as it is typed. The record of the prospect stays, converted: it
    is there again for who goes back to leads.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_gate_simplify(self, incoming):
        """Convert what rows of the gate have made, where one works without leads."""
        super()._prospect_gate_simplify(incoming)
        if not self._prospect_get_simple_targets():
            return
        done = [row for row in incoming if row.lead_id]
        made = [row.lead_id for row in done if row.creates]
        self.browse(made)._prospect_convert_captured()
        known = {row.lead_id for row in done if row.outcome == "updated"}
        self.browse(known - set(made))._prospect_fill_contacts()

    def _prospect_react_to_create(self, former):
        result = super()._prospect_react_to_create(former)
        if self and not read_trusted(self.env.context, "prospect_batch"):
            self._prospect_convert_created()
        return result

    def _prospect_convert_created(self):
        """Convert new prospects that came by a channel of Odoo."""
        cause = read_trusted(self.env.context, "prospect_cause")
        if cause and cause not in OWN_CAUSES:
            self._prospect_convert_captured()

    def _prospect_convert_captured(self):
        """Make contacts and opportunities of captured prospects, as the system.

        One that cannot be converted stays open, with the reason on it: nothing of what
        was captured is lost.
        """
        targets = self._prospect_get_simple_targets()
        if not targets or not self:
            return
        leads = self.with_user(SUPERUSER_ID).filtered(
            lambda lead: (
                lead.type == "lead" and lead.active and lead.status_kind in OPEN_KINDS
            )
        )
        self.env["prospect.operation"]._lock_conversion(leads)
        opportunities = (
            leads._prospect_find_open_opportunities()
            if "opportunity" in targets
            else {}
        )
        choice = {"make": list(targets), "link": True}
        alone = leads.filtered(lambda lead: lead.id not in opportunities)
        alone._prospect_convert_each(choice)
        for lead in leads - alone:
            lead._prospect_convert_each(
                {**choice, "opportunity_id": opportunities[lead.id]}
            )
        # sudo: those that the system has converted
        leads._prospect_fill_contacts()

    def _prospect_convert_each(self, choice):
        """Convert prospects; those that are refused stay open, and say why.

        :param dict choice: see :meth:`_prospect_convert_to`
        """

        def convert(leads):
            rows = leads._prospect_convert_plan(choice)
            todo = [row for row in rows if row.outcome == "updated"]
            before = {row.lead_id: row.before["status_id"] for row in todo}
            leads._prospect_convert_apply(todo, choice)
            leads.browse(before)._prospect_convert_react(before)
            for row in rows:
                if row.outcome == "failed":
                    leads.browse(row.lead_id)._prospect_log_left_open(row.full_reason)

        each_alone(
            self.env.cr,
            self,
            convert,
            lambda lead, error: lead._prospect_log_left_open(str(error)),
        )
        self.invalidate_recordset()

    def _prospect_log_left_open(self, reason):
        """Write on a prospect why it was not converted by itself."""
        self._message_log(
            body=self.env._("It stays a prospect to be converted: %s", reason)
        )

    def _prospect_find_open_opportunities(self):
        """{prospect's id: number of the same person's open opportunity}, one search.

        By the e-mail address, or the phone of a prospect without one.
        """
        emails = set(filter(None, self.mapped("email_normalized")))
        phones = set(filter(None, self.mapped("phone_sanitized")))
        if not emails and not phones:
            return {}
        opportunities = self.search(
            Domain("type", "=", "opportunity")
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & (
                Domain("email_normalized", "in", list(emails))
                | Domain("phone_sanitized", "in", list(phones))
            ),
            order="id",
        )
        known = defaultdict(list)
        for opportunity in opportunities:
            face = opportunity._prospect_get_face()
            for key in identity_keys(face.email, face.phone):
                known[key].append((opportunity.company_id.id, face))
        found = {}
        for lead in self:
            companies = (False, (lead.company_id or self.env.company).id)
            face, _why = self._prospect_judge(
                lead._prospect_get_face(),
                lambda key, companies=companies: [
                    face for company, face in known[key] if company in companies
                ],
            )
            if face:
                found[lead.id] = face.number
        return found

    def _prospect_fill_contacts(self):
        """Fill what is empty on the contacts of captured people; nothing is changed.

        Not from mails: the sender's address proves nothing.
        """
        if read_trusted(self.env.context, "prospect_cause") == "email":
            return
        # sudo: what was captured, by nobody's right
        for lead in self.sudo():
            contact = lead.prospect_contact_id or lead.partner_id
            if not contact or contact.is_company or contact.user_ids:
                # who has an account says himself what is written there
                continue
            fnames = [fname for fname in FILLED if not contact[fname]]
            if not any(contact[fname] for fname in PARTNER_ADDRESS_FIELDS_TO_SYNC):
                fnames += PARTNER_ADDRESS_FIELDS_TO_SYNC
            values = lead._convert_to_write(
                {fname: lead[fname] for fname in fnames if lead[fname]}
            )
            if values:
                contact.with_context(**QUIET).write(values)
