import json
from dataclasses import dataclass, field

from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.remarks import field_label, keep, remark

# Which table and columns hold what a prospect is joined to.
LINKS = {
    "list_ids": ("prospect_list_crm_lead_rel", "list_id"),
    "tag_ids": ("crm_tag_rel", "tag_id"),
}
NAME_PARTS = ("first_name", "last_name")
# What belongs to the contact, where there is one.
CONTACT_FIELDS = ("email_from", "phone")
NOTHING = SQL("''")
EMPTY = SQL("'{}'::jsonb")


@dataclass(slots=True)
class BulkRow:
    """What becomes of one prospect.

    - ``line_id``, ``number``: of its line; ``lead_id``: 0 when it has gone
    - ``outcome``, ``reason``, ``before``, ``after``: as in ``prospect.operation.line``
    - ``team_id``, ``owner_id``: team and salesperson before the change
    - ``as_planned``: whether its line says all of it already
    - ``replanned``: whether the preview had shown something else
    - ``was_refused``: whether the preview had shown that it would be refused
    - ``kept``: what an undo needs beside the values before and after
    """

    line_id: int
    number: int
    lead_id: int
    outcome: str = ""
    reason: str = ""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    team_id: int | None = None
    owner_id: int | None = None
    as_planned: bool = False
    replanned: bool = False
    was_refused: bool = False
    kept: dict = field(default_factory=dict)

    @property
    def creates(self):
        """A bulk operation makes no prospects."""
        return False

    def fail(self, reason):
        """Leave the prospect as it is, for a reason that people can act on."""
        self.outcome, self.reason = "failed", reason
        self.before, self.after, self.kept = {}, {}, {}
        self.as_planned = False


