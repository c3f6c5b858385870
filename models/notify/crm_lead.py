from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.statuses import OPEN_KINDS
from ...tools.trusted import read_trusted, trusted

# Odoo's message to whom a record is assigned.
HOST_TEMPLATE = "mail.message_user_assigned"
# Rows of each part of what the prospect's page says.
SHOWN = 5


class CrmLead(models.Model):
    """Who is told of a prospect, what is planned for whom, and what its page says
    [MO-23, MO-24, MO-25, MO-27].
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # Who cares for it
    prospect_care = fields.Json(
        string="Care of the Prospect",
        exportable=False,
        compute="_compute_prospect_care",
        export_string_translation=False,
    )

    # --- Notifying --------------------------------------------------------------------

    def _prospect_announce_created(self):
        """``self`` are new: the rules may want to notify somebody, and the team hears
        of those that nobody has.
        """
        leads = self
        if not self.env["prospect.notification.rule"]._has_any():
            leads = self._prospect_get_waiting_for_team()
        if leads:
            self.env["prospect.notification.event"]._note_created(leads)

    def _prospect_get_waiting_for_team(self):
        """Those of ``self`` that their team is to take; none of an import."""
        if read_trusted(self.env.context, "prospect_cause") == "import":
            return self.browse()
        # sudo: the setting of the team counts, whoever adds a prospect
        return self.filtered(
            lambda lead: (
                not lead.user_id
                and lead.type == "lead"
                and lead.team_id.sudo().prospect_popup
            )
        )

    def _prospect_announce_assigned(self):
        """``self`` have got another salesperson, who hears of it unless it was them."""
        self.env["prospect.notification.event"]._note_assigned(self)

    def _prospect_without_host_message(self, template):
        """``self`` without the prospects of whose assignment we announce ourselves:
        once, with a button, and not one by one where there are many.

        :param str template: the XML ID of Odoo's message
        """
        if template != HOST_TEMPLATE:
            return self
        # sudo: kinds are read whoever may read the statuses
        return self.filtered(
            lambda lead: lead.type != "lead" or not lead.sudo().status_id
        )

    # --- What is to be done ---------------------------------------------------------

    def _prospect_get_task_plan(self):
        """The setting of activities that counts for one prospect: its source's, else
        its team's; a record with ``activity_type_id``, or None.
        """
        self.ensure_one()
        for record in (self.source_id, self.team_id):
            if record.activity_type_id:
                return record
        return None

    def _prospect_plan_tasks(self):
        """Plan what the new salesperson has to do; what was planned for the former one
        by itself and is not done moves over.

        A prospect gets its task once, whatever became of it.
        """
        # sudo: the task follows from the assignment, which was allowed
        leads = self.sudo()._prospect_find_tasks()
        if not leads:
            return
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(
                active_test=False,
                mail_activity_quick_update=True,
                **trusted(prospect_automatic=True),
            )
        )
        known = activities.search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", leads.ids),
                ("prospect_automatic", "=", True),
            ]
        )
        owners = {lead.id: lead.user_id.id for lead in leads}
        moves = defaultdict(activities.browse)
        for activity in known.filtered("active"):
            if activity.user_id.id != owners[activity.res_id]:
                moves[owners[activity.res_id]] += activity
        for user_id, moved in moves.items():
            moved.write({"user_id": user_id})
        done = set(known.mapped("res_id"))
        # one query for the titles, which Odoo asks for one by one
        leads.mapped("display_name")
        activities.create(
            [
                lead._prospect_prepare_task(plan)
                for lead in leads
                if lead.id not in done and (plan := lead._prospect_get_task_plan())
            ]
        )

    def _prospect_find_tasks(self):
        """Those of ``self`` that have a task which may move or have to get one, with
        one query: mostly none.
        """
        self.flush_recordset(["source_id", "status_id", "team_id", "user_id"])
        self.env["crm.team"].flush_model(["activity_type_id"])
        self.env["utm.source"].flush_model(["activity_type_id"])
        self.env["mail.activity"].flush_model(["active", "prospect_automatic"])
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id
                     FROM crm_lead AS lead
                     JOIN prospect_status AS status ON status.id = lead.status_id
                LEFT JOIN crm_team AS team ON team.id = lead.team_id
                LEFT JOIN utm_source AS source ON source.id = lead.source_id
                    WHERE lead.id = ANY(%s) AND lead.user_id IS NOT NULL
                      AND status.kind = ANY(%s)
                      AND (team.activity_type_id IS NOT NULL
                           OR source.activity_type_id IS NOT NULL
                           OR EXISTS (
                              SELECT FROM mail_activity AS activity
                               WHERE activity.res_model = 'crm.lead'
                                 AND activity.res_id = lead.id AND activity.active
                                 AND activity.prospect_automatic))
                 ORDER BY lead.id""",
                self.ids,
                list(OPEN_KINDS),
            )
        )
        return self.browse([lead_id for (lead_id,) in rows])

    def _prospect_prepare_task(self, plan):
        """Values of the activity of one prospect, in the language of its salesperson:
        whoever has brought it in may speak another one.

        :param plan: see :meth:`_prospect_get_task_plan`
        """
        today = fields.Date.context_today(self.with_context(tz=self.user_id.tz))
        plan = plan.with_context(lang=self.user_id.lang)
        return {
            **self._prospect_prepare_activity(
                plan.activity_type_id,
                today + timedelta(days=plan.activity_delay),
                plan.activity_summary,
            ),
            "prospect_automatic": True,
        }

    # --- The prospect's page --------------------------------------------------------

    @api.depends("user_id", "activity_ids")
    @api.depends_context("lang", "uid", "tz")
    def _compute_prospect_care(self):
        """What the prospect's page says: who has it, what was sent, what is to be done.

        Only for pages of one prospect: it is not stored and asks for each.
        """
        for lead in self:
            lead.prospect_care = (
                {
                    "owner": lead._prospect_get_owner(),
                    "todo": lead._prospect_get_todo(),
                    "told": lead._prospect_get_told(),
                    "sent": sorted(
                        lead._prospect_get_sent(),
                        key=lambda row: row["date"],
                        reverse=True,
                    )[:SHOWN],
                }
                if lead.id and lead.status_id
                else False
            )

    def _prospect_format_date(self, date):
        """A moment as people read it, or an empty text."""
        return (
            self.env["ir.qweb.field.datetime"].value_to_html(
                date, {"format": "short", "hide_seconds": True}
            )
            if date
            else ""
        )

    def _prospect_get_owner(self):
        """Who has the prospect, since when and why."""
        # sudo: who sees the prospect sees who has it and how they got it
        user = self.user_id.sudo()
        row = (
            self.env["prospect.assignment"]
            .sudo()
            .search(
                [("lead_id", "=", self.id), ("former_lead_id", "=", False)],
                order="id desc",
                limit=1,
            )
        )
        if row.assignee_id != user:
            # assigned before there was a history
            row = row.browse()
        return {
            "id": user.id,
            "name": user.name or "",
            "since": self._prospect_format_date(row.date),
            "why": self._prospect_describe_assignment(row) if row else "",
        }

    @api.model
    def _prospect_describe_assignment(self, row):
        """Why somebody got a prospect, in words.

        :param row: of ``prospect.assignment``
        """
        causes = dict(row._fields["cause"]._description_selection(self.env))
        by = row.user_id
        if by and by != row.assignee_id and not by._is_superuser():
            text = self.env._(
                "%(cause)s, %(person)s", cause=causes[row.cause], person=by.name
            )
        else:
            text = causes[row.cause]
        return " ".join(filter(None, (f"{text}.", row.reason_text)))

    def _prospect_get_todo(self):
        """What is planned, the most urgent first."""
        return [
            {
                "id": activity.id,
                "summary": activity.summary or activity.activity_type_id.name,
                "icon": activity.icon or "fa-tasks",
                "due": fields.Date.to_string(activity.date_deadline),
                "state": activity.state,
                # sudo: the name of a colleague, whoever looks at the prospect
                "who": activity.user_id.sudo().name or "",
            }
            for activity in self.activity_ids.sorted(
                lambda activity: (activity.date_deadline, activity.id)
            )[:SHOWN]
        ]

    def _prospect_get_told(self):
        """Who was told of the prospect, the latest first."""
        # sudo: who sees the prospect sees who was told of it
        messages = self.env["prospect.notification"].sudo()
        found = messages.search(
            [("lead_ids", "in", self.ids), ("state", "!=", "dropped")],
            order="date desc, id desc",
            limit=SHOWN,
        )
        states = dict(messages._fields["state"]._description_selection(self.env))
        return [
            {
                "id": message.id,
                "who": message.user_id.name,
                "ways": message.ways,
                "kind": message.kind,
                "state": message.state,
                "label": states[message.state],
                "others": message.lead_count - 1,
                "when": self._prospect_format_date(message.sent_at or message.date),
                "error": message.error or "",
            }
            for message in found
        ]

    def _prospect_get_sent(self):
        """What was sent to the person; bridges add theirs.

        :return: list of ``{"id", "subject", "date", "when", "failed"}``, in any order;
            ``date`` as the database writes it, ``when`` as people read it
        """
        outside = [
            ("notification_type", "=", "email"),
            "|",
            ("res_partner_id", "=", False),
            ("res_partner_id.partner_share", "=", True),
        ]
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "in", self.ids),
                ("is_internal", "=", False),
                "|",
                ("message_type", "in", ("email_outgoing", "auto_comment")),
                "&",
                ("message_type", "=", "comment"),
                # by e-mail, and not to colleagues alone
                ("notification_ids", "any", outside),
            ],
            order="date desc, id desc",
            limit=SHOWN,
        )
        return [
            {
                "id": f"message-{message.id}",
                "subject": message.subject or message.preview or "",
                "date": fields.Datetime.to_string(message.date),
                "when": self._prospect_format_date(message.date),
                "failed": message.has_error,
            }
            for message in messages
        ]

    def _message_auto_subscribe_notify(self, partner_ids, template):
        leads = self._prospect_without_host_message(template)
        return super(CrmLead, leads)._message_auto_subscribe_notify(
            partner_ids, template
        )

    # --- Reactions ------------------------------------------------------------------

    def _prospect_on_created(self):
        result = super()._prospect_on_created()
        self._prospect_announce_created()
        return result

    def _prospect_on_assigned(self, former):
        result = super()._prospect_on_assigned(former)
        self._prospect_plan_tasks()
        self._prospect_announce_assigned()
        return result
