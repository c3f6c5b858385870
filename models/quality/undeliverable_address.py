from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.flags import UNREACHABLE, is_hard_bounce
from ...tools.mails import read_bounce
from ...tools.values import clean_email

# Characters of what another server said that are kept.
DETAIL_KEPT = 2000


class ProspectUndeliverableAddress(models.Model):
    """An address to which mails do not arrive, once for all prospects who have it
    [IY-18, IY-19].

    Made when a mail comes back, or when an address turns out to be none; prospects
    are tied to it by ``crm.lead.undeliverable_address_id`` as long as they have that
    address and nobody has cleared the doubt. Who corrects the address of the prospects,
    here, on their page or by a file, unties them: their counters start again, and they
    are back on the lists that a bounce has taken them off.
    """

    _name = "prospect.undeliverable.address"
    _description = "Undeliverable Address"
    _order = "last_date desc, id desc"
    _rec_name = "email"

    email = fields.Char(required=True, readonly=True)
    reason = fields.Selection(
        selection=[
            ("hard", "Does not exist"),
            ("soft", "Bounced"),
            ("no_server", "No mail server"),
            ("invalid", "Not an address"),
            ("failed", "Could not be sent"),
        ],
        required=True,
        readonly=True,
    )
    detail = fields.Text(
        string="Server Response",
        readonly=True,
        help="Of the last bounced e-mail.",
    )
    subject = fields.Char(
        string="E-mail",
        readonly=True,
        help="Subject of the last bounced e-mail.",
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Campaign of the last bounced e-mail.",
    )
    hard_count = fields.Integer(
        string="Permanently Refused",
        readonly=True,
        help="E-mails that bounced because the address does not exist.",
    )
    soft_count = fields.Integer(
        string="Temporarily Refused",
        readonly=True,
        help="E-mails that bounced for a temporary reason, such as a full mailbox.",
    )
    first_date = fields.Datetime(string="Since", readonly=True)
    last_date = fields.Datetime(string="Last Failure", readonly=True, index=True)
    lead_ids = fields.One2many(
        comodel_name="crm.lead",
        inverse_name="undeliverable_address_id",
        string="Prospects",
        readonly=True,
        context={"active_test": False},
    )
    lead_count = fields.Integer(
        string="Number of Prospects", compute="_compute_lead_count"
    )
    correction = fields.Char(
        string="Correct Address",
        compute="_compute_correction",
        inverse="_inverse_correction",
        help="Written to all prospects with the undeliverable address.",
    )
    can_see = fields.Boolean(
        compute="_compute_can_see",
        search="_search_can_see",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user may see one of the prospects.",
    )

    _email_unique = models.UniqueIndex("(email)")

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(
                [("undeliverable_address_id", "in", self.ids)],
                ["undeliverable_address_id"],
                ["__count"],
            )
        )
        for error in self:
            error.lead_count = counts.get(error, 0)

    def _compute_correction(self):
        """Nothing: what is written there goes to the prospects."""
        self.correction = False

    @api.depends_context("uid")
    def _compute_can_see(self):
        # sudo: the condition is the person's own; only the answer is used
        visible = self.sudo().search(
            [("id", "in", self.ids), *self._search_can_see("in", [True])]
        )
        for error in self:
            error.can_see = error in visible

    @api.model
    def _search_can_see(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        # as the person and not as a rule of access is asked, which is as superuser
        leads = self.env["crm.lead"].with_user(self.env.uid)
        query = leads.with_context(active_test=False)._search(
            [("undeliverable_address_id", "!=", False)]
        )
        return [("id", "in", query.subselect("crm_lead.undeliverable_address_id"))]

    def write(self, vals):
        """People correct addresses; the rest is written by the machine.

        :raises AccessError: for anything else
        """
        if not self.env.su and set(vals) - {"correction"}:
            raise AccessError(
                self.env._(
                    "Undeliverable addresses are kept by Prospect: correct the"
                    " address, or clear the error."
                )
            )
        return super().write(vals)

    def _inverse_correction(self):
        """Write the right address to the prospects, with the rights of the person."""
        for error in self:
            if (error.correction or "").strip():
                error._correct(error.correction)

    def _correct(self, text):
        """Give all prospects with this address another one.

        :raises UserError: when it is no address, or the same again
        :raises AccessError: when the person may not write one of the prospects
        """
        self.ensure_one()
        email, problem = clean_email(text)
        if not email or problem:
            raise UserError(
                self.env._(
                    "“%s” is not an e-mail address: give one such as"
                    " marie@example.com.",
                    text,
                )
            )
        if email == self.email:
            raise UserError(
                self.env._(
                    "%s is the undeliverable address: enter another one, or clear "
                    "the error.",
                    email,
                )
            )
        self._get_leads().write({"email_from": email})

    def _get_leads(self):
        """The prospects behind, all of them.

        :raises AccessError: when one of them is hidden from the person
        """
        # sudo: to see whether there are others; they are used as the person
        everybody = self.sudo().lead_ids.with_env(self.env)
        if everybody._filtered_access("write") != everybody:
            raise AccessError(
                self.env._(
                    "Some prospects with this address are not yours: ask your team"
                    " leader to correct it."
                )
            )
        return everybody

    # --- Buttons --------------------------------------------------------------------

    def action_view_leads(self):
        """The prospects behind the addresses."""
        return self.env["crm.lead"]._prospect_action(
            [("undeliverable_address_id", "in", self.ids)],
            name=self.env._("Prospects concerned"),
        )

    def action_clear(self):
        """The addresses are good after all: the counters start again from nothing, and
        the prospects are back on the lists that a bounce has taken them off.
        """
        leads = self._get_leads()
        leads._prospect_dismiss_flags(set(UNREACHABLE))
        # sudo: the person may write all the prospects, which is what it takes
        errors = self.sudo()
        errors.write({"hard_count": 0, "soft_count": 0})
        # what was cleared is forgotten; a new bounce is a new error
        self.env["prospect.flag.dismissal"].sudo()._forget_bounces(leads)
        errors.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _on_cleared(self, emails):
        """The current user says that mails arrive again. Bridges override it.

        :param list emails: normalised
        """

    # --- What goes wrong ------------------------------------------------------------

    @api.model
    def _receive_bounce(self, email_message, message_dict):
        """Note a mail that came back, if a prospect has its address.

        :param email_message: the report, an ``email.message.EmailMessage``
        :param dict message_dict: what Odoo has read in it
        """
        email = message_dict.get("bounced_email")
        if not email:
            return
        report = read_bounce(email_message)
        message = message_dict.get("bounced_message")
        self._record(
            email,
            is_hard_bounce(report.status, report.diagnostic),
            detail=report.diagnostic or message_dict.get("subject") or "",
            subject=(message and message.subject) or "",
            campaign=self._find_campaign(message_dict),
        )

    @api.model
    def _find_campaign(self, message_dict):
        """The ``utm.campaign`` of a mail that came back. Bridges that send mails for
        campaigns override it.

        :param dict message_dict: of the report; ``bounced_msg_ids`` says which mail
        """
        return self.env["utm.campaign"]

    @api.model
    def _record(self, email, hard, detail="", subject="", campaign=None, reason=None):
        """Count a mail that did not arrive. Bridges call it for the mails they send.

        :param str email: normalised
        :param bool hard: whether the address will never work
        :param str detail: what the other server said
        :param str reason: one of the field's, else hard or soft says it
        """
        # sudo: whoever sent the mail, or nobody; junk and archived prospects too
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads = leads.search(
            [("email_normalized", "=", email), ("status_id", "!=", False)]
        )
        if not leads:
            return
        reason = reason or ("hard" if hard else "soft")
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_undeliverable_address AS known
                          (email, reason, detail, subject, campaign_id, hard_count,
                           soft_count, first_date, last_date, create_uid, create_date,
                           write_uid, write_date)
                   VALUES (%(email)s, %(reason)s, %(detail)s, %(subject)s,
                           %(campaign)s, %(hard)s, %(soft)s, %(now)s, %(now)s, %(uid)s,
                           %(now)s, %(uid)s, %(now)s)
                       ON CONFLICT (email) DO UPDATE
                      SET reason = CASE WHEN known.hard_count > 0 THEN 'hard'
                                        ELSE excluded.reason END,
                          detail = COALESCE(excluded.detail, known.detail),
                          subject = COALESCE(excluded.subject, known.subject),
                          campaign_id = COALESCE(excluded.campaign_id,
                                                 known.campaign_id),
                          hard_count = known.hard_count + excluded.hard_count,
                          soft_count = known.soft_count + excluded.soft_count,
                          last_date = excluded.last_date""",
                email=email,
                reason=reason,
                detail=(detail or "")[:DETAIL_KEPT] or None,
                subject=subject or None,
                campaign=(campaign and campaign.id) or None,
                hard=int(bool(hard)),
                soft=int(not hard),
                now=fields.Datetime.to_string(self.env.cr.now()),
                uid=self.env.uid,
            )
        )
        self.invalidate_model()
        # a mail came back after somebody has cleared the last one
        self.env["prospect.flag.dismissal"].sudo()._forget_bounces(leads)
        leads._prospect_check_flags()
        self._clean_lists(leads)

    @api.model
    def _note_unreachable(self, rows):
        """Make undeliverable addresses of what was found in prospects, and tie them.

        :param list rows: of ``_prospect_read_flags``, with their ``codes``
        :return: ids of the prospects that were tied
        """
        missing = [row for row in rows if not row["error_id"]]
        if not missing:
            return []
        values = {}
        for row in missing:
            codes, bounces = row["codes"], row["message_bounce"]
            former = values.get(row["address"])
            reason = (
                "soft"
                if "email_bounced" in codes
                else "invalid"
                if "email_syntax" in codes
                else "no_server"
            )
            if former:
                bounces = max(bounces, former[2])
            values[row["address"]] = (row["address"], reason, bounces)
        columns = list(zip(*sorted(values.values()), strict=True))
        now = fields.Datetime.to_string(self.env.cr.now())
        self.env.cr.execute(
            SQL(
                """WITH made AS (
                       INSERT INTO prospect_undeliverable_address AS known
                                   (email, reason, soft_count, hard_count, first_date,
                                    last_date, create_uid, create_date, write_uid,
                                    write_date)
                       SELECT email, reason, bounces, 0, %(now)s, %(now)s, %(uid)s,
                              %(now)s, %(uid)s, %(now)s
                         FROM unnest(%(emails)s, %(reasons)s, %(bounces)s)
                              AS wanted (email, reason, bounces)
                           ON CONFLICT (email) DO UPDATE
                          SET last_date = excluded.last_date
                    RETURNING id, email
                   )
                   UPDATE crm_lead AS lead SET undeliverable_address_id = made.id
                     FROM made
                     JOIN unnest(%(leads)s, %(addresses)s) AS tie (id, email)
                       ON tie.email = made.email
                    WHERE lead.id = tie.id""",
                now=now,
                uid=self.env.uid,
                emails=list(columns[0]),
                reasons=list(columns[1]),
                bounces=list(columns[2]),
                leads=[row["id"] for row in missing],
                addresses=[row["address"] for row in missing],
            )
        )
        lead_ids = [row["id"] for row in missing]
        self.env["crm.lead"].browse(lead_ids).invalidate_recordset(
            ["undeliverable_address_id"], flush=False
        )
        self.invalidate_model(flush=False)
        return lead_ids

    @api.model
    def _clean_lists(self, leads):
        """Take prospects off their lists, where the rule of the settings says so: at
        once when the address does not exist, later when mails come back.

        :param leads: prospects with superuser rights
        """
        settings = self.env["crm.lead"]._prospect_flag_setting
        hard, soft = settings("hard"), settings("soft")
        leaving = leads.filtered(
            lambda lead: (
                (hard and lead.undeliverable_address_id.hard_count)
                or (soft and lead.undeliverable_address_id.soft_count >= soft)
            )
        )
        lists = leaving.list_ids
        if lists:
            leaving._prospect_lists_change(remove=lists, cause="bounce")

    @api.autovacuum
    def _gc_unused(self):
        """Forget addresses that no prospect has and to which no mail was sent."""
        self.search(
            [("lead_ids", "=", False), ("hard_count", "=", 0), ("soft_count", "=", 0)],
            limit=10_000,
        ).unlink()
