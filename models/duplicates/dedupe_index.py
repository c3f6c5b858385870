from collections import namedtuple
from itertools import combinations

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ...tools.addresses import read_home
from ...tools.copying import copy_lines
from ...tools.duplicates import get_digest
from ...tools.names import split_name
from ...tools.persons import get_keys, make, read_person
from ...tools.statuses import OPEN_KINDS

# Records that share a key, from which on the key says nothing: a common name in a town;
# and how many neighbours, by a key of their house (an odd one).
BLOCK = 50
HOUSE = 8
# as COPY reads it
NULL = "\\N"

Known = namedtuple("Known", "number person company_id partner_id")


class ProspectDedupeIndex(models.Model):
    """By which numbers a prospect or a contact is found as a possible duplicate.

    An index, and no more: hashes that likely duplicates share at least one of (see
    ``tools.persons.get_keys``), when the record was written that they come from, and
    when that had last changed them. No name nor address is kept here. Prospects have
    their own number, contacts theirs below zero. Deleted and made anew at will.

    A job keeps it up to date (:class:`ProspectDedupeCursor`), never the transaction
    that writes a prospect. ``prospect.dedupe.index.key`` has the same keys one by one.
    """

    _name = "prospect.dedupe.index"
    _description = "Index of Duplicates"
    _log_access = False
    _rec_name = "id"

    # when the record was written that the keys are of, and when that changed them last
    stamp = fields.Datetime(readonly=True, export_string_translation=False)
    changed_at = fields.Datetime(readonly=True, export_string_translation=False)

    _changed_idx = models.Index("(changed_at)")

    def init(self):
        result = super().init()
        cr = self.env.cr
        if not column_exists(cr, self._table, "digest"):
            # types of columns that fields do not have; what stood here without them is
            # made anew
            cr.execute("TRUNCATE prospect_dedupe_index")
            cr.execute("DROP INDEX IF EXISTS prospect_dedupe_index_keys_idx")
            cr.execute(
                "ALTER TABLE prospect_dedupe_index ADD COLUMN IF NOT EXISTS keys"
                " int4[], ADD COLUMN digest int8"
            )
            # nothing is planned by them, and counting them is slow
            cr.execute(
                "ALTER TABLE prospect_dedupe_index ALTER COLUMN keys SET STATISTICS 0"
            )
        return result

    # --- What there is --------------------------------------------------------------

    @api.model
    def _get_lead_query(self):
        """Open prospects: who is converted or junk comes back on purpose [BX-34]."""
        return SQL("%s WHERE %s", self._get_leads(), self._get_lead_condition())

    @api.model
    def _get_leads(self, more=None):
        return SQL(
            """SELECT lead.id, lead.first_name, lead.last_name, lead.contact_name,
                      lead.partner_name, lead.email_normalized, lead.phone_sanitized,
                      lead.zip, lead.company_id, lead.partner_id, lead.street,
                      lead.street2, lead.city%s
                 FROM crm_lead AS lead""",
            more or SQL(),
        )

    @api.model
    def _get_lead_condition(self):
        # sudo: statuses are read whoever looks for duplicates
        statuses = self.env["prospect.status"].sudo().with_context(active_test=False)
        return SQL(
            "lead.is_listed IS TRUE AND lead.active AND lead.status_id = ANY(%s)",
            statuses.search([("kind", "in", OPEN_KINDS)]).ids,
        )

    @api.model
    def _get_partner_query(self):
        """Contacts who are not users of this database."""
        return SQL("%s WHERE %s", self._get_partners(), self._get_partner_condition())

    @api.model
    def _get_partners(self, more=None):
        return SQL(
            """SELECT partner.id, partner.is_company, partner.name,
                      partner.commercial_company_name, partner.email_normalized,
                      partner.phone_sanitized, partner.zip, partner.company_id,
                      partner.street, partner.street2, partner.city%s
                 FROM res_partner AS partner""",
            more or SQL(),
        )

    @api.model
    def _get_partner_condition(self):
        return SQL("partner.active AND partner.partner_share")

    @api.model
    def _know_lead(self, row):
        """A row of the first query, as :class:`Known`."""
        number, first, last, name, company, email, phone, code, owner, link = row[:10]
        home = read_home(*row[10:13])
        person = read_person(first, last, name, company, email, phone, code, home)
        return make(Known, (number, person, owner, link))

    @api.model
    def _know_partner(self, row):
        """A row of the second query, as :class:`Known`."""
        number, is_company, name, company, email, phone, code, owner = row[:8]
        home = read_home(*row[8:11])
        if is_company:
            first, last, company = "", "", name
        else:
            first, last = split_name(name)
        person = read_person(first, last, "", company, email, phone, code, home)
        return make(Known, (-number, person, owner, None))

    @api.model
    def _read(self, numbers):
        """Those of some numbers that are there, as {number: :class:`Known`}."""
        # in the order in which they lie on the disk
        lead_ids = sorted(number for number in numbers if number > 0)
        partner_ids = [-number for number in numbers if number < 0]
        found = {}
        if lead_ids:
            query = SQL("%s AND lead.id = ANY(%s)", self._get_lead_query(), lead_ids)
            for row in self.env.execute_query(query):
                found[row[0]] = self._know_lead(row)
        if partner_ids:
            query = SQL(
                "%s AND partner.id = ANY(%s)", self._get_partner_query(), partner_ids
            )
            for row in self.env.execute_query(query):
                found[-row[0]] = self._know_partner(row)
        return found

    @api.model
    def _read_changed(self, source, cursor, limit):
        """What was written after some moment and the index does not know, in order.

        :param str source: "lead" or "partner"
        :param cursor: the moment and the record number after which to go on
        :return: list of (:class:`Known`, when it was written, whether it is looked at,
            digest that the index has or None)
        """
        rows = self.env.execute_query(
            SQL(
                "%s ORDER BY %s.write_date, %s.id LIMIT %s",
                self._get_changed_query(source, cursor),
                SQL.identifier(source),
                SQL.identifier(source),
                limit,
            )
        )
        know = self._know_lead if source == "lead" else self._know_partner
        return [(know(row), *row[-3:]) for row in rows]

    @api.model
    def _get_changed_query(self, source, cursor):
        if source == "lead":
            select, condition, sign = self._get_leads, self._get_lead_condition(), "+"
        else:
            select, condition = self._get_partners, self._get_partner_condition()
            sign = "-"
        name = SQL.identifier(source)
        return SQL(
            """%(select)s
            LEFT JOIN prospect_dedupe_index AS identity
              ON identity.id = %(sign)s%(name)s.id
                WHERE (%(name)s.write_date, %(name)s.id) > (%(stamp)s, %(number)s)
                  AND CASE WHEN %(condition)s
                           THEN identity.stamp IS DISTINCT FROM %(name)s.write_date
                           ELSE identity.id IS NOT NULL END""",
            select=select(
                SQL(", %s.write_date, (%s) IS TRUE, identity.digest", name, condition)
            ),
            sign=SQL(sign),
            name=name,
            condition=condition,
            stamp=cursor[0],
            number=cursor[1],
        )

    # --- The index ------------------------------------------------------------------

    @api.model
    def _keep(self, source, cursor, limit):
        """Bring the index up to date with the next records that were written.

        Who is looked at no more, being closed or archived, leaves it; a change of
        something else than identity only leaves its moment.

        :return: the moment and the number of the last record, and how many there were
        """
        rows = self._read_changed(source, cursor, limit)
        changed, same, gone = [], [], []
        for known, stamp, is_there, former in rows:
            if not is_there:
                gone.append(known.number)
            elif former == (digest := get_digest(*known[1:])):
                same.append((known.number, stamp))
            else:
                changed.append((known, stamp, digest))
        if gone:
            self._forget(gone)
            self.env["prospect.duplicate.pair"]._forget(gone)
        if same:
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_dedupe_index AS identity SET stamp = new.stamp
                         FROM unnest(%s, %s::timestamp[]) AS new (id, stamp)
                        WHERE identity.id = new.id""",
                    [number for number, _stamp in same],
                    [stamp for _number, stamp in same],
                )
            )
        self._put(changed)
        if rows:
            known, stamp = rows[-1][:2]
            cursor = (stamp, abs(known.number))
        return cursor, len(rows)

    @api.model
    def _put(self, changed):
        """Write the keys of records, in place of those that they had.

        What has not changed stays: a key costs as much as all that it is made of.

        :param list changed: of (:class:`Known`, when it was written, digest)
        """
        if not changed:
            return
        former = self._take([row[0].number for row in changed])
        now = self.env.cr.now()
        lines, new, gone, added = [], [], [], []
        for known, stamp, digest in changed:
            number, keys = known.number, get_keys(known.person)
            text = ",".join(map(str, keys))
            lines.append(f"{number}\t{stamp or NULL}\t{now}\t{digest}\t{{{text}}}")
            if number not in former:
                new.append(number)
                continue
            # most keys are still the same
            old = set(former[number] or ())
            gone.extend((key, number) for key in old - keys)
            added.extend((key, number) for key in keys - old)
        copy_lines(
            self.env.cr,
            self._table,
            ("id", "stamp", "changed_at", "digest", "keys"),
            lines,
        )
        if new:
            # in their order: neighbours in the index are written one after the other
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_dedupe_index_key (key, number)
                       SELECT unnest(keys) AS key, id FROM prospect_dedupe_index
                        WHERE id = ANY(%s)
                     ORDER BY key""",
                    new,
                )
            )
        self._drop_keys(gone)
        if added:
            copy_lines(
                self.env.cr,
                "prospect_dedupe_index_key",
                ("key", "number"),
                [f"{key}\t{number}" for key, number in sorted(added)],
            )

    @api.model
    def _take(self, numbers):
        """Take records out of the index, and leave their keys.

        :return: {number: keys} of those that were in it
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_dedupe_index WHERE id = ANY(%s)"
                " RETURNING id, keys",
                numbers,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _drop_keys(self, pairs):
        """Delete keys of records.

        :param list pairs: of (key, number)
        """
        if pairs:
            # one by one through the index, however many the planner expects
            self.env.cr.execute(
                SQL(
                    """DELETE FROM prospect_dedupe_index_key WHERE ctid = ANY(ARRAY(
                           SELECT own.ctid
                             FROM unnest(%s::int4[], %s::int4[]) AS old (key, number),
                                  LATERAL (
                                      SELECT ctid
                                        FROM prospect_dedupe_index_key
                                       WHERE key = old.key AND number = old.number
                                      OFFSET 0
                                  ) AS own
                       ))""",
                    [key for key, _number in pairs],
                    [number for _key, number in pairs],
                )
            )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")

    @api.model
    def _refresh(self, numbers):
        """Know records at once that came in with an old date, as those of an undo do.

        The next full round notes when they were written. Where nothing is known yet it
        finds them as well.
        """
        if not self.env.execute_query(SQL("SELECT FROM prospect_dedupe_index LIMIT 1")):
            return
        self._put(
            [
                (known, None, get_digest(*known[1:]))
                for known in self._read(numbers).values()
            ]
        )

    @api.model
    def _forget(self, numbers):
        """Take records out of the index."""
        # one by one through the index, however many the planner expects
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            SQL(
                """WITH former AS (
                       DELETE FROM prospect_dedupe_index WHERE id = ANY(%s)
                    RETURNING id, keys
                   )
                   DELETE FROM prospect_dedupe_index_key WHERE ctid = ANY(ARRAY(
                       SELECT own.ctid
                         FROM former, unnest(former.keys) AS old (key),
                              LATERAL (
                                  SELECT ctid
                                    FROM prospect_dedupe_index_key
                                   WHERE key = old.key AND number = former.id
                                  OFFSET 0
                              ) AS own
                   ))""",
                list(numbers),
            )
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")

    @api.model
    def _count(self):
        """How many records the index knows."""
        query = SQL("SELECT count(*) FROM prospect_dedupe_index")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _count_changed(self, since):
        """Of how many the identity has changed since a moment."""
        query = SQL(
            "SELECT count(*) FROM prospect_dedupe_index WHERE changed_at >= %s", since
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_changed(self, since, cursor, limit):
        """Ids of the next records whose identity has changed since a moment."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM prospect_dedupe_index
                    WHERE changed_at >= %s AND id > %s
                 ORDER BY id LIMIT %s""",
                since,
                cursor,
                limit,
            )
        )
        return [number for (number,) in rows]

    # --- Looking for pairs ------------------------------------------------------------

    @api.model
    def _expect_many(self):
        """Let this transaction use memory instead of files, and only its own processor:
        people work beside it. Compiling queries takes longer than they take.
        """
        self.env.cr.execute(
            "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off;"
            " SET LOCAL enable_hashagg = off;"
            " SET LOCAL max_parallel_workers_per_gather = 0"
        )

    @api.model
    def _find_pairs(self, numbers):
        """Pairs of which one is among ``numbers``, as a set of (lower, higher)."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(
            SQL(
                """SELECT block.numbers
                     FROM (SELECT DISTINCT unnest(keys) AS key
                             FROM prospect_dedupe_index
                            WHERE id = ANY(%s)) AS own,
                          LATERAL (
                              SELECT array_agg(other.number) AS numbers
                                FROM (SELECT number
                                        FROM prospect_dedupe_index_key
                                       WHERE key = own.key
                                       LIMIT %s) AS other
                          ) AS block
                    WHERE cardinality(block.numbers) BETWEEN 2
                          AND CASE own.key & 1 WHEN 1 THEN %s ELSE %s END""",
                list(numbers),
                BLOCK + 1,
                HOUSE,
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
        """Pairs that share a key, of one part of all keys.

        The keys are read in their order: what is equal comes together by itself.
        """
        condition = SQL()
        if parts > 1:
            low, high = (2**32 * number // parts - 2**31 for number in (part, part + 1))
            condition = SQL("WHERE key >= %s AND key <= %s", low, high - 1)
        # lists of numbers are only made where two numbers do not say it all
        rows = self.env.execute_query(
            SQL(
                """SELECT key, min(number), max(number), count(*)
                     FROM prospect_dedupe_index_key %s
                 GROUP BY key HAVING count(*) BETWEEN 2
                          AND CASE key & 1 WHEN 1 THEN %s ELSE %s END""",
                condition,
                HOUSE,
                BLOCK,
            )
        )
        pairs = {
            (low, high) for _key, low, high, count in rows if count == 2 and high > 0
        }
        shared = [key for key, _low, _high, count in rows if count > 2]
        rows = self.env.execute_query(
            SQL(
                """SELECT array_agg(number) FROM prospect_dedupe_index_key
                    WHERE key = ANY(%s) GROUP BY key""",
                shared,
            )
        )
        return pairs | self._pair_up(rows)

    @api.model
    def _pair_up(self, rows):
        """{(lower, higher)} of blocks of numbers; never two contacts."""
        pairs = set()
        for (numbers,) in rows:
            numbers.sort()
            if numbers[1] > 0:
                # at most one contact
                pairs.update(combinations(numbers, 2))
            else:
                pairs.update(pair for pair in combinations(numbers, 2) if pair[1] > 0)
        return pairs

    @api.model
    def _find_by_keys(self, keys, limit=BLOCK):
        """Ids of records that share one of some keys."""
        if not keys:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT number FROM prospect_dedupe_index_key WHERE key = ANY(%s)"
                " LIMIT %s",
                list(keys),
                limit,
            )
        )
        return {number for (number,) in rows}

    @api.model
    def _find_near(self, number, person):
        """Who shares a key with one record, as :meth:`_find_pairs` finds them; it may
        be new, or changed, so that the index does not know it.

        :param int number: of the record, which is not found
        :return: set of numbers
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(
            SQL(
                """SELECT block.numbers
                     FROM unnest(%s::int4[]) AS own (key),
                          LATERAL (
                              SELECT array_agg(other.number) AS numbers
                                FROM (SELECT number
                                        FROM prospect_dedupe_index_key
                                       WHERE key = own.key AND number <> %s
                                       LIMIT %s) AS other
                          ) AS block
                    WHERE cardinality(block.numbers)
                          < CASE own.key & 1 WHEN 1 THEN %s ELSE %s END""",
                list(get_keys(person)),
                number,
                BLOCK,
                HOUSE,
                BLOCK,
            )
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        return {near for (numbers,) in rows for near in numbers}

    # --- Once a day -----------------------------------------------------------------

    @api.autovacuum
    def _gc_identities(self):
        """Take out who is no open prospect, or no contact, any more; and let the next
        round read everything: what was written past Odoo's dates is found then.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT identity.id
                     FROM prospect_dedupe_index AS identity
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
        self._forget([number for (number,) in rows])
        self.env["prospect.dedupe.cursor"]._begin_anew()
