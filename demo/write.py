"""Makes the demo prospects of :mod:`.plan` in the database."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tools import SQL, plaintext2html

from ..tools.trusted import trusted
from .plan import DAYS, make_plan
from .texts import FRENCH

# Nobody is written to, nothing is tracked, and no bridge reacts.
QUIET = {
    "mail_activity_quick_update": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    **trusted(prospect_batch=True),
    "tracking_disable": True,
}
ACTIVITY_TYPES = {
    "call": "mail.mail_activity_data_call",
    "email": "mail.mail_activity_data_email",
    "meeting": "mail.mail_activity_data_meeting",
    "todo": "mail.mail_activity_data_todo",
}
# Where an opportunity goes on, and how sure it is there.
STAGES = {"qualified": ("crm.stage_lead2", 40), "proposition": ("crm.stage_lead3", 70)}
# The steps that change the status of a prospect, and so are in its history.
STATUS_STEPS = (
    "in_progress",
    "to_clarify",
    "junk",
    "lost",
    "restore",
    "convert",
    "contact",
)


def stop_enrichment(env):
    """Let Odoo not send the addresses of demo people out, at a price.

    Its setting, for when the enrichment is installed later, and its job.
    """
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")
    job = env.ref("crm_iap_enrich.ir_cron_lead_enrichment", raise_if_not_found=False)
    if job:
        job.active = False


def create_demo(env):
    """Make the demo prospects with some months of history.

    The ORM does all that a person would do, so that its rules hold; only the dates
    are put back with SQL at the end.
    """
    env = env(context={**env.context, **QUIET}, su=True)
    stop_enrichment(env)
    Writer(env, env.cr.now().replace(tzinfo=None, microsecond=0)).make_all()


class Writer:
    """Writes a plan in batches, step by step."""

    def __init__(self, env, now):
        self.env = env
        self.now = now
        self.plans = make_plan(now)
        self.leads = []
        self.companies = {}
        self.partner_dates = {}

    def make_all(self):
        """Make all, in the order in which it happened."""
        self._speak_french()
        self._create_leads()
        self._create_activities()
        self._replay("steps", self._apply_step)
        self._replay("list_events", self._apply_list_event)
        self._create_notes()
        self._register()
        self.env.flush_all()
        self._put_back_leads()
        self._put_back_histories()
        self._put_back_assignments()
        self._put_back_stages()
        self._put_back_others()
        self.env.invalidate_all()
        self._doubt()
        self._notify()
        # a list synced from a segment, as the job would
        self.env["prospect.segment.sync"].search([])._work_at_once()

    def _doubt(self):
        """Look at all prospects; mails to some who are on no list have come back."""
        leads = self.env["crm.lead"].concat(*self.leads)
        leads._prospect_check_flags()
        errors = self.env["prospect.undeliverable.address"]
        alone = leads.filtered(
            lambda lead: (
                lead.email_normalized
                and lead.status_kind in ("new", "open")
                and not lead.list_ids
            )
        )
        for lead, hard, detail in zip(
            alone[:3],
            (True, False, True),
            (
                "550 5.1.1 Recipient address rejected: user unknown",
                "452 4.2.2 The mailbox is full, try again later",
                "550 5.1.2 Domain not found",
            ),
            strict=False,
        ):
            errors._record(lead.email_normalized, hard, detail=detail)

    def _notify(self):
        """Who was told of the latest prospects: salespeople, and a team leader."""
        leads = self.env["crm.lead"].concat(*self.leads).filtered("user_id")
        leader = self._user("helene")
        told = []
        for lead in leads.sorted("create_date")[-12:]:
            date = (lead.date_open or lead.create_date) + timedelta(minutes=1)
            common = {"lead_ids": [Command.link(lead.id)], "lead_count": 1}
            stamps = dict.fromkeys(("date", "due_at", "sent_at"), date)
            told.append(
                {
                    **common,
                    **stamps,
                    "user_id": lead.user_id.id,
                    "kind": "assigned",
                    "by_email": True,
                    "state": "sent",
                }
            )
            if lead.source_id == self.env.ref("prospect.utm_source_form"):
                told.append(
                    {
                        **common,
                        **stamps,
                        "user_id": leader.id,
                        "kind": "created",
                        "by_inbox": True,
                        "by_popup": True,
                        "state": "sent",
                    }
                )
        told[-1].update(
            state="failed",
            error="The mailbox of the recipient is full (452 4.2.2).",
            sent_at=False,
        )
        self.env["prospect.notification"].create(told)

    # --- Records by name ----------------------------------------------------------

    def _demo(self, model, name):
        """A record of the demo data files."""
        return self.env.ref(f"prospect.{model}_{name}_demo")

    def _user(self, name):
        if name == "robot":
            return self.env.ref("base.user_root")
        return self._demo("res_users", name)

    def _status(self, name):
        return self.env.ref(f"prospect.prospect_status_{name}")

    def _lead(self, position, user):
        """One prospect, in the hands of a sales person."""
        return self.leads[position].with_user(self._user(user)).sudo()

    # --- Creation -----------------------------------------------------------------

    def _speak_french(self):
        """French names and French people, where French is installed."""
        if not self.env["res.lang"]._get_data(code="fr_FR").id:
            return
        for name, french in FRENCH.items():
            record = self.env.ref(f"prospect.{name}_demo")
            record.with_context(lang="fr_FR").name = french
        for name in ("helene", "camille", "mehdi"):
            self._user(name).lang = "fr_FR"

    def _create_leads(self):
        # In the order of their arrival, so that the numbers grow with the dates.
        runs = []
        for plan in self.plans:
            maker = (plan.creator, plan.cause)
            if not runs or runs[-1][0] != maker:
                runs.append((maker, []))
            runs[-1][1].append(plan)
        for (creator, cause), plans in runs:
            leads = (
                self.env["crm.lead"]
                .with_user(self._user(creator))
                .sudo()
                .with_context(**trusted(prospect_cause=cause, prospect_rotation=False))
                .create([self._prepare_lead(plan) for plan in plans])
            )
            self.leads += leads.with_env(self.env)

    def _prepare_lead(self, plan):
        french = self.env["res.lang"]._get_data(code="fr_FR").id
        title = "ms" if plan.gender == "f" else "mr"
        values = {
            **plan.values,
            "type": "lead",
            "title_id": self.env.ref(f"prospect.prospect_title_{title}").id,
            "country_id": self.env.ref(f"base.{plan.country}").id,
            "lang_id": french if plan.language == "fr" else False,
            "list_ids": [
                Command.link(self._demo("prospect_list", name).id)
                for name in plan.joined
            ],
            "source_id": self.env.ref(f"prospect.utm_source_{plan.source}").id,
            "tag_ids": [
                Command.link(self._demo("crm_tag", name).id) for name in plan.tags
            ],
            "team_id": self._demo("crm_team", plan.team).id,
            "user_id": plan.user and self._user(plan.user).id,
        }
        if "description" in values:
            values["description"] = plaintext2html(values["description"])
        if "iap_enrich_done" in self.env["crm.lead"]._fields:
            # Invented companies are not worth a paid look-up.
            values["iap_enrich_done"] = True
        return values

    def _create_activities(self):
        model = self.env["ir.model"]._get_id("crm.lead")
        groups = {}
        for lead, plan in zip(self.leads, self.plans, strict=True):
            for kind, summary, deadline in plan.activities:
                activity_type = self.env.ref(
                    ACTIVITY_TYPES[kind], raise_if_not_found=False
                )
                groups.setdefault(plan.user, []).append(
                    {
                        "activity_type_id": activity_type and activity_type.id,
                        "date_deadline": deadline,
                        "res_id": lead.id,
                        "res_model_id": model,
                        "summary": summary,
                        "user_id": self._user(plan.user).id,
                    }
                )
        for user, vals_list in groups.items():
            self.env["mail.activity"].with_user(self._user(user)).sudo().create(
                vals_list
            )

    def _create_notes(self):
        vals_list = []
        for lead, plan in zip(self.leads, self.plans, strict=True):
            for date, user, text in plan.notes:
                author = self._user(user).partner_id
                vals_list.append(
                    {
                        "author_id": author.id,
                        "body": plaintext2html(text),
                        "date": date,
                        "email_from": author.email_formatted,
                        "message_type": "comment",
                        "model": "crm.lead",
                        "res_id": lead.id,
                        "subtype_id": self.env.ref("mail.mt_note").id,
                    }
                )
        self.env["mail.message"].create(vals_list)

    # --- History ------------------------------------------------------------------

    def _replay(self, events_name, apply):
        """Let the events of all prospects happen: each one's first, then the second.

        :param apply: called with an event and the prospects to which it happens
        """
        histories = [getattr(plan, events_name) for plan in self.plans]
        for turn in range(max(map(len, histories))):
            groups = {}
            for position, events in enumerate(histories):
                if turn < len(events):
                    event = events[turn]
                    key = (event.action, event.user, event.list_name, event.reason)
                    groups.setdefault(key, []).append((position, event))
            for (_action, user, *_rest), group in groups.items():
                leads = self.env["crm.lead"].union(
                    *(self.leads[position] for position, _event in group)
                )
                apply(group, leads.with_user(self._user(user)).sudo())

    def _apply_list_event(self, group, leads):
        event = group[0][1]
        prospect_list = self._demo("prospect_list", event.list_name)
        side = "add" if event.action == "join" else "remove"
        leads._prospect_lists_change(**{side: prospect_list})

    def _apply_step(self, group, leads):
        event = group[0][1]
        reason = event.reason and self._demo("crm_lost_reason", event.reason).id
        if event.action in ("convert", "contact"):
            for position, step in group:
                self._convert(position, step)
        elif event.action == "junk":
            leads.write(
                {"status_id": self._status("junk").id, "lost_reason_id": reason}
            )
        elif event.action in ("lost", "opportunity_lost"):
            leads.action_set_lost(lost_reason_id=reason)
        elif event.action == "restore":
            leads.action_restore()
        elif event.action == "won":
            leads.action_set_won()
        elif event.action in STAGES:
            xmlid, probability = STAGES[event.action]
            stage = self.env.ref(xmlid, raise_if_not_found=False)
            if stage:
                leads.write({"stage_id": stage.id, "probability": probability})
        else:
            leads.status_id = self._status(event.action)

    def _convert(self, position, step):
        """Give a prospect its contact, and its opportunity if there is one."""
        plan, lead = self.plans[position], self._lead(position, step.user)
        company = self.companies.get(lead.partner_name)
        partner = lead._create_customer(with_parent=company)
        if lead.partner_name:
            self.companies[lead.partner_name] = partner.parent_id
        for record in partner | partner.parent_id:
            earlier = self.partner_dates.get(record, step.date)
            self.partner_dates[record] = min(earlier, step.date)
        if step.action == "convert":
            lead.convert_opportunity(partner)
            lead.write(plan.opportunity)
        else:
            lead.write(
                {"partner_id": partner.id, "status_id": self._status("converted").id}
            )

    def _register(self):
        """External identifiers, so that uninstalling takes the demo data along."""
        records = {"crm_lead": self.leads, "res_partner": list(self.partner_dates)}
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"prospect.{name}_{number:03}_demo",
                    "record": record,
                    "noupdate": True,
                }
                for name, group in records.items()
                for number, record in enumerate(group, start=1)
            ]
        )

    # --- Dates --------------------------------------------------------------------

    def _put_back_leads(self):
        rows = [
            (lead.id, *self._get_lead_dates(plan))
            for lead, plan in zip(self.leads, self.plans, strict=True)
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead
                      SET create_date = past.created,
                          write_date = past.written,
                          date_open = past.opened,
                          date_conversion = past.converted,
                          date_closed = past.closed,
                          date_last_stage_update = past.staged,
                          day_open = floor(
                              extract(epoch FROM past.opened - past.created) / 86400),
                          day_close = floor(
                              extract(epoch FROM past.closed - past.created) / 86400)
                     FROM unnest(
                          %s, %s::timestamp[], %s::timestamp[], %s::timestamp[],
                          %s::timestamp[], %s::timestamp[], %s::timestamp[]
                     ) AS past (id, created, written, opened, converted, closed, staged)
                    WHERE past.id = crm_lead.id""",
                *map(list, zip(*rows, strict=True)),
            )
        )

    def _get_lead_dates(self, plan):
        """(created, written, assigned, converted, closed, in its stage since)."""
        first = plan.steps[0].date if plan.steps else self.now
        opened = min(plan.date + timedelta(hours=2), first) if plan.user else None
        written = max(
            [plan.date, *(event.date for event in plan.steps + plan.list_events)]
        )
        at = {step.action: step.date for step in plan.steps}
        closed = None
        if plan.outcome in ("junk", "won", "opportunity_lost"):
            closed = plan.steps[-1].date
        staged = max(
            [
                plan.date,
                *(at[name] for name in ("convert", "won", *STAGES) if name in at),
            ]
        )
        return plan.date, written, opened, at.get("convert"), closed, staged

    def _put_back_histories(self):
        """Date each row of the two logs: the rows stand in the order of the plan."""
        for table, get_dates in (
            ("prospect_status_change", self._get_status_dates),
            ("prospect_membership", self._get_list_dates),
        ):
            dates = [date for plan in self.plans for date in get_dates(plan)]
            ids = self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE lead_id IN %s ORDER BY lead_id, id",
                    SQL.identifier(table),
                    tuple(lead.id for lead in self.leads),
                )
            )
            self._put_back(
                table,
                "date",
                {row_id: date for (row_id,), date in zip(ids, dates, strict=True)},
            )

    def _put_back_stages(self):
        """Date the stages of the opportunities: one for each step that has moved
        one.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT lead_id, array_agg(id ORDER BY id) FROM prospect_stage_change"
                " WHERE lead_id IN %s GROUP BY lead_id",
                tuple(lead.id for lead in self.leads),
            )
        )
        plans = {
            lead.id: plan for lead, plan in zip(self.leads, self.plans, strict=True)
        }
        dates = {}
        for lead_id, numbers in rows:
            moments = [
                step.date
                for step in plans[lead_id].steps
                if step.action in ("convert", "won", *STAGES)
            ]
            # without one of Odoo's stages a step moves nothing
            dates.update(zip(numbers, moments, strict=False))
        self._put_back("prospect_stage_change", "date", dates)

    def _put_back_assignments(self):
        """Date who had each prospect by when it was assigned."""
        self.env.cr.execute(
            """UPDATE prospect_assignment AS row
                  SET date = COALESCE(lead.date_open, lead.create_date)
                 FROM crm_lead AS lead
                WHERE lead.id = row.lead_id AND lead.id = ANY(%s)""",
            [[lead.id for lead in self.leads]],
        )

    def _get_status_dates(self, plan):
        return [
            plan.date,
            *(step.date for step in plan.steps if step.action in STATUS_STEPS),
        ]

    def _get_list_dates(self, plan):
        return [
            *(plan.date for _name in plan.joined),
            *(event.date for event in plan.list_events),
        ]

    def _put_back_others(self):
        """What was there before the first prospect, and the contacts made since."""
        partners = {partner.id: date for partner, date in self.partner_dates.items()}
        self._put_back("res_partner", "create_date", partners)
        start = self.now - timedelta(days=DAYS + 3)
        old = self.env["ir.model.data"].search_fetch(
            [
                ("module", "=", "prospect"),
                ("model", "in", ["crm.team", "prospect.list", "res.users"]),
                ("name", "=like", "%\\_demo"),
            ],
            ["model", "res_id"],
        )
        for model, data in old.grouped("model").items():
            self._put_back(
                self.env[model]._table,
                "create_date",
                dict.fromkeys(data.mapped("res_id"), start),
            )

    def _put_back(self, table, column, dates):
        """Set one date of some rows.

        :param dict dates: {id of a row: its date}
        """
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s SET %(column)s = past.date
                     FROM unnest(%(ids)s, %(dates)s::timestamp[]) AS past (id, date)
                    WHERE %(table)s.id = past.id""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                ids=list(dates),
                dates=list(dates.values()),
            )
        )
