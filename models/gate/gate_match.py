from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.arrays import int_array, text_array
from ...tools.identity import read_face
from ...tools.matching import identity_key
from ...tools.names import join_name
from ...tools.people import MOST, People, Terms, get_keys
from ...tools.remarks import remark
from ...tools.values import clean_email

# What is read of candidates.
FACE_FIELDS = (
    *("assistant_email", "company_id", "contact_name", "email_normalized"),
    *("first_name", "is_listed", "last_name", "partner_id", "partner_name", "phone"),
    *("phone_sanitized", "status_id"),
)


class ProspectGate(models.AbstractModel):
    """Matching: who exists already."""

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _place(self, incoming, defaults=None):
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
                companies[owner] = self._get_company(*owner, teams)
            row.company = companies[owner]

    @api.model
    def _get_company(self, company_id, team_id, user_id, partner_id, teams):
        """The company that Odoo gives a new lead, else the current one.

        :param dict teams: {user id: default team}, added to
        """
        if not company_id and not team_id:
            team_id = self._get_team(user_id, teams)
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
    def _get_team(self, user_id, teams):
        """The team of a new lead that names none, as Odoo would search for it.

        :param user_id: the salesperson's, or False
        :param dict teams: {user id: team id} of those that were looked for, added to
        """
        if user_id not in teams and user_id:
            team = self.env["crm.team"]._get_default_team_id(
                user_id=user_id,
                domain=[(self.env["crm.lead"]._prospect_get_team_use(), "=", True)],
            )
            teams[user_id] = team.id
        elif user_id not in teams:
            # the ORM gives this one to a create that names none
            teams[user_id] = (
                self.env["crm.lead"].default_get(["team_id"]).get("team_id") or False
            )
        return teams[user_id]

    @api.model
    def _match(self, incoming, terms=None):
        """Say of each row whom it is about, as ``tools/identity.py`` judges.

        Everybody is found, also those that the person may not see: otherwise each
        salesperson would make a double of the colleague's.

        :param terms: a :class:`~..tools.people.Terms`
        """
        terms = terms or Terms()
        self._place(incoming, terms.defaults)
        self._disown(incoming)
        self.env["crm.lead"].flush_model(FACE_FIELDS)
        self._match_numbers(incoming)
        people = People(terms)
        self._find_candidates(
            people,
            [row for row in incoming if not (row.outcome or row.is_pinned)],
            terms,
        )
        people.assign(incoming)
        self._put_in_words(incoming)

    @api.model
    def _disown(self, incoming):
        """Our own addresses and lines, and excepted numbers, identify nobody.

        :param list incoming: rows, whose ``email`` and ``phone`` are taken away
        """
        emails = {row.email for row in incoming if row.email}
        phones = {row.phone for row in incoming if row.phone}
        exceptions = self.env["prospect.exception"]
        emails, phones, excepted = self._find_no_keys(emails, phones)
        if not (emails or phones or excepted):
            return
        for row in incoming:
            if row.email in emails:
                row.notes.append(remark(self.env, "gate.address_ours", email=row.email))
                row.email = None
            if row.phone in phones:
                row.notes.append(remark(self.env, "gate.phone_ours", phone=row.phone))
                row.phone = None
            if row.phone and exceptions._is_named(excepted, row.phone, row.company):
                row.notes.append(
                    remark(self.env, "gate.phone_exception", phone=row.phone)
                )
                row.phone = None
            row.key = identity_key(row.email, row.phone)

    @api.model
    def _find_no_keys(self, emails, phones):
        """Those of some addresses and numbers by which nobody is known.

        :param set emails: normalised addresses
        :param set phones: numbers in E.164
        :return: two sets, and {number: ids of the companies in which it is an
            exception, False: in all}
        """
        own_emails = own_phones = ()
        self.env["res.partner"].flush_model(["email_normalized", "phone_sanitized"])
        # sudo: the same for everybody; written to the database, not read
        self.env["prospect.exception"].sudo().flush_model(
            ["active", "company_id", "key"]
        )
        if emails:
            own_emails = self.env.execute_query(
                SQL(
                    # users and aliases are few, addresses of a batch are thousands
                    """SELECT email FROM unnest(%s) AS email
                        WHERE email IN (
                            SELECT partner.email_normalized
                              FROM res_users AS users
                              JOIN res_partner AS partner
                                ON partner.id = users.partner_id
                             WHERE users.active AND users.share IS NOT TRUE)
                           OR email IN (SELECT alias_full_name FROM mail_alias)""",
                    text_array(emails),
                )
            )
        if phones:
            own_phones = self.env.execute_query(
                SQL(
                    """SELECT phone, TRUE, NULL FROM unnest(%(phones)s) AS phone
                        WHERE phone IN (
                            SELECT partner.phone_sanitized
                              FROM (SELECT partner_id FROM res_users
                                     WHERE active AND share IS NOT TRUE
                                     UNION ALL
                                    SELECT partner_id FROM res_company) AS own
                              JOIN res_partner AS partner
                                ON partner.id = own.partner_id)
                        UNION ALL
                       SELECT phone, FALSE, exception.company_id
                         FROM unnest(%(phones)s) AS phone
                         JOIN prospect_exception AS exception
                           ON exception.key = 'p:' || phone AND exception.active""",
                    phones=text_array(phones),
                )
            )
        excepted = {}
        for phone, is_own, company_id in own_phones:
            if not is_own:
                excepted.setdefault(phone, set()).add(company_id or False)
        return (
            {email for (email,) in own_emails},
            {phone for phone, is_own, _company in own_phones if is_own},
            excepted,
        )

    @api.model
    def _match_numbers(self, incoming):
        """Rows that name a prospect by its number, as our extracts do [IY-19]."""
        rows = [row for row in incoming if row.wanted and not row.outcome]
        if not rows:
            return
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                self.env["crm.lead"]._prospect_listed_domain()
                & Domain("id", "in", [r.wanted for r in rows])
            )
        )
        for row in rows:
            if row.wanted in leads.ids:
                row.existing, row.closed = row.wanted, 0
            else:
                row.fail(remark(self.env, "gate.no_such_number", number=row.wanted))

    @api.model
    def _find_candidates(self, people, rows, terms):
        """Make those known who share a key with rows: three queries for a batch.

        :param people: a :class:`~..tools.people.People`, added to
        """
        rows = [row for row in rows if not (row.wanted or row.existing)]
        mailed = {(row.company, "e", row.email) for row in rows if row.email}
        self._add_faces(people, mailed, rows)
        bare, phones = set(), set()
        for row in rows:
            if not row.phone:
                continue
            key = (row.company, "p", row.phone)
            if not row.email or terms.channel == "call":
                phones.add(key)
            elif not people.shares((row.company, "e", row.email)):
                bare.add(key)
        self._add_faces(people, phones, rows)
        self._add_faces(people, bare - phones, rows, is_bare=True)

    @api.model
    def _get_names(self, rows):
        """{key: folded names of its rows}."""
        names = defaultdict(set)
        for row in rows:
            for key in get_keys(row):
                names[key].add(self._get_folded_name(row))
        return names

    @api.model
    def _get_folded_name(self, row):
        """The name of a row as :meth:`_add_faces` looks for it in the database."""
        values = row.values
        name = values.get("contact_name") or join_name(
            values.get("first_name"), values.get("last_name")
        )
        return name.lower()

    @api.model
    def _add_faces(self, people, keys, rows, is_bare=False):
        """Add those who have some keys, at most ``MOST`` of each, and of a key that
        more have, those whom the rows name as well.

        One look into the index for each key, whatever the size of the table: a plain
        join of some thousand keys would read it all.

        :param set keys: of one kind
        :param list rows: those of the batch
        :param bool is_bare: only those without an e-mail address
        """
        if not keys:
            return
        keys = sorted(keys)
        fname = "email_normalized" if keys[0][1] == "e" else "phone_sanitized"
        parts = {
            "fname": SQL.identifier(fname),
            "is_closed": self._get_closed_sql(),
            "columns": SQL(
                """lead.id, %s AS is_closed, lead.company_id IS NULL AS is_shared,
                   lead.first_name, lead.last_name, lead.contact_name,
                   lead.partner_name, lead.email_normalized, lead.assistant_email,
                   lead.phone, lead.phone_sanitized,
                   lead.partner_id IS NOT NULL AS has_contact,
                   lead.create_date""",
                self._get_closed_sql(),
            ),
            "bare": SQL("AND lead.email_normalized IS NULL") if is_bare else SQL(),
            "most": MOST + 1,
        }
        found = self.env.execute_query(
            SQL(
                """SELECT wanted.index - 1, best.*
                     FROM unnest(%(keys)s, %(companies)s)
                          WITH ORDINALITY AS wanted (key, company_id, index)
               CROSS JOIN LATERAL (
                          SELECT %(columns)s
                            FROM crm_lead AS lead
                            JOIN prospect_status AS status
                              ON status.id = lead.status_id
                           WHERE lead.%(fname)s = wanted.key
                             AND lead.is_listed IS TRUE
                             %(bare)s
                             AND (lead.company_id = wanted.company_id
                                  OR lead.company_id IS NULL)
                        ORDER BY %(is_closed)s,
                                 lead.company_id IS NULL, lead.id
                           LIMIT %(most)s) AS best
                 ORDER BY wanted.index""",
                keys=text_array(key[2] for key in keys),
                companies=int_array(key[0] for key in keys),
                **parts,
            )
        )
        counts = Counter(index for index, *_rest in found)
        crowded = [index for index, count in counts.items() if count > MOST]
        # few keys are of so many people that names are asked for
        names = self._get_names(rows) if crowded else {}
        wanted = [
            (index, keys[index][2], keys[index][0], name)
            for index in crowded
            for name in names[keys[index]]
            if name
        ]
        if wanted:
            found += self.env.execute_query(
                SQL(
                    """SELECT wanted.index, %(columns)s
                         FROM unnest(%(indexes)s::int[], %(keys)s::text[],
                                     %(companies)s::int[], %(names)s::text[])
                              AS wanted (index, key, company_id, name)
                         JOIN crm_lead AS lead
                           ON lead.%(fname)s = wanted.key
                          AND lower(lead.contact_name) = wanted.name
                         JOIN prospect_status AS status ON status.id = lead.status_id
                        WHERE lead.%(fname)s = ANY(%(crowded)s)
                          AND lead.is_listed IS TRUE
                          %(bare)s
                          AND (lead.company_id = wanted.company_id
                               OR lead.company_id IS NULL)
                     ORDER BY lead.id""",
                    indexes=[index for index, *_rest in wanted],
                    keys=[key for _index, key, *_rest in wanted],
                    companies=[company for _i, _key, company, _name in wanted],
                    names=[name for *_rest, name in wanted],
                    crowded=[keys[index][2] for index in crowded],
                    **parts,
                )
            )
        dates = self._find_contacted(
            {
                number
                for index, number, *_rest in found
                if keys[index][1] == "p" and counts[index] > 1
            }
        )
        for index, number, *columns in found:
            people.add(keys[index], self._make_face(number, columns, dates))

    @api.model
    def _make_face(self, number, columns, dates):
        """A record as the table looks at it.

        :param list columns: as :meth:`_add_faces` reads them
        """
        is_closed, is_shared, first, last, full, company, email, assistant = columns[:8]
        phone, sanitized, has_contact, created = columns[8:]
        face = read_face(
            {
                "first_name": first,
                "last_name": last,
                "contact_name": full,
                "partner_name": company,
                "phone": phone,
            },
            number=number,
            email=email or None,
            phone=sanitized or None,
            is_closed=is_closed,
            is_shared=is_shared,
            has_contact=has_contact,
            contacted=(dates.get(number) or created).timestamp(),
        )
        if assistant:
            face.assistant, _problem = clean_email(assistant)
        return face

    @api.model
    def _find_contacted(self, numbers):
        """{lead id: when somebody has last written to or from it}."""
        if not numbers:
            return {}
        self.env["mail.message"].flush_model(
            ["date", "message_type", "model", "res_id"]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT res_id, max(date) FROM mail_message
                        WHERE model = 'crm.lead' AND res_id = ANY(%s)
                          AND message_type IN
                              ('email', 'email_outgoing', 'comment', 'sms')
                     GROUP BY res_id""",
                    list(numbers),
                )
            )
        )

    @api.model
    def _get_closed_sql(self):
        """SQL of whether an existing prospect is closed, so that its person comes back.

        Without leads a converted one is open as long as its opportunity: the person is
        updated, and not doubled.
        """
        if self.env["crm.lead"]._prospect_get_simple_targets():
            return SQL(
                "(status.kind = 'junk' OR status.kind = 'converted'"
                " AND (lead.active IS NOT TRUE OR lead.won_status != 'pending'))"
            )
        return SQL("(status.kind IN ('converted', 'junk'))")
