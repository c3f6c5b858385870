from odoo import models
from odoo.exceptions import UserError


class Base(models.AbstractModel):
    """What all models have in common."""

    _name = "base"
    _inherit = ["base"]

    def ensure_one(self):
        """Say what to do where a client calls a button of ours on nothing or on many.

        Odoo's error means a fault of the program, and is shown as one.
        """
        if len(self._ids) != 1 and self._name.startswith("prospect."):
            raise UserError(self.env._("Choose one record first."))
        return super().ensure_one()

    def action_archive(self):
        self._check_can_be_archived()
        return super().action_archive()

    def action_unarchive(self):
        self._check_can_be_archived()
        return super().action_unarchive()

    def _check_can_be_archived(self):
        """:raises UserError: for a model of ours that has no archive"""
        if not self._active_name and self._name.startswith("prospect."):
            raise UserError(self.env._("These records cannot be archived."))
