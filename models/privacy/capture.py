from odoo import fields, models
from odoo.exceptions import UserError


class ProspectCapture(models.Model):
    """A message of an erased person is known to have come, and nothing more."""

    _name = "prospect.capture"
    _inherit = ["prospect.capture"]

    def _note_outcome(self, outcome, values):
        result = super()._note_outcome(outcome, values)
        if outcome.get("erased"):
            self._forget_person(outcome["reason"])
        return result

    def _is_erased(self):
        """Whether a message is of an erased person, before anything is made of it."""
        self.ensure_one()
        if not self.env["prospect.tombstone"]._has_any():
            return False
        try:
            values = self._as_worker()._get_values()
        except UserError:
            return False
        leads = self._as_worker().env["crm.lead"]
        return leads.env["prospect.gate"]._is_erased(values, self.defaults or {})

    def _forget_person(self, reason):
        """Take out of messages whom they are about: what came, what was read in it, and
        the number by which the sender knows it, which may be an address.

        Bridges add what they keep of a message.

        :param str reason: why it is empty, for people
        """
        # sudo: the state is written by the machine
        messages = self.sudo()
        messages._forget_mails()
        messages.line_ids.unlink()
        for message in messages:
            values = {
                "payload": False,
                "given": False,
                "email_normalized": False,
                "is_corrected": False,
                "event_key": f"erased:{message.id}",
                "reason": reason,
                "processed_at": message.processed_at or fields.Datetime.now(),
            }
            if message.state != "done":
                values["state"] = "ignored"
            message.write(values)
