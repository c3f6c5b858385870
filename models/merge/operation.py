from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ...tools.merging import ALL
from ...tools.remarks import join_remarks, keep, number_label, remark
from ...tools.trusted import trusted

PLAN_BATCH = 500
# Merges of one transaction: each one moves what points at the prospects.
MERGE_BATCH = 50
# Links of a prospect that the receipt names.
LINKS = {"crm_tag_rel": "tag_ids", "prospect_list_crm_lead_rel": "list_ids"}
# Names that a title shows.
NAMED = 3


class ProspectOperation(models.Model):
    """Merges of prospects, as an operation [BX-40, BX-42, BX-44].

    One line a group. The options: ``groups``, each with ``lead_ids`` and, where
    somebody has chosen, ``survivor_id`` and ``picks`` ({field: number of the prospect
    whose value stays}); ``automatic``: only where nothing conflicts; and
    ``is_scheduled``: in the background, with nothing said of what is left to people.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    kind = fields.Selection(
        selection_add=[("merge", "Merge")], ondelete={"merge": "cascade"}
    )

    @api.model
    def _make_merge(self, groups, automatic=False, is_scheduled=False):
        """A merge that is not planned yet.

        :param list groups: see the class
        :param bool automatic: whether to leave to people what conflicts
        :param bool is_scheduled: whether nobody waits for it
        """
        # sudo: operations are made by what people may do, and by nobody by hand
        return (
            self.sudo()
            .create(
                {
                    "name": self._name_merge(groups),
                    "kind": "merge",
                    "options": {
                        "groups": groups,
                        "automatic": automatic,
                        "is_scheduled": is_scheduled,
                        "company_ids": self.env.companies.ids,
                        "lang": self.env.lang,
                    },
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _name_merge(self, groups):
        if len(groups) != 1:
            return remark(
                self.env, "merge.name_groups", count=number_label(self.env, len(groups))
            )
        leads = self.env["crm.lead"].browse(groups[0]["lead_ids"]).exists()
        return self._name_merge_of(leads._prospect_get_names())

    @api.model
    def _name_merge_of(self, names):
        if len(names) > NAMED:
            names = [", ".join([*names[:NAMED], "…"])]
        return remark(self.env, "merge.name_of", prospects=names)

    @api.model
    def _record_merge(self, survivor, names, trace):
        """The receipt of a merge that Odoo has made.

        :param survivor: the prospect that is left
        :param list names: of those that went
        :param dict trace: see :class:`~.prospect_merge_keeper.MergeKeeper`
        """
        now = fields.Datetime.now()
        lost = list(zip(trace["lost"], names, strict=True))
        # sudo: operations are made by what people may do, and by nobody by hand; Odoo
        # may have handed the prospect over to somebody else
        operation = self.sudo().create(
            {
                "name": self._name_merge_of([survivor.sudo().display_name, *names]),
                "kind": "merge",
                "state": "done",
                "user_id": self.env.uid,
                "options": {
                    "groups": [{"lead_ids": [survivor.id, *trace["lost"]]}],
                    "company_ids": self.env.companies.ids,
                    "lang": self.env.lang,
                },
                "started_at": now,
                "finished_at": now,
                "line_count": 1,
                "updated_count": 1,
            }
        )
        before, after = self._describe_trace(trace)
        self.env["prospect.operation.line"].sudo().create(
            {
                "operation_id": operation.id,
                "number": 1,
                "outcome": "updated",
                "lead_id": survivor.id,
                "before": before or False,
                "after": after or False,
                "values": {
                    "lead_ids": [survivor.id, *trace["lost"]],
                    "survivor_id": survivor.id,
                    "lost": [{"id": number, "name": name} for number, name in lost],
                    "trace": trace,
                },
                "is_done": True,
                "stamp": self.env.cr.now(),
            }
        )
        return operation

    @api.model
    def _describe_trace(self, trace):
        """The fields of the survivor that a merge has changed: before and after."""
        leads = self.env["crm.lead"]
        shown = {
            *leads._prospect_merge_get_all_names(),
            *("first_name", "last_name", "type", "street2", "city", "zip"),
            *("state_id", "country_id"),
        }
        before, after = {}, {}
        for name, (former, new) in trace["survivor"].items():
            if name in shown and (former or new):
                before[name], after[name] = former, new
        for table, fname in LINKS.items():
            column = leads._fields[fname].column2
            added = [row[column] for row in trace["added"].get(table, ())]
            if added:
                after[fname] = added
        return before, after

    # --- Page ---------------------------------------------------------------------

    def _get_what_merge(self):
        """What is merged, in words."""
        if (self.options or {}).get("automatic"):
            return self.env._(
                "Automatic: only where nothing conflicts, with the same salesperson and"
                " status."
            )
        return False

    @api.model
    def _get_run_label_merge(self, count):
        """What the button that merges says.

        :param int count: how many groups are merged
        """
        if count == 1:
            return self.env._("Merge prospects")
        return self.env._(
            "Merge %(count)s groups", count=formatLang(self.env, count, digits=0)
        )

    @api.model
    def _get_notice_merge(self, has_changes):
        """What the page says over the preview."""
        if has_changes:
            return self.env._(
                "This is a preview: nothing has been written yet. Below is what will be"
                " left of each group."
            )
        return self.env._(
            "There is nothing to merge: the reasons are below, group by group."
        )

    # --- Plan ---------------------------------------------------------------------

    def _size_merge(self):
        return len(self.options["groups"]) * 5

    def _is_small_merge(self):
        if self._is_scheduled_merge():
            return False
        return None if self.todo == "plan" else self.todo_count <= MERGE_BATCH

    def _get_batch_size_merge(self, size):
        return min(size, MERGE_BATCH)

    def _is_scheduled_merge(self):
        """Whether nobody has asked for this merge, and nobody waits for it."""
        return bool((self.options or {}).get("is_scheduled") and self.todo != "undo")

    def _after_plan_merge(self):
        if self._is_scheduled_merge() and not self.updated_count:
            # nothing to merge: no receipt to look at, every day the same one
            # sudo: a plan of the machine's own that has nothing to do
            self.sudo().unlink()
            return False
        return True

    def _finish_merge(self):
        if self._is_scheduled_merge() and self.updated_count:
            self._notify_scheduled_merge()

    def _notify_scheduled_merge(self):
        """Notify sales administrators what was merged without them [BX-41]."""
        group = self.env.ref("sales_team.group_sale_manager")
        # sudo: whom a job notifies
        users = group.sudo().all_user_ids.filtered("active")
        for lang, members in users.grouped("lang").items():
            operation = self.with_context(lang=lang)
            self.env["mail.thread"].message_notify(
                partner_ids=members.partner_id.ids,
                subject=operation.env._("Duplicates merged"),
                body=operation.env._(
                    "Groups of prospects merged because they were certainly the same "
                    "person: %(count)s. The receipt “%(name)s”, under Prospects > "
                    "Operations > Import & Operation History, can undo it.",
                    count=self.updated_count,
                    name=operation.name,
                ),
            )

    def _plan_merge(self):
        """Plan the groups; goes on where it stopped."""
        groups = self.options["groups"]
        for first in range(self._get_planned_number(), len(groups), PLAN_BATCH):
            batch = groups[first : first + PLAN_BATCH]
            lines = [
                self._plan_merge_line(number, group)
                for number, group in enumerate(batch, first + 1)
            ]
            if self._is_scheduled_merge():
                # the rest is on the page of duplicates, for people
                lines = [line for line in lines if line[2] == "updated"]
            self._add_lines(lines)
            yield len(batch)

    def _find_dependent_merge(self, _todo):
        """Groups that have a prospect in common."""
        return self._find_dependent_by(
            SQL("jsonb_array_elements_text(line.values -> 'lead_ids')")
        )

    def _plan_merge_line(self, number, group):
        """A planned merge as a line, in the order of ``PLAN_COLUMNS``."""
        plan = self._plan_group(group)
        return (
            self.id,
            number,
            plan["outcome"],
            keep(plan["reason"]),
            plan["values"].get("survivor_id"),
            plan["before"] or None,
            plan["after"] or None,
            {**group, **plan["values"]},
            False,
        )

    def _plan_group(self, group):
        """Decide what becomes of one group, without touching it.

        :return: a dict of outcome, reason, before, after and values of a line
        """
        plan = {"outcome": "updated", "reason": "", "before": {}, "after": {}}
        plan["values"] = {}
        # sudo: whether they still exist
        leads = self.env["crm.lead"].sudo().browse(group["lead_ids"]).exists()
        leads = leads.sudo(False)
        problem = self._find_merge_problem(group, leads)
        if problem:
            plan["outcome"], plan["reason"] = problem
            return plan
        survivor = leads & leads.browse(group.get("survivor_id") or [])
        survivor, picks = leads._prospect_merge_preset(survivor)
        if self.options.get("automatic"):
            problems, widest = leads._prospect_merge_find_conflicts()
            if problems:
                plan["outcome"] = "skipped"
                plan["reason"] = join_remarks(
                    [remark(self.env, "merge.by_hand"), *problems]
                )
                return plan
            picks.update(widest)
        picks.update(
            {
                name: number
                for name, number in (group.get("picks") or {}).items()
                if number == ALL or number in leads.ids
            }
        )
        plan["values"] = {
            "survivor_id": survivor.id,
            "picks": picks,
            "lost": [
                {"id": lead.id, "name": lead.display_name} for lead in leads - survivor
            ],
        }
        plan["before"], plan["after"] = leads._prospect_merge_preview(survivor, picks)
        return plan

    def _find_merge_problem(self, group, leads):
        """Why a group cannot be merged by this person: (outcome, reason), or None."""
        wanted = len(set(group["lead_ids"]))
        readable = leads._filtered_access("read")
        if len(leads) < wanted:
            return self._answer_merged(group, leads)
        if wanted < 2:
            return "failed", remark(self.env, "merge.too_few")
        if len(readable) < wanted:
            return "failed", remark(self.env, "merge.hidden")
        reason = self._find_merge_refusal(leads, wanted)
        return ("failed", reason) if reason else None

    def _find_merge_refusal(self, leads, wanted):
        """Why this person may not merge prospects that they see, or an empty text."""
        if len(leads._filtered_access("write")) < wanted:
            return remark(self.env, "merge.may_not_change")
        if len(leads._prospect_filter_right("merge")) < wanted:
            return leads._prospect_describe_right("merge")
        hidden = leads._prospect_merge_find_hidden()
        if hidden:
            return remark(
                self.env,
                "merge.hidden_fields",
                fields=hidden,
            )
        return ""

    def _answer_merged(self, group, leads):
        """Of a group that is not whole any more: who has merged it."""
        # sudo: lines of anybody, for the name of who has merged them
        lines = self.env["prospect.operation.line"].sudo()
        # sudo: the name alone of who merged it
        former = lines.search(
            [
                ("operation_id.kind", "=", "merge"),
                ("lead_id", "in", leads.ids),
                ("is_done", "=", True),
                ("outcome", "=", "updated"),
                ("undo_outcome", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        gone = set(group["lead_ids"]) - set(leads.ids)
        if former and gone & {lost["id"] for lost in former.values.get("lost", ())}:
            return "unchanged", remark(
                self.env,
                "merge.done_by",
                user=former.operation_id.user_id.name or "",
            )
        return "failed", remark(self.env, "merge.gone")

    def _find_undoable_again_merge(self):
        """Merges that could not be undone because their prospect had been merged again,
        and can be now: that other merge was undone since.
        """
        # sudo: whether they exist again, of the operation that is undone
        lines = self.env["prospect.operation.line"].sudo()
        lines = lines.search(
            [("operation_id", "=", self.id), ("undo_outcome", "=", "impossible")]
        )
        leads = (
            self.env["crm.lead"]
            .sudo()
            .browse(line.values["survivor_id"] for line in lines)
        )
        there = set(leads.exists().ids)
        return lines.filtered(lambda line: line.values["survivor_id"] in there)

    # --- Run ----------------------------------------------------------------------

    def _apply_batch_merge(self, lines):
        """Merge the groups of lines: lock, plan again, and do it."""
        # sudo: people read lines, only the operation writes them
        lines = lines.sudo()
        self._each_line(lines, self._merge_lines)

    def _merge_lines(self, lines):
        for line in lines:
            self._merge_line(line)

    def _merge_line(self, line):
        """Merge one group, as its prospects are now."""
        leads = self.env["crm.lead"].browse(line.values["lead_ids"])
        leads._prospect_merge_lock()
        plan = self._plan_group(line.values)
        values = {
            "outcome": plan["outcome"],
            "reason": plan["reason"] or False,
            "before": plan["before"] or False,
            "after": plan["after"] or False,
            "is_done": True,
        }
        if plan["outcome"] == "updated":
            values.update(self._merge_group(leads, plan, line.values))
            planned = (line.after or {}, line.values.get("survivor_id"))
            values["is_replanned"] = planned != (
                plan["after"],
                plan["values"]["survivor_id"],
            )
        line.write(values)

    def _merge_group(self, leads, plan, former):
        """Merge prospects by Odoo's method, with what was chosen.

        :param dict plan: from :meth:`_plan_group`
        :param dict former: values of the line
        :return: values of the line
        """
        choice = plan["values"]
        leads = leads._prospect_merge_with(choice["survivor_id"], choice["picks"])
        leads = leads.with_context(**trusted(prospect_keep_contact=True))
        survivor = leads._merge_opportunity(max_length=0)
        trace = leads._prospect_merge_get_choice().trace
        return {
            "lead_id": survivor.id,
            "values": {**former, **choice, "trace": trace},
            "stamp": self.env.cr.now(),
        }
