from odoo import api, models

from ...tools.signals import EACH, Fact, Signal


class CrmLead(models.Model):
    """The signal of a merge, and the hook before it."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        return [
            *super()._prospect_signal_list(),
            Signal(
                "lead.merged",
                self.env._("Prospects are merged"),
                (
                    Fact(
                        "former_ids",
                        self.env._("Merged Prospects (IDs)"),
                        "integer",
                        many=True,
                    ),
                ),
                again=EACH,
                sentence=self.env._("prospects are merged"),
            ),
        ]

    def _merge_dependences(self, opportunities):
        self._prospect_before_merge(self, opportunities)
        return super()._merge_dependences(opportunities)

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        numbers = set(self.ids)
        survivor = super()._merge_opportunity(
            user_id=user_id,
            team_id=team_id,
            auto_unlink=auto_unlink,
            max_length=max_length,
        )
        # sudo: what follows from a merge that was allowed
        survivor.sudo()._prospect_signal_merged(sorted(numbers - set(survivor.ids)))
        return survivor

    def _prospect_signal_merged(self, former_ids):
        """Emit ``lead.merged`` for the survivor of a merge.

        :param list former_ids: ids of those that went
        """
        code = "lead.merged"
        if not former_ids or not self.status_id:
            return
        if code not in self._prospect_signal_heard():
            return
        now = self.env.cr.now()
        # a merge that was undone and made again is another one
        self._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": self.id,
                    "key": f"{code}:{self.id}:{former_ids[0]}:{now.isoformat()}",
                    "at": now,
                    "facts": {"former_ids": former_ids},
                }
            ],
        )
