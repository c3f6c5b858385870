from odoo import models
from odoo.tools import SQL


class ProspectOperation(models.Model):
    """Which lines of an operation depend on each other.

    Lines of one group are done one after the other, in their order (in an undo, last
    one first), whoever does them; all others by anybody at any time.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _group_lines(self, todo):
        """Find out for a run or an undo which lines depend on each other.

        The kind says so by ``_find_dependent_<kind>(todo)``: lists of line ids; lists
        that have a line in common are one group. None: all depend on each other.
        """
        lines = self.env["prospect.operation.line"]
        lines.flush_model()
        if todo == "undo":
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_operation_line SET group_number = NULL
                        WHERE operation_id = %s AND group_number IS NOT NULL""",
                    self.id,
                )
            )
        dependent = self._of_kind("find_dependent", todo)
        if dependent is None:
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_operation_line SET group_number = 0
                        WHERE operation_id = %s""",
                    self.id,
                )
            )
        else:
            self._write_groups(dependent)
        lines.invalidate_model(["group_number"])

    def _write_groups(self, dependent):
        """Number the groups of lines.

        :param dependent: lists of line ids
        """
        roots = {}

        def find(line_id):
            while (root := roots.setdefault(line_id, line_id)) != line_id:
                # half of the way is forgotten each time
                roots[line_id] = line_id = roots[root]
            return line_id

        for line_ids in dependent:
            first = find(line_ids[0])
            for line_id in line_ids[1:]:
                roots[find(line_id)] = first
        if not roots:
            return
        numbers = {}
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line AS line
                      SET group_number = grouped.number
                     FROM unnest(%s::int[], %s::int[]) AS grouped (id, number)
                    WHERE line.id = grouped.id""",
                list(roots),
                [numbers.setdefault(find(line), 1 + len(numbers)) for line in roots],
            )
        )

    def _find_dependent_by(self, key):
        """Lists of the ids of lines that have a value in common.

        :param SQL key: one value of ``line``, or a set of several; NULLs do not count
        """
        self.env["prospect.operation.line"].flush_model()
        return [
            line_ids
            for (line_ids,) in self.env.execute_query(
                SQL(
                    """SELECT array_agg(DISTINCT id)
                         FROM (SELECT line.id, %s AS key
                                 FROM prospect_operation_line AS line
                                WHERE line.operation_id = %s) AS keyed
                        WHERE key IS NOT NULL
                     GROUP BY key HAVING count(DISTINCT id) > 1""",
                    key,
                    self.id,
                )
            )
        ]
