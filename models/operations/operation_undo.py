from collections import Counter, defaultdict

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.contexts import QUIET
from ...tools.remarks import field_label, remark
from ...tools.trusted import trusted
from .operation_line import WRITING


class ProspectOperation(models.Model):
    """How an operation on prospects is reverted, line by line, last one first.

    A changed value goes back where it still is what the operation wrote; a prospect
    that it made is deleted where nobody has touched it since. Everything else is kept,
    and the line says why. For kinds whose lines hold a prospect with the values before
    and after.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _get_undoable_domain(self):
        """Lines that were applied and not yet reverted."""
        return [
            ("is_done", "=", True),
            ("outcome", "in", WRITING),
            ("undo_outcome", "=", False),
        ]

    def _count_undoable(self):
        # sudo: lines belong to the operation, of which they are
        lines = self.env["prospect.operation.line"].sudo()
        return lines.search_count(
            Domain("operation_id", "=", self.id) & Domain(self._get_undoable_domain())
        )

    def _find_undoable_again(self):
        """Lines of an operation that was undone which could not be reverted then, and
        can be now.
        """
        none = self.env["prospect.operation.line"]
        return self._of_kind("find_undoable_again", default=none)

    def _finish_undo(self):
        """Close an undo with its three answers."""
        self._of_kind("finish_undo")
        # sudo: nobody asks any more how the records were left
        states = self.env["prospect.operation.state"].sudo()
        states._forget(SQL("SELECT %s", self.id))
        lines = self.env["prospect.operation.line"].sudo()
        counts = Counter(
            dict(
                lines._read_group(
                    [("operation_id", "=", self.id), ("undo_outcome", "!=", False)],
                    ["undo_outcome"],
                    ["__count"],
                )
            )
        )
        self._set(
            state="undone",
            todo=False,
            undone_at=fields.Datetime.now(),
            **{
                f"{answer}_count": counts[answer]
                for answer in ("reversed", "kept", "impossible")
            },
        )

    def _undo_leads(self, lines):
        """Take lines back, in their order; a line that is refused stays alone.

        :param lines: lines of the operation, last one first
        """
        # sudo: people read lines, only the operation writes them
        lines = lines.sudo()
        ids = set(lines.lead_id.ids)
        # sudo: whether they still exist, and when they were changed, nothing else
        existing = set(self.env["crm.lead"].sudo().browse(ids).exists().ids)
        touched = self._find_touched(existing)
        self._each_line(lines, lambda part: self._undo_lines(part, existing, touched))

    def _undo_lines(self, lines, existing, touched):
        """Take some lines of a batch back.

        :param set existing: ids of the leads that still exist
        :param dict touched: what people have done since, see :meth:`_find_touched`
        """
        leads = self.env["crm.lead"].with_context(
            **QUIET,
            **trusted(
                prospect_batch=True,
                prospect_keep_contact=True,
                prospect_no_automation=True,
            ),
        )
        present = leads.browse(set(lines.lead_id.ids) & existing)
        # who may undo may undo this: it is no right to convert
        leads = leads._prospect_with_checked(present)
        writable = set(present._filtered_access("write").ids)
        answers = {}
        made = leads.browse()
        leaves = defaultdict(set)
        for line in lines:
            lead = leads.browse(line.lead_id.id)
            if lead.id not in existing:
                answers[line] = self._answer_gone()
            elif lead.id not in writable:
                answers[line] = self._answer_forbidden()
            elif line.outcome == "updated":
                answers[line] = self._undo_values(lead, line, leaves)
            elif lead.id in touched:
                answers[line] = self._answer_touched(touched[lead.id])
            else:
                answers[line] = ("reversed", "")
                made += lead
        for list_ids, lead_ids in self._group_leaves(leaves).items():
            leads.browse(lead_ids)._prospect_lists_change(
                remove=self.env["prospect.list"].browse(list_ids), cause="undo"
            )
        self.env.flush_all()
        self._restamp(writable - set(touched))
        self._delete_made(made)
        self._write_answers(answers)

    @api.model
    def _group_leaves(self, leaves):
        """{lists to leave: leads that leave them}."""
        groups = defaultdict(list)
        for lead_id, list_ids in leaves.items():
            groups[tuple(sorted(list_ids))].append(lead_id)
        return groups

    def _undo_values(self, lead, line, leaves):
        """Give a lead the values from before a line, where they are still its.

        :param dict leaves: {lead id: lists to leave}, added to
        :return: the answer and its reason
        """
        before, after = line.before or {}, line.after or {}
        values, kept = {}, []
        for fname, value in after.items():
            if fname not in lead._fields:
                # of an add-on that has gone
                kept.append(fname)
                continue
            # sudo: fields of groups that the person is not in are only compared
            current = lead.sudo()._prospect_plain_value(fname)
            if isinstance(value, list):
                self._undo_links(lead, fname, current, before, value, values, leaves)
            elif (current == value or (not current and not value)) and self._is_there(
                lead, fname, before.get(fname)
            ):
                values[fname] = before.get(fname) or False
            else:
                kept.append(fname)
        if values:
            lead.write(values)
        if "user_id" in values:
            self._undo_tasks(lead, line)
        if not kept:
            return "reversed", ""
        return "kept", self._describe_left_so(kept)

    def _describe_left_so(self, fnames):
        """Which fields of a prospect were left as somebody has changed them since."""
        labels = (field_label(self.env, "crm.lead", fname) for fname in fnames)
        return remark(self.env, "operations.left_so", fields=sorted(set(labels)))

    def _undo_tasks(self, lead, line):
        """What was planned by itself for who had got a prospect goes; what had moved to
        them goes back with the prospect. Not what somebody has touched since.
        """
        # sudo: it was planned, or had moved, by itself
        tasks = self.env["mail.activity"].sudo()
        tasks = tasks.with_context(
            mail_activity_quick_update=True, **trusted(prospect_automatic=True)
        ).search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "=", lead.id),
                ("user_id", "=", line.after["user_id"]),
                ("prospect_automatic", "=", True),
                ("write_date", "<=", max(line.stamp, line.undo_stamp or line.stamp)),
            ]
        )
        # made in the transaction of the line
        made = tasks.filtered(lambda task: task.create_date >= line.stamp)
        made.unlink()
        if lead.user_id:
            (tasks - made).write({"user_id": lead.user_id.id})

    @api.model
    def _is_there(self, lead, fname, number):
        """Whether the record that a relation named before can be named again."""
        field = lead._fields[fname]
        if field.type != "many2one" or not number:
            return True
        # sudo: whether it exists, nothing else
        return bool(self.env[field.comodel_name].sudo().browse(number).exists())

    def _undo_links(self, lead, fname, current, before, joined, values, leaves):
        """Take back what was joined, and give back what was left."""
        remove = [number for number in joined if number in current]
        if fname == "list_ids":
            leaves.setdefault(lead.id, set()).update(remove)
            return
        # sudo: whether they exist, nothing else
        others = self.env[lead._fields[fname].comodel_name].sudo()
        add = others.browse(before.get(fname) or []).exists().ids
        values[fname] = [
            *(Command.unlink(number) for number in remove),
            *(Command.link(number) for number in add),
        ]

    # --- What was touched since ---------------------------------------------------

    def _find_touched(self, lead_ids):
        """{lead id: remarks, what was done since} of those that people have touched.

        Only what has happened after the operation's last line about the lead counts.
        """
        if not lead_ids:
            return {}
        self.env.flush_all()
        stamps = dict(
            self.env.execute_query(
                SQL(
                    """SELECT lead_id, max(GREATEST(stamp, undo_stamp))
                         FROM prospect_operation_line
                        WHERE operation_id = %s AND lead_id IN %s GROUP BY lead_id""",
                    self.id,
                    tuple(lead_ids),
                )
            )
        )
        return self._find_changed_since("crm.lead", stamps)

    def _restamp(self, lead_ids):
        """What this undo has just written is no change by somebody else."""
        if lead_ids:
            self.env["prospect.operation.line"].flush_model()
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_operation_line
                          SET undo_stamp = %s
                        WHERE operation_id = %s AND lead_id IN %s""",
                    self.env.cr.now(),
                    self.id,
                    tuple(lead_ids),
                )
            )
            self.env["prospect.operation.line"].invalidate_model(["undo_stamp"])
            self._keep_states_again("crm.lead", lead_ids)

    def _delete_made(self, leads):
        """Delete prospects that the operation made and nobody has touched."""
        # sudo: whoever may undo may undo this; it is no right to delete
        leads = leads.sudo()
        junk = leads.filtered(lambda lead: lead.status_kind == "junk")
        if junk:
            # else Odoo's scoring would keep them as lost for ever
            junk.status_id = self.env["prospect.status"]._get_default()
            self.env.flush_all()
        leads.unlink()

    def _write_answers(self, answers):
        # sudo: people read lines, only the operation writes them
        groups = defaultdict(self.env["prospect.operation.line"].sudo().browse)
        for line, answer in answers.items():
            groups[answer] += line
        for (outcome, reason), lines in groups.items():
            lines.write(
                {
                    "undo_outcome": outcome,
                    "undo_reason": reason or False,
                    "undo_stamp": self.env.cr.now(),
                }
            )

    # --- Answers ------------------------------------------------------------------

    def _answer_gone(self):
        return "impossible", remark(self.env, "operations.gone")

    def _answer_forbidden(self):
        return "impossible", remark(self.env, "operations.may_not_change")

    def _answer_touched(self, what):
        return "kept", remark(self.env, "operations.worked_on", what=what)
