from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.trusted import read_trusted, trusted


class CrmLead(models.Model):
    """Who a prospect belongs to, and how that is remembered [MO-23]."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    assignment_ids = fields.One2many(
        comodel_name="prospect.assignment",
        inverse_name="lead_id",
        string="Assignment History",
        readonly=True,
        copy=False,
    )

    def _prospect_log_assignment(self):
        """Write one row for each prospect whose salesperson is not the logged one.

        Compares with the last row of each, in one query: right whoever has written
        the salesperson, and in whatever way.

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
                          SELECT id, assignee_id FROM prospect_assignment
                           WHERE lead_id = lead.id AND former_lead_id IS NULL
                        ORDER BY id DESC LIMIT 1) AS last ON TRUE
                    WHERE lead.id IN %s
                      AND (lead.status_id IS NOT NULL OR last.id IS NOT NULL)
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

    @api.model
    def _search(self, domain, *args, **kwargs):
        if read_trusted(self.env.context, "prospect_hidden"):
            # Odoo's assignment has no hook that says which leads it takes
            domain = Domain(domain) & Domain("status_id", "=", False)
        return super()._search(domain, *args, **kwargs)

    def _prospect_react_to_create(self, former):
        result = super()._prospect_react_to_create(former)
        # sudo: what follows from a creation that was allowed
        self.sudo()._prospect_call_assigned(former)
        return result

    def _prospect_follow_write(self, vals, before):
        """Write down who has ``self`` now, and notify."""
        super()._prospect_follow_write(vals, before)
        if read_trusted(self.env.context, "prospect_assigning"):
            return
        # who has just become a prospect begins with a row about its salesperson
        if "user_id" in vals or (
            "status_id" in vals and not all(status for status, *_ in before.values())
        ):
            self._prospect_call_assigned(self._prospect_log_assignment())

    def _prospect_call_assigned(self, former):
        """Call the hook on those of ``self`` that are prospects and no opportunities.

        Not where the caller calls the hooks itself.

        :param dict former: {lead id: id of the former salesperson or False}
        """
        if not former or read_trusted(self.env.context, "prospect_batch"):
            return
        leads = self.filtered(lambda lead: lead.id in former and lead.type == "lead")
        if leads:
            leads._prospect_on_assigned({lead.id: former[lead.id] for lead in leads})

    # --- Rotation -------------------------------------------------------------------

    @api.model
    def _prospect_rotates(self):
        """Whether new prospects without salesperson may get one by a rotation here.

        Not in an operation: an import says itself who gets its prospects.
        """
        if read_trusted(self.env.context, "prospect_rotation") is False:
            return False
        return bool(self.env["prospect.rotation"]._get_routes())

    @api.model
    def _prospect_take_turns(self, vals_list, default_type):
        """Find who gets new prospects that come without salesperson [MO-22].

        Called as late as possible, since it locks: see ``prospect.rotation``.

        :param list vals_list: complete values of new leads
        :param str default_type: the type of leads that name none
        :return: {index: (user id, team id, values of the row of history)}
        """
        if not self._prospect_rotates():
            return {}
        rotations = self.env["prospect.rotation"]
        fnames = ("user_id", "team_id", "source_id")
        defaults = self.default_get(
            [name for name in fnames if any(name not in vals for vals in vals_list)]
        )
        # sudo: kinds are read whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        queues, teams = defaultdict(list), {}
        for index, vals in enumerate(vals_list):
            owner, team_id, source_id = (
                vals.get(fname, defaults.get(fname) or False) for fname in fnames
            )
            if (
                owner
                or vals.get("type", default_type) != "lead"
                or not vals.get("active", True)
                or statuses.browse(vals["status_id"]).kind not in ("new", "open")
            ):
                continue
            rotation_id = rotations._find_route(team_id, source_id)
            if rotation_id:
                queues[rotation_id].append(index)
                teams[index] = team_id
        if not queues:
            return {}
        taken = rotations._take_turns(
            {rotation_id: len(queue) for rotation_id, queue in sorted(queues.items())}
        )
        return {
            index: (
                user_id,
                teams[index],
                {"cause": "rotation", "rotation_id": rotation_id, "reason": reason},
            )
            for rotation_id, queue in queues.items()
            for index, (user_id, reason) in zip(queue, taken[rotation_id], strict=True)
            if user_id
        }

    @api.model
    def _prospect_give_turns(self, vals_list, turns):
        """Put whose turn it is into the values of new leads, where that is allowed.

        A salesperson may make prospects for nobody or for themselves: what they make
        is handed over after it was made.

        :param dict turns: from :meth:`_prospect_take_turns`
        """
        if not self.env.su:
            return
        for index, (user_id, team_id, _trace) in turns.items():
            vals_list[index].update(user_id=user_id, team_id=team_id)

    def _prospect_hand_over(self, turns):
        """Hand over new prospects to whose turn it is; not logged here.

        :param dict turns: from :meth:`_prospect_take_turns`, ``self`` being in the
            order of the values
        """
        groups = defaultdict(self.browse)
        for index, (user_id, team_id, _trace) in turns.items():
            groups[user_id, team_id] += self[index]
        for (user_id, team_id), leads in groups.items():
            # sudo: the rotation hands over, whatever the right of who typed it; no
            # note of a change, since nobody has seen them without salesperson
            leads.sudo().with_context(
                mail_notrack=True,
                **trusted(prospect_batch=True, prospect_assigning=True),
            ).write({"user_id": user_id, "team_id": team_id})
