import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.prospect.tools.columns import REPEATABLE
from odoo.addons.prospect.tools.incoming import ReadValues
from odoo.addons.prospect.tools.payload import read_payload

from ..tools.bodies import LARGEST, read_sample
from ..tools.refusals import Refused
from .prospect_webhook_field import NOTE

# Sorts of messages whose readers are kept during a transaction.
MOST_READERS = 20


class ProspectWebhook(models.Model):
    """What a message says, as values of a prospect, tried out on an example.

    Only for ``prospect.webhook``.
    """

    _name = "prospect.webhook"
    _inherit = ["prospect.webhook"]

    sample = fields.Text(
        string="Example",
        copy=False,
        help="A message as the other system sends it, to choose what goes where.",
    )
    field_ids = fields.One2many(
        comodel_name="prospect.webhook.field",
        inverse_name="webhook_id",
        string="Fields",
        copy=True,
    )
    keeps_others = fields.Boolean(
        string="Other Keys to the Notes",
        default=True,
        help="Keys that are not in the list are added to the notes of the prospect,"
        " each with its name.",
    )
    preview_html = fields.Html(
        string="Result", compute="_compute_preview_html", sanitize=False
    )

    # --- Reading ------------------------------------------------------------------

    def _read_payload(self, payload):
        """Values of ``crm.lead`` that a message gives.

        By the list of fields; without one, the names of the keys say what they are, in
        French or English. A name that nobody knows (a tag, a country) is kept in the
        notes.

        :param dict payload: what was sent
        :raises UserError: when a value cannot be taken, for people
        """
        self.ensure_one()
        entries = read_payload(payload or {})
        texts = {entry.path: entry.text for entry in entries}
        names = {entry.path: entry.header for entry in entries}
        mapping, notes = self._choose(payload or {}, texts)
        row = self._read_texts(texts, mapping, notes, names)
        unknown = {
            path
            for path, target in mapping.items()
            if self._is_relation(target) and target not in row.values
        }
        if unknown:
            mapping = {path: to for path, to in mapping.items() if path not in unknown}
            notes = [*notes, *sorted(unknown)]
            row = self._read_texts(texts, mapping, notes, names)
        if row.outcome == "failed":
            raise UserError(row.full_reason)
        return ReadValues(row.values, row.notes)

    def _choose(self, payload, texts):
        """Which keys of a message count, and for what.

        :param payload: what was sent
        :param dict texts: {key: text} of it
        :return: {key: field}, and the keys that go to the notes
        """
        guess = self.env["prospect.capture"]._guess
        is_target = self.env["prospect.webhook.field"]._is_target
        pairs = [(row.path, row.target) for row in self.field_ids] or [
            (path, target) for path, _text, target in guess(payload) if target
        ]
        mapping, notes, taken = {}, [], set()
        for path, target in pairs:
            if path not in texts or not target or not is_target(target):
                continue
            if target == NOTE:
                notes.append(path)
            elif target in REPEATABLE or target not in taken:
                mapping[path] = target
                taken.add(target)
        if self.keeps_others:
            listed = {path for path, _target in pairs}
            notes += [path for path in texts if path not in listed]
        return mapping, notes

    def _read_texts(self, texts, mapping, notes, names):
        """A row of the gate, read as the import reads cells.

        :param dict texts: {key: text}
        :param dict mapping: {key: field}
        :param list notes: keys that go to the notes
        :param dict names: {key: what it is called there}
        """
        paths = [*mapping, *notes]
        reader = self._get_reader(
            tuple(mapping.items()), tuple((path, names[path]) for path in notes)
        )
        return reader.read_row(1, [texts[path] for path in paths])

    def _get_reader(self, mapping, notes):
        """A reader of such messages. The messages of a batch share it, so that names of
        countries and tags are looked up once for all.

        :param tuple mapping: pairs of key and field
        :param tuple notes: pairs of key and what it is called
        """
        readers = self.env.cr.cache.setdefault("prospect_webhook_readers", {})
        sort = (self.env, mapping, notes)
        if sort not in readers:
            if len(readers) >= MOST_READERS:
                readers.clear()
            names = [
                *(path.rpartition(".")[2] or path for path, _target in mapping),
                *(name for _path, name in notes),
            ]
            readers[sort] = self.env["prospect.capture"]._make_reader(
                {
                    "mapping": {at: to for at, (_path, to) in enumerate(mapping)},
                    "notes": range(len(mapping), len(names)),
                },
                names,
            )
        return readers[sort]

    @api.model
    def _is_relation(self, target):
        field = self.env["crm.lead"]._fields.get(target)
        return bool(field and field.comodel_name)

    # --- The example --------------------------------------------------------------

    def _read_sample(self, fails=True):
        """The example as an object.

        :param bool fails: False gives an empty one where it cannot be read
        :raises UserError: when it is no JSON object
        """
        try:
            return read_sample(self.sample or "")
        except Refused as error:
            if not fails:
                return {}
            raise UserError(
                self.env._(
                    "The example is not a JSON object: paste what the other system"
                    " sends, from { to }, or the fields of a form."
                )
            ) from error

    def action_read_sample(self):
        """Add the keys of the example that are not in the list yet, with the fields
        that their names mean.
        """
        self.ensure_one()
        known = set(self.field_ids.mapped("path"))
        taken = set(self.field_ids.mapped("target")) - REPEATABLE
        rows = []
        for path, _text, target in self.env["prospect.capture"]._guess(
            self._read_sample()
        ):
            if path not in known:
                target = False if target in taken else target
                rows.append({"path": path, "target": target})
        first = max(self.field_ids.mapped("sequence"), default=0) + 1
        self.field_ids = [
            (0, 0, {**row, "sequence": sequence})
            for sequence, row in enumerate(rows, start=first)
        ]

    def action_take_last(self):
        """Make the last message the example."""
        self.ensure_one()
        message = self.env["prospect.capture"].search(
            [("webhook_id", "=", self.id)], order="id desc", limit=1
        )
        if not message.payload:
            raise UserError(
                self.env._(
                    "Nothing has arrived yet: let the other system send something, "
                    "then try again."
                )
            )
        text = json.dumps(message.payload, ensure_ascii=False, indent=4)
        self.sample = text[:LARGEST]
        self.action_read_sample()

    @api.depends(
        "sample", "keeps_others", "field_ids", "field_ids.path", "field_ids.target"
    )
    def _compute_preview_html(self):
        for webhook in self:
            webhook.preview_html = webhook.sample and webhook._preview()

    def _preview(self):
        """What would become of the example: a table, or why it would wait."""
        try:
            values = self._read_payload(self._read_sample())
        except UserError as error:
            return (
                Markup("<div class='alert alert-warning mb-0' role='alert'>%s</div>")
                % error
            )
        return (
            Markup("<table class='table table-sm mb-0'><tbody>%s</tbody></table>")
        ) % Markup().join(
            Markup("<tr><th class='w-50'>%s</th><td class='text-break'>%s</td></tr>")
            % (label, Markup("<br/>").join(text.splitlines()))
            for label, text in self._describe_values(values)
        )

    @api.model
    def _describe_values(self, values):
        """[(label, text)] of values of ``crm.lead``, in the order of the targets."""
        targets = self.env["prospect.webhook.field"]._get_targets()
        describe = self.env["prospect.capture"]._describe_value
        told = [
            (label, describe(target, values[target]))
            for target, label in targets
            if values.get(target)
        ]
        custom = values.get("properties") or {}
        for item in self.env["prospect.property"]._read_items():
            if item["name"] in custom:
                value = custom[item["name"]]
                choices = {
                    choice[0]: choice[1]
                    for choice in item.get("selection") or item.get("tags") or []
                }
                values = value if isinstance(value, list) else [value]
                text = ", ".join(str(choices.get(one, one)) for one in values)
                told.append((item.get("string"), text))
        return told
