from odoo import api, fields, models
from odoo.exceptions import UserError


class ProspectConvertAsk(models.TransientModel):
    """Ask a colleague who may convert a prospect to do it.

    They get an activity, which is done by itself when the prospect is converted.
    """

    _name = "prospect.convert.ask"
    _description = "Request of a Conversion"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self._get_default_lead(),
    )
    hint = fields.Char(
        related="lead_id.prospect_convert_hint",
        related_sudo=False,
        export_string_translation=False,
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.users",
        compute="_compute_candidate_ids",
        compute_sudo=False,
        export_string_translation=False,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Ask",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('id', 'in', candidate_ids)]",
    )
    note = fields.Text(string="Message")
    asked = fields.Char(
        compute="_compute_asked", compute_sudo=False, export_string_translation=False
    )

    @api.model
    def _get_default_lead(self):
        context = self.env.context
        if context.get("active_model") == "crm.lead":
            return context.get("active_id")
        return False

    @api.depends("lead_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            lead = wizard.lead_id._origin
            lead.check_access("read")
            people = lead._prospect_find_who_may("convert") if lead else []
            users = self.env["res.users"].browse(user.id for user, _right in people)
            wizard.candidate_ids = users

    @api.depends("lead_id")
    def _compute_user_id(self):
        for wizard in self:
            wizard.user_id = wizard.candidate_ids[:1]

    @api.depends("lead_id", "user_id")
    @api.depends_context("lang")
    def _compute_asked(self):
        for wizard in self:
            wizard.asked = False
            lead, user = wizard.lead_id._origin, wizard.user_id._origin
            if lead and user and lead._prospect_find_convert_requests(user):
                wizard.asked = self.env._("%s has been asked already.", user.name)

    def action_ask(self):
        """Give the colleague the activity, once."""
        self.ensure_one()
        lead, user = self.lead_id, self.user_id
        lead.check_access("read")
        if user not in self.candidate_ids:
            raise UserError(
                self.env._("Choose somebody who may convert this prospect.")
            )
        lead._prospect_ask_to_convert(user, self.note)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s has been asked.", user.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
