from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.rows import changed_columns, read_rows
from ...tools.trusted import read_trusted

# What can be written so: fields of which nothing follows beside columns of the
# prospect, and the two histories that are written below.
ALIKE = frozenset({"status_id", "team_id", "user_id"})
# Prospects that the ORM writes of each kind. Where a team has won or lost nothing yet,
# Odoo gives the first one that it looks at no score: the others are compared.
SAMPLES = 3
# Kinds of fewer prospects are not worth it.
LEAST = 2 * SAMPLES
# Columns that have no say in what follows from these fields: two prospects may differ
# in them and are of one kind all the same.
FREE = frozenset(
    """
    id name contact_name first_name last_name partner_name function title title_id
    email_from email_normalized email_domain_criterion email_cc assistant_name
    assistant_email assistant_phone phone phone_sanitized street street2 zip city
    website description referred create_date create_uid date_open day_open
    date_last_stage_update date_deadline prospect_contact_at prospect_opened_at
    """.split()  # noqa: SIM905 - read as words
)
# Those of them that may change with it, each to the same for all of a kind or as below.
MOVING = frozenset({"date_last_stage_update", "date_open", "day_open"})
# Odoo's ``_compute_day_open``: whole days, rounded down before the sign is dropped.
DAY_OPEN = SQL(
    """CASE WHEN sample.date_open IS NULL THEN sample.day_open
            ELSE abs(floor(extract(epoch FROM sample.date_open
                                   - date_trunc('second', lead.create_date)) / 86400))
        END"""
)
CLOSED = ("converted", "junk")


class ProspectOperation(models.Model):
    """How a bulk operation writes prospects that are alike: some through the ORM, the
    others by SQL, with what the ORM has made of the first ones.

    Two prospects are of one kind when all their columns are the same that have a say in
    what follows (company, team, country, scores ...). What was written to one of a kind
    is right for all of them: the ORM has checked it, and has computed what is stored.
    Only where ``prospect.write.path`` has no objection, as with imports; the twin test
    holds both ways together.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _write_bulk_values(self, leads, values, lead_ids, before):
        """Write the same values to some prospects.

        :param leads: an empty recordset, as which they are written
        :param dict values: as for ``write``
        :param list lead_ids: of the prospects
        :param dict before: {lead id: its row} of those that SQL may write, as they are
        """
        kinds = self._find_bulk_kinds(leads, values, lead_ids, before)
        others = {number for members in kinds for number in members[SAMPLES:]}
        first = [number for number in lead_ids if number not in others]
        leads.browse(first).with_prefetch(lead_ids).write(values)
        if not others:
            return
        # sudo: what is computed from a write that was allowed
        leads.sudo().env.flush_all()
        columns = read_rows(
            self.env.cr,
            leads._table,
            [number for members in kinds for number in members[1:SAMPLES]],
        )
        copied, slow = [], []
        for members in kinds:
            changes = [
                changed_columns(before[number], columns[number])
                for number in members[1:SAMPLES]
            ]
            if self._is_same_change(leads, changes):
                self._copy_bulk_change(leads, sorted(changes[0]), members)
                copied += members[SAMPLES:]
            else:
                slow += members[SAMPLES:]
        leads.invalidate_model(flush=False)
        self._follow_bulk_change(leads, values, copied, before)
        if slow:
            leads.browse(slow).write(values)

    # --- Kinds ----------------------------------------------------------------------

    @api.model
    def _find_bulk_kinds(self, leads, values, lead_ids, before):
        """Lists of the ids of prospects that are alike, of those that SQL may write."""
        if (
            not before
            or not values
            or not ALIKE.issuperset(values)
            or len(lead_ids) < LEAST
            or leads._prospect_get_write_path()
        ):
            return []
        # sudo: the kinds of statuses, whoever may read them
        statuses = self.env["prospect.status"].sudo()
        open_ids = set(statuses.search([("kind", "not in", tuple(CLOSED))]).ids)
        if values.get("status_id") not in {None, *open_ids}:
            return []
        kinds = defaultdict(list)
        names = sorted(next(iter(before.values())).keys() - FREE)
        for lead_id in lead_ids:
            row = before.get(lead_id)
            if (
                row
                and row["type"] == "lead"
                and row["active"]
                and row["is_listed"]
                and row["won_status"] == "pending"
                and row["status_id"] in open_ids
                and row["create_date"]
            ):
                kind = [row[name] for name in names]
                kind.append(row["date_last_stage_update"] is None)
                kinds[repr(kind)].append(lead_id)
        return [members for members in kinds.values() if len(members) >= LEAST]

    @api.model
    def _is_same_change(self, leads, changes):
        """Whether what the ORM did to some of a kind is the same, and no more than what
        can be copied.

        :param list changes: what it has changed, {column: [before, after]} of each
        """
        first, *others = (
            {name: new for name, (_old, new) in change.items() if name != "day_open"}
            for change in changes
        )
        if any(other != first for other in others):
            return False
        if "user_id" not in first and any("day_open" in each for each in changes):
            return False
        return not (FREE - MOVING) & first.keys() and not any(
            other.store and other.model_name != leads._name
            for name in first
            if name in leads._fields
            for other in leads.pool.get_dependent_fields(leads._fields[name])
        )

    # --- Writing --------------------------------------------------------------------

    @api.model
    def _copy_bulk_change(self, leads, names, members):
        """Give the others of a kind what the last sample of it has now.

        :param list names: of the columns that have changed
        :param list members: ids, samples first
        """
        copied = {*names, "write_date", "write_uid"} - {"day_open"}
        if "user_id" in copied:
            # the sample may have got a salesperson at this very moment before
            copied.add("date_open")
        columns = [
            SQL("%s = sample.%s", *(SQL.identifier(name),) * 2)
            for name in sorted(copied)
        ]
        if "date_open" in copied:
            # counted from when each was made, also where the sample's stays the same
            columns.append(SQL("day_open = %s", DAY_OPEN))
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead AS lead SET %s FROM crm_lead AS sample
                    WHERE sample.id = %s AND lead.id = ANY(%s)""",
                SQL(", ").join(columns),
                members[SAMPLES - 1],
                members[SAMPLES:],
            )
        )

    @api.model
    def _follow_bulk_change(self, leads, values, lead_ids, before):
        """The histories of who was written by SQL, as ``_prospect_follow_write``."""
        if not lead_ids:
            return
        # sudo: what follows from a write that was allowed
        changed = leads.sudo().browse(lead_ids)
        if "status_id" in values:
            self._log_bulk_status(changed, values["status_id"], before)
        if "user_id" in values and not read_trusted(
            leads.env.context, "prospect_assigning"
        ):
            changed._prospect_log_assignment()
        changed._prospect_react_to_write(values)

    @api.model
    def _log_bulk_status(self, leads, status_id, before):
        """One row of history for each prospect that has another status now.

        :param leads: with superuser rights: the history is written by the change itself
        """
        statuses = leads.env["prospect.status"]
        log = leads.env["prospect.status.change"]
        new, cause = statuses.browse(status_id), log._get_cause()
        to = {"to_id": new.id, "to_name": new.name, "to_kind": new.kind, "cause": cause}
        former = {
            status.id: {
                "from_id": status.id,
                "from_name": status.name,
                "from_kind": status.kind,
            }
            for status in statuses.browse({row["status_id"] for row in before.values()})
        }
        log._append(
            [
                {"lead_id": lead_id, **former[before[lead_id]["status_id"]], **to}
                for lead_id in leads.ids
                if before[lead_id]["status_id"] != status_id
            ]
        )
