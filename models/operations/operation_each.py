from odoo import models

from ...tools.transactions import each_alone


class ProspectOperation(models.Model):
    """How a line that is refused fails alone, in a run and in an undo.

    For all kinds: the others of its batch are applied, or reverted, all the same.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _each_line(self, lines, work):
        """Do ``work(lines)`` at once, or without the lines that are refused.

        Refused is what raises a ``UserError`` (``ValidationError``, ``AccessError``
        ...), a ``ValueError``, or breaks a constraint or a foreign key: such a line
        says why, and is done (in a run, it has failed; in an undo, it could not be
        reversed). What meets another transaction is no refusal: it is raised, and the
        whole batch runs again.

        :param lines: lines of the operation, in the order in which they are done
        :param work: a function of lines; called again with less of them where it was
            refused, so that it has to write all that it does to the database
        :return: the lines that were done
        :raises psycopg2.OperationalError: when another transaction was in the way
        """
        return each_alone(self.env.cr, lines, work, self._refuse_line)

    def _refuse_line(self, line, error):
        """Note on a line why it could not be done.

        :param line: a line of the operation
        :param Exception error: what was raised
        """
        reason = self.env["crm.lead"]._prospect_gate_describe_error(error)
        values = {"undo_outcome": "impossible", "undo_reason": reason}
        if self.todo != "undo":
            values = {
                "outcome": "failed",
                "reason": reason,
                "is_done": True,
                "before": False,
                "after": False,
            }
        # sudo: people read lines, only the operation writes them
        line.sudo().write(values)
