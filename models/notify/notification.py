import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, consteq, hmac

from ...tools.jobs import claim
from ...tools.notifying import WAYS
from ...tools.remark_fields import RemarkText
from ...tools.remarks import choice_label, read_error, remark
from ...tools.transactions import each_alone
from .notification_event import KEPT, KINDS
from .notification_rule import FREQUENCIES

_logger = logging.getLogger(__name__)

# Messages of one transaction: each e-mail is rendered.
BATCH = 50
# Prospects that a summary names.
NAMED = 10
# How long messages are kept, in days.
KEEP_DAYS = 180
# What the token of a mute link is for.
MUTE = "prospect-notification-mute"
# Days for which the link of a mail stops further ones.
MUTE_DAYS = 60
TEMPLATES = {
    "assigned": "prospect.mail_template_assigned",
    "created": "prospect.mail_template_created",
}
SWITCHES = {"assigned": "prospect_notify_assigned", "created": "prospect_notify_new"}


class ProspectNotification(models.Model):
    """One message to one person about one prospect, or about several at once.

    ``waiting -> sending -> sent | failed``, or ``dropped`` when nothing is left to
    send. A job takes those that are due with SKIP LOCKED and hands them over in the
    same transaction: to Odoo's queue of e-mails, its inbox and its bus. So two jobs
    never send one twice, and a kill leaves it waiting. *Sending* is an e-mail in Odoo's
    queue, which says later whether it left.
    """

    _name = "prospect.notification"
    _inherit = ["prospect.job.mixin"]
    _description = "Notification of a Prospect"
    _order = "date desc, id desc"
    _log_access = False
    _work_kind = "notifications"
    _work_cron = "prospect.ir_cron_notification"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="To",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=KINDS, string="About", required=True, readonly=True
    )
    frequency = fields.Selection(
        selection=FREQUENCIES,
        string="When",
        required=True,
        readonly=True,
        default="now",
    )
    by_email = fields.Boolean(string="E-mail", readonly=True)
    by_inbox = fields.Boolean(string="Inbox", readonly=True)
    by_popup = fields.Boolean(string="Pop-up", readonly=True)
    ways = fields.Char(string="How", compute="_compute_ways")
    date = fields.Datetime(
        required=True, readonly=True, default=lambda self: self.env.cr.now()
    )
    due_at = fields.Datetime(string="Leaves At", required=True, readonly=True)
    sent_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("dropped", "Nothing left to send"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    is_open = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="More prospects may be added to it.",
    )
    error = RemarkText(string="What Went Wrong", readonly=True)
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
    )
    lead_ids = fields.Many2many(
        comodel_name="crm.lead",
        relation="prospect_notification_lead_rel",
        column1="notification_id",
        column2="lead_id",
        string="Prospects",
        readonly=True,
        context={"active_test": False},
    )
    lead_count = fields.Integer(string="Number of Prospects", readonly=True)
    # For the templates
    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", compute="_compute_lead_id"
    )
    task_id = fields.Many2one(
        comodel_name="mail.activity",
        compute="_compute_lead_id",
        help="What the person has to do for the prospect.",
    )

    _open_unique = models.UniqueIndex(
        "(user_id, kind, frequency, by_email, by_inbox, by_popup) WHERE is_open"
    )
    _due_idx = models.Index("(due_at, id) WHERE state = 'waiting'")
    _recent_idx = models.Index("(date, user_id)")

    @api.depends("lead_ids")
    def _compute_lead_id(self):
        # sudo: what the person may see was looked at before the message was written
        activities = self.env["mail.activity"].sudo()
        for message in self:
            single = message.lead_count == 1
            message.lead_id = message.lead_ids[:1] if single else False
        by_key = {}
        for activity in activities.search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", self.lead_id.ids),
                ("user_id", "in", self.user_id.ids),
            ],
            order="date_deadline desc, id desc",
        ):
            by_key[activity.res_id, activity.user_id.id] = activity
        for message in self:
            key = (message.lead_id.id, message.user_id.id)
            message.task_id = by_key.get(key, activities)

    @api.depends("by_email", "by_inbox", "by_popup")
    @api.depends_context("lang")
    def _compute_ways(self):
        labels = {
            fname: self._fields[fname]._description_string(self.env)
            for fname in ("by_email", "by_inbox", "by_popup")
        }
        for message in self:
            message.ways = ", ".join(
                label for fname, label in labels.items() if message[fname]
            )

    @api.depends("kind", "lead_count", "lead_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for message in self:
            message.display_name = message._get_title()

    # --- Texts ----------------------------------------------------------------------

    def _get_title(self):
        """What a message says in one line, in the language of its environment."""
        self.ensure_one()
        # sudo: the name of a prospect that its person was told of
        values = {
            "count": self.lead_count,
            "prospect": self.lead_id.sudo().name or "",
        }
        if self.kind == "assigned":
            if self.lead_id:
                return self.env._("Assigned to you: %(prospect)s", **values)
            return self.env._("%(count)s prospects were assigned to you", **values)
        if self.lead_id:
            return self.env._("New prospect: %(prospect)s", **values)
        return self.env._("%(count)s new prospects", **values)

    def _get_facts(self, lead=None):
        """What is known of a prospect, as [(label, text)] without what is empty.

        :param lead: one of the message's, else its only one
        """
        self.ensure_one()
        # sudo: what its person is told of, who could see it then
        lead = (lead or self.lead_id).sudo()
        facts = (
            (self.env._("Person"), lead.contact_name),
            (self.env._("Company"), lead.partner_name),
            (self.env._("E-mail"), lead.email_from),
            (self.env._("Phone"), lead.phone),
            (self.env._("Source"), lead.source_id.display_name),
            (self.env._("Salesperson"), lead.user_id.name)
            if self.kind == "created"
            else ("", ""),
        )
        return [(label, text) for label, text in facts if text]

    def _get_line(self, lead):
        """One prospect of a summary in one line, without its title."""
        # sudo: what its person is told of, who could see it then
        lead = lead.sudo()
        texts = (
            lead.contact_name if lead.contact_name != lead.name else "",
            lead.partner_name if lead.partner_name != lead.name else "",
            lead.source_id.display_name,
        )
        return " · ".join(text for text in texts if text)

    def _get_named(self):
        """The prospects that a summary names; the others are behind its button."""
        # sudo: what its person is told of, who could see it then
        return self.lead_ids.sudo()[:NAMED]

    def _get_link(self, lead=None):
        """The address that opens a prospect, or all of the message, for its person.

        By Odoo's route, which asks to log in and switches to the right company.
        """
        record = lead or self.lead_id or self
        base = self.get_base_url()
        return f"{base}/mail/view?model={record._name}&res_id={record.id}"

    def _get_task_link(self):
        """The address that opens the prospect with what is to be done over it."""
        return f"{self.get_base_url()}/prospect/task/{self.task_id.id}"

    def _get_mute_link(self):
        """The address of the page on which the person stops messages of this kind."""
        token = self._get_mute_token(self.user_id.id, self.kind)
        return (
            f"{self.get_base_url()}/prospect/mute"
            f"?user={self.user_id.id}&kind={self.kind}&token={token}"
        )

    @api.model
    def _get_mute_token(self, user_id, kind, until=None):
        """What shows that a link was sent to the person: the day until which it counts,
        for addresses stay in logs and mailboxes, and a signature.

        :param int until: the number of that day
        """
        if until is None:
            until = fields.Date.today().toordinal() + MUTE_DAYS
        return f"{until}.{hmac(self.env(su=True), MUTE, (user_id, kind, until))}"

    @api.model
    def _mute(self, user_id, kind, token):
        """Stop messages of a kind, as the link of one says; nothing for a wrong link.

        :param int user_id: the person
        :param str kind: of ``KINDS``
        :param str token: of :meth:`_get_mute_link`
        """
        day = token.partition(".")[0]
        until = int(day) if day.isascii() and day.isdecimal() and len(day) < 8 else 0
        expected = self._get_mute_token(user_id, kind, until)
        # as bytes: texts with accents cannot be compared in constant time
        if kind not in SWITCHES or not consteq(expected.encode(), token.encode()):
            return
        if until < fields.Date.today().toordinal():
            return
        # sudo: the link was sent to that person alone
        self.env["res.users"].sudo().browse(user_id).exists().write(
            {SWITCHES[kind]: False}
        )

    # --- For people -----------------------------------------------------------------

    def action_view_leads(self):
        """Open the prospects of a message."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            Domain("id", "in", self.lead_ids.ids), name=self.display_name
        )

    def action_retry(self):
        """Send again what failed."""
        failed = self.filtered(lambda message: message.state == "failed")
        if not failed:
            raise UserError(self.env._("Only what has failed can be sent again."))
        failed.check_access("write")
        # sudo: the mail is Odoo's; who may write the message sends it again
        failed.sudo().mail_id.write({"auto_delete": True, "state": "cancel"})
        failed.write(
            {
                "state": "waiting",
                "error": False,
                "mail_id": False,
                "due_at": self.env.cr.now(),
            }
        )
        self._wake_once()
        return True

    # --- The job --------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Write what people have to be told, and send what is due."""
        return self.env["prospect.work"]._work_off(
            "notification_events", "notifications"
        )

    @api.model
    def _get_waiting_domain(self):
        return self._get_due_domain()

    @api.model
    def _get_due_domain(self):
        return Domain("state", "=", "waiting") & Domain("due_at", "<=", self._get_now())

    @api.model
    def _get_now(self):
        """The time of the transaction, to the second above: what was planned in this
        very second is due.
        """
        return self.env.cr.now().replace(tzinfo=None) + timedelta(seconds=1)

    @api.model
    def _get_work_label(self):
        return self.env._("Notifications to send")

    @api.model
    def _get_failed_domain(self):
        return [("state", "=", "failed")]

    @api.model
    def _claim(self, limit=None, but=()):
        """The oldest messages that are due."""
        self.flush_model()
        return claim(
            self.env,
            SQL(
                """SELECT id FROM prospect_notification
                    WHERE state = 'waiting' AND due_at <= %s
                 ORDER BY due_at, id LIMIT %s""",
                self._get_now(),
                limit or BATCH,
            ),
        )

    @api.model
    def _do(self, rows):
        """Send some messages."""
        messages = self.browse(rows)
        messages.is_open = False
        # what was written when may not be so any more
        messages._drop_unwanted()
        messages._drop_hidden()
        for messages_of_kind in messages._split():
            each_alone(
                self.env.cr, messages_of_kind, type(self)._try_some, type(self)._refuse
            )
        return len(messages)

    def _split(self):
        """Messages that are sent the same way; the dropped ones are left out."""
        groups = defaultdict(self.browse)
        for message in self:
            if message.state == "waiting":
                lang = message.user_id.lang
                ways = tuple(message[f"by_{way}"] for way in WAYS)
                groups[message.kind, lang, ways] += message
        return groups.values()

    def _drop_unwanted(self):
        """Take out messages to who has left, or has muted them since."""
        self.filtered(
            lambda message: (
                not message.user_id.active
                or not message.user_id[SWITCHES[message.kind]]
            )
        ).write({"state": "dropped"})

    def _drop_hidden(self):
        """Take out prospects that a person has lost since, or has lost sight of; and
        messages that have none left.
        """
        waiting = self.filtered(lambda message: message.state == "waiting")
        for user, messages in waiting.grouped("user_id").items():
            visible = self._get_visible(user, messages.lead_ids.ids)
            for message in messages:
                hidden = message.lead_ids.filtered(
                    lambda lead, message=message, user=user, visible=visible: (
                        lead.id not in visible
                        or (message.kind == "assigned" and lead.user_id != user)
                    )
                )
                if hidden:
                    message.lead_ids -= hidden
                if message.lead_count <= KEPT:
                    message.lead_count = len(message.lead_ids)
        gone = waiting.filtered(lambda message: not message.lead_ids)
        gone.write({"state": "dropped", "lead_count": 0})

    @api.model
    def _get_visible(self, user, lead_ids):
        """The ids of those prospects that a person may see, with one query, as a
        set.
        """
        # sudo: in which companies they are; what they see is asked as them
        leads = (
            self.env["crm.lead"]
            .with_user(user)
            .with_context(
                active_test=False, allowed_company_ids=user.sudo().company_ids.ids
            )
        )
        if not leads.has_access("read"):
            return set()
        return set(leads._search([("id", "in", list(lead_ids))]))

    def _try_some(self):
        """Send messages; what nobody has foreseen counts as a refusal of theirs, so
        that it does not stop all others for ever.

        :raises ValueError: with what went wrong
        """
        try:
            self._send_some()
        except (UserError, psycopg2.Error):
            raise
        except Exception as error:
            _logger.exception("Notifications %s", self.ids)
            raise ValueError(f"{type(error).__name__}: {error}") from error

    def _send_some(self):
        """Hand over messages of one kind, language and way."""
        first = self[0]
        values = {"state": "sent", "sent_at": self.env.cr.now()}
        if first.by_inbox:
            self._send_inbox()
        if first.by_popup:
            self._send_popup()
        if first.by_email:
            self._send_email()
            values["state"] = "sending"
        self.write(values)
        self.env.flush_all()

    def _refuse(self, error):
        """A message that cannot be sent stays, with the reason."""
        self.write({"state": "failed", "error": read_error(error), "is_open": False})

    def _send_email(self):
        """Give one e-mail each to Odoo's queue."""
        kind = self[0].kind
        template = self.env.ref(TEMPLATES[kind], raise_if_not_found=False)
        if not template:
            raise UserError(remark(self.env, "notify.no_template"))
        mails = template.send_mail_batch(self.ids)
        for message, mail in zip(self, mails, strict=True):
            message.mail_id = mail
        # Odoo's own schedule is once an hour
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _send_inbox(self):
        """Put messages into the inboxes: one for all who are told of one prospect."""
        groups = defaultdict(self.browse)
        for message in self:
            groups[message.lead_id or message] += message
        for record, messages in groups.items():
            message = messages[0].with_context(lang=messages[0].user_id.lang)
            on_lead = record._name == "crm.lead"
            # sudo: its people are told on the prospect, by nobody's right
            thread = record.sudo() if on_lead else self.env["mail.thread"]
            thread.with_context(lang=message.env.lang).message_notify(
                partner_ids=messages.user_id.partner_id.ids,
                subject=message._get_title(),
                body=self.env["ir.qweb"]
                .with_context(lang=message.env.lang)
                ._render(
                    "prospect.prospect_notification_inbox",
                    {"object": message},
                    minimal_qcontext=True,
                ),
            )

    def _send_popup(self):
        """Let a pop-up appear where the person has Odoo open."""
        for message in self:
            told = message.with_context(lang=message.user_id.lang)
            # sudo: of whom its person is told, who could see it then
            lead = told.lead_id.sudo()
            message.user_id._bus_send(
                "prospect_notification",
                {
                    "title": told._get_title(),
                    "message": told._get_line(lead) if lead else "",
                    "model": lead._name if lead else message._name,
                    "id": lead.id or message.id,
                    "can_take": bool(lead) and not lead.user_id,
                },
            )

    @api.model
    def _mails_ended(self, mails, failure_type, reason):
        """Odoo has tried to send e-mails.

        :param mails: ``mail.mail``
        :param str failure_type: Odoo's name of what went wrong, or empty
        :param str reason: the same in words, where the mail server has said it
        """
        # sudo: called for all e-mails, whoever sends them
        messages = self.sudo().search([("mail_id", "in", mails.ids)])
        for message in messages:
            text = failure_type and (
                reason
                or message.mail_id.failure_reason
                or choice_label(self.env, mails._name, "failure_type", failure_type)
            )
            message.write(
                {"state": "failed", "error": text}
                if text
                else {"state": "sent", "sent_at": self.env.cr.now(), "error": False}
            )

    @api.autovacuum
    def _gc_old(self):
        """Delete what was told long ago."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.env.cr.execute(
            SQL(
                "DELETE FROM prospect_notification"
                " WHERE date < %s AND state IN ('sent', 'dropped', 'failed')",
                limit,
            )
        )
