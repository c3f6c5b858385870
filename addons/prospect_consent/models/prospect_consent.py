from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.prospect.tools.links import make_link, read_link
from odoo.addons.prospect.tools.wording import labelled

CHANNELS = [("email", "E-mail"), ("sms", "SMS"), ("phone", "Phone")]
# What the signature of a link of withdrawal is for, and that of an erased address.
SCOPE = "prospect_consent-withdraw"
ERASED = "prospect_consent-erased"

# How a page looks that belongs to no form.
PLAIN = {
    "primary": "#1f5f8b",
    "on_primary": "#ffffff",
    "background": "#ffffff",
    "text": "#1f2933",
    "soft": "#52606d",
    "line": "#7b8794",
    "bad": "#b42318",
    "width": 640,
    "family": "system-ui, sans-serif",
}


class ProspectConsent(models.Model):
    """The register of consents: what somebody has agreed to, or withdrawn [BX-54].

    Rows are appended and never edited or deleted, by nobody; a merge gives them to
    the prospect that stays. The latest row of an address, purpose and channel is how
    it stands now. It is the address that has agreed: a corrected address has not.

    Who asks to be forgotten is forgotten: *deleting* rows, which only Odoo's
    privacy tools and administrators can, takes out the person and leaves the fact.
    """

    _name = "prospect.consent"
    _inherit = ["prospect.history.mixin"]
    _description = "Consent"
    _log_access = False

    date = fields.Datetime(help="When it takes effect.")
    user_id = fields.Many2one(help="Empty: the person, by a form or a link.")
    action = fields.Selection(
        selection=[("given", "Given"), ("withdrawn", "Withdrawn")],
        required=True,
        readonly=True,
    )
    purpose_id = fields.Many2one(
        comodel_name="prospect.consent.purpose",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    purpose_name = fields.Char(
        string="Purpose at That Time",
        readonly=True,
        help="What the purpose was called at that time.",
    )
    channel = fields.Selection(
        selection=CHANNELS, required=True, readonly=True, default="email"
    )
    # the name by which Odoo's privacy lookup finds people
    email_normalized = fields.Char(string="Email", readonly=True)
    phone_sanitized = fields.Char(string="Number", readonly=True)
    address = fields.Char(compute="_compute_address")
    address_hash = fields.Char(
        string="Proof",
        readonly=True,
        help="Of an erased address: lets a given address be compared with it, and"
        " cannot be turned back into it.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index="btree_not_null"
    )
    text_id = fields.Many2one(
        comodel_name="prospect.consent.text",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What was agreed to, word for word.",
    )
    text_content = fields.Html(
        related="text_id.content", string="What Was Agreed To", sanitize=False
    )
    lang_id = fields.Many2one(
        comodel_name="res.lang", string="Language", readonly=True, ondelete="set null"
    )
    cause = fields.Selection(
        selection=[
            ("form", "Form"),
            ("link", "Link in an e-mail"),
            ("one_click", "Unsubscribe button of the e-mail program"),
            ("manual", "By hand"),
        ],
        string="How",
        required=True,
        readonly=True,
        default="manual",
    )
    note = fields.Char(readonly=True, help="Evidence for what is entered by hand.")
    is_confirmed = fields.Boolean(
        string="Address Confirmed",
        readonly=True,
        help="The person has proved that the address is theirs, through the link in "
        "an e-mail.",
    )
    is_blacklisted = fields.Boolean(
        string="Blacklisted",
        readonly=True,
        help="All purposes were withdrawn: Odoo sends no more mailings there.",
    )
    erased_at = fields.Datetime(string="Erased", readonly=True)

    _email_idx = models.Index(
        "(email_normalized, purpose_id, channel, date, id)"
        " WHERE email_normalized IS NOT NULL"
    )
    _phone_idx = models.Index(
        "(phone_sanitized, purpose_id, channel, date, id)"
        " WHERE phone_sanitized IS NOT NULL"
    )

    @api.depends("email_normalized", "phone_sanitized", "erased_at")
    def _compute_address(self):
        for row in self:
            row.address = (
                self.env._("(erased)")
                if row.erased_at
                else row.email_normalized or row.phone_sanitized
            )

    @api.depends("action", "purpose_id", "channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for row in self:
            row.display_name = labelled(
                self.env,
                f"{row.purpose_id.name} ({channels.get(row.channel)})",
                actions.get(row.action),
            )

    # --- Writing --------------------------------------------------------------------

    @api.model
    def _append(self, vals_list):
        """Write rows, and what follows from them.

        Who may do so has to be known by the caller: nobody has the right to write
        here. Rows without an address are left out: they would be nobody's.

        :param list vals_list: values as for ``create``; ``address`` is put where its
            channel has it
        :return: the new rows, with superuser rights
        """
        rows = []
        for vals in vals_list:
            # whole seconds, as all moments of people: the later row of two is the one
            # with the higher number
            vals = {"date": fields.Datetime.now(), **vals}
            address = vals.pop("address", None)
            fname = "email_normalized" if self._is_mail(vals) else "phone_sanitized"
            vals[fname] = address or vals.get(fname)
            if vals[fname]:
                rows.append(vals)
        self._name_purposes(rows)
        # sudo: nobody may write into the register but this method
        consents = self.sudo().create(rows)
        consents._take_off_blacklist()
        return consents

    @api.model
    def _is_mail(self, vals):
        return vals.get("channel", "email") == "email"

    @api.model
    def _name_purposes(self, rows):
        """Keep what purposes are called now, in the language of the row."""
        # sudo: names of purposes and languages
        langs = self.env["res.lang"].sudo()
        purposes = self.env["prospect.consent.purpose"].sudo()
        for vals in rows:
            lang = langs.browse(vals.get("lang_id")).code or self.env.context.get(
                "lang"
            )
            purpose = purposes.browse(vals["purpose_id"]).with_context(lang=lang)
            vals["purpose_name"] = purpose.name

    def write(self, vals):
        """Refused: see the class."""
        # pylint: disable=method-required-super
        self.check_access("write")
        raise UserError(self.env._("The register of consents cannot be changed."))

    def unlink(self):
        """Forget who it was, and keep that it was: for those who erase people.

        :raises AccessError: for anybody but administrators
        """
        # pylint: disable=method-required-super
        self._check_may_erase()
        self._erase()
        return True

    def _check_may_erase(self):
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "The register of consents cannot be deleted. An administrator can"
                    " erase a person from it."
                )
            )

    def _erase(self):
        """Take out of rows whom they are about. A hash remains, so that the company
        can show what a person who comes back with the address has agreed to.
        """
        # sudo: the register is written by this model alone
        rows = self.sudo().filtered(lambda row: not row.erased_at)
        rows.flush_recordset()
        for row in rows:
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_consent
                          SET %s, address_hash = %s,
                              erased_at = now() AT TIME ZONE 'UTC'
                        WHERE id = %s""",
                    SQL(", ").join(
                        SQL("%s = NULL", SQL.identifier(fname))
                        for fname in sorted(self._get_personal_fields())
                    ),
                    self._hash(row.email_normalized or row.phone_sanitized or ""),
                    row.id,
                )
            )
        rows.invalidate_recordset()
        self.env["crm.lead"].invalidate_model(["consent_ids"])

    @api.model
    def _get_personal_fields(self):
        """Columns that say who it was, which are emptied when somebody is erased."""
        return {"email_normalized", "phone_sanitized", "note", "lead_id"}

    @api.model
    def _hash(self, address):
        """What remains of an erased address."""
        return tools.hmac(self.env(su=True), ERASED, address)

    # --- How it stands --------------------------------------------------------------

    @api.model
    def _get_latest_sql(self, purposes=None, channels=None, leads=None):
        """How it stands for prospects: (lead_id, id, purpose_id, channel, action), one
        row for each purpose and channel, of the prospect's present address.

        :param purposes: numbers, or None for all
        :param channels: codes, or None for all
        :param leads: numbers, or None for all
        """
        wanted = SQL()
        if purposes is not None:
            wanted = SQL("%s AND consent.purpose_id = ANY(%s)", wanted, list(purposes))
        if channels is not None:
            wanted = SQL("%s AND consent.channel = ANY(%s)", wanted, list(channels))
        if leads is not None:
            wanted = SQL("%s AND lead.id = ANY(%s)", wanted, list(leads))
        return SQL(
            """SELECT DISTINCT ON (lead_id, purpose_id, channel)
                      lead_id, id, purpose_id, channel, action
                 FROM (%s UNION ALL %s) AS row
             ORDER BY lead_id, purpose_id, channel, date DESC, id DESC""",
            self._get_joined_sql("email_normalized", wanted),
            self._get_joined_sql("phone_sanitized", wanted),
        )

    @api.model
    def _get_joined_sql(self, fname, wanted):
        """All rows of the addresses of prospects, by one of the two columns."""
        return SQL(
            """SELECT lead.id AS lead_id, consent.id, consent.purpose_id,
                      consent.channel, consent.action, consent.date
                 FROM crm_lead AS lead
                 JOIN prospect_consent AS consent
                   ON consent.%(column)s = lead.%(column)s
                WHERE (consent.company_id = lead.company_id
                       OR consent.company_id IS NULL OR lead.company_id IS NULL)
                      %(wanted)s""",
            column=SQL.identifier(fname),
            wanted=wanted,
        )

    @api.model
    def _read_latest(self, leads, **options):
        """How it stands for some prospects: a list of rows, see ``_get_latest_sql``."""
        if not leads.ids:
            return []
        self.flush_model()
        leads.flush_model(["email_normalized", "phone_sanitized", "company_id"])
        return self.env.execute_query(self._get_latest_sql(leads=leads.ids, **options))

    @api.model
    def _get_standing_sql(self, action, channels=None, purposes=None):
        """A query of the prospects for which it stands so, for a domain."""
        return SQL(
            "(SELECT lead_id FROM (%s) AS latest WHERE action = %s)",
            self._get_latest_sql(purposes=purposes, channels=channels),
            action,
        )

    def _get_latest(self):
        """How it stands for the address, purpose, channel and company of a row."""
        self.ensure_one()
        domain = [
            ("email_normalized", "=", self.email_normalized),
            ("phone_sanitized", "=", self.phone_sanitized),
            ("channel", "=", self.channel),
            ("company_id", "=", self.company_id.id),
        ]
        latest = {}
        for row in self.search(domain, order="date desc, id desc"):
            latest.setdefault(row.purpose_id, row)
        return latest

    # --- Withdrawing ----------------------------------------------------------------

    def _get_withdrawal_link(self):
        """The address of the page on which the person withdraws this consent.

        It never ends: withdrawing has to be as easy as giving, for ever.
        """
        self.ensure_one()
        part = make_link(self.id, 0, self._sign)
        return f"{self.get_base_url()}/prospect/consent/{part}"

    @api.model
    def _sign(self, text):
        return tools.hmac(self.env(su=True), SCOPE, text)[:48]

    @api.model
    def _find_by_link(self, part):
        """The row that a link is about, with superuser rights; none for a wrong one."""
        link = read_link(part, self._sign)
        # sudo: the link was sent to that person alone
        return self.sudo().browse(link.number if link else ()).exists()

    def _get_page_style(self, lang):
        """Colours, font and width of the page of withdrawal; bridges give it those of
        the page on which it was agreed.
        """
        return dict(PLAIN)

    def _withdraw(self, cause="link", everything=False, **values):
        """Withdraw a consent; nothing where it is withdrawn already.

        Only where *all* purposes are withdrawn, the address is put on the blacklist of
        Odoo: that one is of all companies and all mailings, and who is tired of the
        newsletter still wants the invitation that was asked for.

        :param bool everything: all purposes that the address has agreed to, by this
            channel
        :param values: more values of the new rows
        :return: the new rows
        """
        self.ensure_one()
        if self.erased_at:
            return self.browse()
        latest = self._get_latest()
        given = [row for row in latest.values() if row.action == "given"]
        rows = [row for row in given if everything or row.purpose_id == self.purpose_id]
        is_listed = everything and self._put_on_blacklist()
        if is_listed and not rows:
            # what is written down is that it was asked for
            rows = [latest.get(self.purpose_id, self)]
        return self._append(
            [
                {
                    **row._prepare_withdrawal(),
                    "cause": cause,
                    "is_blacklisted": is_listed,
                    **values,
                }
                for row in rows
            ]
        )

    def _prepare_withdrawal(self):
        """Values of the row that takes this one back; bridges add theirs."""
        self.ensure_one()
        return {
            "action": "withdrawn",
            "user_id": False,
            "date": fields.Datetime.now(),
            "purpose_id": self.purpose_id.id,
            "channel": self.channel,
            "address": self.email_normalized or self.phone_sanitized,
            "company_id": self.company_id.id,
            "lead_id": self.lead_id.id,
            "lang_id": self.lang_id.id,
        }

    def _put_on_blacklist(self):
        """Let no mailing of Odoo go to the address any more, of all companies.

        :return: whether it was not there before; a phone call is no mailing
        """
        message = self.env._("All consents were withdrawn.")
        if self.channel == "email":
            # sudo: the person has asked for it, with the link of a mail
            blacklist = self.env["mail.blacklist"].sudo()
            found = blacklist.search([("email", "=", self.email_normalized)], limit=1)
            if not found:
                blacklist._add(self.email_normalized, message=message)
            return not found
        if self.channel == "sms":
            # sudo: as above
            blacklist = self.env["phone.blacklist"].sudo()
            found = blacklist.search([("number", "=", self.phone_sanitized)], limit=1)
            if not found:
                blacklist._add([self.phone_sanitized], message=message)
            return not found
        return False

    def _take_off_blacklist(self):
        """Who agrees again and has confirmed the address gets mails again, if it was a
        withdrawal that put it on the blacklist. A mere form is no reason: anybody can
        write anybody's address.
        """
        emails = [
            row.email_normalized
            for row in self
            if row.action == "given" and row.is_confirmed and row.email_normalized
        ]
        if not emails:
            return
        ours = self.search(
            [
                ("email_normalized", "in", emails),
                ("is_blacklisted", "=", True),
                ("channel", "=", "email"),
            ]
        )
        # sudo: the person has asked for it, with the link of a mail
        blacklist = self.env["mail.blacklist"].sudo()
        listed = blacklist.search([("email", "in", ours.mapped("email_normalized"))])
        message = self.env._("Agreed again, with a confirmed address.")
        for entry in listed:
            blacklist._remove(entry.email, message=message)
