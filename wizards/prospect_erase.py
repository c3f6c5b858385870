import re

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..tools.likeness import DIFFERENT, compare_names
from ..tools.persons import read_person

# Others with the same address or number that the dialog shows.
SHOWN = 20


class ProspectErase(models.TransientModel):
    """Asks once more before a person is erased, and says what will go.

    It begins with one prospect. Others of the same address and of no other name are the
    same person; others who share an address or a number are shown and left.
    """

    _name = "prospect.erase"
    _description = "Erase a Person"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead",
        relation="prospect_erase_lead_rel",
        string="Prospects",
        context={"active_test": False},
        help="All of the person's. They are deleted, with their history.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="prospect_erase_partner_rel",
        string="Contacts",
        context={"active_test": False},
        help="Of the person. They are deleted unless something needs them, such as an"
        " invoice.",
    )
    addresses = fields.Text(
        string="More Addresses and Numbers",
        help="One on each line: others by which the person was known.",
    )
    other_ids = fields.Many2many(
        comodel_name="crm.lead",
        relation="prospect_erase_other_rel",
        string="Left: Others with the Same Address or Number",
        compute="_compute_other_ids",
        context={"active_test": False},
    )
    summary = fields.Html(
        string="What Will Go", compute="_compute_summary", sanitize=False
    )

    # --- Who --------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Of the prospect that it was opened from: the whole person."""
        values = super().default_get(fields)
        self.env["prospect.erasure"]._check_may_erase()
        leads = self.env["crm.lead"].with_context(active_test=False)
        if self.env.context.get("active_model") == "crm.lead":
            leads = leads.browse(self.env.context.get("active_ids") or [])
        elif self.env.context.get("default_lead_ids"):
            leads = leads.browse(
                number
                for number in self.env.context["default_lead_ids"]
                if isinstance(number, int)
            )
        leads = leads.exists()._filtered_access("write")
        if leads:
            leads |= self._find_same(leads)
            values["lead_ids"] = [Command.set(leads.ids)]
            values["partner_ids"] = [Command.set(self._find_partners(leads).ids)]
        return values

    @api.model
    def _find_sharing(self, leads):
        """Others with an address or a number of theirs, whom the user may see."""
        emails = [email for email in leads.mapped("email_normalized") if email]
        phones = [phone for phone in leads.mapped("phone_sanitized") if phone]
        if not emails and not phones:
            return leads.browse()
        return leads.with_context(active_test=False).search(
            Domain("id", "not in", leads.ids)
            & (
                Domain("email_normalized", "in", emails)
                | Domain("phone_sanitized", "in", phones)
            ),
            limit=SHOWN,
        )

    @api.model
    def _find_same(self, leads):
        """Other prospects of the same address and of no other name."""
        emails = set(leads.mapped("email_normalized")) - {False}
        return (
            self._find_sharing(leads)
            ._filtered_access("write")
            .filtered(
                lambda other: (
                    other.email_normalized in emails
                    and all(
                        self._may_be_one(lead, other)
                        for lead in leads
                        if lead.email_normalized == other.email_normalized
                    )
                )
            )
        )

    @api.model
    def _may_be_one(self, lead, other):
        """Whether two names may be one person's: where one is missing, they may."""
        if not lead.contact_name or not other.contact_name:
            return True
        one, two = (
            read_person(
                some.first_name, some.last_name, some.contact_name, "", "", "", ""
            )
            for some in (lead, other)
        )
        return compare_names(one, two) >= DIFFERENT

    @api.model
    def _find_partners(self, leads):
        """Contacts of the prospects that are people, and no colleagues."""
        partners = leads.partner_id.filtered(lambda partner: not partner.is_company)
        return partners._filtered_access("write").filtered(
            lambda partner: not partner.user_ids
        )

    def _read_texts(self):
        """Addresses and numbers that were given by hand."""
        return [
            text.strip()
            for text in re.split(r"[\n,;]+", self.addresses or "")
            if text.strip()
        ]

    # --- What -------------------------------------------------------------------------

    @api.depends("lead_ids")
    def _compute_other_ids(self):
        for wizard in self:
            leads = wizard.lead_ids._origin._filtered_access("write")
            wizard.other_ids = self._find_sharing(leads) if leads else leads

    @api.depends("lead_ids", "partner_ids", "addresses")
    def _compute_summary(self):
        """What will go, as counts of kinds of records."""
        for wizard in self:
            wizard.summary = wizard._summarize()

    def _summarize(self):
        self.env["prospect.erasure"]._check_may_erase()
        leads = self.lead_ids._origin._filtered_access("write")
        partners = self.partner_ids._origin._filtered_access("write")
        texts = self._read_texts()
        if not leads and not texts:
            return ""
        person = self.env["prospect.person"]._collect(leads, partners, texts)
        # sudo: how many records of the user's companies are about the person
        counts = self.env["prospect.person"].sudo()._count(person)
        erasures = self.env["prospect.erasure"]
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>")
            % (erasures._describe_model(name), count)
            for name, count in counts.items()
        )
        shared = (
            Markup("<p>%s</p>")
            % self.env._(
                "%(count)s addresses or numbers are other people's as well: they are"
                " left, and not refused.",
                count=person["shared"],
            )
            if person["shared"]
            else ""
        )
        return Markup(
            "<table class='table table-sm w-auto'><tbody>%s</tbody></table>%s"
        ) % (rows, shared)

    def action_erase(self):
        """Erase the person, for good."""
        self.ensure_one()
        erasure = self.env["prospect.erasure"]._ask(
            self.lead_ids, self.partner_ids, self._read_texts()
        )
        return erasure.action_open()
