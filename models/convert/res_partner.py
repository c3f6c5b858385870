from odoo import fields, models

from ...tools.texts import PLAIN_NAME
from ...tools.trusted import trusted


class ResPartner(models.Model):
    """A contact knows the prospects that it was made from or linked to [BX-31]."""

    _inherit = "res.partner"

    prospect_source_id = fields.Many2one(
        comodel_name="utm.source",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Source of the prospect from which this contact was created.",
    )
    prospect_count = fields.Integer(
        compute="_compute_prospect_count", export_string_translation=False
    )

    # what conversions look up, for each prospect
    _prospect_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _prospect_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )
    _prospect_name_idx = models.Index(f"({PLAIN_NAME}) WHERE is_company")
    # what was written since some moment, in that order: for the index of duplicates
    _prospect_write_idx = models.Index("(write_date, id)")

    def _compute_prospect_count(self):
        leads = self.env["crm.lead"]
        self.prospect_count = 0
        if not leads.has_access("read"):
            return
        counts = leads._read_group(
            self._get_prospect_domain(),
            ["prospect_contact_id", "prospect_company_id"],
            ["__count"],
        )
        for contact, company, count in counts:
            for partner in (contact | company) & self:
                partner.prospect_count += count

    def _get_prospect_domain(self):
        return [
            ("is_listed", "=", True),
            ("active", "in", [True, False]),
            "|",
            ("prospect_contact_id", "in", self.ids),
            ("prospect_company_id", "in", self.ids),
        ]

    def action_view_prospects(self):
        """Open the prospects that these contacts were made from or linked to."""
        return self.env["crm.lead"]._prospect_action(self._get_prospect_domain())

    def _prospect_open_form(self):
        return self.get_formview_action()

    def _prospect_bought(self, cause="won"):
        """These contacts have bought something: their prospects are converted [MO-34].

        The hook for bridges that know of purchases. Works whoever the buyer is, and
        without anybody's right to convert: it is the purchase that converts.

        :param str cause: for the history; bridges add their own to it
        :return: the prospects that were converted
        """
        partners = self | self.commercial_partner_id
        # sudo: a purchase converts, also that of a visitor of the shop
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "in", partners.ids),
                    ("is_listed", "=", True),
                    ("type", "=", "lead"),
                    ("status_id.kind", "in", ("new", "open")),
                ]
            )
        )
        if leads:
            leads.with_context(**trusted(prospect_cause=cause)).write(
                {
                    "status_id": self.env["prospect.status"]._get_main("converted").id,
                    "date_conversion": self.env.cr.now(),
                }
            )
            for lead in leads:
                lead[
                    "prospect_company_id"
                    if lead.partner_id.is_company
                    else "prospect_contact_id"
                ] = lead.partner_id
        return leads
