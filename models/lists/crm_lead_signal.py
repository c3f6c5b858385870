from odoo import api, models
from odoo.tools import SQL

from ...tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signals of joining and leaving a list."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        facts = (
            Fact("list_id", self.env._("List"), "many2one", "prospect.list"),
            Fact("expires_at", self.env._("End of the Membership"), "datetime"),
        )
        return [
            *super()._prospect_signal_list(),
            Signal(
                "lead.list_joined",
                self.env._("A prospect joins a list"),
                facts,
                thread="list_id",
                again=EACH,
                sentence=self.env._("a prospect joins the list {list_id}"),
            ),
            Signal(
                "lead.list_left",
                self.env._("A prospect leaves a list"),
                facts[:1],
                thread="list_id",
                again=EACH,
                sentence=self.env._("a prospect leaves the list {list_id}"),
            ),
        ]

    def _prospect_signal_list_joined(self, prospect_list):
        """Emit ``lead.list_joined`` for ``self``."""
        self._prospect_signal_from_log(
            "lead.list_joined",
            "prospect.membership",
            {"list_id": "list_id", "expires_at": "expires_at"},
            SQL("action = 'join' AND list_id = %s", prospect_list.id),
        )

    def _prospect_signal_list_left(self, prospect_list):
        """Emit ``lead.list_left`` for ``self``."""
        self._prospect_signal_from_log(
            "lead.list_left",
            "prospect.membership",
            {"list_id": "list_id"},
            SQL("action = 'leave' AND list_id = %s", prospect_list.id),
        )

    def _prospect_on_list_joined(self, prospect_list):
        result = super()._prospect_on_list_joined(prospect_list)
        self._prospect_signal_list_joined(prospect_list)
        return result

    def _prospect_on_list_left(self, prospect_list):
        result = super()._prospect_on_list_left(prospect_list)
        self._prospect_signal_list_left(prospect_list)
        return result

    def _prospect_notify_left(self, left):
        """Call :meth:`_prospect_on_list_left`, once for each list.

        :param left: (lead id, list id) pairs
        """
        groups = {}
        for lead_id, list_id in sorted(left):
            groups.setdefault(list_id, []).append(lead_id)
        lists = self.env["prospect.list"]
        for list_id, lead_ids in groups.items():
            self.browse(lead_ids)._prospect_on_list_left(lists.browse(list_id))
