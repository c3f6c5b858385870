from odoo import api, models
from odoo.tools import SQL

from ...tools.signals import NEVER, Fact, Signal

# What the prospect was converted to.
TARGETS = {
    "contact_id": "prospect_contact_id",
    "company_contact_id": "prospect_company_id",
    "opportunity_id": "prospect_opportunity_id",
}


class CrmLead(models.Model):
    """The signal of a conversion."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        return [
            *super()._prospect_signal_list(),
            Signal(
                "lead.converted",
                self.env._("A prospect is converted"),
                (
                    Fact(
                        "contact_id", self.env._("Contact"), "many2one", "res.partner"
                    ),
                    Fact(
                        "company_contact_id",
                        self.env._("Company"),
                        "many2one",
                        "res.partner",
                    ),
                    Fact(
                        "opportunity_id",
                        self.env._("Opportunity"),
                        "many2one",
                        "crm.lead",
                    ),
                ),
                again=NEVER,
                sentence=self.env._("a prospect is converted"),
            ),
        ]

    def _prospect_signal_converted(self):
        """Emit ``lead.converted`` for ``self``.

        Its key is the row of history of this conversion: one that was undone and made
        again is another one.
        """
        code = "lead.converted"
        if not self.ids or code not in self._prospect_signal_heard():
            return
        self.flush_recordset(TARGETS.values())
        self.env["prospect.status.change"].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT lead.id, log.id, log.date, %s
                     FROM crm_lead AS lead
                     JOIN LATERAL (
                          SELECT id, date FROM prospect_status_change
                           WHERE lead_id = lead.id AND former_lead_id IS NULL
                             AND to_kind = 'converted'
                        ORDER BY id DESC LIMIT 1) AS log ON TRUE
                    WHERE lead.id = ANY(%s) ORDER BY lead.id""",
                SQL(", ").join(
                    SQL.identifier("lead", column) for column in TARGETS.values()
                ),
                list(self.ids),
            )
        )
        self._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": lead_id,
                    "key": f"{code}:{number}",
                    "at": at,
                    "facts": {
                        name: value or False
                        for name, value in zip(TARGETS, values, strict=True)
                    },
                }
                for lead_id, number, at, *values in found
            ],
        )

    def _prospect_on_converted(self):
        result = super()._prospect_on_converted()
        self._prospect_signal_converted()
        return result
