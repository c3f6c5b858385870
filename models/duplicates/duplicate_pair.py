from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools.given import is_number, is_text, takes
from ...tools.matching import same_text

# Fields that are compared on the page, of prospects and of contacts.
LEAD_FIELDS = (
    ("name", "contact_name"),
    ("company", "partner_name"),
    ("email", "email_from"),
    ("phone", "phone"),
    ("function", "function"),
)
PARTNER_FIELDS = (
    ("name", "name"),
    ("company", "commercial_company_name"),
    ("email", "email"),
    ("phone", "phone"),
    ("function", "function"),
)
# Facts that are shown, and whose difference says nothing.
FACTS = ("status", "user", "created")


class ProspectDuplicatePair(models.Model):
    """Two records that look like one person, why, and what people said [BX-43].

    Prospects are named by their number, contacts by theirs below zero, without foreign
    keys: a decision outlives a merge that is undone. Nobody reads pairs but through the
    methods below, which show those of which the person may see both.
    """

    _name = "prospect.duplicate.pair"
    _description = "Possible Duplicate"
    _log_access = False
    _order = "score desc, id"
    _rec_name = "score"

    left_number = fields.Integer(required=True, readonly=True, aggregator=None)
    right_number = fields.Integer(
        required=True, readonly=True, index=True, aggregator=None
    )
    score = fields.Integer(readonly=True, aggregator=None)
    reasons = fields.Json(readonly=True, export_string_translation=False)
    state = fields.Selection(
        selection=[
            ("open", "To Decide"),
            ("not_duplicate", "Not Duplicates"),
            ("merged", "Merged"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True, ondelete="set null"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    fingerprint = fields.Char(readonly=True, export_string_translation=False)
    is_reopened = fields.Boolean(
        string="Changed Since",
        readonly=True,
        help="Marked as not duplicates before one of the two changed.",
    )
    found_at = fields.Datetime(string="Found", readonly=True)
    # a number and no link: scans are deleted, and checking links is slow
    scan_number = fields.Integer(readonly=True, export_string_translation=False)

    _numbers_unique = models.UniqueIndex("(left_number, right_number)")

    # --- What a person sees -----------------------------------------------------------

    @api.model
    @takes(state=is_text, limit=is_number, lead_id=is_number)
    def get_page(self, state="open", limit=40, lead_id=None):
        """Groups of records that look like one person, best first.

        :param str state: "open", or "not_duplicate" for what was decided
        :param int limit: how many pairs
        :param int lead_id: of a prospect, for its pairs alone
        :return: what the page shows, a dictionary
        """
        self.env["crm.lead"].check_access("read")
        limit = min(max(1, limit or 0), 500)
        scans = self.env["prospect.duplicate.scan"]
        may_scan = self.env.user.has_group("sales_team.group_sale_manager")
        rows = self.env.execute_query(
            SQL(
                "SELECT id, count(*) OVER () FROM (%s) AS pair"
                " ORDER BY score DESC, id LIMIT %s",
                self._get_visible_query(state, lead_id),
                limit,
            )
        )
        # sudo: those of which the person may see both
        pairs = self.sudo().browse([row[0] for row in rows])
        # sudo: how far the last search is, for whoever looks at its result
        last = scans.sudo().search([], limit=1)
        return {
            "groups": self._get_groups(pairs),
            "lead": lead_id and self._get_lead_name(lead_id),
            "total": rows[0][1] if rows else 0,
            "shown": len(rows),
            "scan": last._get_words(),
            "may_scan": may_scan,
            "may_merge": self.env["prospect.right"]._may("merge"),
            "automatic": scans._get_automatic(),
            "has_sure": may_scan
            and bool(self.env.execute_query(self._get_sure_query(limit=1))),
        }

    @api.model
    def _get_lead_name(self, lead_id):
        lead = self.env["crm.lead"].browse(lead_id).exists()
        return lead._filtered_access("read").display_name or ""

    @api.model
    def _get_partners(self, number):
        """Which records are beside one in the pairs to decide, by their numbers."""
        # sudo: written to the database, not read
        self.sudo().flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT left_number + right_number - %(number)s
                     FROM prospect_duplicate_pair
                    WHERE state = 'open'
                      AND (left_number = %(number)s OR right_number = %(number)s)""",
                number=number,
            )
        )
        return {other for (other,) in rows}

    @api.model
    def _get_decided(self, number):
        """{number: fingerprint} of the records that are no duplicates of one."""
        # sudo: written to the database, not read
        self.sudo().flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT left_number + right_number - %(number)s, fingerprint
                     FROM prospect_duplicate_pair
                    WHERE state = 'not_duplicate'
                      AND (left_number = %(number)s OR right_number = %(number)s)""",
                number=number,
            )
        )
        return dict(rows)

    @api.model
    def _get_visible_query(self, state, lead_id=None):
        """Pairs of which the current user may see both records, as SQL.

        :param lead_id: of a prospect, for its pairs alone
        """
        # sudo: written to the database, not read
        self.sudo().flush_model()
        leads = self.env["crm.lead"].with_context(active_test=False)
        domain = [("is_listed", "=", True)]
        if state == "open":
            domain.append(("status_id.kind", "in", ("new", "open")))
        lead_query = leads._search(domain).subselect()
        partners = self.env["res.partner"]
        partner_query = SQL("SELECT 0")
        if partners.has_access("read"):
            partner_query = partners._search([]).subselect()
        own = SQL()
        if lead_id:
            own = SQL(
                "AND (left_number = %(lead)s OR right_number = %(lead)s)", lead=lead_id
            )
        return SQL(
            """SELECT id, score, left_number, right_number
                 FROM prospect_duplicate_pair
                WHERE state = %(state)s %(own)s
                  AND right_number IN %(leads)s
                  AND (left_number IN %(leads)s OR -left_number IN %(partners)s)""",
            state=state,
            own=own,
            leads=lead_query,
            partners=partner_query,
        )

    def _get_visible(self, state):
        """Those of ``self`` of which the current user may see both, in ``sudo()``.

        :raises UserError: where one of them is not among those
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS pair WHERE id = ANY(%s)",
                self._get_visible_query(state),
                self.ids,
            )
        )
        if len(rows) != len(set(self.ids)):
            raise UserError(
                self.env._(
                    "Somebody has decided about this pair, or merged or changed its"
                    " prospects. Reload the page."
                )
            )
        # sudo: the person may see both, which is what the right to decide asks for
        return self.sudo().browse(self.ids)

    def _get_groups(self, pairs):
        """Pairs by the people they are about: a list, best first."""
        heads = {}

        def head(number):
            while heads.setdefault(number, number) != number:
                number = heads[number]
            return number

        for pair in pairs:
            heads[head(pair.left_number)] = head(pair.right_number)
        groups = {}
        for pair in pairs:
            groups.setdefault(head(pair.left_number), []).append(pair)
        records = self._read_records(set(heads))
        return [
            self._get_group(members, records)
            for members in groups.values()
            if all(
                number in records
                for pair in members
                for number in (pair.left_number, pair.right_number)
            )
        ]

    def _get_group(self, pairs, records):
        """One group: its records side by side, the reasons, what differs."""
        numbers = {number for pair in pairs for number in pair._get_numbers()}
        # prospects before contacts, older ones first
        members = [
            records[number] for number in sorted(numbers, key=lambda n: (n < 0, abs(n)))
        ]
        return {
            "id": pairs[0].id,
            "score": max(pair.score for pair in pairs),
            "is_reopened": any(pair.is_reopened for pair in pairs),
            "records": members,
            "lead_ids": sorted(number for number in numbers if number > 0),
            "rows": self._get_rows(members),
            "pairs": [
                {
                    "id": pair.id,
                    "score": pair.score,
                    "left": records[pair.left_number]["title"],
                    "right": records[pair.right_number]["title"],
                    "reasons": pair._get_reason_texts(),
                    "decided": pair._get_decision(),
                }
                for pair in pairs
            ],
        }

    def _get_rows(self, members):
        """What is compared: label, and each record's text with whether it differs."""
        rows = []
        for key, label in self._get_labels().items():
            texts = [record["values"].get(key, "") for record in members]
            if not any(texts):
                continue
            first = next(text for text in texts if text)
            rows.append(
                {
                    "key": key,
                    "label": label,
                    "cells": [
                        {
                            "text": text,
                            "differs": key not in FACTS
                            and bool(text)
                            and not same_text(text, first),
                        }
                        for text in texts
                    ],
                }
            )
        return rows

    @api.model
    def _get_labels(self):
        return {
            "name": self.env._("Person"),
            "company": self.env._("Company"),
            "email": self.env._("Email"),
            "phone": self.env._("Phone"),
            "function": self.env._("Job Position"),
            "address": self.env._("Address"),
            "status": self.env._("Status"),
            "user": self.env._("Salesperson"),
            "created": self.env._("Created on"),
        }

    def _read_records(self, numbers):
        """{number: what the page shows of it}, of those the person may see."""
        leads = self.env["crm.lead"].browse(n for n in numbers if n > 0)
        partners = self.env["res.partner"].browse(-n for n in numbers if n < 0)
        shown = {}
        for lead in leads.exists()._filtered_access("read"):
            values = {key: lead[fname] or "" for key, fname in LEAD_FIELDS}
            values["status"] = lead.status_id.name or ""
            shown[lead.id] = self._show(lead, lead.id, values)
        for partner in partners.exists()._filtered_access("read"):
            values = {key: partner[fname] or "" for key, fname in PARTNER_FIELDS}
            values["status"] = self.env._("Contact")
            shown[-partner.id] = self._show(partner, -partner.id, values)
        return shown

    def _show(self, record, number, values):
        # sudo: the name of a salesperson
        user = record.user_id.sudo()
        address = f"{record.street or ''}, {record.zip or ''} {record.city or ''}"
        return {
            "number": number,
            "model": record._name,
            "id": record.id,
            "title": record.display_name,
            "values": {
                **values,
                "address": address.strip(" ,"),
                "user": user.name or "",
                "created": format_date(self.env, record.create_date),
            },
        }

    def _get_numbers(self):
        return self.left_number, self.right_number

    # --- Reasons ----------------------------------------------------------------------

    def _get_reason_texts(self):
        """Why, in the person's language: a list of {text, points, is_against}."""
        reasons = self.reasons or []
        return [
            {
                "text": self._get_reason_text(kind, likeness),
                "points": points,
                "is_against": points < 0,
            }
            for kind, points, likeness in reasons
        ]

    @api.model
    def _get_reason_text(self, kind, likeness):
        """One reason in words."""
        if kind in (
            *("name_company", "name_domain", "name_street", "name_zip", "name"),
            "company",
        ):
            same = likeness >= 98
            texts = {
                "name_company": (
                    self.env._("same name and company"),
                    self.env._("similar name at the same company (%s%%)", likeness),
                ),
                "name_domain": (
                    self.env._("same name and e-mail domain"),
                    self.env._("similar name, same e-mail domain (%s%%)", likeness),
                ),
                "name_street": (
                    self.env._("same name and address"),
                    self.env._("similar name, same address (%s%%)", likeness),
                ),
                "name_zip": (
                    self.env._("same name and postcode"),
                    self.env._("similar name, same postcode (%s%%)", likeness),
                ),
                "name": (
                    self.env._("same name"),
                    self.env._("similar name (%s%%)", likeness),
                ),
                "company": (
                    self.env._("same company, no person named"),
                    self.env._("similar company, no person named (%s%%)", likeness),
                ),
            }
            return texts[kind][0 if same else 1]
        return {
            "email": self.env._("same e-mail address"),
            "mailbox": self.env._("same mailbox, written differently"),
            "phone": self.env._("same phone number"),
            "different": self.env._("the names are of two people"),
        }.get(kind, kind)

    def _get_decision(self):
        """Who has said that they are no duplicates, and when, or an empty text."""
        if self.state != "not_duplicate":
            return ""
        return self.env._(
            "Not duplicates, says %(user)s (%(date)s)",
            user=self.decided_by_id.name or self.env._("somebody who has left"),
            date=format_date(self.env, self.decided_at),
        )

    # --- Decisions --------------------------------------------------------------------

    def set_not_duplicates(self):
        """Remember for everybody that these are different people [BX-43].

        They come back when what distinguishes them changes: name, company, e-mail,
        number or postal address.

        :raises UserError: when one of them was decided already, or is hidden
        """
        self._get_visible("open").write(
            {
                "state": "not_duplicate",
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "is_reopened": False,
            }
        )

    def reopen(self):
        """They may be duplicates after all.

        :raises UserError: when one of them is open already, or is hidden
        """
        self._get_visible("not_duplicate").write(
            {"state": "open", "decided_by_id": False, "decided_at": False}
        )

    # --- Merging without looking at each ---------------------------------------------

    @api.model
    def _get_sure_query(self, limit=None):
        """Pairs of prospects that are surely the same, with the same salesperson and
        status, as the current user may see them; as SQL, best first.
        """
        # sudo: written to the database, not read
        self.env["crm.lead"].sudo().flush_model(["status_id", "user_id"])
        return SQL(
            """SELECT pair.id
                 FROM (%(pairs)s) AS pair
                 JOIN crm_lead AS one ON one.id = pair.left_number
                 JOIN crm_lead AS other ON other.id = pair.right_number
                WHERE pair.score >= %(score)s AND pair.left_number > 0
                  AND one.status_id = other.status_id
                  AND one.user_id IS NOT DISTINCT FROM other.user_id
             ORDER BY pair.score DESC, pair.id LIMIT %(limit)s""",
            pairs=self._get_visible_query("open"),
            score=self.env["prospect.duplicate.scan"]._get_automatic(),
            limit=limit,
        )

    @api.model
    def _get_automatic_groups(self):
        """Groups of prospects that are surely one person, to merge unseen [BX-40].

        Only where each looks like each other one (a chain of likenesses proves
        nothing), and with the same salesperson and status.

        :return: list of recordsets of ``crm.lead``
        """
        rows = self.env.execute_query(self._get_sure_query())
        # sudo: those of which the current user may see both, as the query says
        pairs = self.sudo().browse([row[0] for row in rows])
        alike = defaultdict(set)
        for pair in pairs:
            alike[pair.left_number].add(pair.right_number)
            alike[pair.right_number].add(pair.left_number)
        groups, taken = [], set()
        for pair in pairs:
            group = set(pair._get_numbers())
            if group & taken:
                continue
            for number in sorted(alike[pair.left_number] - group - taken):
                if group <= alike[number]:
                    group.add(number)
            taken |= group
            groups.append(self.env["crm.lead"].browse(sorted(group)))
        return groups

    # --- What becomes of the records --------------------------------------------------

    @api.model
    def _note_merged(self, lost_ids):
        """Prospects went into another one, in whatever way: what nobody has decided
        about them is done, until that merge is undone.

        :param lost_ids: ids of those that went
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_duplicate_pair
                      SET state = 'merged', decided_by_id = %(uid)s,
                          decided_at = %(now)s
                    WHERE state = 'open'
                      AND (left_number = ANY(%(ids)s)
                           OR right_number = ANY(%(ids)s))""",
                uid=self.env.uid,
                now=fields.Datetime.to_string(self.env.cr.now()),
                ids=list(lost_ids),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _note_unmerged(self, lead_ids):
        """Prospects are back: their pairs are to decide again, and the next search
        knows them.

        :param lead_ids: their numbers, and that of the one they had gone into
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_duplicate_pair
                      SET state = 'open', decided_by_id = NULL, decided_at = NULL
                    WHERE state = 'merged'
                      AND (left_number = ANY(%(ids)s) OR right_number = ANY(%(ids)s))
                      AND EXISTS (SELECT FROM crm_lead WHERE id = right_number)
                      AND (left_number < 0
                           OR EXISTS (SELECT FROM crm_lead WHERE id = left_number))""",
                ids=list(lead_ids),
            )
        )
        self.invalidate_model(flush=False)
        # they have not changed since, so that no search would look at them
        self.env["prospect.dedupe.index"]._refresh(lead_ids)

    @api.model
    def _forget(self, lead_ids):
        """Delete what nobody has decided about prospects that are deleted."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM prospect_duplicate_pair
                    WHERE state = 'open'
                      AND (left_number = ANY(%(ids)s)
                           OR right_number = ANY(%(ids)s))""",
                ids=list(lead_ids),
            )
        )
        self.invalidate_model(flush=False)

    @api.autovacuum
    def _gc_pairs(self):
        """Delete pairs of which one record has gone: open ones, and old decisions."""
        self.env.cr.execute(
            """DELETE FROM prospect_duplicate_pair AS pair
                WHERE (state = 'open'
                       OR decided_at < now() AT TIME ZONE 'UTC' - interval '180 days')
                  AND (NOT EXISTS (SELECT FROM crm_lead WHERE id = right_number)
                       OR left_number > 0 AND NOT EXISTS (
                              SELECT FROM crm_lead WHERE id = left_number)
                       OR left_number < 0 AND NOT EXISTS (
                              SELECT FROM res_partner WHERE id = -left_number))"""
        )
        self.invalidate_model(flush=False)
