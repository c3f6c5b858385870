import json
from collections import defaultdict
from functools import lru_cache

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all

from odoo.addons.iap.tools import iap_tools
from odoo.addons.mail.tools import mail_validation
from odoo.addons.phone_validation.tools import phone_validation

from ...tools.copying import copy_line, copy_lines, copy_rows
from ...tools.remarks import remark
from ...tools.statuses import OPEN_KINDS
from ...tools.transactions import rolled_back
from ...tools.trusted import read_trusted, trusted
from ...tools.values import clean_email, is_plain_email

# Values of one row that have no say in anything but themselves, and those that are
# computed from them here (see _prospect_fast_facts). All else is the row's kind.
PLAIN = frozenset(
    """
    assistant_email city title_id contact_name country_id description email_from
    first_name function lang_id last_name name partner_name phone referred source_id
    medium_id campaign_id state_id street street2 website zip
    """.split()  # noqa: SIM905 - read as words
)
MANY = ("list_ids", "tag_ids")
# Custom fields of all prospects: plain as well, each with the defaults of the others.
CUSTOM = "properties"
# Rows that name one of these are written by the ORM.
SLOW = frozenset(
    """
    active automated_probability date_closed expected_revenue lost_reason_id partner_id
    probability recurring_plan recurring_revenue stage_id
    """.split()  # noqa: SIM905 - read as words
)
EMAIL_FACTS = ("email_normalized", "email_domain_criterion", "email_state")
PHONE_FACTS = ("phone_sanitized", "phone_state")
COMPUTED = EMAIL_FACTS + PHONE_FACTS
SCORES = ("automated_probability", "probability")
# What Odoo computes of revenues: nothing, where there is none.
REVENUES = ("expected_revenue", "recurring_revenue")
PRORATED = (
    "prorated_revenue",
    "recurring_revenue_monthly",
    "recurring_revenue_monthly_prorated",
    "recurring_revenue_prorated",
)


@lru_cache(maxsize=20_000)
def read_email_facts(text):
    """What Odoo computes from the text of an e-mail: three stored values.

    >>> read_email_facts("Marie <marie@acme.example.com>")
    ('marie@acme.example.com', '@acme.example.com', 'correct')
    >>> read_email_facts("marie@gmail.com")
    ('marie@gmail.com', 'marie@gmail.com', 'correct')
    >>> read_email_facts("nobody")
    (None, None, 'incorrect')
    """
    normalized, _problem = clean_email(text)
    domain = normalized and _read_domain(normalized)
    is_correct = is_plain_email(text) and not _VALIDATOR
    if normalized and not is_correct:
        emails = email_normalize_all(text)
        is_correct = any(mail_validation.mail_validate(email) for email in emails)
    state = "correct" if is_correct else "incorrect"
    return normalized or None, domain or None, state


# With this library of Odoo's installed, it asks it about each address.
_VALIDATOR = hasattr(mail_validation, "address")


def _read_domain(email):
    if not is_plain_email(email):
        return iap_tools.mail_prepare_for_domain_search(email)
    domain = email.rpartition("@")[2]
    return email if domain in _GENERIC_DOMAINS else f"@{domain}"


_GENERIC_DOMAINS = iap_tools._MAIL_DOMAIN_BLACKLIST


@lru_cache(maxsize=20_000)
def read_phone_state(text, country_code):
    """``correct`` or ``incorrect``, as Odoo says of a phone.

    >>> read_phone_state("+33 6 12 34 56 78", None), read_phone_state("0612", None)
    ('correct', 'incorrect')
    """
    try:
        return "correct" if phone_validation.phone_parse(text, country_code) else None
    except UserError:
        return "incorrect"


