from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Opt-outs of files are withdrawals in the register."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_record_opt_outs(self, rows):
        """Withdraw all purposes for the addresses; nothing is left for the blacklist.

        Also of those that have never agreed: it is known now that they do not want to.
        What is withdrawn already stays as it is.
        """
        rows = super()._prospect_record_opt_outs(rows)
        # sudo: which purposes there are
        purposes = (
            self.env["prospect.consent.purpose"].sudo().search([("active", "=", True)])
        )
        if not purposes or not rows:
            return rows
        known = self._find_withdrawn_addresses(rows)
        companies = self.env.company
        self.env["prospect.consent"]._append(
            [
                {
                    "action": "withdrawn",
                    "purpose_id": purpose.id,
                    "channel": row["channel"],
                    "address": row["address"],
                    "lead_id": row["lead_id"],
                    "company_id": row["company_id"] or companies.id,
                    "user_id": self.env.uid,
                    "note": row["note"],
                }
                for row in rows
                for purpose in purposes
                if (
                    row["channel"],
                    row["address"],
                    row["company_id"] or companies.id,
                    purpose.id,
                )
                not in known
            ]
        )
        return []

    @api.model
    def _find_withdrawn_addresses(self, rows):
        """What is withdrawn already: (channel, address, company, purpose)."""
        # sudo: how it stands, whoever may read the register
        self.env["prospect.consent"].sudo().flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT channel, address, company_id, purpose_id
                     FROM (SELECT DISTINCT ON (channel, address, company_id, purpose_id)
                                  channel, address, company_id, purpose_id, action
                             FROM (SELECT *, COALESCE(email_normalized, phone_sanitized)
                                          AS address
                                     FROM prospect_consent
                                    WHERE email_normalized = ANY(%(addresses)s)
                                       OR phone_sanitized = ANY(%(addresses)s)) AS row
                         ORDER BY channel, address, company_id, purpose_id,
                                  date DESC, id DESC) AS latest
                    WHERE action = 'withdrawn'""",
                addresses=[row["address"] for row in rows],
            )
        )
        return set(found)

    @api.model
    def _prospect_describe_opt_outs(self):
        super()._prospect_describe_opt_outs()
        return self.env._("a withdrawal in the register of consents")
