from odoo import api, models
from odoo.tools import SQL

from ..tools.trusted import read_trusted


class ProspectLeadAssignmentMixin(models.AbstractModel):
    """Who a prospect belongs to, and how that is remembered [MO-23].

    Only for ``crm.lead``, whose overrides of the host call it.
    """

    _name = "prospect.lead.assignment.mixin"
    _description = "Assignment of a prospect"

    def _prospect_log_assignment(self):
        """Write one row for each prospect whose salesperson is not the logged one.

        Compares with the last row of each, in one query: right whoever has written
        the salesperson, and by whatever road.

        :return: {lead id: id of the former salesperson or False} of what has changed,
            with what :meth:`_prospect_on_assigned` is called
        """
        if not self.ids:
            return {}
        self.flush_recordset(["user_id", "status_id", "type"])
        changed = self.env.execute_query(
            SQL(
                """SELECT lead.id, lead.user_id, last.assignee_id
                     FROM crm_lead AS lead
                LEFT JOIN LATERAL (
                          SELECT assignee_id FROM prospect_assignment
                           WHERE lead_id = lead.id AND former_lead_id IS NULL
                        ORDER BY id DESC LIMIT 1) AS last ON TRUE
                    WHERE lead.id IN %s AND lead.status_id IS NOT NULL
                      AND lead.user_id IS DISTINCT FROM last.assignee_id
                 ORDER BY lead.id""",
                tuple(self.ids),
            )
        )
        self._prospect_write_assignments(changed)
        return {lead_id: former or False for lead_id, _user, former in changed}

    def _prospect_log_new_assignment(self, traces=None):
        """Write one row for each new prospect that has a salesperson.

        :param dict traces: {lead id: values of its row}, of those whose turn it was
        :return: {lead id: False} of them
        """
        changed = [
            (lead.id, lead.user_id.id, None)
            for lead in self
            if lead.status_id and lead.user_id
        ]
        self._prospect_write_assignments(changed, traces)
        return dict.fromkeys((lead_id for lead_id, *_users in changed), False)

    @api.model
    def _prospect_write_assignments(self, changed, traces=None):
        """Write rows of the history of assignments.

        :param changed: (lead id, salesperson's id, former salesperson's id) triples
        :param dict traces: {lead id: values of the row beside these}
        """
        # sudo: the history is written by the change itself, by nobody's right
        log = self.env["prospect.assignment"].sudo()
        usual = log._get_trace()
        traces = traces or {}
        log._append(
            [
                {
                    "lead_id": lead_id,
                    "assignee_id": user_id,
                    "former_assignee_id": former,
                    **usual,
                    **traces.get(lead_id, {}),
                }
                for lead_id, user_id, former in changed
            ]
        )

    def _prospect_tell_assigned(self, former):
        """Call the hook on those of ``self`` that are prospects and no deals.

        Not where the caller calls the hooks itself.

        :param dict former: {lead id: id of the former salesperson or False}
        """
        if not former or read_trusted(self.env.context, "prospect_batch"):
            return
        leads = self.filtered(lambda lead: lead.id in former and lead.type == "lead")
        if leads:
            leads._prospect_on_assigned({lead.id: former[lead.id] for lead in leads})
