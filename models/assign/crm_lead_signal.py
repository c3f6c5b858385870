from odoo import api, models

from ...tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signal of a new salesperson."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        return [
            *super()._prospect_signal_list(),
            Signal(
                "lead.assigned",
                self.env._("The salesperson changes"),
                (
                    Fact(
                        "user_id",
                        self.env._("New Salesperson"),
                        "many2one",
                        "res.users",
                    ),
                    Fact(
                        "former_user_id",
                        self.env._("Former Salesperson"),
                        "many2one",
                        "res.users",
                    ),
                ),
                again=EACH,
                sentence=self.env._("the salesperson becomes {user_id}"),
            ),
        ]

    def _prospect_signal_assigned(self, _former):
        """Emit ``lead.assigned`` for ``self``."""
        self._prospect_signal_from_log(
            "lead.assigned",
            "prospect.assignment",
            {"user_id": "assignee_id", "former_user_id": "former_assignee_id"},
        )

    def _prospect_on_assigned(self, former):
        result = super()._prospect_on_assigned(former)
        self._prospect_signal_assigned(former)
        return result
