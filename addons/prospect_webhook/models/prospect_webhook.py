import secrets
from datetime import timedelta
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import urls

from odoo.addons.prospect.tools.matching import POLICY_CHOICES
from odoo.addons.prospect.tools.payload import LONGEST_KEY

from ..tools.examples import make_example
from ..tools.signatures import PREFIX, SHORTEST, make_secret, read_secret

# How long a former secret still counts, while the other system is told the new one.
OVERLAP = timedelta(days=1)
# Who sends is known by, the safest way first.
SCHEMES = [
    ("standard", "Standard Webhooks"),
    ("timed", "Signature of time and body (t=…,v1=…)"),
    ("body", "Signature of the body alone"),
    ("token", "Token in a header"),
    ("basic", "Name and password (HTTP Basic)"),
    ("address", "Token in the address"),
]


class ProspectWebhook(models.Model):
    """An address of its own for another system, which sends prospects there, signed.

    What it sends is a message of the inbox, processed by a job: corrected and replayed
    there when it cannot be used, and counted once when it comes twice [BX-06, MO-06].
    What new prospects get (status, team, lists, tags) is said by its source.
    """

    _name = "prospect.webhook"
    _description = "Webhook"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="People are looked for among the prospects of this company.",
    )
    # Who sends
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        export_string_translation=False,
    )
    url = fields.Char(
        string="Address",
        compute="_compute_url",
        help="Opened by a browser or a program that checks it, it says that it is there"
        " and takes nothing in. Where a verify token is asked for, it is the last part"
        " of this address.",
    )
    scheme = fields.Selection(
        selection=SCHEMES,
        string="Signed By",
        required=True,
        default="standard",
        help="The first one that the other system supports is the safest.",
    )
    safety = fields.Char(compute="_compute_safety", export_string_translation=False)
    secret = fields.Char(
        required=True,
        copy=False,
        default=lambda self: make_secret(),
        help="What the other system signs with. Paste its own here if it gives one.",
    )
    former_secret = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )
    former_until = fields.Datetime(
        string="Former Secret Until",
        readonly=True,
        copy=False,
        help="Until then the former secret remains valid, so that nothing is lost "
        "while the other system switches to the new one.",
    )
    header = fields.Char(
        string="Header of the Signature",
        required=True,
        default="X-Signature",
        help="As named by the other system, for instance Typeform-Signature. Those of"
        " well-known systems are recognised in any case.",
    )
    login = fields.Char(
        string="User Name",
        required=True,
        default="prospect",
        help="What the other system sends as the user name, with the secret as its"
        " password.",
    )
    event_path = fields.Char(
        string="Key of the Event ID",
        help="Where the message identifies its event, for instance event_id: an event "
        "counts once. Empty: an identical message counts once.",
    )
    limit_minute = fields.Integer(
        string="Messages a Minute",
        default=600,
        help="More are refused, and the other system is asked to try again. 0: no"
        " limit.",
    )
    example = fields.Text(
        string="How to Send",
        compute="_compute_example",
        help="Commands for a terminal; the secret is to be filled in.",
    )
    # What becomes of it
    policy = fields.Selection(
        selection=POLICY_CHOICES,
        string="Existing Prospects",
        required=True,
        default="fill",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        required=True,
        copy=False,
        index=True,
        ondelete="restrict",
        domain=[("prospect_channel", "!=", False)],
        help="Source of the prospects. Empty: the webhook gets a source of its own.",
    )
    prospect_status_id = fields.Many2one(
        related="source_id.prospect_status_id", readonly=False
    )
    prospect_team_id = fields.Many2one(
        related="source_id.prospect_team_id", readonly=False
    )
    prospect_list_ids = fields.Many2many(
        related="source_id.prospect_list_ids", readonly=False
    )
    prospect_tag_ids = fields.Many2many(
        related="source_id.prospect_tag_ids", readonly=False
    )
    # What has come
    message_count = fields.Integer(string="Messages", compute="_compute_counts")
    waiting_count = fields.Integer(string="To Correct", compute="_compute_counts")
    last_at = fields.Datetime(string="Last Message", compute="_compute_counts")
    refused_at = fields.Datetime(string="Last Refused", readonly=True, copy=False)
    refused_code = fields.Selection(
        selection=[
            ("signature", "The signature does not match"),
            ("time", "Signed too long ago, or by a wrong clock"),
            ("body", "It contains nothing readable"),
            ("type", "It is neither JSON nor a form"),
            ("events", "Too many events in one message"),
            ("limit", "Too many in a minute"),
        ],
        string="Why",
        readonly=True,
        copy=False,
    )

    _token_unique = models.UniqueIndex("(token)")

    @api.depends("token", "scheme", "secret")
    def _compute_url(self):
        base = self.get_base_url()
        for webhook in self:
            url = urls.urljoin(base, f"prospect/hook/{webhook.token}")
            if webhook.scheme == "address":
                url = f"{url}?token={quote(webhook.secret or '', safe='')}"
            webhook.url = url

    @api.depends("url", "scheme", "header", "login")
    def _compute_example(self):
        for webhook in self:
            webhook.example = make_example(
                webhook.scheme or "standard",
                webhook.url,
                webhook.header,
                login=webhook.login or "",
            )

    @api.depends("scheme")
    def _compute_safety(self):
        """How safe each way of signing is."""
        texts = {
            "standard": self.env._(
                "Safest. Number, time and body are signed: nothing can be changed, an"
                " old message is refused, and the secret never travels."
            ),
            "timed": self.env._(
                "Very safe. Time and body are signed: nothing can be changed, a message"
                " of more than five minutes ago is refused, and the secret never"
                " travels. Stripe and Calendly do it."
            ),
            "body": self.env._(
                "Safe. The body is signed, and the secret never travels. Who has"
                " listened can send the same message again, which counts once."
            ),
            "token": self.env._(
                "Less safe. The secret travels with each message, and nothing is"
                " signed: whoever reads one message can send others. Only over HTTPS,"
                " and where the other system cannot sign."
            ),
            "basic": self.env._(
                "Less safe. Name and password travel with each message, and nothing is"
                " signed: whoever reads one message can send others. Only over HTTPS,"
                " and where the other system cannot sign."
            ),
            "address": self.env._(
                "Least safe. Whoever has seen the address can send: it stands in the"
                " logs of servers and in the settings of the other system. Only over"
                " HTTPS, where nothing else can be chosen; choose “New secret” when"
                " somebody leaves."
            ),
        }
        for webhook in self:
            webhook.safety = texts.get(webhook.scheme)

    def _compute_counts(self):
        # sudo: messages that have become prospects of others count too; only numbers
        found = (
            self.env["prospect.capture"]
            .sudo()
            ._read_group(
                [("webhook_id", "in", self.ids)],
                ["webhook_id", "state"],
                ["__count", "received_at:max"],
            )
        )
        for webhook in self:
            rows = [row for row in found if row[0] == webhook._origin]
            webhook.message_count = sum(row[2] for row in rows)
            webhook.waiting_count = sum(
                row[2] for row in rows if row[1] == "quarantined"
            )
            webhook.last_at = max((row[3] for row in rows), default=False)

    @api.onchange("scheme")
    def _onchange_scheme(self):
        """Propose the header that senders of this kind use."""
        usual = {"token": "Authorization", "timed": "Stripe-Signature"}
        if self.header in ("X-Signature", *usual.values()):
            self.header = usual.get(self.scheme, "X-Signature")

    # --- Constraints --------------------------------------------------------------

    @api.constrains("secret", "former_secret", "scheme")
    def _check_secret(self):
        for webhook in self:
            for secret in filter(None, (webhook.secret, webhook.former_secret)):
                if not webhook._is_good(secret):
                    raise ValidationError(webhook._describe_bad_secret())

    def _is_good(self, secret):
        if self.scheme != "standard":
            return len(secret.encode()) >= SHORTEST
        try:
            return bool(read_secret(secret))
        except ValueError:
            return False

    def _describe_bad_secret(self):
        if self.scheme == "standard":
            return self.env._(
                "The secret of Standard Webhooks begins with %(prefix)s and goes on in"
                " base64, with at least %(count)s bytes. Choose “New secret” to get"
                " one.",
                prefix=PREFIX,
                count=SHORTEST,
            )
        return self.env._(
            "The secret has fewer than %(count)s characters, and could be guessed."
            " Choose “New secret” to get one.",
            count=SHORTEST,
        )

    @api.constrains("header")
    def _check_header(self):
        for webhook in self:
            letters = webhook.header.replace("-", "").replace("_", "")
            if not (letters.isascii() and letters.isalnum()):
                raise ValidationError(
                    self.env._(
                        "“%(header)s” is not a header name: letters, digits and "
                        "hyphens only.",
                        header=webhook.header,
                    )
                )

    @api.constrains("login")
    def _check_login(self):
        for webhook in self:
            if ":" in webhook.login:
                raise ValidationError(
                    self.env._("The name of HTTP Basic cannot have a colon.")
                )

    @api.constrains("event_path")
    def _check_event_path(self):
        for webhook in self:
            if len(webhook.event_path or "") > LONGEST_KEY:
                raise ValidationError(
                    self.env._("The key of the event ID is too long.")
                )

    @api.constrains("limit_minute")
    def _check_limit_minute(self):
        if any(webhook.limit_minute < 0 for webhook in self):
            raise ValidationError(
                self.env._("The limit is 0 (none), or how many messages a minute.")
            )

    # --- Records ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {**vals, "source_id": vals.get("source_id") or self._make_source(vals)}
            for vals in vals_list
        ]
        return super().create(vals_list)

    @api.model
    def _make_source(self, vals):
        """The number of a source of its own, which has the name of the webhook."""
        source = self.env["utm.source"].create(
            {
                "name": vals.get("name"),
                "prospect_label": vals.get("name"),
                "prospect_channel": "webhook",
            }
        )
        return source.id

    def write(self, vals):
        if "former_secret" in vals:
            return super().write(vals)
        for webhook in self:
            if vals.get("scheme", webhook.scheme) != webhook.scheme:
                # another way of signing may not be able to read it
                webhook.action_forget_former()
            elif vals.get("secret", webhook.secret) != webhook.secret:
                webhook._keep_former()
        return super().write(vals)

    def _keep_former(self):
        """Let the present secret count for a while, next to the one that follows."""
        until = fields.Datetime.now() + OVERLAP
        self.write({"former_secret": self.secret, "former_until": until})

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=webhook.name)}
            if "name" not in (default or {})
            else vals
            for webhook, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # --- Actions ------------------------------------------------------------------

    def action_new_secret(self):
        """Make a new secret; the former one counts for another day."""
        for webhook in self:
            webhook.secret = make_secret()

    def action_forget_former(self):
        """Let the former secret count no longer."""
        self.write({"former_secret": False, "former_until": False})

    def action_view_messages(self):
        """Open what has come, whatever became of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "prospect.prospect_capture_action"
        )
        title = self.env._("Messages of %(webhook)s", webhook=self.name)
        return {
            **action,
            "name": title,
            "display_name": title,
            "path": False,
            "domain": [("webhook_id", "=", self.id)],
            "context": {},
        }
