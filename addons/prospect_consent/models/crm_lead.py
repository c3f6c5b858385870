from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.prospect.tools.reports import ReportColumn

from .prospect_consent import CHANNELS

# Fields of prospects that say to what they have agreed, and by which channels.
CONSENTED = {
    "consent_purpose_ids": None,
    "consent_email_ids": ("email",),
    "consent_sms_ids": ("sms",),
    "consent_phone_ids": ("phone",),
}


class CrmLead(models.Model):
    """To what prospects have agreed.

    No method here is named as those that the write path of imports watches: nothing of
    this decides what is stored when a prospect is written.
    """

    _inherit = "crm.lead"

    consent_ids = fields.One2many(
        comodel_name="prospect.consent",
        inverse_name="lead_id",
        string="Register of Consents",
        readonly=True,
    )
    consent_current_ids = fields.Many2many(
        comodel_name="prospect.consent",
        compute="_compute_consents",
        string="Current Consents",
        help="For the current e-mail address and phone number.",
    )
    consent_purpose_ids = fields.Many2many(
        comodel_name="prospect.consent.purpose",
        compute="_compute_consents",
        search="_search_consent_purpose_ids",
        string="Consents To",
        help="Through any channel.",
    )
    consent_email_ids = fields.Many2many(
        comodel_name="prospect.consent.purpose",
        compute="_compute_consents",
        search="_search_consent_email_ids",
        string="Consents To by E-mail",
    )
    consent_sms_ids = fields.Many2many(
        comodel_name="prospect.consent.purpose",
        compute="_compute_consents",
        search="_search_consent_sms_ids",
        string="Consents To by SMS",
    )
    consent_phone_ids = fields.Many2many(
        comodel_name="prospect.consent.purpose",
        compute="_compute_consents",
        search="_search_consent_phone_ids",
        string="Consents To by Phone",
    )
    consent_withdrawn_ids = fields.Many2many(
        comodel_name="prospect.consent.purpose",
        compute="_compute_consents",
        search="_search_consent_withdrawn_ids",
        string="Withdrawn",
        help="Through any channel.",
    )

    # --- Consents -------------------------------------------------------------------

    @api.depends("consent_ids", "email_normalized", "phone_sanitized", "company_id")
    def _compute_consents(self):
        """How it stands, by one query for all prospects.

        To what people have agreed is the same for all who see them; the rows of the
        register are those that the person may see.
        """
        found = defaultdict(lambda: defaultdict(set))
        register = self.env["prospect.consent"]
        for row in register._read_latest(self):
            lead_id, number, purpose_id, channel, action = row
            kinds = found[lead_id]
            kinds["consent_current_ids"].add(number)
            if action == "given":
                for fname, channels in CONSENTED.items():
                    if not channels or channel in channels:
                        kinds[fname].add(purpose_id)
            else:
                kinds["consent_withdrawn_ids"].add(purpose_id)
        numbers = {
            number
            for kinds in found.values()
            for number in kinds["consent_current_ids"]
        }
        visible = set()
        if register.has_access("read"):
            visible = set(register.browse(sorted(numbers))._filtered_access("read").ids)
        for lead in self:
            kinds = found[lead._origin.id]
            lead.consent_current_ids = sorted(kinds["consent_current_ids"] & visible)
            for fname in (*CONSENTED, "consent_withdrawn_ids"):
                lead[fname] = sorted(kinds[fname])

    @api.model
    def _search_consents(self, operator, value, action, channels=None):
        """Prospects by how it stands; see ``prospect.consent``."""
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        purposes = self.env["prospect.consent.purpose"].with_context(active_test=False)
        numbers = (
            purposes.search(value).ids if isinstance(value, Domain) else list(value)
        )
        wanted = [number for number in numbers if number]
        found = Domain.FALSE
        if wanted:
            found = self._get_consent_domain(action, channels, wanted)
        if len(wanted) < len(numbers):
            found |= ~self._get_consent_domain(action, channels, None)
        return found

    @api.model
    def _get_consent_domain(self, action, channels, purposes):
        """The prospects for which it stands so; it is looked up when it is searched."""
        register = self.env["prospect.consent"]

        def to_sql(leads, alias, _query):
            # sudo: who has agreed is the same for all who see the prospect
            register.sudo().flush_model()
            leads.flush_model(["email_normalized", "phone_sanitized", "company_id"])
            standing = register._get_standing_sql(action, channels, purposes)
            return SQL("%s IN %s", SQL.identifier(alias, "id"), standing)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _search_consent_purpose_ids(self, operator, value):
        return self._search_consents(operator, value, "given")

    @api.model
    def _search_consent_email_ids(self, operator, value):
        return self._search_consents(operator, value, "given", ("email",))

    @api.model
    def _search_consent_sms_ids(self, operator, value):
        return self._search_consents(operator, value, "given", ("sms",))

    @api.model
    def _search_consent_phone_ids(self, operator, value):
        return self._search_consents(operator, value, "given", ("phone",))

    @api.model
    def _search_consent_withdrawn_ids(self, operator, value):
        return self._search_consents(operator, value, "withdrawn")

    def _get_withdrawal_link(self, purpose, channel="email"):
        """For templates of mails to prospects: the address of the page on which the
        person withdraws a consent, or an empty text where there is none.

        :param str purpose: code of the purpose, such as ``newsletter``
        """
        self.ensure_one()
        # sudo: the mail goes to the person whose consent it is
        for row in self.sudo().env["prospect.consent"]._read_latest(self):
            _lead_id, number, _purpose_id, row_channel, action = row
            consent = self.env["prospect.consent"].sudo().browse(number)
            if (
                action == "given"
                and row_channel == channel
                and consent.purpose_id.code == purpose
            ):
                return consent._get_withdrawal_link()
        return ""

    # --- Reports --------------------------------------------------------------------

    @api.model
    def _prospect_report_columns(self):
        """A column for each consent [IE-31]."""
        return [
            *super()._prospect_report_columns(),
            *self._get_report_consent_columns(),
        ]

    @api.model
    def _get_report_consent_columns(self):
        """How each purpose stands by each channel that was ever asked for."""
        # sudo: which purposes and channels there are, in any company
        groups = (
            self.env["prospect.consent"]
            .sudo()
            ._read_group([], ["purpose_id", "channel"])
        )
        channels = dict(
            self.env["prospect.consent"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        order = [code for code, _label in CHANNELS]
        groups.sort(
            key=lambda pair: (pair[0].sequence, pair[0].id, order.index(pair[1]))
        )
        return [
            ReportColumn(
                f"consent:{purpose.code}:{channel}",
                self.env._(
                    "%(purpose)s by %(channel)s",
                    purpose=purpose.with_env(self.env).sudo().name,
                    channel=channels[channel],
                ),
                "text",
                self.env._("Consents"),
                read=lambda leads, purpose=purpose.id, channel=channel: (
                    leads._read_consents(purpose, channel)
                ),
            )
            for purpose, channel in groups
        ]

    def _read_consents(self, purpose_id, channel):
        """{prospect: "Given" or "Withdrawn"}, as it stands."""
        actions = dict(
            self.env["prospect.consent"]
            ._fields["action"]
            ._description_selection(self.env)
        )
        return {
            lead_id: actions[action]
            for lead_id, _number, _purpose, _channel, action in self.env[
                "prospect.consent"
            ]._read_latest(self, purposes=[purpose_id], channels=[channel])
        }
