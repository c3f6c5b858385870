import json
from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools.privacy import PersonMatcher

# Rows of one table that are looked at at once.
BATCH = 1000
# Types of columns that hold text.
TEXTS = frozenset(
    ("bpchar", "json", "jsonb", "text", "varchar", "xml", "_text", "_varchar")
)


class ProspectPerson(models.AbstractModel):
    """Where the database holds a person."""

    _name = "prospect.person"
    _inherit = ["prospect.person"]

    # --- What is looked for -----------------------------------------------------------

    @api.model
    def _get_matchers(self, person, names=True):
        """What finds a person in records of the companies, and in those of nobody.

        :param dict person: see ``_collect``
        :param bool names: whether a full name alone is enough
        """
        facts = [
            person["addresses"],
            person["numbers"],
            person["names"] if names else [],
        ]
        parts = person["parts"]
        foreign = set(person["elsewhere"])
        return (
            PersonMatcher(*facts, parts),
            PersonMatcher(
                *([fact for fact in some if fact not in foreign] for some in facts),
                parts,
            ),
        )

    # --- Tables -----------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_schema(self):
        """{table: {column: its type}} of the whole database, remembered."""
        schema = defaultdict(dict)
        for table, column, kind in self.env.execute_query(
            SQL(
                """SELECT c.table_name, c.column_name, c.udt_name
                     FROM information_schema.columns AS c
                     JOIN information_schema.tables AS t
                    USING (table_schema, table_name)
                    WHERE c.table_schema = current_schema
                      AND t.table_type = 'BASE TABLE'
                      AND c.is_generated = 'NEVER'
                 ORDER BY c.table_name, c.ordinal_position"""
            )
        ):
            schema[table][column] = kind
        return dict(schema)

    @api.model
    def _get_text_columns(self, table):
        """{column that holds text: its type} of a table."""
        return {
            column: kind
            for column, kind in self._get_schema().get(table, {}).items()
            if kind in TEXTS
        }

    @api.model
    def _get_columns(self, table):
        """Names of all columns of a table."""
        return self._get_schema().get(table, {}).keys()

    @api.model
    def _get_company_sql(self, person, columns, source=None):
        """The condition of rows that belong to companies of the person, and whether the
        table knows companies at all.
        """
        companies = person["companies"]
        if source and source.parent:
            column, model = source.parent
            if not companies:
                return SQL("TRUE"), True
            return SQL(
                "%s IN (SELECT id FROM %s WHERE company_id IS NULL"
                " OR company_id = ANY(%s))",
                SQL.identifier(column),
                SQL.identifier(self.env[model]._table),
                companies,
            ), True
        if "company_id" not in columns:
            return SQL("TRUE"), False
        if not companies:
            return SQL("TRUE"), True
        return SQL("(company_id IS NULL OR company_id = ANY(%s))", companies), True

    # --- Rows -------------------------------------------------------------------------

    @api.model
    def _find_rows(self, person, source):
        """Records of a source that are about a person.

        :return: {number: {text column: value}} and the ids of those that are linked
            to a prospect or a contact of the person
        """
        model = self.env[source.model]
        table = model._table
        columns = self._get_columns(table)
        texts = list(self._get_text_columns(table))
        links = [
            SQL("%s = ANY(%s)", SQL.identifier(column), person[key])
            for key, names in (
                ("lead_ids", source.links),
                ("partner_ids", source.contacts),
            )
            for column in names
            if person[key] and column in columns
        ]
        in_company, has_company = self._get_company_sql(person, columns, source)
        matcher = self._get_matchers(person, source.names)[0 if has_company else 1]
        found, linked = {}, set()
        if links:
            linked = {
                number
                for (number,) in self.env.execute_query(
                    SQL(
                        "SELECT id FROM %s WHERE %s",
                        SQL.identifier(table),
                        SQL(" OR ").join(links),
                    )
                )
            }
            found.update(self._read_texts(table, texts, linked))
        if matcher and texts:
            found.update(self._search_texts(table, texts, matcher, in_company))
        if source.model == "crm.lead":
            # the person's own go as a whole, at the end
            for number in person["lead_ids"]:
                found.pop(number, None)
        return found, linked

    @api.model
    def _read_texts(self, table, texts, ids):
        if not ids:
            return {}
        return {
            number: dict(zip(texts, values, strict=True))
            for number, *values in self.env.execute_query(
                SQL(
                    "SELECT id%s FROM %s WHERE id = ANY(%s)",
                    SQL("").join(SQL(", %s", SQL.identifier(name)) for name in texts),
                    SQL.identifier(table),
                    list(ids),
                )
            )
        }

    @api.model
    def _search_texts(self, table, texts, matcher, condition):
        """Rows whose texts hold a person: the database finds candidates, by a pattern
        that is too wide, and Python is sure.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id%s FROM %s WHERE %s AND (%s)",
                SQL("").join(SQL(", %s", SQL.identifier(name)) for name in texts),
                SQL.identifier(table),
                condition,
                self._get_match_sql(texts, matcher),
            )
        )
        found = {}
        while rows := self.env.cr.fetchmany(BATCH):
            for number, *values in rows:
                if any(matcher.holds(self._as_text(value)) for value in values):
                    found[number] = dict(zip(texts, values, strict=True))
        return found

    @api.model
    def _get_match_sql(self, texts, matcher):
        return SQL(" OR ").join(
            SQL("%s::text ~* %s", SQL.identifier(name), matcher.sql_pattern)
            for name in texts
        )

    @api.model
    def _as_text(self, value):
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    # --- What remains -----------------------------------------------------------------

    @api.model
    def _find_rest(self, person):
        """{table: how many rows still name a person} of the whole database."""
        self.env.flush_all()
        hidden = {"prospect_erasure", "prospect_tombstone"}
        rest = {}
        company, nobody = self._get_matchers(person)
        for table in self._get_schema():
            texts = self._get_text_columns(table)
            if table in hidden or not texts:
                continue
            condition, has_company = self._get_company_sql(
                person, self._get_columns(table)
            )
            matcher = company if has_company else nobody
            if not matcher:
                continue
            count = self._count_texts(table, texts, matcher, condition)
            if count:
                rest[table] = count
        return rest

    @api.model
    def _count_texts(self, table, texts, matcher, condition):
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE %s AND (%s)",
                SQL(", ").join(map(SQL.identifier, texts)),
                SQL.identifier(table),
                condition,
                self._get_match_sql(texts, matcher),
            )
        )
        count = 0
        while rows := self.env.cr.fetchmany(BATCH):
            count += sum(
                any(matcher.holds(self._as_text(value)) for value in values)
                for values in rows
            )
        return count
