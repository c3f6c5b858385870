from collections import defaultdict

from odoo import api, models

from odoo.addons.prospect.tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signals of the register of consents."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        consents = self.env["prospect.consent"]
        facts = (
            Fact(
                "purpose_id",
                self.env._("Purpose"),
                "many2one",
                "prospect.consent.purpose",
            ),
            Fact(
                "channel",
                self.env._("Channel"),
                "selection",
                choices=tuple(
                    consents._fields["channel"]._description_selection(self.env)
                ),
            ),
        )
        return [
            *super()._prospect_signal_list(),
            Signal(
                "consent.given",
                self.env._("A consent is given"),
                facts,
                thread="purpose_id",
                again=EACH,
                sentence=self.env._("consent to {purpose_id} is given"),
            ),
            Signal(
                "consent.withdrawn",
                self.env._("A consent is withdrawn"),
                facts,
                thread="purpose_id",
                again=EACH,
                sentence=self.env._("consent to {purpose_id} is withdrawn"),
            ),
        ]


class ProspectConsent(models.Model):
    """What is written into the register is a signal, and a withdrawal an opt-out."""

    _name = "prospect.consent"
    _inherit = ["prospect.consent"]

    @api.model
    def _append(self, vals_list):
        """Emit the signals of what was written, each once for the batch."""
        consents = super()._append(vals_list)
        for action in ("given", "withdrawn"):
            consents.filtered(lambda row, action=action: row.action == action)._emit(
                f"consent.{action}"
            )
        consents._notify_withdrawn()
        return consents

    def _emit(self, code):
        """Emit one signal for those of ``self`` that are about a prospect."""
        leads = self.env["crm.lead"]
        if code not in leads._prospect_signal_heard():
            return
        leads._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": row.lead_id.id,
                    "key": f"{code}:{row.id}",
                    "at": row.date,
                    "facts": {"purpose_id": row.purpose_id.id, "channel": row.channel},
                }
                for row in self
                if row.lead_id
            ],
        )

    def _notify_withdrawn(self):
        """Call the hook for the addresses of ``self`` that agree no more."""
        groups = defaultdict(set)
        for row in self:
            if row.action == "withdrawn":
                key = row.channel, row.purpose_id.id, row.company_id.id
                groups[key].add(row.email_normalized or row.phone_sanitized)
        for (channel, purpose_id, company_id), addresses in groups.items():
            self.env["crm.lead"]._prospect_opt_out(
                channel, addresses, purpose_id, company_id
            )
