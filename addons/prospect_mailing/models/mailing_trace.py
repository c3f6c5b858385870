from odoo import fields, models

from odoo.addons.prospect.tools.trusted import read_trusted

NOT_RECEIVED = ("bounce", "error", "cancel")


class MailingTrace(models.Model):
    """What became of one mail of a mailing; what a program did is nobody's answer."""

    _inherit = "mailing.trace"

    # each mail that comes in with references is looked for here, among all ever sent
    message_id = fields.Char(index="btree_not_null")

    def set_opened(self, domain=None):
        """What came back stays so: a picture is also loaded by the servers that a mail
        passes, and by whoever reads the report of its return.
        """
        traces = self + (self.search(domain) if domain else self.browse())
        if read_trusted(self.env.context, "prospect_by_program"):
            return traces
        received = traces.filtered(lambda one: one.trace_status not in NOT_RECEIVED)
        super(MailingTrace, received).set_opened()
        return traces

    def set_replied(self, domain=None):
        """Not by a mail that a program has written."""
        if read_trusted(self.env.context, "prospect_by_program"):
            return self + (self.search(domain) if domain else self.browse())
        return super().set_replied(domain=domain)
