from odoo import models


class CrmLead(models.Model):
    """What a stranger's add-on does with the hooks of Prospect: it takes notes."""

    _inherit = "crm.lead"

    def _prospect_on_created(self):
        result = super()._prospect_on_created()
        self._note_call("created")
        return result

    def _prospect_on_updated(self, fnames):
        result = super()._prospect_on_updated(fnames)
        self._note_call("updated", *sorted(fnames))
        return result

    def _prospect_on_status_changed(self, changes):
        result = super()._prospect_on_status_changed(changes)
        moves = {f"{former.name} > {new.name}" for former, new in changes.values()}
        self._note_call("status_changed", *sorted(moves))
        return result

    def _prospect_on_assigned(self, former):
        result = super()._prospect_on_assigned(former)
        self._note_call("assigned", *sorted(set(self.user_id.mapped("name"))))
        return result

    def _prospect_on_list_joined(self, prospect_list):
        result = super()._prospect_on_list_joined(prospect_list)
        self._note_call("list_joined", prospect_list.name)
        return result

    def _prospect_on_converted(self):
        result = super()._prospect_on_converted()
        self._note_call("converted")
        return result

    def _note_call(self, hook, *words):
        """One note a call: which hook, on which prospects, and what it was given.

        Only where a test asks for it: the other tests count queries.
        """
        if self.env.context.get("test_prospect_note"):
            self.env["test.prospect.note"].create(
                {
                    "lead_id": self[:1].id,
                    "name": "|".join([hook, str(sorted(self.ids)), *words]),
                }
            )
