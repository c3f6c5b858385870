from collections import Counter, defaultdict

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.flags import FLAG_FIELDS
from ...tools.incoming import Incoming
from ...tools.matching import NAMES, POLICIES, identity_key, plan_values
from ...tools.remarks import field_label, remark
from ...tools.transactions import is_refusal
from ...tools.trusted import read_trusted, trusted
from ...tools.values import clean_email
from .row_values import clean_value, read_row_phone, read_titles

# What makes a row a person.
IDENTITY_FIELDS = ("contact_name", "first_name", "last_name", "partner_name", "name")
# Types of fields whose values are what is written.
TEXTS = ("char", "selection", "text")


class CrmLead(models.Model):
    """The one gate by which prospects come in, for all but a person typing.

    The steps are methods of their own, because a preview takes the first ones and a run
    takes all of them: read, lock, match, plan, write, react.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # Odoo's index on e-mails is made for parts of them: a thousand times slower
    _prospect_email_idx = models.Index(
        "(email_normalized) WHERE is_listed IS TRUE AND email_normalized IS NOT NULL"
    )

    @api.model
    def _prospect_upsert(self, rows, policy="update", defaults=None, cause=None):
        """Create or update prospects, a batch at once, and say what became of each row.

        The key of a person is the normalised e-mail, or the phone of a row without
        one; a row without both never matches [CO-09]. An open prospect is updated; a
        converted one and junk stay, and the person comes back as a new prospect
        (``is_repeat``) that is linked to the same contact [BX-34]. Looked for in the
        company of the row and among those of no company.

        :param list rows: dicts of values of ``crm.lead``; relations as records or
            numbers, lists and tags as records, numbers or commands
        :param str policy: for existing people: ``update`` (new values win), ``fill``
            (only what is empty), ``skip``, or ``create`` (nobody is matched)
        :param dict defaults: values of new prospects only, such as source or team
        :param str cause: of the histories, else the context's ``prospect_cause``
        :return: a dict per row, in their order: ``outcome`` (created, updated,
            unchanged, repeat, skipped or failed), ``reason``, ``lead_id``, ``before``
            and ``after`` (the fields that change) and ``left_alone`` (e-mail and phone
            that differ from those of the contact)
        :raises psycopg2.errors.SerializationFailure: when the same person came in
            elsewhere at the same time: the whole transaction has to run again, which
            Odoo does for requests, and ``prospect.operation`` for its batches
        :raises ValueError: for a policy that does not exist
        """
        if policy not in POLICIES:
            raise ValueError(f"No such policy: {policy!r}")
        gate = self.with_context(**trusted(prospect_cause=cause)) if cause else self
        incoming = [
            gate._prospect_gate_read(number, values, defaults)
            for number, values in enumerate(rows, start=1)
        ]
        gate._prospect_gate_run(incoming, policy, defaults)
        gate._prospect_gate_react(incoming)
        gate._prospect_gate_simplify(incoming)
        return [row.as_outcome() for row in incoming]

    @api.model
    def _prospect_gate_simplify(self, incoming):
        """Do at once what follows from rows that were written; wings add theirs."""

    @api.model
    def _prospect_gate_run(self, incoming, policy, defaults=None):
        """Lock, match, plan and write rows that were read; reactions are left out."""
        self.env["prospect.key"]._touch(row.key for row in incoming)
        self._prospect_gate_match(incoming, policy, defaults)
        self._prospect_gate_plan(incoming, policy, defaults)
        self._prospect_gate_write(incoming, policy, defaults)
        self._prospect_gate_link(incoming)

    @api.model
    def _prospect_gate_link(self, incoming):
        """Give rows that changed nothing the prospect that they are about."""
        made = {row.number: row.lead_id for row in incoming if row.lead_id}
        for row in incoming:
            if not row.lead_id and row.outcome != "failed":
                row.lead_id = row.existing or made.get(row.target, 0)

    # --- Read ---------------------------------------------------------------------

    @api.model
    def _prospect_gate_read(self, number, values, defaults=None):
        """One row with clean values and its identity; what cannot be used has failed.

        :param int number: its place
        :param dict values: values of ``crm.lead``, from any channel
        """
        row = Incoming(number, {}, notes=list(getattr(values, "remarks", ())))
        values = dict(values)
        row.wanted = values.pop("id", 0) or 0
        fields = self._fields
        for fname, value in values.items():
            field = fields.get(fname)
            if field is None:
                raise ValueError(f"crm.lead has no field {fname!r}")
            if type(value) is str and field.type in TEXTS:
                # most values, and a file has many
                value = clean_value(field, value)
            elif type(value) is not int:
                value = self._prospect_gate_clean(field, value)
            elif field.type == "many2many":
                value = [value] if value else []
            if value not in (None, False, "", []):
                row.values[fname] = value
        read_titles(self.env, row.values)
        self._prospect_gate_identify(row, defaults or {})
        # what a channel has told already is told once
        row.notes = list(dict.fromkeys(row.notes))
        return row

    @api.model
    def _prospect_gate_clean(self, field, value):
        """A value as plain data: numbers for relations, text without outer blanks."""
        if isinstance(value, models.BaseModel):
            value = value.ids if field.type == "many2many" else value.id
        if field.type == "many2many" and value:
            return self._prospect_gate_ids(value)
        if field.type in ("date", "datetime") and value:
            return field.to_string(field.convert_to_cache(value, self))
        if field.type == "html" and value:
            # as it will be stored, so that the same notes are seen to be the same
            return field.convert_to_column(clean_value(field, value), self) or ""
        if isinstance(value, str):
            return clean_value(field, value)
        return value

    @api.model
    def _prospect_gate_ids(self, value):
        """Ids of the records that a value of a many2many joins."""
        ids = set()
        for item in [value] if isinstance(value, int) else value:
            if isinstance(item, (int, str)):
                # a text is the name of a tag or list that an import will make
                ids.add(item)
            elif item[0] == Command.LINK:
                ids.add(item[1])
            elif item[0] == Command.SET:
                ids.update(item[2])
        return sorted(ids, key=str)

    @api.model
    def _prospect_gate_identify(self, row, defaults):
        """Find e-mail, phone and key of a row."""
        values = row.values
        if values.get("email_from"):
            row.email, _problem = clean_email(values["email_from"])
            if not row.email:
                row.notes.append(
                    remark(self.env, "gate.email_invalid", email=values["email_from"])
                )
        if values.get("phone"):
            country_id = values.get("country_id") or defaults.get("country_id")
            read_row_phone(self.env, row, self._prospect_gate_country(country_id))
        row.key = identity_key(row.email, row.phone)
        if (
            not row.key
            and not row.wanted
            and not any(values.get(fname) for fname in IDENTITY_FIELDS)
        ):
            row.fail(remark(self.env, "gate.nobody"))

    @api.model
    def _prospect_gate_country(self, country_id):
        """Two letters of the country in which national numbers are read."""
        country_id = country_id or read_trusted(self.env.context, "prospect_country_id")
        if not country_id:
            # sudo: the country of the company, for visitors too
            return self.env.company.sudo().country_id.code or None
        codes = self.env.cr.cache.setdefault("prospect_country_codes", {})
        if country_id not in codes:
            codes[country_id] = self.env["res.country"].browse(country_id).code or None
        return codes[country_id]

    # --- Match --------------------------------------------------------------------

    @api.model
    def _prospect_gate_place(self, incoming, defaults=None):
        """Find the company in which each row's person is looked for.

        The one that a new lead with these values would belong to, so that whoever
        comes in twice is found: once for each distinct owner of a batch.
        """
        defaults, companies, teams = defaults or {}, {}, {}
        for row in incoming:
            if row.company or row.outcome:
                continue
            owner = tuple(
                row.values.get(fname) or defaults.get(fname) or False
                for fname in ("company_id", "team_id", "user_id", "partner_id")
            )
            if owner not in companies:
                companies[owner] = self._prospect_gate_company(*owner, teams)
            row.company = companies[owner]

    @api.model
    def _prospect_gate_company(self, company_id, team_id, user_id, partner_id, teams):
        """The company that Odoo gives a new lead, else the current one.

        :param dict teams: {user id: default team}, added to
        """
        if not company_id and not team_id:
            team_id = self._prospect_gate_team(user_id, teams)
        if not company_id:
            # sudo: companies alone, of records that the row names
            team, user, partner = (
                self.env[model].sudo().browse(number or []).exists()
                for model, number in (
                    ("crm.team", team_id),
                    ("res.users", user_id),
                    ("res.partner", partner_id),
                )
            )
            if team.company_id:
                company_id = team.company_id.id
            elif self.env.company in user.company_ids:
                company_id = self.env.company.id
            elif user:
                company_id = (user.company_id & self.env.companies).id
            else:
                company_id = partner.company_id.id
        if not self.env.su and company_id not in self.env.companies.ids:
            # people of a company that one does not work for are not looked for
            company_id = False
        return company_id or self.env.company.id

    @api.model
    def _prospect_gate_team(self, user_id, teams):
        """The team of a new lead that names none, as Odoo would search for it.

        :param user_id: the salesperson's, or False
        :param dict teams: {user id: team id} of those that were looked for, added to
        """
        if user_id not in teams and user_id:
            team = self.env["crm.team"]._get_default_team_id(
                user_id=user_id, domain=[(self._prospect_get_team_use(), "=", True)]
            )
            teams[user_id] = team.id
        elif user_id not in teams:
            # the ORM gives this one to a create that names none
            teams[user_id] = self.default_get(["team_id"]).get("team_id") or False
        return teams[user_id]

    @api.model
    def _prospect_gate_match(self, incoming, policy, defaults=None):
        """Find who exists already, with two queries for the batch.

        Open prospects before closed ones, those of the own company before those of
        none, then the oldest. Everybody is found, also those that the person may not
        see: otherwise each salesperson would make a double of the colleague's.
        """
        self._prospect_gate_place(incoming, defaults)
        if policy == "create":
            return
        self.env["crm.lead"].flush_model(
            ["company_id", "email_normalized", "is_listed", "phone_sanitized"]
        )
        self._prospect_gate_match_numbers(incoming)
        for fname, letter in (("email_normalized", "e"), ("phone_sanitized", "p")):
            rows = [
                row
                for row in incoming
                if row.key
                and row.key[0] == letter
                and not row.outcome
                and not row.wanted
            ]
            for index, lead_id, is_closed in self._prospect_gate_find(rows, fname):
                if is_closed:
                    rows[index].closed = lead_id
                else:
                    rows[index].existing = lead_id

    @api.model
    def _prospect_gate_match_numbers(self, incoming):
        """Rows that name a prospect by its number, as our extracts do [IY-19]."""
        rows = [row for row in incoming if row.wanted and not row.outcome]
        if not rows:
            return
        leads = self.with_context(active_test=False).search(
            self._prospect_listed_domain()
            & Domain("id", "in", [r.wanted for r in rows])
        )
        for row in rows:
            if row.wanted in leads.ids:
                row.existing, row.closed = row.wanted, 0
            else:
                row.fail(
                    remark(
                        self.env,
                        "gate.no_such_number",
                        number=row.wanted,
                    )
                )

    def _prospect_gate_find(self, rows, fname):
        """[(index of the row, lead id, is closed)] of the best match of each row.

        One look into the index for each row, whatever the size of the table: a plain
        join of some thousand rows would read it all.
        """
        if not rows:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT wanted.index - 1, best.id, best.is_closed
                     FROM unnest(%(keys)s::text[], %(companies)s::int[])
                          WITH ORDINALITY AS wanted (key, company_id, index)
               CROSS JOIN LATERAL (
                          SELECT lead.id, %(is_closed)s AS is_closed
                            FROM crm_lead AS lead
                            JOIN prospect_status AS status
                              ON status.id = lead.status_id
                           WHERE lead.%(fname)s = wanted.key
                             AND lead.is_listed IS TRUE
                             AND (lead.company_id = wanted.company_id
                                  OR lead.company_id IS NULL)
                        ORDER BY %(is_closed)s,
                                 lead.company_id IS NULL, lead.id
                           LIMIT 1) AS best
                 ORDER BY wanted.index""",
                keys=[row.key[2:] for row in rows],
                companies=[row.company for row in rows],
                fname=SQL.identifier(fname),
                is_closed=self._prospect_gate_is_closed(),
            )
        )

    @api.model
    def _prospect_gate_is_closed(self):
        """SQL of whether an existing prospect is closed, so that its person comes back.

        Without leads a converted one is open as long as its opportunity: the person is
        updated, and not doubled.
        """
        if self._prospect_get_simple_targets():
            return SQL(
                "(status.kind = 'junk' OR status.kind = 'converted'"
                " AND (lead.active IS NOT TRUE OR lead.won_status != 'pending'))"
            )
        return SQL("(status.kind IN ('converted', 'junk'))")

    # --- Plan ---------------------------------------------------------------------

    @api.model
    def _prospect_gate_plan(self, incoming, policy, defaults=None):
        """Decide what becomes of each row, rows about one person in their order."""
        existing = self._prospect_gate_current(
            {row.existing for row in incoming if row.existing}, incoming
        )
        self._prospect_gate_suggest(
            [row for row in incoming if not (row.outcome or row.existing)], defaults
        )
        by_key, by_phone, by_lead = {}, {}, {}
        for row in incoming:
            if row.outcome:
                continue
            if policy == "create":
                self._prospect_gate_plan_new(row, defaults)
                continue
            person = (
                by_lead.get(row.existing)
                if row.existing
                else self._prospect_gate_same(row, by_key, by_phone)
            )
            if person is None and row.existing:
                person = by_lead[row.existing] = {"lead_id": row.existing, "row": 0}
                person["current"] = existing.get(row.existing)
            if person is None:
                self._prospect_gate_plan_new(row, defaults)
                person = {"lead_id": 0, "row": row.number, "current": dict(row.after)}
                person["current"].update(
                    email_normalized=row.email, phone_sanitized=row.phone
                )
            else:
                row.existing, row.target = person["lead_id"], person["row"]
                row.closed = 0
                self._prospect_gate_plan_existing(row, person["current"], policy)
            by_key.setdefault((row.company, row.key), person)
            if row.phone:
                by_phone.setdefault((row.company, row.phone), person)
        self._prospect_gate_leave_closed(incoming)

    @api.model
    def _prospect_gate_leave_closed(self, incoming):
        """Lists that take no new members are left out, and the row says so."""
        wanted = [row for row in incoming if row.after.get("list_ids")]
        numbers = {
            number
            for row in wanted
            for number in row.after["list_ids"]
            if isinstance(number, int)
        }
        if not numbers:
            return
        # sudo: the dates of lists that the row names
        lists = self.env["prospect.list"].sudo().browse(numbers).exists()
        closed = lists.filtered("is_closed")
        for row in wanted if closed else ():
            left = closed.filtered(lambda lst, row=row: lst.id in row.after["list_ids"])
            if not left:
                continue
            kept = [
                number for number in row.after["list_ids"] if number not in left.ids
            ]
            row.after["list_ids"] = kept
            if not kept:
                del row.after["list_ids"]
                row.before.pop("list_ids", None)
            for prospect_list in left:
                row.remark(prospect_list._describe_closed())
            if row.outcome == "updated" and not row.after:
                row.outcome = "unchanged"

    def _prospect_gate_same(self, row, by_key, by_phone):
        """The person of an earlier row, by the key, or the phone of one without."""
        if not row.key:
            return None
        person = by_key.get((row.company, row.key))
        if person is None and not row.email and not row.closed:
            person = by_phone.get((row.company, row.phone))
        return person

    @api.model
    def _prospect_gate_plan_new(self, row, defaults):
        """A row that makes a prospect."""
        row.outcome, row.reason = "repeat" if row.closed else "created", ""
        # a row has no empty values
        row.after = {
            fname: value
            for fname, value in (defaults or {}).items()
            if value not in (None, False, "", [])
        }
        row.after.update(row.values)
        for fname in ("list_ids", "tag_ids"):
            if defaults and defaults.get(fname):
                row.after[fname] = sorted(
                    {*defaults[fname], *row.values.get(fname, ())}, key=str
                )
        for fname, value in row.suggested.items():
            if fname != "team_id" or "user_id" not in row.after:
                row.after.setdefault(fname, value)
        if row.closed:
            row.reason = remark(self.env, "gate.comes_back")
        if any(fname in row.after for fname in NAMES):
            self._prospect_complete_names(row.after)
            for fname in NAMES:
                if row.after[fname] is False:
                    del row.after[fname]

    @api.model
    def _prospect_gate_plan_existing(self, row, current, policy):
        """A row about somebody known: what changes, if anything."""
        if policy == "skip":
            row.outcome = "skipped"
            row.reason = remark(self.env, "gate.exists")
            if current is None:
                # somebody whom the person may not see is not named
                row.existing = 0
            return
        if current is None:
            row.existing = 0
            row.fail(remark(self.env, "gate.exists_elsewhere"))
            return
        values = self._prospect_gate_fit(row, current, policy)
        ignored = self._prospect_gate_same_fields(row, current)
        row.before, row.after, row.left_alone = plan_values(
            current, values, policy, ignored
        )
        self._prospect_gate_whole_name(row, current, values)
        row.outcome = "updated" if row.after else "unchanged"
        if row.left_alone and current.get("partner_id"):
            row.remark(self._prospect_gate_describe_left(row))
        self._prospect_gate_advance(current, row)

    def _prospect_gate_fit(self, row, current, policy):
        """What a row says about an existing person: with the whole name, and only with
        properties that the person's team has.
        """
        values = dict(row.values)
        if any(fname in values for fname in NAMES):
            existing_names = (
                (current.get("first_name"), current.get("last_name"))
                if policy == "update"
                else (False, False)
            )
            self._prospect_complete_names(values, *existing_names)
        if "lead_properties" in values:
            self._prospect_gate_fit_properties(row, values, current)
        return values

    def _prospect_gate_same_fields(self, row, current):
        """Names of fields that are the same in other words, or worse."""
        same = set()
        for fname, given, normalized in (
            ("email_from", row.email, "email_normalized"),
            ("phone", row.phone, "phone_sanitized"),
        ):
            if (given and given == current.get(normalized)) or (
                not given and current.get(fname)
            ):
                same.add(fname)
        return same

    def _prospect_gate_whole_name(self, row, current, values):
        """One name, in three fields: a part that the new name has not goes with it."""
        if not any(fname in row.after for fname in NAMES):
            return
        for fname in NAMES:
            if (current.get(fname) or False) != (values.get(fname) or False):
                row.before[fname] = current.get(fname) or False
                row.after[fname] = values.get(fname) or False

    def _prospect_gate_fit_properties(self, row, values, current):
        """Keep the properties that the team of an existing prospect has."""
        team = self.env["crm.team"].browse(current.get("team_id") or [])
        # sudo: the names of the properties of the prospect's own team
        definitions = team.sudo().lead_properties_definition or []
        names = {definition["name"] for definition in definitions}
        given = values["lead_properties"]
        values["lead_properties"] = {
            name: value for name, value in given.items() if name in names
        }
        if len(values["lead_properties"]) < len(given):
            row.remark(remark(self.env, "gate.properties_left_out"))

    def _prospect_gate_describe_left(self, row):
        """What was left alone because it belongs to the contact, in words."""
        labels = [
            field_label(self.env, self._name, fname)
            for fname in row.left_alone
            if fname in ("email_from", "phone")
        ]
        if not labels:
            return ""
        return remark(self.env, "gate.left_to_contact", fields=labels)

    def _prospect_gate_advance(self, current, row):
        """Let the next row about the same person see this one's changes."""
        for fname, value in row.after.items():
            if isinstance(value, list):
                current[fname] = {*(current.get(fname) or ()), *value}
            else:
                current[fname] = value
        if "phone" in row.after:
            current["phone_sanitized"] = row.phone
        if "email_from" in row.after:
            current["email_normalized"] = row.email

    @api.model
    def _prospect_gate_current(self, lead_ids, incoming):
        """{lead id: present values of the fields that the rows speak of}.

        Leads that the person may not write are not in it.
        """
        leads = self.browse(sorted(lead_ids))._filtered_access("write")
        fnames = {
            "team_id",
            "partner_id",
            "email_normalized",
            "phone_sanitized",
            "email_from",
        }
        fnames |= {"phone", *NAMES}.union(*(row.values for row in incoming))
        # sudo: the person may write them; fields of groups that he is not in are only
        # compared
        leads = leads.sudo().with_context(active_test=False)
        leads.fetch([fname for fname in fnames if self._fields[fname].store])
        return {
            lead.id: {fname: lead._prospect_plain_value(fname) for fname in fnames}
            for lead in leads
        }

    # --- Write --------------------------------------------------------------------

    @api.model
    def _prospect_gate_write(self, incoming, policy, defaults=None):
        """Write what was planned; a row that the database refuses fails alone.

        :raises psycopg2.errors.SerializationFailure: see :meth:`_prospect_upsert`
        """
        rows = [row for row in incoming if row.after and row.outcome != "failed"]
        try:
            with self.env.cr.savepoint():
                self._prospect_gate_write_batch(rows)
            return
        except Exception as error:
            if not is_refusal(error):
                raise
            if len(rows) == 1:
                rows[0].fail(self._prospect_gate_describe_error(error))
                return
        made, heirs = {}, {}
        for row in rows:
            target = heirs.get(row.target, row.target)
            if target and not made.get(target) and not row.existing:
                # the row that it was about has failed: it stands for itself, and for
                # the next ones
                heirs[row.target] = row.number
                row.target, row.before = 0, {}
                self._prospect_gate_plan_new(row, defaults)
            elif target and not row.existing:
                row.target, row.existing = target, made[target]
            alone = self.with_context(**trusted(prospect_write_path="standard"))
            alone._prospect_gate_write([row], policy, defaults)
            if row.creates:
                made[row.number] = row.lead_id

    @api.model
    def _prospect_gate_write_batch(self, rows):
        """Write planned rows at once."""
        writer = self.with_context(
            active_test=False,
            **trusted(
                prospect_batch=True, prospect_keep_contact=True, prospect_noted=True
            ),
        )
        creating = [row for row in rows if row.creates]
        writer._prospect_gate_create(creating)
        made = {row.number: row.lead_id for row in creating}
        for row in rows:
            if not row.creates:
                row.lead_id = row.existing or made.get(row.target, 0)
        writer._prospect_gate_update([row for row in rows if not row.creates])
        self.env.flush_all()
        self.browse(
            row.lead_id
            for row in rows
            if row.lead_id and (row.creates or not FLAG_FIELDS.isdisjoint(row.after))
        )._prospect_flags_later()

    @api.model
    def _prospect_gate_create(self, rows):
        """Make the prospects of rows, by SQL where possible, else in one create.

        Those that are distributed apart from others: their histories say so.
        """
        groups = defaultdict(list)
        for row in rows:
            groups[row.distribute].append(row)
        for distribution, group in groups.items():
            gate = self
            if distribution is not None:
                gate = self.with_context(**trusted(prospect_distribute=distribution))
            gate._prospect_gate_create_alike(group)

    @api.model
    def _prospect_gate_create_alike(self, rows):
        rows = self._prospect_fast_create(rows)
        if not rows:
            return
        closed = self._prospect_gate_contacts(rows)
        creator = self._prospect_handing_in()
        vals_list = []
        for row in rows:
            values = {
                "user_id": False,
                "team_id": False,
                **creator._prospect_gate_computed(row),
                **{
                    fname: [Command.set(value)] if isinstance(value, list) else value
                    for fname, value in row.after.items()
                },
                "type": "lead",
            }
            if row.closed and closed.get(row.closed) and not values.get("partner_id"):
                values["partner_id"] = closed[row.closed]
            vals_list.append(values)
        self._prospect_gate_complete(vals_list)
        leads = creator.create(vals_list).with_env(self.env)
        repeats = self.browse()
        for row, lead in zip(rows, leads, strict=True):
            row.lead_id = lead.id
            if row.closed:
                repeats += lead
        if repeats:
            # sudo: only the gate says who comes back
            repeats.sudo().is_repeat = True

    def _prospect_gate_contacts(self, rows):
        """{closed lead id: its contact's id} for those who come back."""
        # sudo: the person may not see the closed prospect, and gets the link alone
        closed = self.sudo().browse({row.closed for row in rows if row.closed})
        return {lead.id: lead.partner_id.id for lead in closed}

    def _prospect_gate_computed(self, row):
        """What Odoo would compute from one row and the gate knows already."""
        return self._prospect_fast_handed_in(row)

    def _prospect_gate_complete(self, vals_list):
        """Give each row the team and the stage that Odoo would search for it.

        Two searches for each distinct salesperson instead of three a row.
        """
        teams, stages = {}, {}
        for vals in vals_list:
            if not vals.get("team_id"):
                user_id = vals.get("user_id") or False
                vals["team_id"] = self._prospect_gate_team(user_id, teams)
            team_id = vals["team_id"]
            if not vals.get("stage_id"):
                if team_id not in stages:
                    stages[team_id] = self._stage_find(
                        team_id=team_id, domain=[("fold", "=", False)]
                    ).id
                vals["stage_id"] = stages[team_id]

    @api.model
    def _prospect_gate_update(self, rows):
        """Write the changes of rows about existing people, equal ones together."""
        joins, writes = defaultdict(list), []
        for row in rows:
            values = dict(row.after)
            lists = tuple(values.pop("list_ids", ()))
            if lists:
                joins[lists].append(row.lead_id)
            if values:
                writes.append((row.lead_id, values))
        everybody = [lead_id for lead_id, _values in writes]
        for values, lead_ids in self._prospect_gate_group(writes):
            self.browse(lead_ids).with_prefetch(everybody).write(values)
        cause = self.env["prospect.membership"]._get_cause()
        for lists, lead_ids in joins.items():
            self.browse(lead_ids)._prospect_lists_change(
                add=self.env["prospect.list"].browse(lists), cause=cause
            )

    @api.model
    def _prospect_gate_group(self, writes):
        """Writes to make: what is the same for several leads is written once.

        Tags come apart from the rest, because few people differ in nothing else. Who is
        in several rows is written row by row, in their order.

        :param list writes: (lead id, planned values) pairs
        :return: list of (values as for ``write``, lead ids)
        """
        often = Counter(lead_id for lead_id, _values in writes)
        groups, values_of = defaultdict(list), {}
        for index, (lead_id, values) in enumerate(writes):
            parts = [values]
            if often[lead_id] == 1 and len(values) > 1 and "tag_ids" in values:
                tags = {"tag_ids": values["tag_ids"]}
                parts = [{k: v for k, v in values.items() if k != "tag_ids"}, tags]
            for part in parts:
                key = repr(sorted(part.items())) if often[lead_id] == 1 else index
                values_of.setdefault(key, part)
                groups[key].append(lead_id)
        return [
            (
                {
                    fname: [Command.link(number) for number in value]
                    if self._fields[fname].type == "many2many"
                    else value
                    for fname, value in values_of[key].items()
                },
                lead_ids,
            )
            for key, lead_ids in groups.items()
        ]

    # --- React --------------------------------------------------------------------

    @api.model
    def _prospect_gate_react(self, incoming):
        """Call the hooks, each once for the batch, on what the rows did."""
        for name, leads, *args in self._prospect_gate_find_reactions(incoming):
            getattr(leads, f"_prospect_on_{name}")(*args)

    @api.model
    def _prospect_gate_signal(self, incoming):
        """Emit the signals of what the rows did, where the hooks are not to be called.

        Of an import whose box is not ticked: they are *quiet*, as the context says.
        """
        if not self._prospect_signal_heard():
            return
        for name, leads, *args in self._prospect_gate_find_reactions(incoming):
            emit = getattr(leads, f"_prospect_signal_{name}", None)
            if emit:
                emit(*args)

    @api.model
    def _prospect_gate_find_reactions(self, incoming):
        """What the rows did, as (hook without prefix, prospects, *arguments)."""
        done = [row for row in incoming if row.lead_id and row.after]
        created = [row.lead_id for row in done if row.creates]
        if created:
            yield "created", self.browse(created)
        updates, joins = defaultdict(set), defaultdict(set)
        for row in done:
            for list_id in row.after.get("list_ids", ()):
                joins[list_id].add(row.lead_id)
            if not row.creates:
                updates[frozenset(row.after)].add(row.lead_id)
        changes = self._prospect_gate_find_changes(done)
        for fnames, lead_ids in updates.items():
            yield "updated", self.browse(lead_ids), set(fnames)
        changed = self._prospect_gate_find_assigned(done, created)
        if changed:
            yield "assigned", self.browse(changed), changed
        if changes:
            yield "status_changed", self.browse(changes), changes
            converted = [
                lead_id
                for lead_id, (old, new) in changes.items()
                if new.kind == "converted" != old.kind
            ]
            if converted:
                yield "converted", self.browse(converted)
        for list_id, lead_ids in joins.items():
            prospect_list = self.env["prospect.list"].browse(list_id)
            yield "list_joined", self.browse(lead_ids), prospect_list

    @api.model
    def _prospect_gate_find_changes(self, done):
        """{lead id: (former status, new status)} of those that rows have changed."""
        statuses, changes = self.env["prospect.status"], {}
        for row in done:
            if row.creates or "status_id" not in row.after:
                continue
            old, _new = changes.get(row.lead_id) or (
                statuses.browse(row.before["status_id"] or []),
                None,
            )
            changes[row.lead_id] = (old, statuses.browse(row.after["status_id"]))
        return changes

    @api.model
    def _prospect_gate_find_assigned(self, done, created):
        """Those whose salesperson is not what it was: {lead id: former one's id}.

        :param list done: rows that have written a prospect
        :param list created: ids of the prospects that were made
        """
        former = {}
        for row in done:
            if not row.creates and "user_id" in row.after:
                former.setdefault(row.lead_id, row.before.get("user_id") or False)
        if not created and not former:
            return {}
        self.flush_model(["type", "user_id"])
        return {
            lead_id: former.get(lead_id, False)
            for lead_id, user_id in self.env.execute_query(
                SQL(
                    "SELECT id, user_id FROM crm_lead"
                    " WHERE id = ANY(%s) AND type = 'lead'",
                    [*created, *former],
                )
            )
            if (user_id or False) != former.get(lead_id, False)
        }

    # --- Contact --------------------------------------------------------------------

    def _get_partner_email_update(self, force_void=True):
        # what arrives through the gate never changes a contact, nor is changed by it
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_email_update(force_void=force_void)

    def _get_partner_phone_update(self, force_void=True):
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_phone_update(force_void=force_void)
