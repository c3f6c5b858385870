import json
import logging
from collections import defaultdict
from datetime import timedelta
from hashlib import sha256

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

from ...tools.channels import CHANNELS
from ...tools.columns import TARGETS
from ...tools.emails import clean_email
from ...tools.jobs import claim
from ...tools.matching import POLICIES
from ...tools.payload import LONGEST_KEY, clean_payload, read_payload
from ...tools.remark_fields import RemarkText
from ...tools.remarks import keep, read_error, remark
from ...tools.transactions import CONCURRENCY_ERRORS, run_again
from ...tools.trusted import trusted
from ...tools.wording import labelled

_logger = logging.getLogger(__name__)

# How often processing may fail for a reason that nobody has foreseen.
FAILURES = 5
# Messages that the job processes in one transaction.
BATCH = 50
# Seconds that a visitor waits for another transaction; then the job takes over.
PATIENCE = 5
# What the caller of ``_receive`` may read of a message that was committed elsewhere.
MIRRORED = ("channel", "event_key", "state", "outcome", "reason", "lead_id", "attempts")


class ProspectCapture(models.Model):
    """The inbox: what arrives by itself, kept as it came.

    ``received -> done | quarantined | ignored``

    A message is committed as it came before anything is made of it, and known by the
    key of its event if it comes twice. What it becomes is decided in a second
    transaction, by the gate, which may run again; a job takes over what a crash has
    left. What cannot be used waits in quarantine, with the reason, until a person
    corrects and replays it, or says why it is to be ignored.

    Bridges call :meth:`_receive`, and may bring ``_prospect_map_<channel>(payload)``.
    """

    _name = "prospect.capture"
    _inherit = ["prospect.job.mixin"]
    _description = "Message in the Inbox"
    _order = "id desc"
    _rec_name = "event_key"
    _work_kind = "captures"
    _work_cron = "prospect.ir_cron_capture"
    # one that fails keeps nobody else from becoming a prospect
    _work_splits = True

    channel = fields.Selection(selection=CHANNELS, required=True, readonly=True)
    event_key = fields.Char(
        string="Event",
        required=True,
        readonly=True,
        help="What the channel calls the event, so that it counts once.",
    )
    payload = fields.Json(readonly=True, export_string_translation=False)
    payload_html = fields.Html(
        string="As Received", compute="_compute_payload_html", sanitize=False
    )
    given = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="Values that the channel has found itself.",
    )
    defaults = fields.Json(readonly=True, export_string_translation=False)
    policy = fields.Selection(
        selection=[(policy, policy) for policy in POLICIES],
        required=True,
        readonly=True,
        default="update",
        export_string_translation=False,
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index="btree_not_null"
    )
    state = fields.Selection(
        selection=[
            ("received", "Waiting"),
            ("quarantined", "To Correct"),
            ("done", "Done"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
        default="received",
    )
    outcome = fields.Selection(
        selection=[
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("repeat", "Returning"),
            ("skipped", "Skipped"),
        ],
        readonly=True,
    )
    reason = RemarkText(readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    email_normalized = fields.Char(
        string="Email", readonly=True, index="btree_not_null"
    )
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    processed_at = fields.Datetime(string="Processed", readonly=True)
    line_ids = fields.One2many(
        comodel_name="prospect.capture.line",
        inverse_name="capture_id",
        string="Values",
        copy=False,
    )
    is_corrected = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Somebody has corrected the values: they are used instead of what was "
        "received.",
    )

    _event_unique = models.UniqueIndex("(channel, event_key)")
    _todo_idx = models.Index("(id) WHERE state IN ('received', 'quarantined')")
    _cleaning_idx = models.Index(
        "(processed_at) WHERE state IN ('done', 'ignored') AND payload IS NOT NULL"
    )

    @api.depends("channel", "email_normalized", "event_key")
    @api.depends_context("lang")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for capture in self:
            about = capture.email_normalized or capture.event_key
            channel = channels.get(capture.channel, "")
            capture.display_name = labelled(self.env, channel, about)

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_payload_html(self):
        for capture in self:
            rows = Markup().join(
                Markup("<tr><th class='text-break'>%s</th><td>%s</td></tr>")
                % (key, plaintext2html(text))
                for key, text in capture._describe_payload()
            )
            capture.payload_html = rows and (
                Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % rows
            )

    def _describe_payload(self):
        """What was received, for people: [(what it is called, text)]. Bridges extend it
        where their channel has names of its own.
        """
        self.ensure_one()
        names = {}
        if self.channel == "email":
            names = {
                "from": self.env._("From"),
                "to": self.env._("To"),
                "subject": self.env._("Subject"),
                "body": self.env._("Message"),
            }
        return [
            (names.get(entry.path, entry.name), entry.text)
            for entry in read_payload(self.payload or {})
        ]

    # --- For bridges ----------------------------------------------------------------

    @api.model
    def _receive(
        self,
        channel,
        event_key,
        payload,
        *,
        values=None,
        policy="update",
        defaults=None,
        company=None,
        process=True,
    ):
        """Take in what a channel was sent, once, and make a prospect of it.

        The message is committed on a connection of its own as soon as this is called:
        it stays whatever becomes of the caller's transaction. Then it is processed on
        another one. Call it before the transaction has written anything of the same
        person: that would be waited for (some seconds, and then the job takes over).

        :param str channel: one of ``CHANNELS``
        :param str event_key: what distinguishes this event from all others of the
            channel: the number that the sender gives it; never empty
        :param payload: what was sent: anything that JSON can say
        :param dict values: values of ``crm.lead``, where the caller has found them;
            else ``_prospect_map_<channel>(payload)`` finds them, or the names of the
            keys say what they are
        :param str policy: what to do with existing people, as for ``_prospect_upsert``
        :param dict defaults: values of new prospects only (team, owner, lists, and the
            source, which otherwise is the channel's)
        :param company: the company in which the person is looked for; else the current
        :param bool process: False leaves it to the job, for senders that do not wait
        :return: the message, with superuser rights, whose ``state``, ``outcome``,
            ``reason`` and ``lead_id`` can be read at once; the rest, and the prospect
            itself, may be unknown to the caller's transaction if that is older
        :raises ValueError: for a channel or policy that does not exist, or no key
        """
        vals = self._prepare_message(
            channel, event_key, payload, values, policy, defaults, company
        )
        with self.env.registry.cursor() as cr:
            inbox = api.Environment(cr, SUPERUSER_ID, {})[self._name]
            number = run_again(inbox.env, lambda: inbox._insert(vals, not process))[0]
        with self.env.registry.cursor() as cr:
            message = api.Environment(cr, SUPERUSER_ID, {})[self._name].browse(number)
            if process:
                message._process_safely()
            (mirror,) = message.read(MIRRORED, load=None)
            # as it is kept: the caller may speak another language
            mirror["reason"] = message.reason
        mirror.pop("id")
        # sudo: a channel hands in what people may not read
        message = self.sudo().browse(number)
        message._update_cache(mirror, validate=False)
        return message

    @api.model
    def _prepare_message(
        self, channel, event_key, payload, values, policy, defaults, company
    ):
        """Values of a new message.

        :raises ValueError: see :meth:`_receive`
        """
        if channel not in dict(
            self._fields["channel"]._description_selection(self.env)
        ):
            raise ValueError(f"No such channel: {channel!r}")
        if policy not in POLICIES:
            raise ValueError(f"No such policy: {policy!r}")
        event_key = str(event_key or "").replace("\x00", "").strip()
        if not event_key:
            raise ValueError("A message needs the key of its event.")
        if len(event_key) > LONGEST_KEY:
            digest = sha256(event_key.encode(errors="surrogatepass"))
            event_key = f"sha256:{digest.hexdigest()}"
        defaults = self._make_plain(defaults or {})
        if not defaults.get("source_id"):
            source = self.env.ref(
                f"prospect.utm_source_{channel}", raise_if_not_found=False
            )
            if source:
                defaults["source_id"] = source.id
        return {
            "channel": channel,
            "event_key": clean_payload(event_key),
            "payload": clean_payload(payload),
            "given": None if values is None else self._make_plain(values),
            "defaults": defaults,
            "policy": policy,
            "source_id": defaults.get("source_id") or None,
            "company_id": (company or self.env.company).id,
            "state": "received",
            "attempts": 0,
        }

    @api.model
    def _make_plain(self, values):
        """Values of prospects as JSON: records as numbers."""
        plain = {}
        for fname, value in values.items():
            if isinstance(value, models.BaseModel):
                several = self.env["crm.lead"]._fields[fname].type == "many2many"
                value = value.ids if several else value.id
            plain[fname] = value
        return clean_payload(plain)

    @api.model
    def _insert(self, vals, to_job=False):
        """The number of the message, and whether it is new.

        :raises psycopg2.errors.SerializationFailure: when it was written elsewhere
            since the transaction began: to run again
        """
        row = {
            **vals,
            **{
                fname: None if vals[fname] is None else json.dumps(vals[fname])
                for fname in ("payload", "given", "defaults")
            },
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
        }
        now = SQL("now() AT TIME ZONE 'UTC'")
        # not by execute_query, which would log the message where it fails
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_capture
                               (%s, create_date, write_date, received_at)
                        VALUES (%s, %s, %s, %s)
                   ON CONFLICT (channel, event_key) DO NOTHING
                     RETURNING id""",
                SQL(", ").join(map(SQL.identifier, row)),
                SQL(", ").join(SQL("%s", value) for value in row.values()),
                now,
                now,
                now,
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchall()
        if found:
            if to_job:
                self._wake()
            return found[0][0], True
        ((number,),) = self.env.execute_query(
            SQL(
                "SELECT id FROM prospect_capture WHERE channel = %s AND event_key = %s",
                vals["channel"],
                vals["event_key"],
            )
        )
        return number, False

    @api.model
    def _keep_ignored(
        self, channel, event_key, payload, reason, defaults=None, source=None
    ):
        """Keep something that makes no prospect, in the transaction of the caller.

        :param str reason: why, for people
        :param bytes source: of a mail, from which it is replayed
        """
        number, is_new = self._insert(
            {
                **self._prepare_message(
                    channel, event_key, payload, None, "fill", defaults, None
                ),
                "state": "ignored",
                "reason": keep(reason),
            }
        )
        if is_new:
            # sudo: a channel hands in what people may not read
            message = self.sudo().browse(number)
            message.processed_at = fields.Datetime.now()
            if source:
                message._attach_mail(source)
            message._spread(message._find_values())

    # --- Processing -----------------------------------------------------------------

    def _process_safely(self):
        """Process a message for somebody who waits, in a transaction of its own, which
        is rolled back and run again as needed; the caller commits.

        Never raises: what goes wrong is noted on the message. One that meets others
        again and again is left to the job.
        """

        def work():
            self.env.cr.execute(
                SQL("SELECT set_config('lock_timeout', %s, true)", f"{PATIENCE}s")
            )
            self._process()

        try:
            run_again(self.env, work, tries=3)
        except Exception as error:  # noqa: BLE001 - noted
            self.env.cr.rollback()
            self.env.transaction.reset()
            self._note_failure(self.ids, error)

    def _process(self):
        """Make prospects of waiting messages, in the present transaction.

        Messages that somebody else is at are left out.

        :raises psycopg2.errors.SerializationFailure: to run again
        """
        waiting = self.try_lock_for_update()
        waiting.invalidate_recordset()
        batches = defaultdict(list)
        for message in waiting.filtered(lambda message: message.state == "received"):
            message = message._as_worker()
            try:
                values = message._get_values()
            except UserError as error:
                message._quarantine(read_error(error))
                continue
            defaults = json.dumps(message.defaults or {}, sort_keys=True)
            key = (
                *(message.env, message.channel, message.policy, defaults),
                message._is_proved(),
            )
            batches[key].append((message, values))
        for (env, channel, policy, defaults, is_proved), batch in batches.items():
            batch = self._leave_exceptions(channel, batch)
            if not batch:
                continue
            outcomes = env["crm.lead"]._prospect_upsert(
                [values for _message, values in batch],
                policy,
                defaults=json.loads(defaults),
                cause=self._get_cause(channel),
                channel=channel,
                is_proved=is_proved,
            )
            for (message, values), outcome in zip(batch, outcomes, strict=True):
                message._note_outcome(outcome, values)
            messages = env[self._name].concat(*(one for one, _values in batch))
            messages._post_mails()
            messages._emit_captured()

    def _is_proved(self):
        """Whether whoever wrote the message has shown that the address is theirs.

        Bridges know: by a link that was mailed to them, by a log-in. Else somebody of
        another name changes nothing of the person whose address they typed.
        """
        return False

    def _as_worker(self):
        """``self`` as nobody in particular, in its company and that one's language."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.with_user(SUPERUSER_ID).with_context(
            allowed_company_ids=company.ids,
            lang=self.env.context.get("lang") or company.partner_id.lang,
            active_test=False,
        )

    @api.model
    def _get_cause(self, channel):
        """What the histories of prospects say: the channel, where they know it."""
        causes = dict(self.env["prospect.log.mixin"]._fields["cause"].selection)
        return channel if channel in causes else "capture"

    def _get_values(self):
        """Values for the gate: what a person has put right, else what was found.

        :raises UserError: when they cannot be used, for people
        """
        if not self.is_corrected:
            return self._find_values()
        kept = {
            fname: value
            for fname, value in (self.given or {}).items()
            if fname not in TARGETS
        }
        return {
            **kept,
            **self._read_texts([(line.target, line.value) for line in self.line_ids]),
        }

    def _note_outcome(self, outcome, values):
        """Write what the gate has said of a message. Bridges extend it.

        Called for one message at a time, as nobody in particular, in the transaction
        that has made or updated its prospect: a bridge links a row of its own to
        ``outcome["lead_id"]`` after ``super()``.

        :param dict outcome: of ``crm.lead._prospect_upsert``
        :param dict values: of ``crm.lead``, which the message was read as
        """
        self.email_normalized = clean_email(values.get("email_from"))[0] or False
        if outcome["outcome"] == "failed":
            self._quarantine(outcome["reason"], values)
            return
        self.write(
            {
                "state": "done",
                "outcome": outcome["outcome"],
                "reason": outcome["reason"] or False,
                "lead_id": outcome["lead_id"],
                "processed_at": fields.Datetime.now(),
            }
        )

    def _quarantine(self, reason, values=None):
        """Set a message aside for a person, with the reason and its values."""
        self.write(
            {
                "state": "quarantined",
                "reason": reason,
                "processed_at": fields.Datetime.now(),
            }
        )
        self._spread(values)

    def _note_failure(self, rows, error):
        """Remember that processing failed; after some times a person has to look.

        What meets others again and again is no failure: it is left to the next run.
        """
        if not rows:
            raise error
        if isinstance(error, CONCURRENCY_ERRORS):
            _logger.info("Inbox: messages %s are left to the job", rows)
            self._wake()
            return False
        _logger.warning("Inbox: message %s failed", rows, exc_info=error)
        # sudo: a channel hands in what people may not read
        for message in self.sudo().browse(rows):
            message._note_attempt(error)
        return False

    def _note_attempt(self, error):
        """Count a failure of one message."""
        self.attempts += 1
        if self.attempts < FAILURES:
            return
        message = self._as_worker()
        message._quarantine(
            remark(
                self.env,
                "capture.tried",
                count=FAILURES,
                error=f"{type(error).__name__}: {error}",
            )
        )

    # --- The job --------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Process what is waiting: left to the job, or by a crash."""
        return self._cron_work()

    @api.model
    def _get_waiting_domain(self):
        return [("state", "=", "received")]

    @api.model
    def _get_work_label(self):
        return self.env._("Messages in the inbox")

    @api.model
    def _claim(self, limit=None, but=()):
        """The oldest messages that wait."""
        self.flush_model(["state"])
        return claim(
            self.env,
            SQL(
                """SELECT id FROM prospect_capture
                    WHERE state = 'received' AND id <> ALL(%s)
                 ORDER BY id LIMIT %s""",
                [number for rows in but for number in rows],
                limit or BATCH,
            ),
        )

    @api.model
    def _do(self, rows):
        self.browse(rows)._process()
        return len(rows)

    # --- People ---------------------------------------------------------------------

    def action_replay(self):
        """Process messages again, with the values that a person has put right.

        What has become a prospect stays as it is.
        """
        self._check_may_sort()
        open_messages = self.filtered(lambda message: message.state != "done")
        # sudo: the state is written by the machine; the person may sort the inbox
        messages = open_messages.sudo()
        messages.lock_for_update()
        messages.write({"state": "received", "attempts": 0, "reason": False})
        for message in messages:
            message._replay()
        return self._notify_replayed()

    def _replay(self):
        """Process one message in the request of a person."""
        try:
            with self.env.cr.savepoint():
                self.with_context(**trusted(prospect_by_hand=True))._process()
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            _logger.warning("Inbox: message %s failed", self.id, exc_info=error)
            self._quarantine(
                remark(
                    self.env,
                    "capture.failed",
                    error=f"{type(error).__name__}: {error}",
                )
            )

    def _notify_replayed(self):
        """A notification of what became of replayed messages."""
        self.invalidate_recordset()
        done = len(self.filtered(lambda message: message.state == "done"))
        left = len(self) - done
        if left:
            text = self.env._(
                "%(done)s done, %(left)s still to correct.", done=done, left=left
            )
        elif done == 1 and self.lead_id:
            text = self.env._("Done: %(prospect)s", prospect=self.lead_id.display_name)
        else:
            text = self.env._("%(done)s done.", done=done)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ignore(self, reason):
        """Set messages aside for good, or until they are replayed.

        :param str reason: why, in the person's words
        """
        self._check_may_sort()
        messages = self.filtered(lambda message: message.state != "done")
        # sudo: the state is written by the machine; the person may sort the inbox
        messages.sudo().write(
            {
                "state": "ignored",
                "reason": reason,
                "processed_at": fields.Datetime.now(),
            }
        )

    def _check_may_sort(self):
        """:raises AccessError: for anybody but sales administrators"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "sales_team.group_sale_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only sales administrators can sort the inbox: ask one of them."
                )
            )

    def write(self, vals):
        """People correct the lines of a message, and nothing else."""
        if not self.env.su and set(vals) - {"line_ids"}:
            raise AccessError(
                self.env._(
                    "A message is kept as it came: correct its values, and replay it."
                )
            )
        return super().write(vals)

    # --- Cleaning -------------------------------------------------------------------

    @api.autovacuum
    def _gc_payloads(self):
        """Forget what processed messages said, after some days.

        Parameter ``prospect.capture_days``; 0 keeps all. The event stays known, so that
        it does not count twice.
        """
        # sudo: the setting is read by the job
        text = self.env["ir.config_parameter"].sudo().get_param("prospect.capture_days")
        days = int(text) if (text or "").strip().lstrip("-").isdigit() else 90
        if days <= 0:
            return
        limit = fields.Datetime.now() - timedelta(days=days)
        self.flush_model()
        old = SQL(
            "state IN ('done', 'ignored') AND payload IS NOT NULL"
            " AND processed_at < %s",
            limit,
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM prospect_capture_line AS line
                    USING prospect_capture AS capture
                    WHERE capture.id = line.capture_id AND %s""",
                old,
            )
        )
        self.env.cr.execute(SQL("SELECT id FROM prospect_capture WHERE %s", old))
        self.browse(number for (number,) in self.env.cr.fetchall())._forget_mails()
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_capture
                      SET payload = NULL, given = NULL, email_normalized = NULL
                    WHERE %s""",
                old,
            )
        )
        self.invalidate_model()
