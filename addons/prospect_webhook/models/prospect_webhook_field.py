from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.prospect.tools.payload import PERSONAL, read_payload
from odoo.addons.prospect.tools.properties import CUSTOM, READ_PROPERTIES

# What another system may say of a person, where an administrator wants it so. Owner,
# status and lists are not among them: the source of the webhook says these.
ALLOWED = PERSONAL | {"tag_ids"}
NOTE = "note"


class ProspectWebhookField(models.Model):
    """One key of what a webhook receives, and the field of prospects that it fills."""

    _name = "prospect.webhook.field"
    _description = "Field of a Webhook"
    _order = "sequence, id"
    _rec_name = "path"

    webhook_id = fields.Many2one(
        comodel_name="prospect.webhook", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=100)
    path = fields.Char(
        string="Key",
        required=True,
        help="As named by the sender; nested keys are joined by a full stop: "
        "answers.email.",
    )
    target = fields.Selection(
        selection="_get_targets",
        string="Goes To",
        help="The field of the prospect that takes this value. Empty: it is left out."
        " Where two keys go to one field, the first that says something counts.",
    )
    sample_name = fields.Char(
        string="Question",
        compute="_compute_sample_value",
        help="What the key is called in the example.",
    )
    sample_value = fields.Char(string="In the Example", compute="_compute_sample_value")

    _path_unique = models.UniqueIndex("(webhook_id, path)")

    @api.model
    def _get_targets(self):
        """The fields that may be filled, in the person's language."""
        custom = self.env["prospect.property"]._get_import_targets(READ_PROPERTIES)
        return [
            *(
                (name, label)
                for name, label in self.env["prospect.capture.line"]._get_targets()
                if name in ALLOWED
            ),
            *((f"{CUSTOM}{key}", label) for key, label in custom),
            (NOTE, self.env._("Notes, after the name of the key")),
        ]

    @api.depends("path", "webhook_id.sample")
    def _compute_sample_value(self):
        for webhook, rows in self.grouped("webhook_id").items():
            entries = {
                entry.path: entry
                for entry in read_payload(webhook._read_sample(fails=False))
            }
            for row in rows:
                entry = entries.get(row.path)
                row.sample_value = entry and entry.text
                row.sample_name = entry and entry.is_asked and entry.header

    @api.model
    def _is_target(self, target):
        """Whether a key may go there: the ORM takes any text for a choice of a list
        that a method makes.
        """
        return target in ALLOWED or target == NOTE or target.startswith(CUSTOM)

    @api.constrains("target")
    def _check_target(self):
        for row in self:
            if row.target and not self._is_target(row.target):
                raise ValidationError(
                    self.env._(
                        "“%(target)s” cannot be set by the sender: the source of "
                        "the webhook gives the salesperson, team, status and lists.",
                        target=row.target,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean(vals))

    @api.model
    def _clean(self, vals):
        """Keys are typed, with blanks round them."""
        return {**vals, "path": vals["path"].strip()} if vals.get("path") else vals
