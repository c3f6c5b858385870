from odoo import api, fields, models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """A mailing to prospects takes those that nobody doubts, unless told otherwise."""

    _inherit = "mailing.mailing"

    prospect_with_flagged = fields.Boolean(
        string="Include Flagged",
        help="Also send to flagged prospects and to those whose address is "
        "undeliverable.",
    )
    prospect_left_out_count = fields.Integer(
        string="Left Out",
        compute="_compute_prospect_left_out_count",
        help="Prospects left out of the mailing because they are flagged.",
    )

    @api.depends(
        *("mailing_domain", "mailing_model_id", "mailing_type", "total"),
        *("prospect_with_flagged", "use_exclusion_list"),
    )
    def _compute_prospect_left_out_count(self):
        self.prospect_left_out_count = 0
        if not self.env["crm.lead"].has_access("read"):
            return
        for mailing in self.filtered(lambda one: one._prospect_is_choosy()):
            everybody = Domain(mailing._parse_mailing_domain())
            everybody &= mailing._prospect_audience_domain()
            contactable = mailing._prospect_recipients_domain()
            mailing.prospect_left_out_count = self.env["crm.lead"].search_count(
                everybody & ~contactable
            )

    def _prospect_is_choosy(self):
        """Whether this mailing leaves doubtful prospects out."""
        self.ensure_one()
        is_of_leads = self.mailing_model_real == "crm.lead"
        return is_of_leads and not self.prospect_with_flagged

    def _prospect_recipients_domain(self):
        """Prospects who may get this mailing."""
        self.ensure_one()
        leads = self.env["crm.lead"]
        if self.mailing_type != "mail":
            return Domain("is_flagged", "=", False)
        return leads._prospect_contactable_domain(
            # who sends has chosen to write to those on the blacklist too
            with_blacklisted=not self.use_exclusion_list
        )

    def _get_recipients_domain(self):
        """At the time of sending: who is doubtful by then is left out."""
        domain = super()._get_recipients_domain()
        if self._prospect_is_choosy():
            domain &= self._prospect_recipients_domain()
        return domain