class CrmLead(models.Model):
    """New prospects by SQL, the same as the ORM would make them.

    Rows are of one kind when they differ in nothing but plain values: names, addresses,
    tags and the like. One sample of each kind is created by the ORM and rolled back;
    the others are copies of it with their own plain values, so that defaults, teams,
    stages and companies are the ORM's own doing. What is computed from plain values is
    computed here once for each distinct one.

    ``prospect.write.path`` says where this may be done.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_get_write_path(self):
        """Why not the fast path, in words; empty where it can be taken."""
        return self.env["prospect.write.path"]._get_objection()

    @api.model
    def _prospect_fast_create(self, rows):
        """Make the prospects of those rows that can be made by SQL.

        :param list rows: planned rows that make prospects
        :return: the rows that are left to the ORM
        """
        if not rows or self._prospect_get_write_path() or self._prospect_rotates():
            return rows
        kinds, slow = defaultdict(list), []
        # sudo: kinds are read whoever may read the statuses
        usable = self.env["prospect.status"].sudo().search([("kind", "in", OPEN_KINDS)])
        for row in rows:
            kind = self._prospect_fast_kind(row, set(usable.ids))
            if kind is None:
                slow.append(row)
            else:
                kinds[kind].append(row)
        count = sum(map(len, kinds.values()))
        if not kinds or (
            read_trusted(self.env.context, "prospect_write_path") != "fast"
            and 2 * len(kinds) > count
        ):
            return rows
        chosen = [row for members in kinds.values() for row in members]
        chosen.sort(key=lambda row: row.number)
        self._prospect_fast_check_fields(chosen)
        samples = self._prospect_fast_samples(kinds)
        if not all(map(self._prospect_fast_is_plain, samples.values())):
            return rows
        values = {row.number: self._prospect_fast_values(row) for row in chosen}
        self._prospect_fast_add_custom(chosen, samples, values)
        self._prospect_fast_score(chosen, samples, values)
        self._prospect_fast_insert(chosen, samples, values)
        self._prospect_fast_relate(chosen, samples)
        self._prospect_fast_check_access(chosen)
        self._prospect_fast_forget()
        return slow

    # --- On the standard path -------------------------------------------------------

    def _prospect_handing_in(self):
        """``self`` as it creates leads with what :meth:`_prospect_fast_facts` knows."""
        if self.env["prospect.write.path"]._is_plain():
            return self.with_context(**trusted(prospect_computed=True))
        return self

    def _prospect_fast_hands_in(self):
        """Whether the gate itself says so, which no request can."""
        return bool(read_trusted(self.env.context, "prospect_computed"))

    def _prospect_fast_handed_in(self, row):
        """Stored values that the ORM need not compute for a row."""
        if not self._prospect_fast_hands_in() or "partner_id" in row.after:
            return {}
        return {**dict.fromkeys(COMPUTED, False), **self._prospect_fast_facts(row)}

    @api.model
    def _create(self, data_list):
        if self._prospect_fast_hands_in():
            # what was handed in stays, as it does for fields that people may write
            handed_in = [self._fields[fname] for fname in (*COMPUTED, *PRORATED)]
            for data in data_list:
                if not any(data["stored"].get(fname) for fname in REVENUES):
                    data["stored"].update(dict.fromkeys(PRORATED, 0.0))
                data["protected"].update(
                    field for field in handed_in if field.name in data["stored"]
                )
        return super()._create(data_list)

    # --- Kinds ----------------------------------------------------------------------

    def _prospect_fast_kind(self, row, statuses):
        """What a row shares with others, as (field, value) pairs; None: not by SQL.

        :param set statuses: ids of those that a prospect can begin with
        """
        after = row.after
        if row.closed or not SLOW.isdisjoint(after):
            return None
        if after.get("status_id", False) not in (False, *statuses):
            return None
        kind = []
        for fname, value in row.after.items():
            if fname in PLAIN or fname in MANY or fname == CUSTOM:
                continue
            field = self._fields[fname]
            if (
                not field.store
                or not field.column_type
                or isinstance(value, (list, dict))
            ):
                return None
            kind.append((fname, value))
        kind.sort()
        return tuple(kind)

    def _prospect_fast_samples(self, kinds):
        """{row number: its :class:`Sample`}, of kinds that the ORM makes."""
        vals_list = [
            {
                "user_id": False,
                "team_id": False,
                "name": "-",
                **dict(kind),
                "type": "lead",
            }
            for kind in kinds
        ]
        self.env["prospect.gate"]._complete(vals_list)
        with rolled_back(self.env):
            leads = self.create(vals_list)
            self.env.flush_all()
            stored = self._prospect_fast_read(leads)
        samples = {}
        for values, members in zip(stored, kinds.values(), strict=True):
            for row in members:
                samples[row.number] = values
        return samples

    @staticmethod
    def _prospect_fast_is_plain(sample):
        """Whether a new lead is on the page and neither won nor lost."""
        return sample["won_status"] == "pending" and sample["is_listed"] == "true"

    def _prospect_fast_columns(self):
        """Names of the columns of the table, but for its number."""
        return [
            field.name
            for field in self._fields.values()
            if field.store and field.column_type and field.name != "id"
        ]

    def _prospect_fast_read(self, leads):
        """What the database holds about some leads, as texts, in their order."""
        columns = self._prospect_fast_columns()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM crm_lead WHERE id IN %s",
                SQL(", ").join(
                    SQL("%s::text", SQL.identifier(column)) for column in columns
                ),
                tuple(leads.ids),
            )
        )
        by_id = {
            lead_id: dict(zip(columns, values, strict=True))
            for lead_id, *values in rows
        }
        return [by_id[lead_id] for lead_id in leads.ids]

    # --- Values ---------------------------------------------------------------------

    def _prospect_fast_check_fields(self, rows):
        """Refuse fields that the person may not write, as the ORM does."""
        self.check_access("create")
        for fname in set().union(*(row.after for row in rows)):
            self._check_field_access(self._fields[fname], "write")

    def _prospect_fast_values(self, row):
        """The plain values of a row as they are stored, and what follows from them."""
        after = row.after
        values = {fname: after[fname] for fname in PLAIN & after.keys()}
        if not (values.get("name") or "").strip():
            values["name"] = self._prospect_get_title(values) or self.env._(
                "New prospect"
            )
        for fname, convert in self._prospect_fast_converters():
            if values.get(fname):
                values[fname] = convert(values[fname])
        values.update(self._prospect_fast_facts(row))
        return values

    def _prospect_fast_add_custom(self, rows, samples, values):
        """Add the custom fields of rows to ``values``, over the sample's defaults."""
        for row in rows:
            given = row.after.get(CUSTOM)
            if given:
                existing = json.loads(samples[row.number][CUSTOM] or "{}")
                values[row.number][CUSTOM] = {**existing, **given}

    def _prospect_fast_facts(self, row):
        """What Odoo computes from the e-mail and the phone of a row."""
        facts, email, phone = {}, row.after.get("email_from"), row.after.get("phone")
        if email:
            facts = dict(zip(EMAIL_FACTS, read_email_facts(email), strict=True))
        if phone:
            facts.update(zip(PHONE_FACTS, self._prospect_fast_phone(row), strict=True))
        return facts

    def _prospect_fast_converters(self):
        """[(field, function)] of texts that Odoo changes before storing them."""
        partners = self.env["res.partner"]
        html = self._fields["description"]
        return (
            ("website", partners._clean_website),
            ("description", lambda value: html.convert_to_column_insert(value, self)),
        )

    def _prospect_fast_phone(self, row):
        """Number and state of the phone of a row."""
        phone = row.after["phone"]
        if row.phone and phone.startswith("+"):
            # written out by the gate, which nobody reads in two ways
            return row.phone, "correct"
        country = self.env["res.country"].browse(row.after.get("country_id") or [])
        number = self.browse()._phone_format(number=phone, country=country or None)
        return number or None, read_phone_state(phone, country.code or None)

    # --- Scores ---------------------------------------------------------------------

    def _prospect_fast_score(self, rows, samples, values):
        """Add the probabilities to ``values``, once for each distinct combination."""
        scored = self._pls_get_safe_fields()
        keys, members = [], {}
        for row in rows:
            own, after = values[row.number], row.after
            combination = [
                own[fname]
                if fname in own
                else tuple(after[fname])
                if fname == "tag_ids" and fname in after
                else None
                for fname in scored
            ]
            key = (id(samples[row.number]), *combination)
            members.setdefault(key, row)
            keys.append(key)
        scores = self._prospect_fast_ask_scores(
            [(samples[row.number], key[1:]) for key, row in members.items()], scored
        )
        if None in scores:
            # Where a team has won or lost nothing yet, Odoo gives the first lead
            # that it looks at no score, and others one: each has to be asked for.
            scores = self._prospect_fast_ask_scores(
                [
                    (samples[row.number], key[1:])
                    for row, key in zip(rows, keys, strict=True)
                ],
                scored,
            )
        else:
            by_key = dict(zip(members, scores, strict=True))
            scores = [by_key[key] for key in keys]
        for row, score in zip(rows, scores, strict=True):
            values[row.number].update(dict.fromkeys(SCORES, score))

    def _prospect_fast_ask_scores(self, combinations, scored):
        """Odoo's probability of each combination, as texts; None: it has none."""
        news = self.browse().concat(
            *(
                self.new(self._prospect_fast_scored(sample, scored, key))
                for sample, key in combinations
            )
        )
        probabilities, _tooltip = news._pls_get_naive_bayes_probabilities()
        return [
            repr(float(probabilities[new.id])) if new.id in probabilities else None
            for new in news
        ]

    def _prospect_fast_scored(self, sample, scored, key):
        """What Odoo's scoring looks at, as values of a new lead."""
        known = dict(zip(scored, key, strict=True))
        values = {"type": "lead", "user_id": False}
        for fname in {"stage_id", "team_id", *scored}:
            field, value = self._fields[fname], known.get(fname)
            if value is None and fname in sample and fname not in COMPUTED:
                value = sample[fname]
            if isinstance(value, tuple):
                value = [Command.set(value)]
            elif value and field.type == "many2one":
                value = int(value)
            values[fname] = value or False
        return values

    # --- Writing --------------------------------------------------------------------

    def _prospect_fast_insert(self, rows, samples, values):
        """Copy the rows into the table; gives each its number."""
        columns = self._prospect_fast_columns()
        numbers = [
            number
            for (number,) in self.env.execute_query(
                SQL(
                    # looked up once, and not for each row
                    "SELECT nextval((SELECT pg_get_serial_sequence('crm_lead', 'id')"
                    "::regclass)) FROM generate_series(1, %s)",
                    len(rows),
                )
            )
        ]
        varies = set().union(*values.values())
        varying = sorted(varies)
        fixed = [column for column in columns if column not in varies]
        tails, defaults = {}, {}
        for sample in samples.values():
            if id(sample) not in tails:
                tails[id(sample)] = copy_line([sample[name] for name in fixed])
                defaults[id(sample)] = {name: sample[name] for name in varying}
        lines = []
        for row, number in zip(rows, numbers, strict=True):
            row.lead_id = number
            sample, own = id(samples[row.number]), values[row.number]
            default = defaults[sample]
            cells = [
                own[name] or None if name in own else default[name] for name in varying
            ]
            lines.append(f"{number}\t{copy_line(cells)}\t{tails[sample]}")
        copy_lines(self.env.cr, "crm_lead", ["id", *varying, *fixed], lines)

    def _prospect_fast_relate(self, rows, samples):
        """Tags, lists and the two histories of new prospects."""
        cr = self.env.cr
        tags = [
            (row.lead_id, tag) for row in rows for tag in row.after.get("tag_ids", ())
        ]
        if tags:
            copy_rows(cr, "crm_tag_rel", ("lead_id", "tag_id"), tags)
        self._prospect_fast_log(rows, samples)

    def _prospect_fast_log(self, rows, samples):
        """Histories of new prospects; wings add theirs."""
        self._prospect_fast_log_status(rows, samples)

    def _prospect_fast_log_status(self, rows, samples):
        """One row of history for each new prospect."""
        # sudo: names and kinds are kept whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        log = self.env["prospect.status.change"]
        tails = {}
        for sample in {id(sample): sample for sample in samples.values()}.values():
            status = statuses.browse(int(sample["status_id"]))
            values = {
                "to_id": status.id,
                "to_name": status.name,
                "to_kind": status.kind,
                "cause": log._get_cause(),
                "date": self.env.cr.now(),
                "user_id": self.env.uid,
            }
            tails[id(sample)] = copy_line(values.values())
        lines = (f"{row.lead_id}\t{tails[id(samples[row.number])]}" for row in rows)
        copy_lines(self.env.cr, log._table, ["lead_id", *values], lines)

    def _prospect_fast_check_access(self, rows):
        """Ask the record rules about all new prospects at once.

        :raises AccessError: when one of them is none that the person may make
        """
        if self.env.su:
            return
        domain = self.env["ir.rule"]._compute_domain(self._name, "create")
        if domain.is_true():
            return
        ids = [row.lead_id for row in rows]
        # sudo: the rules of the person are the domain; whether it holds is asked
        query = (
            self.sudo()
            .with_context(active_test=False)
            ._search(domain & Domain("id", "in", ids))
        )
        if len(query) != len(ids):
            raise AccessError(remark(self.env, "gate.may_not_make"))

    def _prospect_fast_forget(self):
        """What the ORM remembers may be less than there is now."""
        self.env.invalidate_all()
