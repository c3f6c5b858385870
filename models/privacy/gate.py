from odoo import api, models
from odoo.tools import SQL


class ProspectGate(models.AbstractModel):
    """The gate asks the tombstones in one place, a batch at once, for all channels.

    All that knows how the gate is built stands here.
    """

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _place(self, incoming, defaults=None):
        result = super()._place(incoming, defaults)
        self._refuse_erased(incoming)
        return result

    @api.model
    def _refuse_erased(self, incoming):
        """Reject the rows of erased people, and keep nothing of what they say.

        When the company of each row is known, before anybody is looked for.

        :param list incoming: rows of the gate
        """
        items = {
            (row.company, kind, value): row.number
            for row in incoming
            if not row.outcome
            for kind, value in (("email", row.email), ("phone", row.phone))
            if value
        }
        refused = self.env["prospect.tombstone"]._find_refused(items)
        if not refused:
            return
        keys = []
        for row in incoming:
            if row.outcome:
                continue
            date = refused.get((row.company, "email", row.email)) or refused.get(
                (row.company, "phone", row.phone)
            )
            if date:
                keys += row.keys
                row.values, row.notes, row.suggested = {}, [], {}
                row.email = row.phone = row.key = row.assistant = None
                row.wanted = 0
                row.erased = True
                row.fail(self.env["crm.lead"]._prospect_describe_erased(date))
        self.env.cr.execute(SQL("DELETE FROM prospect_key WHERE key = ANY(%s)", keys))

    @api.model
    def _find_erased(self, rows, defaults=None):
        """Reject those of some rows that are about erased people (``row.erased``).

        For channels that have to know before the gate does.
        """
        self._place(rows, defaults)

    @api.model
    def _is_erased(self, values, defaults=None):
        """Whether values of a prospect are those of an erased person."""
        row = self._read(1, values, defaults)
        self._find_erased([row], defaults)
        return row.erased
