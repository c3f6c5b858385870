import json
from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.rotation import Member, Turns

# The year of an absence without end.
FOREVER = 9999


class ProspectRotation(models.Model):
    """New prospects of a team go to its people in turn [MO-21, MO-22].

    For all sources, or for some of them: the rotation that names the source comes
    before the one that names none. Prospects that come with a salesperson keep theirs,
    and those that were there before stay as they are.

    The position is stored (``state``, see ``tools.rotation``) and moves in the
    transaction that makes the prospects. Two transactions that meet here are put in
    order by the database: the later one runs again, as those that bring in the same
    person do, and no turn is lost or given twice.
    """

    _name = "prospect.rotation"
    _inherit = ["prospect.cached.mixin"]
    _description = "Rotation of New Prospects"
    _order = "team_id, sequence, id"

    name = fields.Char(compute="_compute_name", search="_search_name")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        string="On",
        default=True,
        help="Off: new prospects stay without a salesperson. The position is kept.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    source_ids = fields.Many2many(
        comodel_name="utm.source",
        string="Sources",
        domain=[("prospect_channel", "!=", False)],
        # an archived one still narrows: without any it would be for all sources
        context={"active_test": False},
        help="Empty: all sources that have no rotation of their own in the team.",
    )
    member_ids = fields.One2many(
        comodel_name="prospect.rotation.member",
        inverse_name="rotation_id",
        string="Members",
        copy=True,
    )
    user_ids = fields.Many2many(
        comodel_name="res.users", string="People", compute="_compute_user_ids"
    )
    next_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Next",
        compute="_compute_next_user_id",
        help="Who gets the next prospect.",
    )
    state = fields.Json(copy=False, readonly=True, export_string_translation=False)
    # while nobody can take a turn: when the leader was told last
    told_at = fields.Datetime(
        copy=False, readonly=True, export_string_translation=False
    )

    @api.depends("team_id", "source_ids")
    @api.depends_context("lang")
    def _compute_name(self):
        for rotation in self:
            sources = ", ".join(rotation.source_ids.mapped("display_name"))
            team = rotation.team_id.name or ""
            rotation.name = f"{team} ({sources})" if sources else team

    @api.model
    def _search_name(self, operator, value):
        """By the words that the name is made of: the team's and those of sources."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain.OR(
            Domain(f"{fname}.display_name", operator, value)
            for fname in ("team_id", "source_ids")
        )

    @api.depends("name")
    def _compute_display_name(self):
        for rotation in self:
            rotation.display_name = rotation.name

    @api.depends("member_ids.user_id")
    def _compute_user_ids(self):
        for rotation in self:
            rotation.user_ids = rotation.member_ids.user_id

    @api.depends("state", "member_ids", "member_ids.sequence", "active")
    def _compute_next_user_id(self):
        facts = self._read_members(self.ids)
        for rotation in self:
            members = facts.get(rotation._origin.id, {})
            turns = rotation._get_turns(members, rotation.state)
            member = members.get(turns.next)
            rotation.next_user_id = member["user_id"] if member else False

    @api.constrains("active", "team_id", "source_ids")
    def _check_one_for_each_source(self):
        """A team has one rotation for each source, and one for all others."""
        for rotation in self.filtered("active"):
            others = self.search(
                [("team_id", "=", rotation.team_id.id), ("id", "!=", rotation.id)]
            )
            for other in others:
                if rotation.source_ids & other.source_ids or not (
                    rotation.source_ids or other.source_ids
                ):
                    raise ValidationError(
                        self.env._(
                            "%(team)s already has a rotation for %(sources)s. Change"
                            " that one, or choose other sources here.",
                            team=rotation.team_id.name,
                            sources=", ".join(
                                (rotation.source_ids & other.source_ids).mapped(
                                    "display_name"
                                )
                            )
                            or self.env._("all sources"),
                        )
                    )

    @api.constrains("team_id", "company_id")
    def _check_members(self):
        self.member_ids._check_user()

    def action_view_assignments(self):
        """Open what this rotation has assigned."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_assignment_action"
        )
        return {
            **action,
            "domain": [("rotation_id", "=", self.id)],
            "context": {"search_default_group_by_assignee": 1},
        }

    # --- Which rotation -----------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_routes(self):
        """{team id: {source id, or 0 for all others: rotation id}} of all that are on.

        Remembered, so that a database without rotations asks nothing.
        """
        routes = defaultdict(dict)
        # sudo: whoever makes a prospect, a visitor for instance
        rotations = self.sudo().with_context(active_test=True)
        for rotation in rotations.search([("member_ids", "!=", False)]):
            for source_id in rotation.source_ids.ids or [0]:
                routes[rotation.team_id.id][source_id] = rotation.id
        return dict(routes)

    @api.model
    def _find_route(self, team_id, source_id):
        """The number of the rotation of new prospects, None where there is none."""
        routes = self._get_routes().get(team_id) or {}
        return routes.get(source_id) or routes.get(0)

    # --- Turns --------------------------------------------------------------------

    @api.model
    def _take_turns(self, counts):
        """Whose turn it is, and remember it.

        The rows are locked until the end of the transaction: call it late.

        :param dict counts: {rotation id: number of prospects}
        :return: {rotation id: [(user id or False, reason as plain data)]}
        :raises psycopg2.errors.SerializationFailure: when another transaction has
            taken turns since this one began: the whole transaction has to run again
        """
        self.flush_model()
        stored = {
            rotation_id: row
            for rotation_id, *row in self.env.execute_query(
                SQL(
                    "SELECT id, state, told_at FROM prospect_rotation WHERE id IN %s"
                    " ORDER BY id FOR UPDATE",
                    tuple(counts),
                )
            )
        }
        facts = self._read_members(list(counts))
        taken = {}
        for rotation_id, count in counts.items():
            members = facts.get(rotation_id, {})
            state, told_at = stored.get(rotation_id) or (None, None)
            turns = self._get_turns(members, state)
            taken[rotation_id] = [
                (
                    members[key]["user_id"] if key else False,
                    self._get_reason("rotation", skipped, members),
                )
                for key, skipped in turns.take(count)
            ]
            self._keep_state(rotation_id, turns.state)
            self.browse(rotation_id)._notify_leader(told_at, *taken[rotation_id][-1])
        return taken

    def _notify_leader(self, told_at, user_id, reason):
        """Notify the leader of the team that nobody can take prospects: once a day.

        :param told_at: when it was told last, None when somebody could since
        :param user_id: who got the last prospect, False for nobody
        :param dict reason: why it was nobody
        """
        now = self.env.cr.now()
        is_stuck = not user_id
        if is_stuck == bool(told_at) and (not told_at or told_at.date() == now.date()):
            return
        self.env.cr.execute(
            SQL(
                "UPDATE prospect_rotation SET told_at = %s WHERE id = %s",
                now if is_stuck else None,
                self.id,
            )
        )
        self.invalidate_recordset(["told_at"])
        if not is_stuck:
            return
        # sudo: whoever brings in a prospect, a visitor for instance
        team = self.sudo().team_id
        leader = team.user_id.filtered("active")
        team = team.with_context(lang=leader.lang or self.env.lang)
        log = team.env["prospect.assignment"]
        names = {user.id: user.name for user in self.sudo().member_ids.user_id}
        people = Markup("").join(
            Markup("<li>%s: %s</li>")
            % (names.get(number, ""), log._describe_skipped(why, detail))
            for number, why, detail in reason.get("skipped", ())
        )
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            team.env._(
                "Nobody in the rotation of %(team)s can take new prospects now. They "
                "stay without a salesperson until somebody assigns them.",
                team=self.sudo().name,
            ),
            people,
        )
        if leader:
            team.message_notify(
                partner_ids=leader.partner_id.ids,
                subject=team.env._("New prospects stay without a salesperson"),
                body=body,
                notify_author=True,
            )
        else:
            team._message_log(body=body)

    def _plan_turns(self, count):
        """Who would get how many prospects now, for a plan; nothing is remembered.

        Somebody shares them out on purpose: daily limits do not count.

        :return: (ids of the users in their order, what :meth:`_shift` is to be
            called with once the plan was applied)
        """
        self.ensure_one()
        self.flush_recordset()
        members = self._read_members(self.ids).get(self.id, {})
        for member in members.values():
            member["left"] = None
        # sudo: whoever may choose the rotation
        turns = self._get_turns(members, self.sudo().state)
        before = turns.state
        users = [members[key]["user_id"] for key, _skipped in turns.take(count) if key]
        shift = {key: due - before[key] for key, due in turns.state.items()}
        return users, shift

    def _shift(self, shift):
        """Move the position by what a plan has given away.

        :param dict shift: from :meth:`_plan_turns`
        """
        for rotation in self.exists():
            ((state,),) = self.env.execute_query(
                SQL(
                    "SELECT state FROM prospect_rotation WHERE id = %s FOR UPDATE",
                    rotation.id,
                )
            )
            members = rotation._read_members(rotation.ids).get(rotation.id, {})
            present = rotation._get_turns(members, state).state
            rotation._keep_state(
                rotation.id,
                {key: max(due + shift.get(key, 0), 0) for key, due in present.items()},
            )

    @api.model
    def _get_turns(self, members, state):
        """The queue of a rotation.

        :param dict members: {member id: facts}, see :meth:`_read_members`
        """
        return Turns(
            (
                Member(number, fact["weight"], fact["left"], fact["out"])
                for number, fact in members.items()
            ),
            state,
        )

    @api.model
    def _keep_state(self, rotation_id, state):
        self.env.cr.execute(
            SQL(
                "UPDATE prospect_rotation SET state = %s WHERE id = %s",
                json.dumps(state),
                rotation_id,
            )
        )
        self.browse(rotation_id).invalidate_recordset(["state", "next_user_id"])

    @api.model
    def _get_reason(self, how, skipped, members):
        """Plain data for ``prospect.assignment.reason``."""
        reason = {"how": how}
        if skipped:
            reason["skipped"] = [
                [members[key]["user_id"], why, members[key]["detail"].get(why)]
                for key, why in skipped
            ]
        return reason

    @api.model
    def _read_members(self, rotation_ids):
        """{rotation id: {member id: facts}}, members in their order, by one query.

        Facts: ``user_id``, ``weight``, ``left`` (how many they may still get today, in
        their own time zone), ``out`` (why they cannot take a turn: ``archived``,
        ``company`` or ``absent``) and ``detail`` ({why: until when, or how many}).
        """
        if not rotation_ids:
            return {}
        for model in (
            *("prospect.rotation.member", "prospect.assignment"),
            *("res.partner", "res.users"),
            *("resource.calendar.leaves", "resource.resource"),
        ):
            self.env[model].flush_model()
        members = defaultdict(dict)
        for (
            rotation_id,
            member_id,
            *fact,
            is_active,
            in_company,
            until,
            limit,
            today,
        ) in self.env.execute_query(self._get_members_query(rotation_ids)):
            user_id, weight = fact
            out = None
            if not is_active:
                out = "archived"
            elif not in_company:
                out = "company"
            elif until:
                out = "absent"
            members[rotation_id][member_id] = {
                "user_id": user_id,
                "weight": weight,
                "left": limit - today if limit else None,
                "out": out,
                "detail": {
                    "absent": fields.Date.to_string(until)
                    if until and until.year < FOREVER
                    else None,
                    "limit": limit,
                },
            }
        return members

    @api.model
    def _get_members_query(self, rotation_ids):
        """Members with what decides whether they can take a turn now.

        Absent: between the days of the member, or on leave by the working time of the
        person's own resources, as Odoo's time off writes it.
        """
        return SQL(
            """SELECT member.rotation_id, member.id, member.user_id, member.weight,
                      users.active,
                      rotation.company_id IS NULL OR EXISTS (
                          SELECT FROM res_company_users_rel
                           WHERE user_id = users.id AND cid = rotation.company_id),
                      GREATEST(
                          CASE WHEN COALESCE(member.absent_from, member.absent_until)
                                    IS NOT NULL
                                AND day.today BETWEEN
                                    COALESCE(member.absent_from, day.today)
                                    AND COALESCE(member.absent_until, %(forever)s)
                               THEN COALESCE(member.absent_until, %(forever)s) END,
                          (SELECT max(leave.date_to AT TIME ZONE 'UTC'
                                      AT TIME ZONE zone.tz)::date
                             FROM resource_calendar_leaves AS leave
                             JOIN resource_resource AS resource
                               ON resource.id = leave.resource_id
                            WHERE resource.user_id = member.user_id
                              AND resource.active AND leave.time_type = 'leave'
                              AND %(now)s BETWEEN leave.date_from AND leave.date_to)),
                      member.daily_limit,
                      CASE WHEN member.daily_limit > 0 THEN (
                          SELECT count(*) FROM prospect_assignment
                           WHERE rotation_id = member.rotation_id
                             AND assignee_id = member.user_id
                             AND cause = 'rotation'
                             AND date >= day.midnight)
                           END
                 FROM prospect_rotation_member AS member
                 JOIN prospect_rotation AS rotation ON rotation.id = member.rotation_id
                 JOIN res_users AS users ON users.id = member.user_id
                 JOIN res_partner AS partner ON partner.id = users.partner_id
           %(day)s
                WHERE member.rotation_id IN %(rotations)s
             ORDER BY member.rotation_id, member.sequence, member.id""",
            now=self.env.cr.now(),
            day=self._get_day(),
            forever=fields.Date.to_date(f"{FOREVER}-12-31"),
            rotations=tuple(rotation_ids),
        )

    @api.model
    def _get_day(self):
        """SQL: joins to ``partner`` their time zone (``zone.tz``), and of their day the
        date (``day.today``) and when it began (``day.midnight``, in UTC).
        """
        return SQL(
            """CROSS JOIN LATERAL (
                      SELECT COALESCE(partner.tz, 'UTC') AS tz) AS zone
           CROSS JOIN LATERAL (
                      SELECT (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
                             AS today,
                             date_trunc('day', %(now)s AT TIME ZONE 'UTC'
                                               AT TIME ZONE zone.tz)
                             AT TIME ZONE zone.tz AT TIME ZONE 'UTC' AS midnight
                      ) AS day""",
            now=self.env.cr.now(),
        )
