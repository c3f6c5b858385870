from odoo import api, models

# What an undo of a merge has left out, in its trace: how many prospects.
LEFT_OUT = "erased"
# Columns of rows of other tables that name a prospect.
POINTING = frozenset(
    ("crm_lead_id", "former_lead_id", "lead_id", "opportunity_id", "res_id")
)


class ProspectOperation(models.Model):
    """Neither a run nor an undo of any kind brings an erased person back.

    Snapshots of merges are copies like others: who was erased has been taken out of
    them, and who was refused since is left out.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _of_kind(self, name, *args, default=None):
        if name in ("apply_batch", "undo_batch") and args:
            lines = args[0]
            # not by reading the lines: each holds all that a row of a file says
            erased = lines.search([("id", "in", lines.ids), ("is_erased", "=", True)])
            if erased:
                self._skip_erased(name, erased)
                if erased == lines:
                    return default
                args = (lines - erased, *args[1:])
        return super()._of_kind(name, *args, default=default)

    def _skip_erased(self, name, lines):
        """Close lines about erased people, each with its number and without a name."""
        if name == "undo_batch":
            self._write_answers(
                {
                    line: ("impossible", self._describe_erased_line(line.number))
                    for line in lines
                }
            )
            return
        # sudo: people read lines, only the operation writes them
        lines.sudo().write({"is_done": True})

    def _describe_erased_line(self, number):
        return self.env._(
            "Line %(number)s: the person was erased, and is not brought back.",
            number=number,
        )

    def _restore_merge(self, survivor, trace, stamp):
        trace = self._leave_out_erased(trace)
        kept = super()._restore_merge(survivor, trace, stamp)
        if trace.get(LEFT_OUT):
            kept[self.env._("people who were erased")] += trace[LEFT_OUT]
        return kept

    def _leave_out_erased(self, trace):
        """A trace without the prospects who may not come back: erased since."""
        items = {}
        for number, row in trace["lost"].items():
            company = row.get("company_id") or 0
            items[company, "email", row.get("email_normalized")] = number
            items[company, "phone", row.get("phone_sanitized")] = number
        refused = self.env["prospect.tombstone"]._find_refused(items)
        gone = {
            number
            for number, row in trace["lost"].items()
            for kind, value in (
                ("email", row.get("email_normalized")),
                ("phone", row.get("phone_sanitized")),
            )
            if (row.get("company_id") or 0, kind, value) in refused
        }
        return self._prune_trace(trace, set(map(int, gone))) if gone else trace

    @api.model
    def _prune_trace(self, trace, gone):
        """The trace of a merge without some of the prospects that went.

        :param set gone: their ids
        """
        if not gone:
            return trace

        def names(row):
            """Whether a row of another table is about one of them."""
            if any(row.get(name) in gone for name in POINTING - {"res_id"}):
                return True
            model = row.get("res_model") or row.get("model")
            return model in (None, "crm.lead") and row.get("res_id") in gone

        pruned = dict(trace)
        pruned["lost"] = {
            number: row
            for number, row in trace["lost"].items()
            if int(number) not in gone
        }
        pruned["gone"] = [
            [table, [row for row in rows if not names(row)]]
            for table, rows in trace["gone"]
        ]
        pruned["moved"] = {
            table: {
                number: {
                    name: pair
                    for name, pair in changes.items()
                    if name not in POINTING or pair[0] not in gone
                }
                for number, changes in rows.items()
            }
            for table, rows in trace["moved"].items()
        }
        pruned[LEFT_OUT] = trace.get(LEFT_OUT, 0) + len(
            trace["lost"].keys() - pruned["lost"].keys()
        )
        return pruned
