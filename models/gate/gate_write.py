from collections import Counter, defaultdict

from odoo import Command, api, models

from ...tools.flags import FLAG_FIELDS
from ...tools.transactions import is_refusal
from ...tools.trusted import trusted


class ProspectGate(models.AbstractModel):
    """Writing: by SQL or the ORM, and a row that the database refuses fails alone."""

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _write_rows(self, incoming, terms=None):
        """Write what was planned; a row that the database refuses fails alone.

        :raises psycopg2.errors.SerializationFailure: see :meth:`_lock`
        """
        rows = [
            row
            for row in incoming
            if (row.after or row.says) and row.outcome != "failed"
        ]
        try:
            with self.env.cr.savepoint():
                self._write_batch(rows)
            return
        except Exception as error:
            if not is_refusal(error):
                raise
            if len(rows) == 1:
                rows[0].fail(self.env["crm.lead"]._prospect_gate_describe_error(error))
                return
        made, heirs = {}, {}
        for row in rows:
            target = heirs.get(row.target, row.target)
            if target and not made.get(target) and not row.existing:
                # the row that it was about has failed: it stands for itself, and for
                # the next ones
                heirs[row.target] = row.number
                row.target, row.before = 0, {}
                self._plan_new(row, self._get_said(terms and terms.defaults))
            elif target and not row.existing:
                row.target, row.existing = target, made[target]
            alone = self.with_context(**trusted(prospect_write_path="standard"))
            alone._write_rows([row], terms)
            if row.creates:
                made[row.number] = row.lead_id

    @api.model
    def _write_batch(self, rows):
        """Write planned rows at once."""
        writer = self.with_context(
            active_test=False,
            **trusted(
                prospect_batch=True, prospect_keep_contact=True, prospect_noted=True
            ),
        )
        creating = [row for row in rows if row.creates]
        writer._make(creating)
        made = {row.number: row.lead_id for row in creating}
        for row in rows:
            if not row.creates:
                row.lead_id = row.existing or made.get(row.target, 0)
        writer._update([row for row in rows if not row.creates])
        self.env.flush_all()
        writer._say(rows)
        self.env["crm.lead"].browse(
            row.lead_id
            for row in rows
            if row.lead_id and (row.creates or not FLAG_FIELDS.isdisjoint(row.after))
        )._prospect_flags_later()

    @api.model
    def _make(self, rows):
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
            gate._make_alike(group)

    @api.model
    def _make_alike(self, rows):
        rows = self.env["crm.lead"]._prospect_fast_create(rows)
        if not rows:
            return
        closed = self._get_contacts(rows)
        creator = self.env["crm.lead"]._prospect_handing_in()
        vals_list = []
        for row in rows:
            values = {
                "user_id": False,
                "team_id": False,
                **creator._prospect_fast_handed_in(row),
                **{
                    fname: [Command.set(value)] if isinstance(value, list) else value
                    for fname, value in row.after.items()
                },
                "type": "lead",
            }
            if row.closed and closed.get(row.closed) and not values.get("partner_id"):
                values["partner_id"] = closed[row.closed]
            vals_list.append(values)
        self._complete(vals_list)
        leads = creator.create(vals_list).with_env(self.env)
        repeats = self.env["crm.lead"].browse()
        for row, lead in zip(rows, leads, strict=True):
            row.lead_id = lead.id
            if row.closed:
                repeats += lead
        if repeats:
            # sudo: only the gate says who comes back
            repeats.sudo().is_repeat = True

    def _get_contacts(self, rows):
        """{closed lead id: its contact's id} for those who come back."""
        # sudo: the person may not see the closed prospect, and gets the link alone
        closed = (
            self.env["crm.lead"]
            .sudo()
            .browse({row.closed for row in rows if row.closed})
        )
        return {lead.id: lead.partner_id.id for lead in closed}

    def _complete(self, vals_list):
        """Give each row the team and the stage that Odoo would search for it.

        Two searches for each distinct salesperson instead of three a row.
        """
        teams, stages = {}, {}
        for vals in vals_list:
            if not vals.get("team_id"):
                user_id = vals.get("user_id") or False
                vals["team_id"] = self._get_team(user_id, teams)
            team_id = vals["team_id"]
            if not vals.get("stage_id"):
                if team_id not in stages:
                    stages[team_id] = (
                        self.env["crm.lead"]
                        ._stage_find(team_id=team_id, domain=[("fold", "=", False)])
                        .id
                    )
                vals["stage_id"] = stages[team_id]

    @api.model
    def _update(self, rows):
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
        for values, lead_ids in self._group(writes):
            self.env["crm.lead"].browse(lead_ids).with_prefetch(everybody).write(values)
        cause = self.env["prospect.membership"]._get_cause()
        for lists, lead_ids in joins.items():
            self.env["crm.lead"].browse(lead_ids)._prospect_lists_change(
                add=self.env["prospect.list"].browse(lists), cause=cause
            )

    @api.model
    def _group(self, writes):
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
                    if self.env["crm.lead"]._fields[fname].type == "many2many"
                    else value
                    for fname, value in values_of[key].items()
                },
                lead_ids,
            )
            for key, lead_ids in groups.items()
        ]
