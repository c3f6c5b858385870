from collections import Counter, defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from ..tools.trusted import read_trusted, trusted


class ProspectLeadListMixin(models.AbstractModel):
    """How a prospect joins and leaves lists, and how that is remembered.

    Only for ``crm.lead``, whose overrides of the host call it.
    """

    _name = "prospect.lead.list.mixin"
    _description = "Lists of a prospect"

    def _prospect_lists_change(self, add=None, remove=None, cause="manual"):
        """Put prospects on lists and take them off, set-based, with their history.

        :param add: ``prospect.list`` records that all of ``self`` join
        :param remove: ``prospect.list`` records that all of ``self`` leave
        :param str cause: why, one of the causes of ``prospect.membership``
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
        return leads._prospect_log_lists(before)

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

    def _prospect_log_lists(self, before):
        """Write one row for each list that was joined or left since ``before``.

        :param set before: what :meth:`_prospect_read_lists` gave
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
        self._prospect_write_list_log("leave", left)
        self._prospect_write_list_log("join", joined)
        self.invalidate_recordset(["membership_ids"])
        self._prospect_shift_member_counts(joined, left)
        if joined and not read_trusted(self.env.context, "prospect_batch"):
            joins = defaultdict(self.browse)
            for lead_id, list_id in joined:
                joins[list_id] += self.browse(lead_id)
            for list_id, leads in joins.items():
                leads._prospect_on_list_joined(lists.browse(list_id))
        return joined, left

    def _prospect_write_list_log(self, action, rows):
        """Write one row of history for each (lead id, list id).

        :param str action: ``join`` or ``leave``
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
                }
                for lead_id, list_id in sorted(rows)
            ]
        )

    def _prospect_shift_member_counts(self, joined, left):
        """Keep the numbers of members of the lists in step.

        :param joined, left: iterables of (lead id, list id)
        """
        # sudo: a number for everybody, whatever this person may read
        listed = set(self.sudo().filtered("is_listed").ids)
        deltas = Counter(list_id for lead_id, list_id in joined if lead_id in listed)
        deltas.subtract(list_id for lead_id, list_id in left if lead_id in listed)
        self.env["prospect.list"]._shift_member_counts(deltas)

    def _prospect_check_list_companies(self, joined):
        """A prospect of one company does not join a list of another one.

        Only checked on joining: the host moves a lead's company when it is assigned.

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
                    self.env._(
                        "%(prospect)s belongs to %(company)s and cannot join the list"
                        " %(list)s of %(other_company)s.",
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

    @api.model
    def _prospect_hide_lists(self, condition):
        """``condition`` of a domain without the lists that the person may not see."""
        if condition.field_expr not in ("list_ids", "list_ids.id"):
            return condition
        operator, value = condition.operator, condition.value
        if isinstance(value, int) and value and operator in ("=", "!="):
            operator, value = ("in" if operator == "=" else "not in"), [value]
        if operator not in ("in", "not in") or not isinstance(
            value, (list, tuple, set, frozenset, OrderedSet)
        ):
            return condition
        ids = [number for number in value if isinstance(number, int) and number]
        visible = self.env["prospect.list"].with_context(active_test=False)
        hidden = set(ids) - set(visible.search([("id", "in", ids)]).ids)
        if not hidden:
            return condition
        return Domain("list_ids", operator, [x for x in value if x not in hidden])
