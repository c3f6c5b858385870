from odoo import models


class CrmLead2opportunityPartner(models.TransientModel):
    """Odoo's own conversion, of one lead and, by inheritance, of many."""

    _inherit = "crm.lead2opportunity.partner"

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        # before the contact is made, which Odoo makes first [BX-27]
        leads.check_access("write")
        to_convert = leads.filtered(
            lambda lead: (
                lead.type == "lead" and lead.active and lead.won_status != "won"
            )
        )
        to_convert._prospect_unchecked()._prospect_check_right("convert")
        leads = leads._prospect_with_checked(to_convert)
        return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
