from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, create_index

from ...tools.durations import round_up
from ...tools.remarks import remark
from ...tools.trusted import read_trusted, trusted
from .list_policy import BACK_CAUSES


class CrmLead(models.Model):
    """How a prospect joins and leaves lists, and how that is remembered."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # Lists
    list_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="prospect_list_crm_lead_rel",
        column1="lead_id",
        column2="list_id",
        string="Lists",
        copy=False,
    )
    prospect_expiry = fields.Char(
        string="Expiration",
        compute="_compute_prospect_expiry",
        help="How long the prospect stays on the list that is shown.",
    )
    membership_ids = fields.One2many(
        comodel_name="prospect.membership",
        inverse_name="lead_id",
        string="List History",
        readonly=True,
        copy=False,
    )

    def init(self):
        """The end of a membership is kept with it: a column of Odoo's relation."""
        # pylint: disable=missing-return
        super().init()
        if self._name != "crm.lead":
            return
        cr, table = self.env.cr, "prospect_list_crm_lead_rel"
        if not column_exists(cr, table, "expires_at"):
            create_column(cr, table, "expires_at", "timestamp")
        create_index(
            cr,
            f"{table}_expires_at_idx",
            table,
            ["expires_at"],
            where="expires_at IS NOT NULL",
        )

    def _prospect_lists_change(
        self, add=None, remove=None, cause="manual", expiries=None
    ):
        """Put prospects on lists and take them off, set-based, with their history.

        :param add: ``prospect.list`` records that all of ``self`` join
        :param remove: ``prospect.list`` records that all of ``self`` leave
        :param str cause: why, one of the causes of ``prospect.membership``
        :param dict expiries: {(lead id, list id): when the membership ends, or None}
            of those whose time does not begin anew
        :return: what changed, as two sets of (lead id, list id): joined, left
        :raises AccessError: when the person may not write the prospects or see the
            lists
        """
        lists = self.env["prospect.list"]
        add, remove = add or lists, remove or lists
        self.check_access("write")
        (add | remove).check_access("read")
        leads = self.with_context(**trusted(prospect_cause=cause))
        before = leads._prospect_read_lists()
        if remove and self:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM prospect_list_crm_lead_rel"
                    " WHERE lead_id IN %s AND list_id IN %s",
                    tuple(self.ids),
                    tuple(remove.ids),
                )
            )
        if add and self:
            before -= leads._prospect_expire(add)
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_list_crm_lead_rel (lead_id, list_id)
                       SELECT lead_id, list_id
                         FROM unnest(%s) AS lead_id, unnest(%s) AS list_id
                           ON CONFLICT DO NOTHING""",
                    list(self.ids),
                    list(add.ids),
                )
            )
        leads.invalidate_recordset(["list_ids"])
        return leads._prospect_log_lists(before, expiries)

    def _prospect_expire(self, lists):
        """Take those whose time is over off some lists, before they join them anew.

        The job has not come to them yet.

        :return: set of (lead id, list id) that have left
        """
        # sudo: whether memberships end, of lists that the person may read otherwise
        if not any(prospect_list.duration_number for prospect_list in lists.sudo()):
            return set()
        left = set(
            self.env.execute_query(
                SQL(
                    """DELETE FROM prospect_list_crm_lead_rel
                        WHERE lead_id IN %s AND list_id IN %s AND expires_at <= %s
                    RETURNING lead_id, list_id""",
                    tuple(self.ids),
                    tuple(lists.ids),
                    self.env.cr.now(),
                )
            )
        )
        if left:
            leads = self.with_context(**trusted(prospect_cause="expiry"))
            leads._prospect_write_list_log("leave", left)
            leads._prospect_shift_member_counts((), left)
            if not read_trusted(self.env.context, "prospect_batch"):
                leads._prospect_notify_left(left)
        return left

    def _prospect_read_lists(self):
        """The present memberships as a set of (lead id, list id), hidden ones too."""
        if not self.ids:
            return set()
        self.flush_recordset(["list_ids"])
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT lead_id, list_id FROM prospect_list_crm_lead_rel"
                    " WHERE lead_id IN %s",
                    tuple(self.ids),
                )
            )
        )

    def _prospect_log_lists(self, before, expiries=None):
        """Write one row for each list that was joined or left since ``before``.

        :param set before: what :meth:`_prospect_read_lists` gave
        :param dict expiries: see :meth:`_prospect_lists_change`
        :return: two sets of (lead id, list id): joined, left
        :raises AccessError: when a list among them is hidden from the person
        """
        after = self._prospect_read_lists()
        joined, left = after - before, before - after
        if not joined and not left:
            return joined, left
        lists = self.env["prospect.list"].browse(
            {list_id for _lead_id, list_id in joined | left}
        )
        lists.check_access("read")
        if not self.env.su:
            # a merge keeps all lists, whatever their companies
            self._prospect_check_list_companies(joined)
            self._prospect_check_lists_open(joined)
        self._prospect_write_list_log("leave", left)
        self._prospect_write_list_log(
            "join", joined, self._prospect_fix_expiries(joined, expiries)
        )
        self.invalidate_recordset(["membership_ids"])
        self._prospect_shift_member_counts(joined, left)
        if joined and not read_trusted(self.env.context, "prospect_batch"):
            joins = defaultdict(self.browse)
            for lead_id, list_id in joined:
                joins[list_id] += self.browse(lead_id)
            for list_id, leads in joins.items():
                leads._prospect_on_list_joined(lists.browse(list_id))
        if left and not read_trusted(self.env.context, "prospect_batch"):
            self._prospect_notify_left(left)
        return joined, left

    def _prospect_fix_expiries(self, joined, expiries=None):
        """Fix when new memberships end, in the relation of lists.

        What an undo puts back ends when it would have ended.

        :param set joined: (lead id, list id)
        :param dict expiries: see :meth:`_prospect_lists_change`
        :return: {(lead id, list id): when}, without those that never end
        """
        if not joined:
            return {}
        # sudo: how long memberships last, of lists that the person may read otherwise
        lists = (
            self.env["prospect.list"]
            .sudo()
            .browse({list_id for _lead, list_id in joined})
        )
        now = self.env.cr.now()
        ends = {lst.id: lst._get_expiry(now) for lst in lists}
        known = dict(expiries or {})
        if self.env["prospect.log.mixin"]._get_cause() == "undo":
            known.update(self._prospect_find_expiries(joined))
        fixed = {pair: known.get(pair, ends[pair[1]]) for pair in joined}
        fixed = {pair: end for pair, end in fixed.items() if end}
        if fixed:
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_list_crm_lead_rel AS rel
                          SET expires_at = fixed.expires_at
                         FROM unnest(%s::int[], %s::int[], %s::timestamp[])
                           AS fixed (lead_id, list_id, expires_at)
                        WHERE rel.lead_id = fixed.lead_id
                          AND rel.list_id = fixed.list_id""",
                    [lead_id for lead_id, _list_id in fixed],
                    [list_id for _lead_id, list_id in fixed],
                    list(fixed.values()),
                )
            )
        return fixed

    def _prospect_find_expiries(self, joined):
        """{(lead id, list id): when the last membership ended, or None}.

        From the history: of those that were members before.

        :param set joined: (lead id, list id)
        """
        self.env["prospect.membership"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (lead_id, list_id) lead_id, list_id, expires_at
                     FROM prospect_membership
                    WHERE action = 'join' AND lead_id = ANY(%s) AND list_id = ANY(%s)
                 ORDER BY lead_id, list_id, id DESC""",
                list({lead_id for lead_id, _list_id in joined}),
                list({list_id for _lead_id, list_id in joined}),
            )
        )
        return {(lead_id, list_id): end for lead_id, list_id, end in rows}

    def _prospect_read_expiries(self, list_id=None):
        """{(lead id, list id): when the membership ends, or None} as of now.

        :param list_id: number of one list; else of all
        """
        if not self.ids:
            return {}
        self.flush_recordset(["list_ids"])
        return {
            (lead_id, list_id): end
            for lead_id, list_id, end in self.env.execute_query(
                SQL(
                    "SELECT lead_id, list_id, expires_at"
                    " FROM prospect_list_crm_lead_rel WHERE lead_id IN %s%s",
                    tuple(self.ids),
                    SQL(" AND list_id = %s", list_id) if list_id else SQL(),
                )
            )
        }

    @api.depends_context("lang", "prospect_list_id", "uid")
    def _compute_prospect_expiry(self):
        """How long members of the list whose page is shown stay on it, in words."""
        self.prospect_expiry = False
        number = self.env.context.get("prospect_list_id")
        if not isinstance(number, int) or not self.ids:
            return
        # a list that is hidden from the person says nothing of its members
        shown = self.env["prospect.list"].with_context(active_test=False)
        if not shown.search_count([("id", "=", number)]):
            return
        ends = self._prospect_read_expiries(number)
        for lead in self:
            pair = (lead._origin.id, number)
            if pair in ends:
                lead.prospect_expiry = self._prospect_describe_expiry(ends[pair])

    @api.model
    def _prospect_describe_expiry(self, end):
        """When a membership ends, for people.

        :param end: its end, None for never
        """
        if not end:
            return self.env._("Never expires")
        # both to the second: who has just joined has no moment more than all of it
        left = end.replace(microsecond=0) - fields.Datetime.now()
        if left <= timedelta(0):
            return self.env._("Expired")
        number, unit = round_up(left)
        if number == 1:
            return {
                "days": self.env._("1 day left"),
                "hours": self.env._("1 hour left"),
                "minutes": self.env._("1 minute left"),
            }[unit]
        return {
            "days": self.env._("%s days left", number),
            "hours": self.env._("%s hours left", number),
            "minutes": self.env._("%s minutes left", number),
        }[unit]

    def _prospect_merge_expiries(self, others):
        """When the memberships of a survivor end that it gets from others: the latest.

        :param others: the prospects that are merged into ``self``
        :return: {(id of the survivor, list id): when, or None}
        """
        merged = {}
        for (_lead_id, list_id), end in others._prospect_read_expiries().items():
            pair = (self.id, list_id)
            known = merged.get(pair, end)
            merged[pair] = max(known, end) if known and end else None
        return merged

    def _prospect_check_lists_open(self, joined):
        """Nobody joins a list whose last day is over.

        :param joined: (lead id, list id) pairs
        :raises UserError: naming the list, and what to do
        """
        if self.env["prospect.log.mixin"]._get_cause() in BACK_CAUSES:
            return
        numbers = {list_id for _lead_id, list_id in joined}
        self.env["prospect.list"].browse(numbers)._check_open()

    def _prospect_write_list_log(self, action, rows, expiries=None):
        """Write one row of history for each (lead id, list id).

        :param str action: ``join`` or ``leave``
        :param dict expiries: {(lead id, list id): when a membership ends}
        """
        # sudo: the history is written by the change itself, by nobody's right
        log = self.env["prospect.membership"].sudo()
        lists = self.env["prospect.list"].sudo()
        cause = log._get_cause()
        log._append(
            [
                {
                    "lead_id": lead_id,
                    "list_id": list_id,
                    "list_name": lists.browse(list_id).name,
                    "action": action,
                    "cause": cause,
                    "expires_at": (expiries or {}).get((lead_id, list_id)),
                }
                for lead_id, list_id in sorted(rows)
            ]
        )

    def _prospect_shift_member_counts(self, joined, left):
        """Keep the ids of members of the lists in step.

        :param joined, left: iterables of (lead id, list id)
        """
        # sudo: a number for everybody, whatever this person may read
        listed = set(self.sudo().filtered("is_listed").ids)
        deltas = Counter(list_id for lead_id, list_id in joined if lead_id in listed)
        deltas.subtract(list_id for lead_id, list_id in left if lead_id in listed)
        self.env["prospect.list"]._shift_member_counts(deltas)

    def _prospect_check_list_companies(self, joined):
        """A prospect of one company does not join a list of another one.

        Only checked on joining: Odoo moves a lead's company when it is assigned.

        :param list joined: (lead id, list id) pairs
        """
        # sudo: the companies of records that the person may read otherwise
        leads = {lead.id: lead for lead in self.sudo()}
        lists = {
            prospect_list.id: prospect_list
            for prospect_list in self.env["prospect.list"]
            .sudo()
            .browse({list_id for _lead_id, list_id in joined})
        }
        for lead_id, list_id in joined:
            lead, prospect_list = leads[lead_id], lists[list_id]
            if (
                lead.company_id
                and prospect_list.company_id
                and lead.company_id != prospect_list.company_id
            ):
                raise UserError(
                    remark(
                        self.env,
                        "lists.other_company",
                        prospect=lead.display_name,
                        company=lead.company_id.name,
                        list=prospect_list.name,
                        other_company=prospect_list.company_id.name,
                    )
                )

    def action_prospect_leave_list(self):
        """Take the selected prospects off the list whose members are shown."""
        prospect_list = self.env["prospect.list"].browse(
            self.env.context.get("prospect_list_id")
        )
        if not prospect_list.exists():
            raise UserError(
                self.env._("This list was deleted. Open another one to change it.")
            )
        self._prospect_lists_change(remove=prospect_list)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # --- Reactions ------------------------------------------------------------------

    def _prospect_prepare_unlink(self):
        result = super()._prospect_prepare_unlink()
        self._prospect_shift_member_counts((), self._prospect_read_lists())
        return result

    def _prospect_on_list_joined(self, prospect_list):
        result = super()._prospect_on_list_joined(prospect_list)
        prospect_list._act_on_joined(self)
        return result
