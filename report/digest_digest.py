from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """Prospects in Odoo's digest mail.

    Unlike Odoo's own figure of leads, prospects without a company count for each:
    they belong to all.
    """

    _inherit = "digest.digest"

    kpi_prospect_new = fields.Boolean(string="New Prospects")
    kpi_prospect_new_value = fields.Integer(
        compute="_compute_kpi_prospect_values", export_string_translation=False
    )
    kpi_prospect_converted = fields.Boolean(string="Converted Prospects")
    kpi_prospect_converted_value = fields.Integer(
        compute="_compute_kpi_prospect_values", export_string_translation=False
    )
    kpi_prospect_junk = fields.Boolean(
        string="Junk Among Decided Prospects (%)",
        help="Share of junk among the prospects that were converted or became junk in "
        "that time.",
    )
    kpi_prospect_junk_value = fields.Float(
        compute="_compute_kpi_prospect_values", export_string_translation=False
    )

    def _compute_kpi_prospect_values(self):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            # Odoo leaves these figures out of this person's mail
            raise AccessError(
                self.env._(
                    "Only salespeople have figures of prospects in their digest e-mail."
                )
            )
        start, end, _companies = self._get_kpi_compute_parameters()
        figures = self.env["prospect.figures"]
        for digest in self:
            company = digest.company_id or self.env.company
            leads = figures._get_leads(Domain("company_id", "in", [company.id, False]))
            totals = figures._get_totals(leads, start, end)
            decided = totals["converted"] + totals["junk"]
            digest.kpi_prospect_new_value = totals["new"]
            digest.kpi_prospect_converted_value = totals["converted"]
            digest.kpi_prospect_junk_value = (
                100 * totals["junk"] / decided if decided else 0
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("prospect.prospect_menu_root").id
        page = f"prospect.crm_lead_action_prospect?menu_id={menu}"
        for name in ("new", "converted", "junk"):
            actions[f"kpi_prospect_{name}"] = page
        return actions
