from collections import namedtuple
from itertools import combinations

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.copying import copy_lines
from ..tools.names import split_name
from ..tools.persons import get_keys, read_person
from .prospect_status import OPEN_KINDS

# Records that share a key, from which on the key says nothing: a common name in a town.
BLOCK = 50
# as COPY reads it
NULL = "\\N"

Known = namedtuple("Known", "number person company_id partner_id stamp")


class ProspectIdentity(models.Model):
    """By which numbers a prospect or a contact is found as a possible duplicate.

    An index, and no more: hashes that likely duplicates share at least one of (see
    ``tools.persons.get_keys``), and when the record was changed that they come from. No
    name nor address is kept here. Prospects have their own number, contacts theirs
    below zero. Deleted and made anew at will.
    """

    _name = "prospect.identity"
    _description = "Index of Duplicates"
    _log_access = False
    _rec_name = "id"

    stamp = fields.Datetime(readonly=True)

    def init(self):
        result = super().init()
        # a type of column that fields do not have
        self.env.cr.execute(
            "ALTER TABLE prospect_identity ADD COLUMN IF NOT EXISTS keys int4[]"
        )
        self.env.cr.execute(
            # nothing is planned by them, and counting them is slow
            "ALTER TABLE prospect_identity ALTER COLUMN keys SET STATISTICS 0"
        )
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS prospect_identity_keys_idx"
            " ON prospect_identity USING gin (keys)"
        )
        return result

    # --- What there is --------------------------------------------------------------

    @api.model
    def _get_lead_query(self):
        """Open prospects: who is converted or junk comes back on purpose [BX-34]."""
        # sudo: statuses are read whoever looks for duplicates
        statuses = self.env["prospect.status"].sudo().with_context(active_test=False)
        return SQL(
            """SELECT lead.id, lead.first_name, lead.last_name, lead.contact_name,
                      lead.partner_name, lead.email_normalized, lead.phone_sanitized,
                      lead.zip, lead.company_id, lead.partner_id, lead.write_date
                 FROM crm_lead AS lead
                WHERE lead.is_listed IS TRUE AND lead.active
                  AND lead.status_id = ANY(%s)""",
            statuses.search([("kind", "in", OPEN_KINDS)]).ids,
        )

    @api.model
    def _get_partner_query(self):
        """Contacts who are not users of this database."""
        return SQL(
            """SELECT partner.id, partner.is_company, partner.name,
                      partner.commercial_company_name, partner.email_normalized,
                      partner.phone_sanitized, partner.zip, partner.company_id,
                      partner.write_date
                 FROM res_partner AS partner
                WHERE partner.active AND partner.partner_share"""
        )

    @api.model
    def _read_leads(self, condition=None):
        """Open prospects, as a list of :class:`Known`."""
        rows = self.env.execute_query(
            SQL("%s %s", self._get_lead_query(), condition or SQL())
        )
        return [
            Known(row[0], read_person(*row[1:8]), row[8], row[9], row[10])
            for row in rows
        ]

    @api.model
    def _read_partners(self, condition=None):
        """Contacts, as a list of :class:`Known`."""
        rows = self.env.execute_query(
            SQL("%s %s", self._get_partner_query(), condition or SQL())
        )
        known = []
        for number, is_company, name, company, email, phone, code, owner, stamp in rows:
            if is_company:
                first, last, company = "", "", name
            else:
                first, last = split_name(name)
            person = read_person(first, last, "", company, email, phone, code)
            known.append(Known(-number, person, owner, None, stamp))
        return known

    @api.model
    def _read(self, numbers):
        """Those of some numbers that are there, as {number: :class:`Known`}."""
        lead_ids = [number for number in numbers if number > 0]
        partner_ids = [-number for number in numbers if number < 0]
        found = []
        if lead_ids:
            found += self._read_leads(SQL("AND lead.id = ANY(%s)", lead_ids))
        if partner_ids:
            found += self._read_partners(SQL("AND partner.id = ANY(%s)", partner_ids))
        return {known.number: known for known in found}

    @api.model
    def _read_next(self, table, cursor, limit, since=None):
        """The next records of a scan, by their numbers.

        :param str table: "lead" or "partner"
        :param int cursor: the record number after which to go on
        :param datetime since: only those changed since then that the index lacks
        """
        sign = SQL("" if table == "lead" else "-")
        name = SQL.identifier(table)
        condition = SQL("AND %s.id > %s", name, cursor)
        if since:
            condition = SQL(
                """%(condition)s AND %(name)s.write_date >= %(since)s
                   AND NOT EXISTS (
                       SELECT FROM prospect_identity AS identity
                        WHERE identity.id = %(sign)s%(name)s.id
                          AND identity.stamp = %(name)s.write_date
                   )""",
                condition=condition,
                name=name,
                since=since,
                sign=sign,
            )
        condition = SQL("%s ORDER BY %s.id LIMIT %s", condition, name, limit)
        read = self._read_leads if table == "lead" else self._read_partners
        return read(condition)

    # --- The index ------------------------------------------------------------------

    @api.model
    def _put(self, known):
        """Write the keys of records, in place of those that they had.

        :param list known: of :class:`Known`
        """
        if not known:
            return
        cr = self.env.cr
        cr.execute(
            SQL(
                "DELETE FROM prospect_identity WHERE id = ANY(%s)",
                [one.number for one in known],
            )
        )
        copy_lines(
            cr,
            self._table,
            ("id", "stamp", "keys"),
            (
                f"{one.number}\t{one.stamp or NULL}\t"
                f"{{{','.join(map(str, get_keys(one.person)))}}}"
                for one in known
            ),
        )

    @api.model
    def _expect_many(self):
        """Let this transaction use memory instead of files, and sort keys in later."""
        self.env.cr.execute("SET LOCAL work_mem = '128MB'")
        self.env.cr.execute("SET LOCAL gin_pending_list_limit = '64MB'")

    @api.model
    def _sort_in(self):
        """Sort the keys that were written into the index, all at once."""
        self.env.cr.execute(
            "SELECT gin_clean_pending_list('prospect_identity_keys_idx')"
        )

    @api.model
    def _find_pairs(self, numbers):
        """Pairs of which one is among ``numbers``, as a set of (lower, higher)."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(
            SQL(
                """SELECT block.numbers
                     FROM (SELECT DISTINCT unnest(keys) AS key
                             FROM prospect_identity
                            WHERE id = ANY(%s)) AS own,
                          LATERAL (
                              SELECT array_agg(other.id) AS numbers
                                FROM (SELECT id
                                        FROM prospect_identity
                                       WHERE keys @> ARRAY[own.key]
                                       LIMIT %s) AS other
                          ) AS block
                    WHERE cardinality(block.numbers) BETWEEN 2 AND %s""",
                list(numbers),
                BLOCK + 1,
                BLOCK,
            )
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        numbers = set(numbers)
        return {
            pair
            for pair in self._pair_up(rows)
            if pair[0] in numbers or pair[1] in numbers
        }

    @api.model
    def _find_all_pairs(self, part, parts):
        """Pairs that share a key, of one part of all keys."""
        # most keys are of one record: they are counted before any is put together
        rows = self.env.execute_query(
            SQL(
                """WITH one AS MATERIALIZED (
                       SELECT id, key
                         FROM prospect_identity, unnest(keys) AS key
                        WHERE %(parts)s = 1 OR abs(key %% %(parts)s) = %(part)s
                   ), shared AS (
                       SELECT key FROM one
                     GROUP BY key HAVING count(*) BETWEEN 2 AND %(most)s
                   )
                   SELECT array_agg(one.id)
                     FROM one JOIN shared USING (key)
                 GROUP BY key""",
                part=part,
                parts=parts,
                most=BLOCK,
            )
        )
        return self._pair_up(rows)

    @api.model
    def _pair_up(self, rows):
        """{(lower, higher)} of blocks of numbers; never two contacts."""
        pairs = set()
        for (numbers,) in rows:
            numbers.sort()
            if numbers[-1] > 0:
                pairs.update(combinations(numbers, 2))
        return {pair for pair in pairs if pair[1] > 0}

    @api.model
    def _find_by_keys(self, keys, limit=BLOCK):
        """Numbers of records that share one of some keys."""
        if not keys:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM prospect_identity WHERE keys && %s::int4[] LIMIT %s",
                keys,
                limit,
            )
        )
        return [number for (number,) in rows]

    @api.model
    def _forget(self, numbers):
        """Take deleted records out of the index."""
        self.env.cr.execute(
            SQL("DELETE FROM prospect_identity WHERE id = ANY(%s)", list(numbers))
        )

    @api.autovacuum
    def _gc_identities(self):
        """Take out whoever is no open prospect, or no contact, any more."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM prospect_identity AS identity
                    WHERE NOT EXISTS (
                              SELECT FROM (%s) AS lead WHERE lead.id = identity.id
                          )
                      AND NOT EXISTS (
                              SELECT FROM (%s) AS partner
                               WHERE partner.id = -identity.id
                          )""",
                self._get_lead_query(),
                self._get_partner_query(),
            )
        )
