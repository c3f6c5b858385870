from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ...tools.arrays import int_array
from ...tools.remarks import field_label


class ProspectOperation(models.Model):
    """Which records an operation has made, and what people have changed of them."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    state_names = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="The fields of which it has kept how it has left them, for each model.",
    )

    def unlink(self):
        ids = list(self.ids)
        result = super().unlink()
        # sudo: the state of the machine, which people do not see
        states = self.env["prospect.operation.state"].sudo()
        states._forget(SQL("SELECT unnest(%s::int[])", ids))
        return result

    def _get_state_names(self, model):
        """The fields that are compared: those that there were when it began."""
        # sudo: the state of the machine
        known = self.sudo().state_names or {}
        if model not in known:
            names = self.env["prospect.operation.state"].sudo()._find_names(model)
            known = {**known, model: names}
            self._set(state_names=known)
        return known[model]

    def _keep_states(self, lines):
        """Write down how the lines of a batch have left what an undo would take away.

        :param lines: the lines of the batch, applied
        """
        # sudo: the state of the machine, which people do not see
        states = self.env["prospect.operation.state"].sudo()
        for model, ids in self._find_left(lines).items():
            if ids:
                states._keep(self, model, ids)

    def _find_left(self, lines):
        """{model: ids} of what an undo of lines takes away unless it was changed.

        Prospects that the operation has made; ``_find_left_<kind>(lines)`` says what
        else there is.
        """
        self.env["prospect.operation.line"].flush_model()
        made = [
            number
            for (number,) in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT line.lead_id
                         FROM prospect_operation_line AS line
                        WHERE line.id = ANY(%s) AND line.is_done
                          AND (line.outcome IN ('created', 'repeat')
                               OR line.outcome = 'updated' AND EXISTS (
                                  SELECT FROM prospect_operation_state AS state
                                   WHERE state.operation_number = line.operation_id
                                     AND state.number = line.lead_id))
                          AND line.lead_id IS NOT NULL""",
                    int_array(lines.ids),
                )
            )
        ]
        return self._of_kind("find_left", lines, default={"crm.lead": made})

    def _keep_states_again(self, model, ids):
        """What an undo has just written is no change by somebody else.

        :param ids: of records that nobody had touched
        """
        # sudo: the state of the machine, which people do not see
        states = self.env["prospect.operation.state"].sudo()
        known = states._find_kept(self, model, ids)
        if known:
            states._keep(self, model, known)

    def _find_changed_since(self, model, stamps):
        """{record id: remarks, what was done since} of those that people have touched.

        By their values where it is known how they were left, else by their dates.

        :param dict stamps: {record id: when the operation had to do with it last}
        """
        if not stamps:
            return {}
        # sudo: the state of the machine, which people do not see
        states = self.env["prospect.operation.state"].sudo()
        differences = states._compare(self, model, stamps)
        changed = {
            number: [field_label(self.env, model, name) for name in sorted(names)]
            for number, names in differences.items()
            if names
        }
        groups = defaultdict(dict)
        for number, stamp in stamps.items():
            if number not in changed:
                groups[number in differences][number] = stamp
        for is_known, group in groups.items():
            changed.update(self._find_traces(model, group, has_values=not is_known))
        return changed
