import time
from datetime import timedelta

from odoo import api, fields, models, tools

from odoo.addons.prospect.tools.links import is_over, make_link, read_link
from odoo.addons.prospect.tools.remark_fields import RemarkChar
from odoo.addons.prospect.tools.remarks import remark

from ...tools.greetings import clean_name, greet, hide_address
from .form_mail import MAILS_A_DAY, OPT_IN_MINUTES, OPT_IN_MOST

SCOPE = "prospect_form-confirm"
# Days after which an answer that nobody has confirmed is deleted.
WAITING_DAYS = "prospect_form.waiting_days"
GC_BATCH = 500
# Questions that are answered in words of one's own.
FREE = ("char", "text", "file")


class ProspectFormAnswer(models.Model):
    """What mails say of an answer, and how its address is confirmed.

    Only for ``prospect.form.answer``.
    """

    _name = "prospect.form.answer"
    _inherit = ["prospect.form.answer"]

    confirmation_sent_at = fields.Datetime(
        string="Thank-you Sent", readonly=True, help="When the confirmation was sent."
    )
    opt_in_sent_at = fields.Datetime(
        string="Confirmation Requested",
        readonly=True,
        help="When the link to confirm the address was sent last.",
    )
    opt_in_count = fields.Integer(string="Links Sent", readonly=True, aggregator=None)
    mail_error = RemarkChar(string="E-mail Not Sent", readonly=True)

    summary = fields.Text(
        string="Answers in Brief",
        compute="_compute_summary",
        help="Questions and answers, in one text.",
    )

    @api.depends("value_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for answer in self:
            answer.summary = "\n".join(
                f"{label}: {text}" for label, text in answer._get_summary()
            )

    # --- For templates --------------------------------------------------------------

    # Not stored: what they say is the prospect's, or the message's until there is one.
    recipient_name = fields.Char(
        compute="_compute_recipient",
        help="Title and names as they stand after “Hello”; empty if unknown.",
    )
    recipient_title = fields.Char(compute="_compute_recipient")
    recipient_first_name = fields.Char(compute="_compute_recipient")
    recipient_last_name = fields.Char(compute="_compute_recipient")
    recipient_email = fields.Char(compute="_compute_recipient")
    recipient_lang = fields.Char(compute="_compute_recipient")

    @api.depends("lead_id", "capture_id", "lang_id", "email")
    def _compute_recipient(self):
        """Whom mails address [IY-12]: the prospect of the address used.

        What a stranger has typed as a name is cleaned: it is no place for messages.
        """
        default = self.env.company.partner_id.lang
        for answer in self:
            answer.recipient_email = answer.email
            answer.recipient_lang = answer.lang_id.code or default
            # sudo: whoever may write the mail may know the name
            lead = answer.lead_id.sudo().with_context(lang=answer.recipient_lang)
            given = {} if lead else answer.capture_id.sudo().given or {}
            title = lead.title_id
            if given.get("title_id"):
                titles = title.sudo().with_context(lang=answer.recipient_lang)
                title = titles.browse(given["title_id"]).exists()
            first = lead.first_name or given.get("first_name")
            last = lead.last_name or given.get("last_name")
            name = lead.contact_name or given.get("contact_name")
            answer.recipient_title = clean_name(title.name)
            answer.recipient_first_name = clean_name(first)
            answer.recipient_last_name = clean_name(last)
            answer.recipient_name = greet(title.name, first, last, name)

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What who may not write code puts into templates."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.recipient_name",
            "object.recipient_title",
            "object.recipient_first_name",
            "object.recipient_last_name",
            "object.recipient_email",
            "object.form_id.name",
        )

    def _get_mail_summary(self):
        """[(question, answer)] that a mail to the visitor repeats.

        Anybody can write anything, to anybody's address: what was written freely goes
        to an address that was confirmed, and nothing goes that nobody has seen.
        """
        self.ensure_one()
        return self._get_summary(
            self.value_ids.filtered(
                lambda value: (
                    value.type != "hidden"
                    and (self.confirmed_at or value.type not in FREE)
                )
            )
        )

    def _get_summary(self, values=None):
        """[(question, answer)] in the language of the context.

        :param values: only these of its ``prospect.form.answer.value``
        """
        self.ensure_one()
        rows = {}
        for value in self.value_ids if values is None else values:
            texts = rows.setdefault(value.key, (value.question_text, []))[1]
            texts.append(value._get_text())
        return [(label, ", ".join(texts)) for label, texts in rows.values()]

    def _get_email_consents(self):
        """What was agreed to by this answer and concerns mails."""
        self.ensure_one()
        return self.env["prospect.consent"].search(
            [
                ("answer_id", "=", self.id),
                ("channel", "=", "email"),
                ("action", "=", "given"),
            ],
            order="id",
        )

    def _get_confirm_link(self):
        """The address of the page on which the visitor confirms; it ends."""
        self.ensure_one()
        until = int(time.time()) + self.form_id.opt_in_hours * 3600
        part = make_link(self.id, until, self._sign_confirm)
        return f"{self.form_id.get_base_url()}/prospect/confirm/{part}"

    def _add_mail_headers(self, mail):
        """Let mail programs offer to unsubscribe (RFC 8058), where the mail follows one
        consent: a button cannot ask which one is meant.
        """
        consents = self._get_email_consents()
        if len(consents) == 1:
            mail.headers = repr(
                {
                    "List-Unsubscribe": f"<{consents._get_withdrawal_link()}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
            )

    # --- Whom not to write to ---------------------------------------------------------

    def _leave_out_corrections(self):
        """Without answers that only correct one for which a mail was sent."""
        nonces = [nonce for nonce in self.mapped("nonce") if nonce]
        former = self.search(
            [("nonce", "in", nonces), ("confirmation_sent_at", "!=", False)]
        )
        told = {(answer.nonce, answer.form_id, answer.email) for answer in former}
        kept = self.browse()
        for answer in self.sorted("id"):
            key = (answer.nonce, answer.form_id, answer.email)
            if answer.nonce and key in told:
                continue
            told.add(key)
            kept += answer
        return kept

    def _leave_out_flooded(self):
        """Without those whose addresses get too many mails of forms today: somebody
        may be writing another one's address again and again.
        """
        if not self:
            return self
        most = self.env["prospect.form"]._get_number(MAILS_A_DAY, 10)
        counts = self.env["prospect.form"]._count_mails(set(self.mapped("email")))
        kept = self.browse()
        for answer in self:
            counts[answer.email] = counts.get(answer.email, 0) + 1
            if counts[answer.email] <= most:
                kept += answer
            else:
                answer.mail_error = remark(self.env, "form.flooded")
        return kept

    # --- Confirming -------------------------------------------------------------------

    def _send_opt_in(self):
        """Send the link to confirm, some times at most.

        :return: those to whom it was sent
        """
        before = fields.Datetime.now() - timedelta(minutes=OPT_IN_MINUTES)
        wanted = self.filtered(
            lambda answer: (
                answer.state == "waiting"
                and answer.opt_in_count < OPT_IN_MOST
                and not (answer.opt_in_sent_at and answer.opt_in_sent_at > before)
            )
        )._leave_out_flooded()
        default = self.env.ref(
            "prospect_form.mail_template_opt_in", raise_if_not_found=False
        )
        for count, answers in wanted.grouped("opt_in_count").items():
            answers.write(
                {"opt_in_count": count + 1, "opt_in_sent_at": fields.Datetime.now()}
            )
        for template, answers in wanted.grouped(
            lambda answer: answer.form_id.opt_in_template_id or default
        ).items():
            if template:
                self.env["prospect.form"]._send_mails(template, answers)
            else:
                answers.mail_error = remark(self.env, "form.no_template")
        return wanted

    @api.model
    def _sign_confirm(self, text):
        return tools.hmac(self.env(su=True), SCOPE, text)[:48]

    @api.model
    def _find_by_link(self, part):
        """What a link to confirm is about: (answer with superuser rights, whether the
        link's time is over). No answer for a link that was not made here.
        """
        link = read_link(part, self._sign_confirm)
        # sudo: the link was sent to that person alone
        answer = self.sudo().browse(link.number if link else ()).exists()
        return answer, bool(link) and is_over(link, time.time())

    def _get_hidden_email(self):
        """The address, for a page that somebody else could have opened."""
        self.ensure_one()
        return hide_address(self.email)

    @api.autovacuum
    def _gc_waiting(self):
        """Delete answers that nobody has confirmed, with their messages: they are
        somebody's data without that person's consent.

        Parameter ``prospect_form.waiting_days``; 0 keeps all.

        :return: (how many were deleted, whether some are left), for Odoo's job
        """
        days = self.env["prospect.form"]._get_number(WAITING_DAYS, 30)
        if days <= 0:
            return 0, 0
        now = fields.Datetime.now()
        old = self.search(
            [("state", "=", "waiting"), ("date", "<", now - timedelta(days=days))],
            order="id",
            limit=GC_BATCH,
        )
        # who confirms right now is left alone
        old = old.try_lock_for_update().filtered(
            lambda answer: (
                answer.state == "waiting"
                and (answer.opt_in_sent_at or answer.date)
                + timedelta(hours=answer.form_id.opt_in_hours)
                < now
            )
        )
        messages = old.capture_id
        count = len(old)
        old.unlink()
        messages.unlink()
        return count, int(count == GC_BATCH)
