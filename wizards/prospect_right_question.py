from odoo import api, fields, models

from ..models.rights.right import GROUPS_ONLY


class ProspectRightQuestion(models.TransientModel):
    """Why may this person, or may they not, do this to this prospect?

    Answered from the table itself, with the rule that decided [BX-20].
    """

    _name = "prospect.right.question"
    _description = "Question about Rights"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        domain="[('share', '=', False)]",
    )
    operation = fields.Selection(
        selection=lambda self: self.env["prospect.right"]._get_operations(),
        string="Would Like to",
        required=True,
        default="convert",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        domain="[('is_listed', '=', True), ('active', 'in', [True, False])]",
        default=lambda self: self._get_default_lead(),
    )
    needs_lead = fields.Boolean(
        compute="_compute_answer", compute_sudo=False, export_string_translation=False
    )
    answer = fields.Selection(
        selection=[("yes", "Yes, they may"), ("no", "No, they may not")],
        compute="_compute_answer",
        compute_sudo=False,
    )
    right_id = fields.Many2one(
        comodel_name="prospect.right",
        string="Because of",
        compute="_compute_answer",
        compute_sudo=False,
    )
    reason = fields.Text(compute="_compute_answer", compute_sudo=False)

    @api.model
    def _get_default_lead(self):
        context = self.env.context
        if context.get("active_model") == "crm.lead":
            return context.get("active_id")
        return False

    @api.depends("user_id", "operation", "lead_id")
    def _compute_answer(self):
        rights = self.env["prospect.right"]
        for question in self:
            question.update({"answer": False, "right_id": False, "reason": False})
            question.needs_lead = question.operation not in GROUPS_ONLY
            lead = question.lead_id._origin if question.needs_lead else False
            if not question.user_id or not (lead or not question.needs_lead):
                continue
            lead = lead or question.lead_id.browse()
            # what the one who asks may not see is not told about
            lead.check_access("read")
            may, right, sentences = rights._explain(
                question.operation, question.user_id._origin, lead
            )
            question.answer = "yes" if may else "no"
            question.right_id = right
            question.reason = "\n".join(sentences)
