from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.columns import TARGETS
from ...tools.remark_fields import RemarkChar

# A correction names a person, it never chooses a record by its number.
NOT_CORRECTED = ("id",)


class ProspectCaptureLine(models.Model):
    """One value of a message that could not be used, for a person to correct."""

    _name = "prospect.capture.line"
    _description = "Value of a Message"
    _order = "sequence, id"

    capture_id = fields.Many2one(
        comodel_name="prospect.capture", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=100)
    key = RemarkChar(string="As Received", readonly=True)
    value = fields.Text()
    target = fields.Selection(
        selection="_get_targets",
        string="Goes To",
        help="The field of the prospect that takes this value. Empty: it is not used.",
    )

    @api.model
    def _get_targets(self):
        """The fields of a prospect, in the person's language."""
        leads = self.env["crm.lead"]
        labels = {
            "description": self.env._("Notes"),
            "name": self.env._("Opportunity Name"),
            "user_id": self.env._("Salesperson"),
        }
        return [
            (
                name,
                labels.get(name) or leads._fields[name]._description_string(self.env),
            )
            for name in TARGETS
            if name not in NOT_CORRECTED
        ]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._note_correction()
        return lines

    def write(self, vals):
        self._note_correction()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_correction(self):
        self._note_correction()

    def _note_correction(self):
        """Remember that a person has put the values right.

        :raises UserError: when the message has become a prospect
        """
        if self.env.su:
            return
        if any(capture.state == "done" for capture in self.capture_id):
            raise UserError(
                self.env._(
                    "This message has become a prospect: correct the prospect itself."
                )
            )
        # sudo: people write the lines, the rest of a message is written by the machine
        self.capture_id.sudo().is_corrected = True
