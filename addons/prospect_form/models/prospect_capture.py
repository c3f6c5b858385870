from odoo import fields, models


class ProspectCapture(models.Model):
    """Messages of forms: an answer goes on when its message does."""

    _inherit = "prospect.capture"

    state = fields.Selection(
        selection_add=[("waiting", "Waiting for confirmation")],
        ondelete={"waiting": lambda messages: messages.write({"state": "quarantined"})},
    )
    form_answer_ids = fields.One2many(
        comodel_name="prospect.form.answer",
        inverse_name="capture_id",
        string="Answers",
    )
