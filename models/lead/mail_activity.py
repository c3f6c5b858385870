from odoo import fields, models

from ...tools.trusted import read_trusted


class MailActivity(models.Model):
    """What is to be done for a prospect, and rests while it is junk."""

    _inherit = "mail.activity"

    prospect_closed = fields.Boolean(
        string="Closed With the Prospect",
        default=False,
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="Closed because its prospect was marked as junk; reopened when the "
        "prospect is restored.",
    )
    prospect_automatic = fields.Boolean(
        string="Planned by the Assignment",
        default=False,
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="Planned when its prospect was assigned: moves to the next salesperson, "
        "unless somebody has reassigned it.",
    )

    def write(self, vals):
        if "user_id" in vals and not read_trusted(
            self.env.context, "prospect_automatic"
        ):
            # given to somebody by hand: theirs from now on
            vals = {**vals, "prospect_automatic": False}
        return super().write(vals)

    def action_prospect_open(self):
        """Open what is to be done, to read it and mark it done."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To Do"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("prospect.mail_activity_view_form_task").id, "form")
            ],
            "target": "new",
        }

    def action_prospect_done(self):
        """Mark as done with the feedback that was typed in the dialog."""
        self.ensure_one()
        if self.active:
            self.action_feedback(feedback=self.feedback)
        return {"type": "ir.actions.act_window_close"}
