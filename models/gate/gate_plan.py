from odoo import api, models

from ...tools.matching import NAMES, plan_values
from ...tools.names import join_name
from ...tools.people import FIELDLESS, Terms
from ...tools.phones import read_extension
from ...tools.remarks import field_label, remark
from ...tools.spelling import is_worse, keep_spelling

# What a row says of an address, whoever has written: joined, or filled where empty.
OF_ANYBODY = frozenset(("campaign_id", "list_ids", "medium_id", "source_id", "tag_ids"))
# Told by a plan, and by the next one anew.
OF_PLAN = frozenset(("gate.later_row", "gate.name_differs_kept"))


class ProspectGate(models.AbstractModel):
    """Planning: what becomes of each row, and what it changes."""

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _plan(self, incoming, terms=None):
        """Decide what becomes of each row, rows about one person together.

        :param list incoming: matched rows, in their order
        :param terms: a :class:`~..tools.people.Terms`
        """
        terms = terms or Terms()
        defaults = self._get_said(terms.defaults)
        known = self._get_current(
            {row.existing for row in incoming if row.existing}, incoming
        )
        self.env["crm.lead"]._prospect_gate_suggest(
            [row for row in incoming if not (row.outcome or row.existing)],
            terms.defaults,
        )
        people = {}
        for row in incoming:
            if row.outcome:
                continue
            row.told = [one for one in row.told if one.code not in OF_PLAN]
            key = (0, row.existing) if row.existing else (1, row.target or row.number)
            person = people.get(key)
            if person is None and row.existing:
                current = known.get(row.existing)
                person = people[key] = {
                    "current": current,
                    "former": current and dict(current),
                    "rows": [],
                }
            if person is None:
                row.target = 0
                self._plan_new(row, defaults)
                current = {
                    **row.after,
                    "email_normalized": row.email,
                    "phone_sanitized": row.phone,
                }
                people[key] = {"current": current, "former": dict(current), "rows": []}
                continue
            row.closed = 0
            person["rows"].append(row)
            self._plan_existing(row, person["current"], terms)
        for person in people.values():
            if person["current"] is not None:
                self._plan_net(person, terms)
        self._plan_notes(incoming, terms)
        self._leave_closed(incoming)

    def _plan_net(self, person, terms):
        """Of several rows about one person, the last one has the last word: what is
        left of all of them is written once, with the last one that changes something.
        """
        changing = [row for row in person["rows"] if row.after]
        if len(changing) > 1:
            before, after = self._get_net(person, changing)
            last = changing[-1]
            for row in changing:
                row.before, row.after = {}, {}
                if after and row is not last:
                    row.told.append(
                        remark(self.env, "gate.later_row", line=last.number)
                    )
                row.outcome = "unchanged"
            if after:
                last.before, last.after, last.outcome = before, after, "updated"
        self._note_name(person, terms)

    def _get_net(self, person, rows):
        """(before, after) of all that some rows change together."""
        before, after = {}, {}
        former, current = person["former"], person["current"]
        for fname in dict.fromkeys(name for row in rows for name in row.after):
            old, new = former.get(fname), current.get(fname)
            if any(isinstance(row.after.get(fname), list) for row in rows):
                added = sorted(set(new or ()) - set(old or ()), key=str)
                if added:
                    before[fname], after[fname] = [], added
            elif (old or False) != (new or False):
                before[fname], after[fname] = old or False, new
        return before, after

    @api.model
    def _leave_closed(self, incoming):
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
            if row.outcome == "updated" and not (row.after or row.says):
                row.outcome = "unchanged"

    @api.model
    def _get_said(self, defaults):
        """Defaults of new prospects, but for those that say nothing."""
        return {
            fname: value
            for fname, value in (defaults or {}).items()
            if value not in (None, False, "", [])
        }

    @api.model
    def _plan_new(self, row, defaults):
        """A row that makes a prospect.

        :param dict defaults: of new prospects, those that say something
        """
        row.outcome, row.reason = "repeat" if row.closed else "created", ""
        # a row has no empty values
        row.after = {**defaults, **row.values}
        for fname in ("list_ids", "tag_ids"):
            if fname in defaults:
                row.after[fname] = sorted(
                    {*defaults[fname], *row.values.get(fname, ())}, key=str
                )
        for fname, value in row.suggested.items():
            if fname != "team_id" or "user_id" not in row.after:
                row.after.setdefault(fname, value)
        if row.closed:
            row.reason = remark(self.env, "gate.comes_back")
        if any(fname in row.after for fname in NAMES):
            self.env["crm.lead"]._prospect_complete_names(row.after)
            for fname in NAMES:
                if row.after[fname] is False:
                    del row.after[fname]

    @api.model
    def _plan_existing(self, row, current, terms):
        """A row about somebody known: what changes, if anything."""
        if terms.policy == "skip":
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
        if terms.channel in FIELDLESS:
            row.outcome = "unchanged"
            return
        policy = terms.policy
        if row.contradicts and not terms.may_rename:
            policy = "fill"
            self._note_said(row, current)
            values = {name: row.values[name] for name in OF_ANYBODY & row.values.keys()}
        else:
            values = self._fit(row, current, policy)
        ignored = self._find_same_fields(row, current, values, policy)
        row.before, row.after, row.left_alone = plan_values(
            current, values, policy, ignored
        )
        self._whole_name(row, current, values)
        row.outcome = "updated" if row.after else "unchanged"
        if row.left_alone and current.get("partner_id"):
            row.remark(self._describe_left(row))
        self._advance(current, row)

    def _fit(self, row, current, policy):
        """What a row says about an existing person: with the whole name, and only with
        properties that the person's team has.
        """
        values = dict(row.values)
        if any(fname in values for fname in NAMES):
            existing_names = (False, False)
            if policy == "update" and not row.contradicts:
                existing_names = (current.get("first_name"), current.get("last_name"))
            self.env["crm.lead"]._prospect_complete_names(values, *existing_names)
            if policy == "update" and not row.contradicts:
                self._keep_spelling(values, current)
        if "lead_properties" in values:
            self._fit_properties(row, values, current)
        return values

    def _keep_spelling(self, values, current):
        """Leave the name as it is where the new one is the same, worse spelt.

        :param dict values: with all three names, changed in place
        """
        known = (current.get("first_name") or "", current.get("last_name") or "")
        given = (values["first_name"] or "", values["last_name"] or "")
        kept = keep_spelling(known, given)
        if kept == known:
            for fname in NAMES:
                del values[fname]
        elif kept != given:
            values["first_name"], values["last_name"] = (name or False for name in kept)
            values["contact_name"] = join_name(*kept)

    def _find_same_fields(self, row, current, values, policy):
        """Names of fields that are the same in other words, or worse."""
        same = set()
        if (row.email and row.email == current.get("email_normalized")) or (
            not row.email and current.get("email_from")
        ):
            same.add("email_from")
        if row.phone and row.phone == current.get("phone_sanitized"):
            extension = read_extension(values.get("phone") or "")
            if not extension or extension == read_extension(current["phone"] or ""):
                same.add("phone")
        elif not row.phone and current.get("phone"):
            same.add("phone")
        if policy == "update":
            fields = self.env["crm.lead"]._fields
            same.update(
                fname
                for fname, value in values.items()
                if fname not in NAMES
                and fields[fname].type == "char"
                and isinstance(value, str)
                and is_worse(current.get(fname), value)
            )
        return same

    def _whole_name(self, row, current, values):
        """One name, in three fields: a part that the new name has not goes with it."""
        if not any(fname in row.after for fname in NAMES):
            return
        for fname in NAMES:
            if (current.get(fname) or False) != (values.get(fname) or False):
                row.before[fname] = current.get(fname) or False
                row.after[fname] = values.get(fname) or False

    def _fit_properties(self, row, values, current):
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

    def _describe_left(self, row):
        """What was left alone because it belongs to the contact, in words."""
        labels = [
            field_label(self.env, "crm.lead", fname)
            for fname in row.left_alone
            if fname in ("email_from", "phone")
        ]
        if not labels:
            return ""
        return remark(self.env, "gate.left_to_contact", fields=labels)

    def _advance(self, current, row):
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
    def _get_current(self, lead_ids, incoming):
        """{lead id: present values of the fields that the rows speak of}.

        Leads that the person may not write are not in it.
        """
        leads = self.env["crm.lead"].browse(sorted(lead_ids))
        leads = leads._filtered_access("write")
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
        leads.fetch(
            [fname for fname in fnames if self.env["crm.lead"]._fields[fname].store]
        )
        return {
            lead.id: {fname: lead._prospect_plain_value(fname) for fname in fnames}
            for lead in leads
        }
