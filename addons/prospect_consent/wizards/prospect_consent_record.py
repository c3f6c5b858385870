from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.prospect_consent import CHANNELS


class ProspectConsentRecord(models.TransientModel):
    """Put a consent or a withdrawal into the register by hand: what somebody has said
    on the phone, or signed at a fair.
    """

    _name = "prospect.consent.record"
    _description = "Record a consent"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", required=True, ondelete="cascade"
    )
    action = fields.Selection(
        selection=[("withdrawn", "Withdraws"), ("given", "Agrees")],
        string="The Person",
        required=True,
        default="withdrawn",
    )
    channel = fields.Selection(selection=CHANNELS, required=True, default="email")
    everything = fields.Boolean(
        string="All Purposes",
        help="Everything that the person has agreed to through this channel; the "
        "address is also put on Odoo's blacklist.",
    )
    purpose_id = fields.Many2one(
        comodel_name="prospect.consent.purpose", ondelete="cascade"
    )
    address = fields.Char(compute="_compute_address")
    note = fields.Char(
        string="Evidence",
        help="What proves it, should anybody ask: a phone call, a signed paper.",
    )

    @api.depends("lead_id", "channel")
    def _compute_address(self):
        for record in self:
            lead = record.lead_id
            is_mail = record.channel == "email"
            record.address = lead.email_normalized if is_mail else lead.phone_sanitized

    def action_record(self):
        """Write it down, as the person who says so; the prospect shows it at once.

        :raises AccessError: who may not change the prospect may not speak for it
        :raises UserError: when something is missing, with what to do
        """
        self.ensure_one()
        lead = self.lead_id
        lead.check_access("write")
        self._check_complete()
        register = self.env["prospect.consent"]
        values = {
            "user_id": self.env.uid,
            "note": self.note,
            "lead_id": lead.id,
            "lang_id": lead.lang_id.id,
        }
        company = lead.company_id or self.env.company
        row = {
            **values,
            "channel": self.channel,
            "purpose_id": self.purpose_id.id,
            "address": self.address,
            "company_id": company.id,
        }
        if self.action == "given":
            register._append(
                [{**row, "action": "given", "date": fields.Datetime.now()}]
            )
        elif self.everything:
            self._withdraw_everything(values)
        else:
            register._append(
                [{**row, "action": "withdrawn", "date": fields.Datetime.now()}]
            )
        return {"type": "ir.actions.act_window_close"}

    def _withdraw_everything(self, values):
        """All that stands for the address; the blacklist is told in any case."""
        latest = self.env["prospect.consent"]._read_latest(
            self.lead_id, channels=[self.channel]
        )
        if not latest:
            raise UserError(
                self.env._(
                    "This prospect has agreed to nothing through this channel. "
                    "Choose the purpose that is withdrawn."
                )
            )
        # sudo: who may change the prospect writes down what the person says
        rows = self.env["prospect.consent"].sudo().browse([row[1] for row in latest])
        rows[0]._withdraw("manual", everything=True, **values)

    def _check_complete(self):
        if not self.address:
            raise UserError(
                self.env._(
                    "The prospect has no address for this channel: fill in the e-mail "
                    "or the phone first. It is the address that agrees."
                )
            )
        if not self.purpose_id and not (self.everything and self.action == "withdrawn"):
            raise UserError(self.env._("Choose the purpose."))
        if self.action == "given" and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "State how you know that the person agrees: you must be able to "
                    "prove a consent."
                )
            )
