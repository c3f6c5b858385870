from odoo import api, models


class CrmLead(models.Model):
    """Opt-outs that a file says."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_take_opt_outs(self, rows):
        """Write down who does not want to be written to: in a register, where an add-on
        has one, else on Odoo's blacklist.

        :param list rows: see :meth:`_prospect_record_opt_outs`
        """
        left = self._prospect_record_opt_outs(rows)
        self._prospect_blacklist("mail.blacklist", "email", left, "email")
        self._prospect_blacklist("phone.blacklist", "number", left, "sms")

    @api.model
    def _prospect_blacklist(self, name, fname, rows, channel):
        addresses = {row["address"] for row in rows if row["channel"] == channel}
        if not addresses:
            return
        # sudo: who may import says what people have asked for, and sees no blacklist
        blacklist = self.env[name].sudo()
        known = blacklist.with_context(active_test=False).search(
            [(fname, "in", sorted(addresses))]
        )
        known.filtered(lambda entry: not entry.active).action_unarchive()
        new = sorted(addresses - set(known.mapped(fname)))
        blacklist.create([{fname: address} for address in new])