class BulkPlanner:
    """What a bulk operation does to each prospect, decided by one query for all.

    The same query makes the preview and, before each batch of the run, says whether a
    prospect has changed since.

    :param env: of the person for whom it is decided
    :param dict changes: what is to be done, see ``prospect.bulk._get_changes``
    :param int operation_id: whose lines it plans
    """

    def __init__(self, env, changes, operation_id):
        self.env = env
        self.operation_id = operation_id
        self.leads = env["crm.lead"].with_context(active_test=False)
        self.set = changes.get("set") or {}
        self.links = {
            fname: changes["links"][fname]
            for fname in LINKS
            if (changes.get("links") or {}).get(fname)
        }
        self.status_id = changes.get("status_id")
        self.lost_reason_id = changes.get("lost_reason_id")
        self.distribution = changes.get("share")
        self.archive = changes.get("archive")
        self.activity = changes.get("activity")
        # sudo: the kind of the status, whoever may read it now
        statuses = env["prospect.status"].sudo()
        self.kind = statuses.browse(self.status_id or []).kind

    # --- Use ----------------------------------------------------------------------

    def insert_lines(self, leads):
        """Write a line for each prospect of a query, in the order of the page.

        What is distributed is left out: see :meth:`update_lines`.

        :param leads: a query of prospects, from ``_search``
        :return: how many
        """
        self._prepare_query()
        distribution, self.distribution = self.distribution, None
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_operation_line
                          (operation_id, number, is_done, lead_id,
                           outcome, reason, before, after)
                   SELECT %(operation)s,
                          row_number() OVER (ORDER BY lead.priority DESC, lead.id DESC),
                          FALSE, %(columns)s
                     FROM %(tables)s
                    WHERE lead.id IN %(leads)s""",
                operation=self.operation_id,
                columns=self._get_columns(),
                tables=self._get_tables(Domain.TRUE),
                leads=leads.subselect(),
            )
        )
        self.distribution = distribution
        return self.env.cr.rowcount

    def update_lines(self):
        """Plan again the lines whose prospects are distributed among people."""
        self._prepare_query()
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line AS line
                      SET outcome = plan.outcome, reason = plan.reason,
                          before = plan.before, after = plan.after
                     FROM (SELECT %(columns)s FROM %(tables)s
                            WHERE distributed.distribute_user_id IS NOT NULL)
                       AS plan (id, outcome, reason, before, after)
                    WHERE line.operation_id = %(operation)s AND line.lead_id = plan.id
                """,
                operation=self.operation_id,
                columns=self._get_columns(),
                tables=self._get_tables(Domain.TRUE),
            )
        )

    def plan(self, lead_ids):
        """What becomes of some prospects as they are now.

        :return: {lead id: (outcome, reason, before, after, team id, salesperson's id)},
            before and after as texts
        """
        if not lead_ids:
            return {}
        self._prepare_query()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, outcome, reason, before::text, after::text, team, owner
                     FROM (SELECT %s, lead.team_id, lead.user_id
                             FROM %s WHERE lead.id IN %s)
                       AS plan (id, outcome, reason, before, after, team, owner)""",
                self._get_columns(),
                self._get_tables(Domain("id", "in", lead_ids)),
                tuple(lead_ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _prepare_query(self):
        self.env.flush_all()
        # compiling it takes PostgreSQL a second, more than running it
        self.env.cr.execute("SET LOCAL jit = off")

    # --- The query ----------------------------------------------------------------

    def _get_columns(self):
        """Prospect, outcome, reason, before and after."""
        return SQL(
            """lead.id,
            CASE WHEN plan.problem != '' THEN 'failed'
                 WHEN plan.before != %(empty)s OR plan.after != %(empty)s THEN 'updated'
                 WHEN plan.remark != '' THEN 'skipped'
                 ELSE 'unchanged' END,
            COALESCE(NULLIF(plan.problem, ''), NULLIF(plan.remark, '')),
            CASE WHEN plan.problem = '' THEN NULLIF(plan.before, %(empty)s) END,
            CASE WHEN plan.problem = '' THEN NULLIF(plan.after, %(empty)s) END""",
            empty=EMPTY,
        )

    def _get_tables(self, scope):
        """The prospects with what becomes of them.

        :param scope: a domain that all of them meet, so that the rules of the person
            need not be looked up for others
        """
        changes = [*self._get_all_changes()]
        return SQL(
            """crm_lead AS lead
          JOIN prospect_status AS status ON status.id = lead.status_id
               %(distribution)s %(links)s
    CROSS JOIN LATERAL (
               SELECT %(problem)s AS problem,
                      %(remark)s AS remark,
                      %(before)s AS before,
                      %(after)s AS after
               ) AS plan""",
            distribution=self._join_distribution(),
            links=SQL(" ").join(map(self._join_links, self.links)),
            problem=self._get_problem(scope),
            remark=self._get_remark(),
            before=self._collect((name, when, old) for name, when, old, _ in changes),
            after=self._collect((name, when, new) for name, when, _, new in changes),
        )

    @staticmethod
    def _collect(values):
        """One object of those values that are there.

        :param values: (name, SQL of whether, SQL of the value or None) triples
        """
        parts = [
            SQL(
                "CASE WHEN %s THEN jsonb_build_object(%s::text, %s) ELSE %s END",
                *(when, name, value, EMPTY),
            )
            for name, when, value in values
            if value is not None
        ]
        return SQL(" || ").join(parts) if parts else EMPTY

    def _get_all_changes(self):
        """(field, SQL of whether it changes, of its value before, after)."""
        for fname, value in self.set.items():
            yield from self._get_set(fname, value)
        if any(fname in self.set for fname in NAME_PARTS):
            yield self._get_contact_name()
        if self.set.get("user_id") and "team_id" not in self.set:
            user_id = self.set["user_id"]
            yield self._get_team(SQL("%s", user_id), self._get_team_of(user_id))
        if self.distribution:
            yield from self._get_distribution()
        if self.status_id:
            yield from self._get_status()
        if self.archive:
            yield "active", SQL("lead.active"), SQL("TRUE"), SQL("FALSE")
        for fname in self.links:
            link = SQL.identifier(fname)
            before, after = SQL("%s.gone", link), SQL("%s.joined", link)
            yield fname, SQL("%s != '[]'", before), before, None
            yield fname, SQL("%s != '[]'", after), None, after
        if self.activity:
            text = SQL(
                "jsonb_build_array(%s::jsonb)", json.dumps(self.activity["text"])
            )
            yield "activity_ids", SQL("TRUE"), None, text

    def _get_set(self, fname, value):
        """A field that is the same for all."""
        column = SQL("lead.%s", SQL.identifier(fname))
        if fname == "properties":
            yield self._get_custom(column, value)
            return
        if self.leads._fields[fname].type == "many2one":
            changed = SQL("%s IS DISTINCT FROM %s::int", column, value or None)
            new = SQL("%s::int", value or None)
        else:
            changed = self._differs(fname, value)
            column, new = SQL("NULLIF(%s, '')", column), SQL("%s::text", value or None)
        if fname in CONTACT_FIELDS:
            changed = SQL("(lead.partner_id IS NULL AND %s)", changed)
        yield fname, changed, column, new

    @staticmethod
    def _get_custom(column, values):
        """Custom fields of all prospects: one object, of which some values change."""
        changed = SQL(" OR ").join(
            SQL(
                "COALESCE(NULLIF(%s->%s, 'null'), 'false') != %s::jsonb",
                *(column, name, json.dumps(value)),
            )
            for name, value in values.items()
        )
        new = SQL("COALESCE(%s, '{}') || %s::jsonb", column, json.dumps(values))
        return "properties", SQL("(%s)", changed), column, new

    @staticmethod
    def _differs(fname, value):
        """Whether a text is not what it is to be."""
        column = SQL.identifier(fname)
        return SQL("COALESCE(lead.%s, '') != %s", column, value or "")

    def _get_contact_name(self):
        """The whole name, which follows its parts."""
        parts = [
            SQL("%s::text", self.set[fname] or None)
            if fname in self.set
            else SQL("lead.%s", SQL.identifier(fname))
            for fname in NAME_PARTS
        ]
        name = SQL(
            "regexp_replace(trim(concat_ws(' ', %s, %s)), '\\s+', ' ', 'g')", *parts
        )
        changed = SQL(" OR ").join(
            self._differs(fname, self.set[fname])
            for fname in NAME_PARTS
            if fname in self.set
        )
        return (
            "contact_name",
            SQL("(%s) AND COALESCE(lead.contact_name, '') != %s", changed, name),
            SQL("NULLIF(lead.contact_name, '')"),
            SQL("NULLIF(%s, '')", name),
        )

    def _join_distribution(self):
        """The line of each prospect, which says who gets it."""
        if not self.distribution:
            return SQL()
        return SQL(
            """LEFT JOIN prospect_operation_line AS distributed
                      ON distributed.operation_id = %s
                     AND distributed.lead_id = lead.id""",
            self.operation_id,
        )

    def _get_distribution(self):
        """The salesperson of each, and the team that follows."""
        user = SQL("distributed.distribute_user_id")
        changed = SQL("%s IS NOT NULL AND lead.user_id IS DISTINCT FROM %s", user, user)
        yield "user_id", changed, SQL("lead.user_id"), user
        if "team_id" in self.set:
            return
        users = self.env.execute_query(
            SQL(
                "SELECT DISTINCT distribute_user_id FROM prospect_operation_line"
                " WHERE operation_id = %s AND distribute_user_id IS NOT NULL",
                self.operation_id,
            )
        )
        cases = [SQL("WHEN %s THEN %s", *(u, self._get_team_of(u))) for (u,) in users]
        if cases:
            team = SQL("CASE %s %s ELSE lead.team_id END", user, SQL(" ").join(cases))
            yield self._get_team(user, team)

    @staticmethod
    def _get_team(user, team):
        """The change of the team that follows from the salesperson.

        :param user, team: SQL of the new ones
        """
        return (
            "team_id",
            SQL(
                "lead.user_id IS DISTINCT FROM %s AND lead.team_id IS DISTINCT FROM %s",
                *(user, team),
            ),
            SQL("lead.team_id"),
            team,
        )

    def _get_team_of(self, user_id):
        """The team that Odoo gives to the prospects of another salesperson."""
        teams = self.env["crm.team"]
        # sudo: Odoo asks the members of a team whoever may read them
        own = teams.sudo().search(
            ["|", ("user_id", "=", user_id), ("member_ids", "in", [user_id])]
        )
        defaults = [
            teams._get_default_team_id(user_id=user_id, domain=[(fname, "=", True)]).id
            for fname in ("use_leads", "use_opportunities")
        ]
        return SQL(
            """CASE WHEN lead.team_id = ANY(%s::int[]) THEN lead.team_id
                    WHEN lead.type = 'lead' THEN %s::int ELSE %s::int END""",
            own.ids,
            *(number or None for number in defaults),
        )

    def _get_status(self):
        """Another status, and the reason of the junk, which Odoo keeps apart."""
        reason = SQL("lead.lost_reason_id")
        if self.kind == "junk":
            changed = SQL("status.kind NOT IN ('converted', 'junk')")
            if self.lost_reason_id:
                yield (
                    "lost_reason_id",
                    SQL(
                        "status.kind != 'converted' AND %s IS DISTINCT FROM %s",
                        *(reason, self.lost_reason_id),
                    ),
                    reason,
                    SQL("%s::int", self.lost_reason_id),
                )
        else:
            changed = SQL(
                "status.kind != 'converted' AND lead.status_id != %s", self.status_id
            )
            yield (
                "lost_reason_id",
                SQL("status.kind = 'junk' AND %s IS NOT NULL", reason),
                reason,
                SQL("NULL::int"),
            )
        new = SQL("%s::int", self.status_id)
        yield "status_id", changed, SQL("lead.status_id"), new

    def _join_links(self, fname):
        """What a prospect joins and leaves, as two arrays of numbers."""
        table, column = map(SQL.identifier, LINKS[fname])
        link = self.links[fname]
        add, remove = link.get("add") or [], link.get("remove") or []
        leaving = SQL("%s = ANY(%s::int[])", column, remove)
        if link.get("clear"):
            leaving = SQL("%s != ALL(%s::int[])", column, add)
        return SQL(
            """CROSS JOIN LATERAL (
               SELECT (SELECT COALESCE(jsonb_agg(number ORDER BY number), '[]')
                         FROM unnest(%(add)s::int[]) AS number
                        WHERE NOT EXISTS (
                              SELECT FROM %(table)s
                               WHERE lead_id = lead.id AND %(column)s = number)
                      ) AS joined,
                      (SELECT COALESCE(jsonb_agg(%(column)s ORDER BY %(column)s), '[]')
                         FROM %(table)s
                        WHERE lead_id = lead.id AND %(leaving)s
                      ) AS gone
               ) AS %(fname)s""",
            add=add,
            table=table,
            column=column,
            leaving=leaving,
            fname=SQL.identifier(fname),
        )

    # --- Problems and remarks -----------------------------------------------------

    def _get_problem(self, scope):
        """Why a prospect cannot be changed at all."""
        rules = self.env["ir.rule"]._compute_domain("crm.lead", "write")
        # sudo: the rules of the person are the domain itself
        writable = self.leads.sudo()._search(scope & rules)
        cases = [
            SQL(
                "WHEN lead.id NOT IN %s THEN %s",
                writable.subselect(),
                keep(remark(self.env, "bulk.may_not_change")),
            )
        ]
        if not self.env.su and self._may_some():
            # sudo: facts alone; what may not be seen is not in the lines
            leads = self.leads.sudo().search(scope).sudo(False)
            cases.append(
                SQL(
                    "WHEN lead.id != ALL(%s) THEN %s",
                    leads._prospect_filter_right("bulk").ids,
                    keep(leads._prospect_describe_right("bulk")),
                )
            )
        # sudo: the companies of lists that the person has chosen
        lists = self.env["prospect.list"].sudo()
        chosen = lists.browse(self.links.get("list_ids", {}).get("add") or [])
        cases.extend(
            SQL(
                """WHEN lead.company_id != %s AND list_ids.joined @> %s::jsonb
                   THEN %s""",
                record.company_id.id,
                str(record.id),
                keep(remark(self.env, "bulk.other_company", list=record.name)),
            )
            for record in chosen.filtered("company_id")
        )
        return SQL("CASE %s ELSE '' END", SQL(" ").join(cases))

    def _may_some(self):
        """Whether the person has the right on some prospects, and not on all."""
        return self.env["prospect.right"]._get_granted("bulk", list) is not True

    def _get_remark(self):
        """What of the changes a prospect does not get, and why."""
        remarks = []
        if self.status_id:
            remarks.append(
                SQL(
                    "CASE WHEN status.kind = 'converted' THEN %s END",
                    keep(remark(self.env, "bulk.converted")),
                )
            )
        remarks.extend(
            SQL(
                "CASE WHEN lead.partner_id IS NOT NULL AND %s THEN %s END",
                self._differs(fname, self.set[fname]),
                keep(
                    remark(
                        self.env,
                        "gate.left_to_contact",
                        fields=[field_label(self.env, "crm.lead", fname)],
                    )
                ),
            )
            for fname in CONTACT_FIELDS
            if fname in self.set
        )
        if not remarks:
            return NOTHING
        return SQL("concat_ws(E'\\n', %s)", SQL(", ").join(remarks))
