from odoo import models
from odoo.tools import SQL

from ...tools.arrays import int_array
from ...tools.copying import copy_rows

# The columns of a planned line about one prospect.
PLAN_COLUMNS = (
    "operation_id",
    "number",
    "outcome",
    "reason",
    "lead_id",
    "before",
    "after",
    "values",
    "is_done",
)


class ProspectOperation(models.Model):
    """How the lines of a plan are written, closed and forgotten, for all kinds."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _get_planned_number(self):
        """The last line that has been planned, 0 at the start."""
        ((number,),) = self.env.execute_query(
            SQL(
                "SELECT max(number) FROM prospect_operation_line"
                " WHERE operation_id = %s",
                self.id,
            )
        )
        return number or 0

    def _forget_plan(self):
        """A new preview starts from the beginning."""
        # sudo: the lines belong to the operation
        self.env.cr.execute(
            SQL("DELETE FROM prospect_operation_line WHERE operation_id = %s", self.id)
        )
        self.env["prospect.operation.line"].invalidate_model()

    def _add_lines(self, lines):
        """Keep planned lines.

        :param list lines: tuples, in the order of ``PLAN_COLUMNS``
        """
        copy_rows(self.env.cr, "prospect_operation_line", PLAN_COLUMNS, lines)
        self.invalidate_model(["line_ids"])
        self.env["crm.lead"].invalidate_model(["operation_line_ids"])

    def _close_lines(self, done):
        """Note that lines were applied just as they were planned.

        :param list done: (line id, lead id) pairs
        """
        if not done:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line AS line
                      SET lead_id = done.lead_id, is_done = TRUE, is_replanned = FALSE,
                          stamp = %s
                     FROM unnest(%s, %s) AS done (id, lead_id)
                    WHERE line.id = done.id""",
                self.env.cr.now(),
                int_array(line_id for line_id, _lead_id in done),
                int_array(lead_id for _line_id, lead_id in done),
            )
        )
        self.env["prospect.operation.line"].invalidate_model()
