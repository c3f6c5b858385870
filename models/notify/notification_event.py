from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.jobs import claim
from ...tools.notifying import SETTLE, WAYS, fold, next_digest, quickest

# What is worked on in one transaction.
BATCH = 2000
# Prospects that a summary keeps; the others are only counted.
KEPT = 1000
# Settings: the parameter of each and its default.
SETTINGS = {
    "most": ("prospect.notification_most", 3),
    "burst": ("prospect.notification_burst", 10),
    "minutes": ("prospect.notification_minutes", 5),
}
KINDS = [("assigned", "Assigned"), ("created", "New prospect")]


class ProspectNotificationEvent(models.Model):
    """What people may have to be told, noted by the transaction in which it happened.

    One row for a new prospect, one for each that was assigned; whoever writes prospects
    pays for one INSERT a batch. A job makes :class:`ProspectNotification` of them: it
    asks the rules, and the record rules of each person once for all prospects.

    Rows are taken by deleting them, in the transaction that writes the messages: two
    jobs never take the same one, and a kill gives them back.
    """

    _name = "prospect.notification.event"
    _inherit = ["prospect.job.mixin"]
    _description = "Possible Notifications"
    _log_access = False
    _work_kind = "notification_events"
    _work_cron = "prospect.ir_cron_notification"

    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    lead_id = fields.Integer(required=True, readonly=True, aggregator=None)
    user_id = fields.Integer(
        string="Assigned To", readonly=True, aggregator=None, help="0: nobody."
    )
    by_id = fields.Integer(required=True, readonly=True, aggregator=None)

    @api.model
    def _note_created(self, leads):
        """Note that prospects are new, with one query."""
        self._note(
            SQL(
                """INSERT INTO prospect_notification_event
                               (kind, lead_id, user_id, by_id)
                   SELECT 'created', lead_id, 0, %s FROM unnest(%s) AS lead_id""",
                self.env.uid,
                leads.ids,
            )
        )

    @api.model
    def _note_assigned(self, leads):
        """Note who got prospects, but for who took one, with one query."""
        leads.flush_recordset(["user_id"])
        self._note(
            SQL(
                """INSERT INTO prospect_notification_event
                               (kind, lead_id, user_id, by_id)
                   SELECT 'assigned', id, user_id, %(by)s FROM crm_lead
                    WHERE id = ANY(%(leads)s) AND user_id <> %(by)s""",
                by=self.env.uid,
                leads=leads.ids,
            )
        )

    @api.model
    def _note(self, query):
        """Add rows by a query, and plan the job where there are some.

        Nothing while an installation goes on, which announces nothing.
        """
        if not self.env.registry.ready:
            return
        self.env.cr.execute(query)
        if self.env.cr.rowcount:
            self._wake_once()

    @api.model
    def _get_setting(self, name):
        """A number of the settings.

        :param str name: one of ``SETTINGS``
        """
        parameter, default = SETTINGS[name]
        # sudo: parameters are read by the job, and by whoever opens the settings
        value = self.env["ir.config_parameter"].sudo().get_param(parameter, default)
        return int(value) if str(value).isdecimal() else default

    # --- The job --------------------------------------------------------------------

    @api.model
    def _get_waiting_domain(self):
        return []

    @api.model
    def _get_work_label(self):
        return self.env._("News for notifications")

    @api.model
    def _claim(self, limit=None, but=()):
        """The oldest rows."""
        return claim(
            self.env,
            SQL(
                "SELECT id FROM prospect_notification_event ORDER BY id LIMIT %s",
                limit or BATCH,
            ),
        )

    @api.model
    def _do(self, numbers):
        """Make messages of rows, which go."""
        rows = self._take(numbers)
        leads = self._read_leads({row["lead_id"] for row in rows})
        wishes = self._find_assigned(rows, leads)
        self._add_created(wishes, rows, leads)
        self._add_unassigned(wishes, rows, leads)
        seen = self._filter_seen(wishes)
        self._write_messages(seen, {row["by_id"] for row in rows})
        return len(rows)

    @api.model
    def _take(self, numbers):
        """Rows as dicts, in their order; they are gone after it."""
        self.env.cr.execute(
            SQL(
                """WITH taken AS (
                       DELETE FROM prospect_notification_event WHERE id = ANY(%s)
                    RETURNING id, kind, lead_id, user_id, by_id
                   )
                   SELECT kind, lead_id, user_id, by_id FROM taken ORDER BY id""",
                numbers,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _read_leads(self, lead_ids):
        """{lead id: what rules look at} of those that are prospects still."""
        self.env["crm.lead"].flush_model(
            ["company_id", "is_listed", "source_id", "status_id", "team_id", "user_id"]
        )
        self.env.cr.execute(
            SQL(
                """SELECT lead.id, lead.user_id, lead.source_id, lead.team_id,
                          lead.company_id
                     FROM crm_lead AS lead
                     JOIN prospect_status AS status ON status.id = lead.status_id
                    WHERE lead.id = ANY(%s) AND lead.is_listed
                      AND status.kind <> 'junk'""",
                sorted(lead_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _find_assigned(self, rows, leads):
        """{user id: {lead id: {frequency: ways}}, by kind} of who got a prospect.

        Not whoever took it, and not who has lost it since.
        """
        wishes = defaultdict(lambda: {"assigned": {}, "created": {}})
        for row in rows:
            lead = leads.get(row["lead_id"])
            if (
                row["kind"] == "assigned"
                and lead
                and row["user_id"] == lead["user_id"] != row["by_id"]
            ):
                wishes[row["user_id"]]["assigned"][lead["id"]] = {"now": ("email",)}
        return wishes

    @api.model
    def _add_created(self, wishes, rows, leads):
        """Add what the rules say of new prospects.

        :param wishes: see :meth:`_find_assigned`; changed in place
        """
        makers = {
            row["lead_id"]: row["by_id"]
            for row in rows
            if row["kind"] == "created" and row["lead_id"] in leads
        }
        if not makers:
            return
        found = defaultdict(lambda: defaultdict(list))
        # a handful of rules
        # pylint: disable=no-search-all
        for rule in self.env["prospect.notification.rule"].search([]):
            matching = [number for number in makers if rule._matches(leads[number])]
            if not matching:
                continue
            wish = (rule.frequency, rule._get_ways())
            for user_id in rule._get_people().ids:
                for lead_id in matching:
                    # who has it or made it knows
                    if user_id not in (leads[lead_id]["user_id"], makers[lead_id]):
                        found[user_id][lead_id].append(wish)
        for user_id, by_lead in found.items():
            for lead_id, wanted in by_lead.items():
                wishes[user_id]["created"][lead_id] = quickest(wanted)

    @api.model
    def _add_unassigned(self, wishes, rows, leads):
        """Add the pop-ups of a team for new prospects that nobody has; whoever comes
        first takes them.

        :param wishes: see :meth:`_find_assigned`; changed in place
        """
        teams = self.env["crm.team"].browse(
            {lead["team_id"] for lead in leads.values() if lead["team_id"]}
        )
        people = {
            team.id: team.member_ids.filtered("active").ids
            for team in teams.exists()
            if team.prospect_popup
        }
        for row in rows:
            lead = leads.get(row["lead_id"])
            if row["kind"] != "created" or not lead or lead["user_id"]:
                continue
            for user_id in people.get(lead["team_id"], ()):
                if user_id != row["by_id"]:
                    by_lead = wishes[user_id]["created"]
                    known = by_lead.get(lead["id"], {})
                    by_lead[lead["id"]] = quickest([*known.items(), ("now", {"popup"})])

    @api.model
    def _filter_seen(self, wishes):
        """Keep whom one may write to, and the prospects that each of them may see.

        :return: {user: the same as in ``wishes``}
        """
        switches = {
            "assigned": "prospect_notify_assigned",
            "created": "prospect_notify_new",
        }
        seen = {}
        for user in self.env["res.users"].browse(wishes).exists():
            kinds = {
                kind: by_lead
                for kind, by_lead in wishes[user.id].items()
                if by_lead and user[switches[kind]]
            }
            if not kinds or not user.active or user.share:
                continue
            visible = self.env["prospect.notification"]._get_visible(
                user, set().union(*kinds.values())
            )
            seen[user] = {
                kind: {
                    lead_id: ways
                    for lead_id, ways in by_lead.items()
                    if lead_id in visible
                }
                for kind, by_lead in kinds.items()
            }
        return seen

    # --- Messages -------------------------------------------------------------------

    @api.model
    def _write_messages(self, seen, makers):
        """Write what each person is told: one message for each prospect, or one for
        all of them.

        :param dict seen: see :meth:`_filter_seen`
        :param set makers: users who did it, whose operations may still run
        """
        recent = self._count_recent(seen)
        is_running = self._is_running(makers)
        singles = []
        for user, kinds in seen.items():
            for kind, by_lead in kinds.items():
                groups = defaultdict(list)
                for lead_id, frequencies in sorted(by_lead.items()):
                    for frequency, ways in frequencies.items():
                        groups[frequency, self._fit_ways(user, ways)].append(lead_id)
                for (frequency, ways), lead_ids in groups.items():
                    how = self._fold(
                        frequency, len(lead_ids), recent[user.id, kind], is_running
                    )
                    values = self._prepare(user, kind, frequency, ways)
                    if how == "single":
                        singles += [
                            {
                                **values,
                                "due_at": self.env.cr.now(),
                                "lead_count": 1,
                                "lead_ids": [Command.set([lead_id])],
                            }
                            for lead_id in lead_ids
                        ]
                    else:
                        self._collect(
                            values, lead_ids, *self._get_due(user, frequency, how)
                        )
        self.env["prospect.notification"].create(singles)

    @api.model
    def _fold(self, frequency, count, recent, is_running):
        """How to announce some prospects; see :func:`fold` for the answers, of which
        there are two more: ``digest``, and ``run`` for what an operation goes on with.
        """
        if frequency != "now":
            return "digest"
        if is_running:
            return "run"
        return fold(
            count, recent, self._get_setting("most"), self._get_setting("burst")
        )

    @api.model
    def _fit_ways(self, user, ways):
        """The ways in which a person can be told: an inbox is for those who have one.

        :return: a tuple of ``WAYS``
        """
        if "inbox" in ways and user.notification_type != "inbox":
            ways = {*ways, "email"} - {"inbox"}
        return tuple(way for way in WAYS if way in ways)

    @api.model
    def _prepare(self, user, kind, frequency, ways):
        """Values of a message, without its prospects."""
        return {
            "user_id": user.id,
            "kind": kind,
            "frequency": frequency,
            **{f"by_{way}": way in ways for way in WAYS},
        }

    @api.model
    def _get_due(self, user, frequency, how):
        """(when a summary leaves, whether what comes in meanwhile puts it off)."""
        now = self.env.cr.now().replace(tzinfo=None, microsecond=0)
        if how == "digest":
            return next_digest(now, frequency, user.tz), False
        if how == "run":
            return now + timedelta(seconds=SETTLE), True
        if how == "hold":
            return now + timedelta(minutes=self._get_setting("minutes")), False
        return now, False

    @api.model
    def _collect(self, values, lead_ids, due_at, puts_off):
        """Add prospects to the summary that a person waits for, or begin one.

        :raises psycopg2.errors.SerializationFailure: when another job did at the same
            time: the transaction has to run again
        """
        self.env["prospect.notification"].flush_model()
        ((number,),) = self.env.execute_query(
            SQL(
                """INSERT INTO prospect_notification AS known
                               (user_id, kind, frequency, by_email, by_inbox, by_popup,
                                state, is_open, due_at, lead_count, date)
                   VALUES (%(user_id)s, %(kind)s, %(frequency)s, %(by_email)s,
                           %(by_inbox)s, %(by_popup)s, 'waiting', TRUE, %(due_at)s,
                           %(count)s, %(now)s)
              ON CONFLICT (user_id, kind, frequency, by_email, by_inbox, by_popup)
                    WHERE is_open
                DO UPDATE SET lead_count = known.lead_count + EXCLUDED.lead_count,
                              due_at = CASE WHEN %(puts_off)s
                                            THEN GREATEST(known.due_at, EXCLUDED.due_at)
                                            ELSE known.due_at END
                RETURNING id""",
                **values,
                due_at=due_at,
                count=len(lead_ids),
                now=self.env.cr.now(),
                puts_off=puts_off,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_notification_lead_rel
                               (notification_id, lead_id)
                   SELECT %(number)s, lead_id
                     FROM unnest(%(leads)s::int[]) AS lead_id
                    LIMIT GREATEST(0, %(kept)s - (
                          SELECT count(*) FROM prospect_notification_lead_rel
                           WHERE notification_id = %(number)s))
              ON CONFLICT DO NOTHING""",
                number=number,
                leads=lead_ids,
                kept=KEPT,
            )
        )
        self.env["prospect.notification"].invalidate_model(flush=False)
        self.env["prospect.notification"]._wake(due_at)

    @api.model
    def _count_recent(self, seen):
        """{(user id, kind): messages of a short while ago}, with one query."""
        minutes = self._get_setting("minutes")
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, kind, count(*)
                     FROM prospect_notification
                    WHERE user_id = ANY(%s) AND frequency = 'now' AND date > %s
                 GROUP BY user_id, kind""",
                [user.id for user in seen],
                self.env.cr.now() - timedelta(minutes=minutes),
            )
        )
        return defaultdict(
            int, {(user_id, kind): count for user_id, kind, count in rows}
        )

    @api.model
    def _is_running(self, makers):
        """Whether somebody's operation goes on that more may come from."""
        domain = Domain("state", "in", ("queued", "running"))
        return bool(
            self.env["prospect.operation"].search_count(
                domain & Domain("user_id", "in", list(makers)), limit=1
            )
        )
