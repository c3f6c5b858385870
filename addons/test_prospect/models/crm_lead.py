from odoo import models


class CrmLead(models.Model):
    """What a stranger's add-on does with the hooks of Prospect."""

    _inherit = "crm.lead"

    def _prospect_on_status_changed(self, changes):
        result = super()._prospect_on_status_changed(changes)
        # Only where a test asks for it: the other tests count queries.
        if self.env.context.get("test_prospect_note"):
            self.env["test.prospect.note"].create(
                [
                    {
                        "lead_id": lead.id,
                        "name": f"{changes[lead.id][0].name} > {lead.status_id.name}",
                    }
                    for lead in self
                ]
            )
        return result
