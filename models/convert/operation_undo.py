from collections import defaultdict

from odoo import Command, api, models
from odoo.tools import SQL

from ...tools.contexts import QUIET
from ...tools.remarks import field_label, remark
from ...tools.rows import columns_to_restore, read_rows, write_rows
from ...tools.trusted import trusted


class ProspectOperation(models.Model):
    """How conversions are reverted: whole or not at all, prospect by prospect.

    While nothing that a conversion made was changed; otherwise the line says what
    stands in the way.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _undo_batch_convert(self, lines):
        """Take conversions back, last one first."""
        # sudo: people read lines, only the operation writes them
        lines = lines.sudo()
        leads = self.env["crm.lead"].browse(lines.lead_id.ids)
        leads = leads.with_context(**leads._prospect_convert_context())
        # who may undo may undo this: it is no right to convert
        leads = leads._prospect_with_checked(leads)
        named = {line: self._get_partner_ids(line) for line in lines}
        stamps = self._get_partner_stamps(named)
        touched = self._find_changed_since("res.partner", stamps)
        obstacles = self._find_obstacles(leads, lines, touched)
        self._write_answers(obstacles)
        self._each_line(
            lines.filtered(lambda line: line not in obstacles),
            lambda part: self._unconvert(leads.browse(part.lead_id.ids), part),
        )
        self._keep_states_again("res.partner", stamps.keys() - touched.keys())

    # --- What stands in the way -----------------------------------------------------

    def _find_obstacles(self, leads, lines, touched):
        """{line: (answer, reason)} of the conversions that stay.

        :param dict touched: {contact id: what was done since, in words}
        """
        # sudo: whether they still exist
        existing = set(leads.sudo().exists().ids)
        writable = set(leads.browse(existing)._filtered_access("write").ids)
        opportunities = {
            line.lead_id.id
            for line in lines
            if (line.values.get("opportunity") or {}).get("do") == "turn"
        }
        touched_leads = self._find_touched(existing & opportunities)
        made = self._get_made(lines)
        kept = self._get_kept_partners()
        used = self._find_other_users(made)
        obstacles = {}
        for line in lines:
            lead = leads.browse(line.lead_id.id)
            if lead.id not in existing:
                obstacles[line] = self._answer_gone()
            elif lead.id not in writable:
                obstacles[line] = self._answer_forbidden()
            elif lead.id in touched_leads:
                obstacles[line] = self._answer_touched(touched_leads[lead.id])
            elif fnames := self._find_changed(lead, line):
                obstacles[line] = self._answer_changed(lead, fnames)
            elif names := self._name_partners(made[line], touched):
                obstacles[line] = self._answer_partners(
                    names,
                    {what for number in made[line] for what in touched.get(number, ())},
                )
            elif names := self._name_partners(made[line], kept | used):
                obstacles[line] = self._answer_used(names)
            if line in obstacles:
                kept |= dict.fromkeys(self._get_partner_ids(line), "")
        return obstacles

    @api.model
    def _get_made(self, lines):
        """{line: ids of the contacts and companies that it has made}."""
        return {
            line: [
                line.values[target]["id"]
                for target in ("contact", "company")
                if (line.values.get(target) or {}).get("do") == "create"
            ]
            for line in lines
        }

    @api.model
    def _get_partner_ids(self, line):
        """Ids of all contacts and companies of a line."""
        return [
            line.values[target]["id"]
            for target in ("contact", "company")
            if (line.values.get(target) or {}).get("id")
        ]

    def _get_partner_stamps(self, made):
        """{contact id: when the operation last had to do with it}."""
        numbers = {number for numbers in made.values() for number in numbers}
        if not numbers:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT (target.value ->> 'id')::int,
                              max(GREATEST(line.stamp, line.undo_stamp))
                         FROM prospect_operation_line AS line,
                              jsonb_each(line.values) AS target
                        WHERE line.operation_id = %s
                          AND target.key IN ('contact', 'company')
                          AND (target.value ->> 'id')::int IN %s
                     GROUP BY 1""",
                    self.id,
                    tuple(numbers),
                )
            )
        )

    def _get_kept_partners(self):
        """{contact id: ""} of the lines of this operation that were kept before."""
        # sudo: lines belong to the operation, of which they are
        lines = self.env["prospect.operation.line"].sudo()
        kept = lines.search(
            [
                ("operation_id", "=", self.id),
                ("undo_outcome", "in", ("kept", "impossible")),
            ]
        )
        return {number: "" for line in kept for number in self._get_partner_ids(line)}

    def _find_other_users(self, made):
        """{contact id: ""} of those that records of others name, new ones or old."""
        numbers = {number for numbers in made.values() for number in numbers}
        if not numbers:
            return {}
        self.env.flush_all()
        return {
            number: ""
            for table, column, others in self._get_partner_columns()
            for (number,) in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT %(column)s FROM %(table)s"
                    " WHERE %(column)s IN %(numbers)s AND %(others)s",
                    column=SQL.identifier(column),
                    table=SQL.identifier(table),
                    numbers=tuple(numbers),
                    others=others,
                )
            )
        }

    def _get_partner_columns(self):
        """Where contacts are named: [(table, column, condition of what is not ours)].

        Ours are the prospects of this operation, and the contacts that it has made or
        linked.
        """
        ours = {
            "crm.lead": SQL(
                """id NOT IN (SELECT lead_id FROM prospect_operation_line
                                WHERE operation_id = %s AND lead_id IS NOT NULL)""",
                self.id,
            ),
            "res.partner": SQL(
                """id NOT IN (SELECT (target.value ->> 'id')::int
                                 FROM prospect_operation_line AS line,
                                      jsonb_each(line.values) AS target
                                WHERE line.operation_id = %s
                                  AND target.key IN ('contact', 'company')
                                  AND target.value ->> 'id' IS NOT NULL)""",
                self.id,
            ),
        }
        # what a contact says of itself, such as its tags
        own = {
            field.relation
            for field in self.env["res.partner"]._fields.values()
            if field.type == "many2many" and field.store
        }
        columns = []
        for name, model in self.env.registry.items():
            if model._abstract or not model._auto or model._transient:
                continue
            for field in model._fields.values():
                if not field.store or field.comodel_name != "res.partner":
                    continue
                if field.type == "many2one":
                    others = ours.get(name, SQL("TRUE"))
                    columns.append((model._table, field.name, others))
                elif field.type == "many2many" and field.relation not in own:
                    columns.append((field.relation, field.column2, SQL("TRUE")))
        return columns

    @api.model
    def _find_changed(self, lead, line):
        """Names of the fields that are not as the conversion left them."""
        changed = []
        for fname, value in (line.after or {}).items():
            if fname == "list_ids":
                continue
            if fname == "partner_id":
                entry = line.values.get("contact") or line.values.get("company") or {}
                value = entry.get("id")
            current = lead._prospect_plain_value(fname)
            if (current or False) != (value or False):
                changed.append(fname)
        return changed

    def _name_partners(self, numbers, among):
        """Names of those contacts that are among others, for people."""
        numbers = [number for number in numbers if number in among]
        # sudo: the names alone, of what the operation itself has made
        partners = self.env["res.partner"].sudo().browse(numbers).exists()
        return partners.mapped("display_name")

    def _answer_changed(self, lead, fnames):
        labels = (field_label(self.env, lead._name, fname) for fname in fnames)
        return "kept", remark(self.env, "convert.changed_since", fields=sorted(labels))

    def _answer_partners(self, names, whats):
        return "kept", remark(
            self.env, "convert.worked_on", contacts=names, what=sorted(whats)
        )

    def _answer_used(self, names):
        return "kept", remark(self.env, "convert.used_elsewhere", contacts=names)

    # --- Taking back ----------------------------------------------------------------

    def _unconvert(self, leads, lines):
        """Give prospects back what they were, and delete what was made of them."""
        leads, lines = self._keep_shared(leads, lines)
        if not leads:
            return
        now = leads._prospect_read_columns()
        statuses = defaultdict(leads.browse)
        for lead, line in zip(leads, lines, strict=True):
            before = line.before or {}
            lead.write(
                {
                    fname: before.get(fname) or False
                    for fname in (line.after or {})
                    if fname not in ("list_ids", "status_id")
                }
            )
            statuses[before.get("status_id")] += lead
            self._unconvert_follow(lead, line)
        for status_id, group in statuses.items():
            group.with_context(**trusted(prospect_converting=False)).write(
                {"status_id": status_id}
            )
        self._restore_converted(leads, lines, now)
        leads.browse()._prospect_unconvert_extra(lines)
        self._delete_targets(lines)
        self._restore_families(lines)
        leads._message_log_batch(
            bodies=dict.fromkeys(leads.ids, self.env._("Conversion undone"))
        )
        self._write_answers(dict.fromkeys(lines, ("reversed", "")))

    def _keep_shared(self, leads, lines):
        """Leave out lines whose company another one of this batch still needs.

        That one was refused after it had been seen what stands in the way.

        :return: the prospects and lines that are left
        """
        kept = self._get_kept_partners()
        made = self._get_made(lines)
        answers = {
            line: self._answer_used(names)
            for line in lines
            if (names := self._name_partners(made[line], kept))
        }
        self._write_answers(answers)
        lines = lines.filtered(lambda line: line not in answers)
        return leads.browse(lines.lead_id.ids), lines

    def _restore_families(self, lines):
        """Take back what existing companies, and who belongs to them, have got."""
        changes = {
            trace["id"]: trace["columns"]
            for line in lines
            for trace in (line.values.get("traces") or {}).get("family", ())
        }
        if not changes:
            return
        self.env.flush_all()
        partners = self.env["res.partner"]
        now = read_rows(self.env.cr, partners._table, changes)
        write_rows(
            self.env.cr,
            partners._table,
            {
                number: columns_to_restore(changes[number], row, row)
                for number, row in now.items()
            },
        )
        partners.invalidate_model()

    def _unconvert_follow(self, lead, line):
        """Lists, tags, activities and company of existing contacts, as they were."""
        traces = line.values.get("traces") or {}
        if traces.get("lists"):
            lists = self.env["prospect.list"].browse(traces["lists"]).exists()
            lead._prospect_lists_change(add=lists, cause="undo")
        entry = line.values.get("contact") or line.values.get("company") or {}
        partners = self.env["res.partner"].with_context(**QUIET)
        partner = partners.browse(entry.get("id")).exists()
        if traces.get("tags") and entry["do"] != "create" and partner:
            partner.category_id = [Command.unlink(tag) for tag in traces["tags"]]
        if traces.get("joined"):
            self._leave_company(partners, traces["joined"])
        if traces.get("activities"):
            # sudo: the plans of all colleagues come back with the prospect
            activities = self.env["mail.activity"].sudo()
            activities = activities.browse(traces["activities"]).exists()
            # what somebody has done since is not to be done again
            activities = activities.filtered(
                lambda activity: activity.active or activity.prospect_closed
            )
            activities.write(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "active": True,
                    "prospect_closed": False,
                }
            )

    @api.model
    def _leave_company(self, partners, joined):
        """Take an existing contact out of the company that it was put into."""
        columns = joined["columns"]
        partner = partners.browse(joined["id"]).exists()
        if not partner:
            return
        partner.flush_recordset()
        before = read_rows(self.env.cr, partner._table, partner.ids)[partner.id]
        if before["parent_id"] != columns["parent_id"][1]:
            return
        partner.parent_id = False
        partner.flush_recordset()
        now = read_rows(self.env.cr, partner._table, partner.ids)[partner.id]
        wanted = columns_to_restore(columns, before, now)
        write_rows(self.env.cr, partner._table, {partner.id: wanted})
        partner.invalidate_recordset()

    def _restore_converted(self, leads, lines, before):
        """Put back what writing the fields back does not: dates, scores and the like.

        :param dict before: the rows before this undo
        """
        now = leads._prospect_read_columns()
        write_rows(
            self.env.cr,
            leads._table,
            {
                lead.id: columns_to_restore(
                    (line.values.get("traces") or {}).get("columns") or {},
                    before[lead.id],
                    now[lead.id],
                )
                for lead, line in zip(leads, lines, strict=True)
            },
        )
        leads.invalidate_recordset()
        # sudo: the history is written by the change itself, by nobody's right
        leads.sudo()._prospect_log_assignment()
        leads.sudo()._prospect_log_stages()

    def _delete_targets(self, lines):
        """Delete the contacts and companies that the conversions had made."""
        numbers = [
            number for numbers in self._get_made(lines).values() for number in numbers
        ]
        # sudo: whoever may undo may undo this; it is no right to delete contacts
        self.env["res.partner"].sudo().browse(numbers).exists().unlink()
        tags = {
            tag
            for line in lines
            for tag in (line.values.get("traces") or {}).get("made_tags", ())
        }
        # sudo: the same of the tags that they had made and nobody uses
        tags = self.env["res.partner.category"].sudo().browse(tags).exists()
        if tags:
            used = self._find_used(tags)
            tags.filtered(lambda tag: tag.id not in used).unlink()
