import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.flags import (
    CODES,
    FLAG_FIELDS,
    UNREACHABLE,
    read_email,
    read_name,
    read_number,
)
from ...tools.given import is_text, takes
from ...tools.trusted import read_trusted, trusted

# What others have said and nobody can compute again: it stays until it is cleared.
STICKY = ("honeypot",)
# Settings: the parameter of each and its default.
SETTINGS = {
    "roles": ("prospect.flag_roles", 1),
    "phones": ("prospect.flag_phones", 5),
    "arrivals": ("prospect.flag_arrivals", 10),
    "domains": ("prospect.flag_domains", 0),
    "hard": ("prospect.bounce_hard", 1),
    "soft": ("prospect.bounce_soft", 3),
}
# How the address of a prospect is known to the table of undeliverable addresses.
ADDRESS = SQL(
    "COALESCE(lead.email_normalized, NULLIF(lower(btrim(lead.email_from)), ''))"
)


class CrmLead(models.Model):
    """Which prospects are doubtful, and why [MO-54].

    Looked at in batches, with one query whatever their number, after they were written:
    at once where a person or a form wrote them, by a job where an import did. What is
    found is stored without touching when the prospect was changed last, so that an
    operation can still be undone.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # Quality
    is_flagged = fields.Boolean(
        string="Flagged",
        readonly=True,
        copy=False,
        help="The prospect is flagged and nobody has cleared it: it is left out of"
        " sequences and mailings.",
    )
    flag_reasons = fields.Json(
        exportable=False,
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    flag_words = fields.Json(
        string="Reasons",
        exportable=False,
        compute="_compute_flag_words",
        export_string_translation=False,
    )
    flag_text = fields.Text(string="Flag reasons", compute="_compute_flag_words")
    flag_dismissal_ids = fields.One2many(
        comodel_name="prospect.flag.dismissal",
        inverse_name="lead_id",
        string="Cleared Flags",
        readonly=True,
        copy=False,
    )
    undeliverable_address_id = fields.Many2one(
        comodel_name="prospect.undeliverable.address",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    _prospect_flag_idx = models.Index(
        "(priority DESC, id DESC) WHERE is_listed IS TRUE AND is_flagged IS TRUE"
    )

    # --- In words -------------------------------------------------------------------

    @api.depends("flag_reasons")
    @api.depends_context("lang")
    def _compute_flag_words(self):
        """The reasons as [{code, text}], and as lines of text."""
        for lead in self:
            words = [
                {"code": reason["code"], "text": self._prospect_describe_flag(reason)}
                for reason in lead.flag_reasons or ()
            ]
            lead.flag_words = words
            lead.flag_text = "\n".join(word["text"] for word in words)

    @api.model
    def _prospect_describe_flag(self, reason):
        """One reason as a sentence for people; bridges with codes of their own
        override it.

        :param dict reason: ``code``, ``value`` (what it is about) and perhaps ``count``
        """
        value, count = reason.get("value") or "", reason.get("count") or 0
        texts = {
            "email_syntax": self.env._("“%s” is not an e-mail address.", value),
            "email_bounced": self.env._("E-mails to %s bounced.", value),
            "email_no_server": self.env._(
                "The domain of %s does not receive e-mail.", value
            ),
            "email_disposable": self.env._("%s is a disposable address.", value),
            "email_role": self.env._(
                "%s is a role address (info@, sales@), not a person's.", value
            ),
            "phone_impossible": self.env._("“%s” is not a phone number.", value),
            "phone_invalid": self.env._(
                "%s is not a valid number in its country.", value
            ),
            "phone_premium": self.env._(
                "%s is the number of a premium service.", value
            ),
            "phone_shared": self.env._(
                "%(phone)s is the phone of %(count)s prospects or more.",
                phone=value,
                count=count,
            )
            if count
            else self.env._("%s is the phone of many prospects.", value),
            "name_link": self.env._("The name “%s” contains a link.", value),
            "name_noise": self.env._("The name “%s” looks randomly typed.", value),
            "arrival_burst": self.env._(
                "Came with many others from the same form within a minute."
            ),
            "honeypot": self.env._("Filled in a hidden field of the form."),
        }
        return texts.get(reason["code"], reason["code"])

    # --- For people -----------------------------------------------------------------

    @takes(code=is_text)
    def action_prospect_dismiss_flag(self, code=None):
        """The person says that a reason is none; it is remembered, with who and when.

        :param str code: one of ``CODES``; without, all that stand
        """
        self.check_access("write")
        known = {reason["code"] for lead in self for reason in lead.flag_reasons or ()}
        if code is not None and code not in known:
            raise UserError(
                self.env._("This flag is already cleared. Reload the page.")
            )
        self._prospect_dismiss_flags(known if code is None else {code})
        return True

    def _prospect_dismiss_flags(self, codes):
        """Clear reasons, remember it, and let mails go out again where they bounced.

        :param codes: of the reasons
        :raises AccessError: when the person may not write one of the prospects
        """
        self.check_access("write")
        if "email_bounced" in codes:
            emails = list(filter(None, self.mapped("email_normalized")))
            self.env["prospect.undeliverable.address"]._on_cleared(emails)
        # sudo: who may write a prospect may clear it; the history is nobody's to write
        dismissals = self.env["prospect.flag.dismissal"].sudo()
        cause = dismissals._get_cause()
        cleared = [
            {
                "lead_id": lead.id,
                "code": reason["code"],
                "value": reason.get("value") or "",
                "cause": cause,
            }
            for lead in self
            for reason in lead.flag_reasons or ()
            if reason["code"] in codes
        ]
        if not cleared:
            return
        dismissals._append(cleared)
        self.invalidate_recordset(["flag_dismissal_ids"])
        bounced = self.filtered("message_bounce")
        if "email_bounced" in codes and bounced:
            bounced.with_context(**trusted(prospect_batch=True)).write(
                {"message_bounce": 0}
            )
        self._prospect_check_flags()
        if "email_bounced" in codes:
            self._prospect_rejoin_lists()

    def _prospect_flag(self, code):
        """Say from outside that prospects are doubtful; it stays until it is cleared.

        For channels: ``honeypot`` when a field was filled in that people do not see.

        :param str code: one of ``STICKY``
        """
        if code not in STICKY:
            raise ValueError(f"No such mark: {code!r}")
        self.flush_recordset(["flag_reasons"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead
                      SET is_flagged = TRUE,
                          flag_reasons = COALESCE(flag_reasons, '[]') || %s::jsonb
                    WHERE id = ANY(%s)
                      AND NOT COALESCE(flag_reasons, '[]') @> %s::jsonb""",
                json.dumps([{"code": code, "value": ""}]),
                self.ids,
                json.dumps([{"code": code}]),
            )
        )
        self.invalidate_recordset(["is_flagged", "flag_reasons"], flush=False)

    # --- For sequences and mailings -------------------------------------------------

    @api.model
    def _prospect_contactable_domain(self, with_blacklisted=False):
        """Prospects to whom a mail may be sent without being asked about each: those
        with an address that nobody doubts, and who have not asked for no mails.

        :param bool with_blacklisted: for who has chosen to write to them too
        """
        domain = Domain("email_normalized", "!=", False)
        domain &= Domain("is_flagged", "=", False)
        if not with_blacklisted:
            domain &= Domain("is_blacklisted", "=", False)
        return domain

    def _prospect_one_per_address(self):
        """``self`` without those whose address an earlier one has: one mail for each
        address [IY-18]. Prospects without an address are not in it.
        """
        seen, chosen = set(), []
        for lead in self:
            if lead.email_normalized and lead.email_normalized not in seen:
                seen.add(lead.email_normalized)
                chosen.append(lead.id)
        return self.browse(chosen)

    # --- Looking --------------------------------------------------------------------

    @api.model
    def _prospect_flag_setting(self, name):
        """A number of the settings; 0 is no.

        :param str name: one of ``SETTINGS``
        """
        parameter, default = SETTINGS[name]
        # sudo: parameters are read whoever writes a prospect
        value = self.env["ir.config_parameter"].sudo().get_param(parameter, default)
        return int(value) if str(value).isdecimal() else default

    def _prospect_flags_later(self):
        """Let the job look at ``self``, unless the batch does so at its end."""
        if not read_trusted(self.env.context, "prospect_noted"):
            self.env["prospect.flag.check"]._want(self.ids)

    def _prospect_check_flags(self):
        """Find the reasons to doubt ``self``, store those that nobody has cleared, and
        do what follows: undeliverable addresses, lists, and others to look at again.
        """
        if not self.ids:
            return
        settings = {name: self._prospect_flag_setting(name) for name in SETTINGS}
        # sudo: the same answer whoever writes; others are only counted
        leads = self.sudo().with_context(active_test=False)
        changes, broken, mended, linked = [], [], [], []
        for row in leads._prospect_read_flags(settings):
            reasons = self._prospect_find_flags(row, settings)
            codes = {reason["code"] for reason in reasons}
            is_broken = not codes.isdisjoint(UNREACHABLE)
            error_id = row["error_id"] if is_broken else None
            # the undeliverable address is not this one any more
            is_other = row["former_email"] not in (None, row["address"])
            if is_broken:
                broken.append({**row, "codes": codes})
            elif is_other and row["address"]:
                mended.append(row["id"])
            if error_id and error_id != row["undeliverable_address_id"]:
                linked.append(row["id"])
            if (
                is_other
                or reasons != (row["flag_reasons"] or [])
                or bool(reasons) != bool(row["is_flagged"])
                or error_id != row["undeliverable_address_id"]
            ):
                changes.append((row["id"], reasons, error_id, is_other, row))
        leads._prospect_store_flags(changes)
        leads._prospect_follow_flags(changes)
        errors = self.env["prospect.undeliverable.address"].sudo()
        linked += errors._note_unreachable(broken)
        if mended:
            leads.browse(mended)._prospect_rejoin_lists()
        if linked:
            errors._clean_lists(leads.browse(linked))

    def _prospect_read_flags(self, settings):
        """All that is looked at, as a dict for each prospect of ``self``."""
        self.flush_model(
            [
                *(*FLAG_FIELDS, "email_domain_criterion", "email_normalized"),
                *("is_listed", "phone_sanitized"),
            ]
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT lead.id, lead.email_from, lead.email_normalized, lead.phone,
                       lead.phone_sanitized, lead.contact_name, lead.source_id,
                       lead.create_date, lead.is_flagged, lead.flag_reasons,
                       lead.undeliverable_address_id, %(address)s AS address,
                       former.email AS former_email,
                       error.id AS error_id,
                       COALESCE(error.hard_count + error.soft_count, 0) AS bounces,
                       CASE WHEN former.id IS NOT NULL
                             AND former.email IS DISTINCT FROM %(address)s THEN 0
                            ELSE COALESCE(lead.message_bounce, 0) END AS message_bounce,
                       COALESCE(country.code, home.code) AS country_code,
                       domain.state AS domain_state,
                       cleared.codes AS cleared, phones.count AS phones,
                       GREATEST(earlier.count, later.count) AS arrivals
                  FROM crm_lead AS lead
             LEFT JOIN prospect_undeliverable_address AS error
               ON error.email = %(address)s
             LEFT JOIN prospect_undeliverable_address AS former
                    ON former.id = lead.undeliverable_address_id
             LEFT JOIN res_country AS country ON country.id = lead.country_id
             LEFT JOIN res_company AS company
                    ON company.id = COALESCE(lead.company_id, %(company)s)
             LEFT JOIN res_partner AS seat ON seat.id = company.partner_id
             LEFT JOIN res_country AS home ON home.id = seat.country_id
             LEFT JOIN prospect_mail_domain AS domain
                    ON domain.name = split_part(lead.email_normalized, '@', 2)
             LEFT JOIN utm_source AS source
                    ON source.id = lead.source_id AND source.prospect_channel = 'form'
     LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(code, value)) AS codes
                          FROM prospect_flag_dismissal
                         WHERE lead_id = lead.id
                           AND is_past IS NOT TRUE) AS cleared ON TRUE
     LEFT JOIN LATERAL (SELECT count(*) AS count
                          FROM (SELECT 1 FROM crm_lead AS twin
                                 WHERE twin.phone_sanitized = lead.phone_sanitized
                                   AND twin.is_listed IS TRUE
                                 LIMIT %(phones)s) AS found) AS phones ON TRUE
     LEFT JOIN LATERAL (SELECT count(*) AS count
                          FROM (SELECT 1 FROM crm_lead AS twin
                                 WHERE twin.source_id = source.id
                                   AND twin.create_date BETWEEN lead.create_date
                                       - INTERVAL '1 minute' AND lead.create_date
                                 LIMIT %(arrivals)s) AS found) AS earlier ON TRUE
     LEFT JOIN LATERAL (SELECT count(*) AS count
                          FROM (SELECT 1 FROM crm_lead AS twin
                                 WHERE twin.source_id = source.id
                                   AND twin.create_date BETWEEN lead.create_date
                                       AND lead.create_date + INTERVAL '1 minute'
                                 LIMIT %(arrivals)s) AS found) AS later ON TRUE
                 WHERE lead.id IN %(ids)s AND lead.status_id IS NOT NULL
              ORDER BY lead.id
                """,
                address=ADDRESS,
                company=self.env.company.id,
                phones=settings["phones"],
                arrivals=settings["arrivals"],
                ids=tuple(self.ids),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _prospect_find_flags(self, row, settings):
        """The reasons to doubt one prospect that nobody has cleared, in their order.

        :param dict row: of :meth:`_prospect_read_flags`
        """
        found = {
            reason["code"]: reason
            for reason in row["flag_reasons"] or ()
            if reason["code"] in STICKY
        }

        def add(code, value, **details):
            found[code] = {"code": code, "value": value or "", **details}

        for code in read_email(row["email_from"] or "", row["email_normalized"]):
            if code != "email_role" or settings["roles"]:
                add(code, row["address"])
        if row["address"] and (row["bounces"] or row["message_bounce"]):
            add("email_bounced", row["address"])
        if settings["domains"] and row["domain_state"] == "none":
            add("email_no_server", row["address"])
        code = read_number(row["phone"] or "", row["country_code"])
        if code:
            add(code, row["phone"].strip())
        if settings["phones"] > 1 and row["phones"] >= settings["phones"]:
            add("phone_shared", row["phone_sanitized"], count=settings["phones"])
        code = read_name(row["contact_name"])
        if code:
            add(code, row["contact_name"])
        if settings["arrivals"] > 1 and row["arrivals"] >= settings["arrivals"]:
            add("arrival_burst", "")
        cleared = {tuple(pair) for pair in row["cleared"] or ()}
        return [
            found[code]
            for code in CODES
            if code in found
            and (code, found[code].get("value") or None) not in cleared
            and (code, found[code].get("value")) not in cleared
        ]

    def _prospect_store_flags(self, changes):
        """Store what was found, all at once.

        :param list changes: (lead id, reasons, undeliverable address, is another, row)
        """
        if not changes:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead AS lead
                      SET is_flagged = NULLIF(change.reasons <> '[]', FALSE),
                          flag_reasons = NULLIF(change.reasons, '[]'),
                          undeliverable_address_id = change.error_id,
                          message_bounce = CASE WHEN change.is_other THEN 0
                                                ELSE lead.message_bounce END
                     FROM unnest(%s::int[], %s::jsonb[], %s::int[], %s::bool[])
                          AS change (id, reasons, error_id, is_other)
                    WHERE lead.id = change.id""",
                [change[0] for change in changes],
                [json.dumps(change[1]) for change in changes],
                [change[2] for change in changes],
                [change[3] for change in changes],
            )
        )
        self.browse([change[0] for change in changes]).invalidate_recordset(
            [
                "undeliverable_address_id",
                "is_flagged",
                "message_bounce",
                "flag_reasons",
            ],
            flush=False,
        )
        self.env["prospect.undeliverable.address"].invalidate_model(
            ["lead_count", "lead_ids"], flush=False
        )

    def _prospect_follow_flags(self, changes):
        """Have others looked at that share a phone or a form with what changed.

        :param list changes: see :meth:`_prospect_store_flags`
        """
        checks = self.env["prospect.flag.check"]
        gained, lost, bursts = set(), set(), defaultdict(set)
        for _id, reasons, _error, _corrected, row in changes:
            new = {reason["code"]: reason for reason in reasons}
            old = {reason["code"]: reason for reason in row["flag_reasons"] or ()}
            phones = [
                side["phone_shared"]["value"] if "phone_shared" in side else None
                for side in (old, new)
            ]
            if phones[0] != phones[1]:
                lost.add(phones[0])
                gained.add(phones[1])
            if "arrival_burst" in new and "arrival_burst" not in old:
                bursts[row["source_id"]].add(row["create_date"])
        others = SQL("id <> ALL(%s)", self.ids)
        for numbers, is_there in ((gained, SQL("NOT")), (lost, SQL())):
            if numbers - {None}:
                checks._want_where(
                    SQL(
                        "%s AND phone_sanitized = ANY(%s) AND %s"
                        " COALESCE(flag_reasons, '[]') @> %s::jsonb",
                        others,
                        sorted(numbers - {None}),
                        is_there,
                        json.dumps([{"code": "phone_shared"}]),
                    )
                )
        for source_id, dates in bursts.items():
            checks._want_where(
                SQL(
                    "%s AND source_id = %s AND create_date BETWEEN"
                    " %s::timestamp - INTERVAL '1 minute'"
                    " AND %s::timestamp + INTERVAL '1 minute'"
                    " AND NOT COALESCE(flag_reasons, '[]') @> %s::jsonb",
                    others,
                    source_id,
                    min(dates),
                    max(dates),
                    json.dumps([{"code": "arrival_burst"}]),
                )
            )
        if self._prospect_flag_setting("domains"):
            self._prospect_ask_domains()

    def _prospect_ask_domains(self):
        """Have the domains of the addresses asked about, but for large providers."""
        self.env["prospect.mail.domain"]._want(
            {
                criterion[1:]
                for (criterion,) in self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT email_domain_criterion FROM crm_lead"
                        " WHERE id IN %s AND email_domain_criterion LIKE '@%%'",
                        tuple(self.ids),
                    )
                )
            }
        )

    # --- Lists ----------------------------------------------------------------------

    def _prospect_rejoin_lists(self):
        """Put prospects back on the lists that a bounce has taken them off [IY-19].

        Where that was the last thing that happened to the membership.
        """
        self.env["prospect.membership"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT last.lead_id, last.list_id
                     FROM (SELECT DISTINCT ON (lead_id, list_id) lead_id, list_id,
                                  action, cause
                             FROM prospect_membership
                            WHERE lead_id = ANY(%s) AND list_id IS NOT NULL
                         ORDER BY lead_id, list_id, id DESC) AS last
                    WHERE last.action = 'leave' AND last.cause = 'bounce'""",
                self.ids,
            )
        )
        groups, lists_of = defaultdict(list), defaultdict(list)
        for lead_id, list_id in rows:
            lists_of[lead_id].append(list_id)
        for lead_id, list_ids in lists_of.items():
            groups[tuple(sorted(list_ids))].append(lead_id)
        # sudo: back to where they were, private lists of colleagues too
        leads = self.sudo()
        for list_ids, lead_ids in groups.items():
            leads.browse(lead_ids)._prospect_lists_change(
                add=leads.env["prospect.list"].browse(list_ids), cause="corrected"
            )

    # --- When they are looked for ---------------------------------------------------

    def _prospect_on_created(self):
        result = super()._prospect_on_created()
        self._prospect_check_flags()
        return result

    def _prospect_on_updated(self, fnames):
        result = super()._prospect_on_updated(fnames)
        fields_read = FLAG_FIELDS
        if read_trusted(self.env.context, "prospect_known"):
            # a status counts for who was no prospect before
            fields_read = FLAG_FIELDS - {"status_id"}
        if fields_read & fnames:
            self._prospect_check_flags()
        return result

    def _prospect_react_to_create(self, former):
        result = super()._prospect_react_to_create(former)
        if self and read_trusted(self.env.context, "prospect_batch"):
            self._prospect_flags_later()
        return result

    def _prospect_react_to_write(self, vals):
        result = super()._prospect_react_to_write(vals)
        is_batch = read_trusted(self.env.context, "prospect_batch")
        if is_batch and FLAG_FIELDS & set(vals):
            self._prospect_flags_later()
        return result
