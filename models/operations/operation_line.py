from markupsafe import Markup

from odoo import api, fields, models

from ...tools.remark_fields import RemarkText
from ...tools.remarks import unpack

OUTCOMES = [
    ("created", "Created"),
    ("updated", "Updated"),
    ("unchanged", "Unchanged"),
    ("repeat", "Returning"),
    ("skipped", "Skipped"),
    ("failed", "Rejected"),
]
# Those that write a prospect, which can be undone.
WRITING = ("created", "repeat", "updated")
UNDO_OUTCOMES = [
    ("reversed", "Reverted"),
    ("kept", "Skipped (edited since)"),
    ("impossible", "Not reverted"),
]
# Characters of one value in a preview.
SHOWN = 80


class ProspectOperationLine(models.Model):
    """What an operation plans for one row, and what became of it.

    The plan and the receipt are the same row: the run applies what the preview
    showed. Written by the operation alone, mostly by SQL in batches.
    """

    _name = "prospect.operation.line"
    _description = "Line of an Operation"
    _log_access = False
    _order = "operation_id desc, number, id"
    _rec_name = "number"

    operation_id = fields.Many2one(
        comodel_name="prospect.operation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(
        string="Line",
        required=True,
        readonly=True,
        aggregator=None,
        help="The line in the file, where the header is line 1.",
    )
    outcome = fields.Selection(selection=OUTCOMES, readonly=True)
    reason = RemarkText(
        readonly=True,
        help="Why this outcome, and below it what was noticed when the row was read.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_done = fields.Boolean(string="Done", readonly=True)
    is_replanned = fields.Boolean(
        string="Recalculated",
        readonly=True,
        help="The prospect changed since the preview and was recalculated.",
    )
    undo_outcome = fields.Selection(selection=UNDO_OUTCOMES, readonly=True)
    undo_reason = RemarkText(readonly=True)
    before = fields.Json(readonly=True, export_string_translation=False)
    after = fields.Json(readonly=True, export_string_translation=False)
    # The plan
    key = fields.Char(readonly=True, export_string_translation=False)
    phone = fields.Char(readonly=True, export_string_translation=False)
    company_id = fields.Integer(
        readonly=True, aggregator=None, export_string_translation=False
    )
    target_number = fields.Integer(
        string="Same as Line",
        readonly=True,
        aggregator=None,
        help="The earlier line about the same person.",
    )
    values = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="What the row says, where it is not simply all written.",
    )
    remarks = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="What was noticed when the row was read, for a plan that is made again: as"
        " tools.remarks.pack makes it.",
    )
    is_told = fields.Boolean(
        string="With Remarks",
        readonly=True,
        help="Something is told of it: another name, several people with one address.",
    )
    told = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="What people are told of the row: codes and their values.",
    )
    group_number = fields.Integer(
        readonly=True,
        aggregator=None,
        export_string_translation=False,
        help="Lines with the same number are done one after the other.",
    )
    distribute_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Share Of",
        readonly=True,
        ondelete="set null",
        export_string_translation=False,
        help="Who gets the prospect, where prospects are distributed.",
    )
    # When it was done, and when the undo had to do with it last
    stamp = fields.Datetime(readonly=True, export_string_translation=False)
    undo_stamp = fields.Datetime(
        readonly=True, index="btree_not_null", export_string_translation=False
    )
    # For people
    who = fields.Char(string="Person", compute="_compute_who")
    changes = fields.Html(compute="_compute_changes", sanitize=False)

    _number_idx = models.Index("(operation_id, number)")
    _target_idx = models.Index(
        "(operation_id, target_number) WHERE target_number IS NOT NULL"
    )
    _pending_idx = models.Index("(operation_id, number) WHERE is_done IS NOT TRUE")
    _group_idx = models.Index(
        "(operation_id, group_number, number) WHERE group_number IS NOT NULL"
    )

    @api.depends("values", "after", "lead_id")
    def _compute_who(self):
        """How people know the row: a name, else the company or the address."""
        for line in self:
            line.who = line._get_who()

    def _get_who(self):
        """The same of one line: as its kind of operation says, else by its values."""
        who = self._of_kind("get_who")
        return self._get_who_by_values() if who is None else who

    def _of_kind(self, name, *args, default=None):
        """What its kind of operation says of a line, where it says something.

        :param str name: the method is ``_<name>_<kind>``, as with operations
        """
        step = getattr(self, f"_{name}_{self.operation_id.kind}", None)
        return step(*args) if step else default

    def _get_who_by_lead(self):
        """The name of a prospect that the owner has chosen, False when it has gone."""
        # sudo: the name alone
        return self.lead_id.sudo().name

    def _get_who_by_values(self):
        values = self.values or self.after or {}
        parts = (values.get("first_name"), values.get("last_name"))
        name = self.env["crm.lead"]._prospect_get_title(
            {
                "contact_name": values.get("contact_name")
                or " ".join(filter(None, parts)),
                **{
                    fname: values.get(fname)
                    for fname in ("partner_name", "email_from", "phone")
                },
            }
        )
        return name or (self.key or "")[2:] or False

    @api.depends("before", "after", "outcome", "values")
    @api.depends_context("lang")
    def _compute_changes(self):
        """The fields that change, in words: before and after."""
        names = self._read_names()
        for line in self:
            before, after = line.before or {}, line.after or {}
            rows = line._describe_more()
            fnames = (after.keys() | before.keys()) - line._get_told_elsewhere()
            for fname in sorted(fnames, key=self._get_label):
                label = self._get_label(fname)
                old = self._describe(fname, before.get(fname), names)
                new = self._describe(fname, after.get(fname), names)
                if line.outcome in ("created", "repeat") or not old:
                    value = Markup("%s") % new
                elif not new:
                    value = Markup("<s class='text-muted'>%s</s>") % old
                else:
                    value = Markup("<s class='text-muted'>%s</s> → %s") % (old, new)
                rows.append((label, value))
            line.changes = Markup("<br/>").join(
                Markup("<b>%s</b> %s") % row for row in rows
            )

    def _get_told_elsewhere(self):
        """Names of changed fields that need no words of their own."""
        return self._of_kind("get_told_elsewhere", default=frozenset())

    def _describe_more(self):
        """What a kind of operation does beside changing fields: [(label, text)]."""
        return self._of_kind("describe_more", default=[])

    @api.model
    def _get_label(self, fname):
        return self._get_label_of("crm.lead", fname)

    @api.model
    def _get_label_of(self, model, fname):
        field = self.env[model]._fields.get(fname)
        if model == "crm.lead" and fname == "user_id":
            return self.env._("Salesperson")
        return field._description_string(self.env) if field else fname

    def _read_names(self):
        """{model: {number: name}} of the records that the values of ``self`` name."""
        wanted = {}
        fields_by_name = self.env["crm.lead"]._fields
        for line in self:
            for values in (line.before or {}, line.after or {}):
                for fname, value in values.items():
                    field = fields_by_name.get(fname)
                    if field and field.relational and value:
                        numbers = value if isinstance(value, list) else [value]
                        wanted.setdefault(field.comodel_name, set()).update(
                            number for number in numbers if isinstance(number, int)
                        )
        return {
            # sudo: names alone, of records that the owner of the operation named
            model: {
                record.id: record.display_name
                for record in self.env[model].sudo().browse(numbers).exists()
            }
            for model, numbers in wanted.items()
        }

    @api.model
    def _describe(self, fname, value, names):
        """A planned value in words."""
        if value in (None, False, "", []):
            return ""
        field = self.env["crm.lead"]._fields.get(fname)
        if field and field.relational:
            existing = names.get(field.comodel_name, {})
            numbers = value if isinstance(value, list) else [value]
            return ", ".join(
                existing.get(number, f"#{number}")
                if isinstance(number, int)
                else unpack(self.env, number)
                for number in numbers
            )
        if isinstance(value, dict):
            return ", ".join(str(item) for item in value.values() if item)
        text = str(value)
        if field and field.type == "html":
            text = self._plain_text(text)
        if field and field.type == "selection":
            text = dict(field._description_selection(self.env)).get(value, text)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

    @api.model
    def _plain_text(self, html):
        """The words of a piece of HTML."""
        return " ".join(Markup(html).striptags().split())

    def action_open_lead(self):
        """Open the prospect of the line."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
