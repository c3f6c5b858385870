from odoo import models

from ...tools.copying import copy_line, copy_lines


class CrmLead(models.Model):
    """Prospects that are made by SQL: the history of their salespeople."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    def _prospect_fast_log(self, rows, samples):
        result = super()._prospect_fast_log(rows, samples)
        self._prospect_fast_log_assignment(rows, samples)
        return result

    def _prospect_fast_log_assignment(self, rows, samples):
        """One row of history for each new prospect that comes with a salesperson."""
        log = self.env["prospect.assignment"]
        values = {
            **log._get_trace(),
            "date": self.env.cr.now(),
            "user_id": self.env.uid,
        }
        tail = copy_line(values.values())
        owners = (samples[row.number]["user_id"] for row in rows)
        lines = [
            f"{row.lead_id}\t{owner}\t{tail}"
            for row, owner in zip(rows, owners, strict=True)
            if owner
        ]
        if lines:
            columns = ["lead_id", "assignee_id", *values]
            copy_lines(self.env.cr, log._table, columns, lines)
