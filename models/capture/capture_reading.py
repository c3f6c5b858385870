from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.mail import email_normalize, parse_contact_from_email

from ...tools.columns import TARGETS, guess_columns, looks_like_url
from ...tools.headers import field_of_header
from ...tools.incoming import ReadValues
from ...tools.payload import PERSONAL, read_payload
from ...tools.payload_place import describe_place
from ...tools.remarks import field_label
from ..gate.reader import ImportReader


class ProspectCapture(models.Model):
    """What a message of the inbox says, as values of a prospect and as lines.

    Only for ``prospect.capture``. Bridges bring ``_prospect_map_<channel>(payload)``.
    """

    _name = "prospect.capture"
    _inherit = ["prospect.capture"]

    def _find_values(self):
        """Values of ``crm.lead`` that the message gives.

        :raises UserError: when it cannot be used, for people
        """
        self.ensure_one()
        if self.given:
            return dict(self.given)
        mapper = getattr(self, f"_prospect_map_{self.channel}", self._prospect_map)
        values = mapper(self.payload or {})
        if self.with_context(bin_size=True).mail:
            # the whole text will be a message of the prospect
            values.pop("description", None)
        return values

    @api.model
    def _prospect_map(self, payload):
        """Values by the names of the keys, in French or English, for any channel.

        Only what describes a person: a stranger does not choose owner or status.
        Override ``_prospect_map_<channel>(payload)`` for a channel of its own.

        :return: values of ``crm.lead``
        :raises UserError: when the payload cannot be used, for people
        """
        found = self._guess(payload)
        return self._read_texts([(target, text) for _key, text, target in found])

    @api.model
    def _prospect_map_email(self, payload):
        """A mail that was kept, and is to be a prospect after all."""
        sender = isinstance(payload, dict) and payload.get("from")
        if not sender:
            return self._prospect_map(payload)
        name, _email = parse_contact_from_email(sender)
        return {
            "email_from": email_normalize(sender, strict=False) or sender,
            "contact_name": name if "@" not in name else "",
            "name": payload.get("subject") or "",
            "description": str(plaintext2html(payload.get("body") or "")),
        }

    @api.model
    def _guess(self, payload):
        """[(key, text, field or False)] of a payload."""
        entries = read_payload(payload or {})
        beside = {}
        for entry in entries:
            for depth, key in enumerate(entry.keys):
                beside.setdefault(entry.keys[:depth], set()).add(key)
        header, cells, ranks = [], [], []
        for entry in entries:
            name, rank = describe_place(
                entry.keys,
                entry.header,
                entry.is_asked,
                beside.get(entry.keys[:-1], ()),
            )
            # links are of systems, but where a person was asked for one
            is_said = name and (
                entry.is_asked
                or not looks_like_url(entry.text)
                or field_of_header(name)
            )
            header.append(name)
            cells.append(entry.text if is_said else "")
            ranks.append(rank)
        order = sorted(range(len(entries)), key=ranks.__getitem__)
        guesses = guess_columns(
            [header[at] for at in order],
            [[cells[at] for at in order]],
            titles=self.env["prospect.title"]._get_all_names(),
        )
        targets = {order[at]: guess.target for at, guess in guesses.items()}
        return [
            (
                entry.path,
                entry.text,
                targets[position] if targets.get(position) in PERSONAL else False,
            )
            for position, entry in enumerate(entries)
        ]

    @api.model
    def _make_reader(self, options, headers):
        """What reads rows of texts as an import does, for many messages alike.

        :param dict options: ``mapping``, {place of a text: field}, and those of
            ``notes``
        :param list headers: what the texts are called in the notes
        """
        return ImportReader(self.env, options, headers)

    @api.model
    def _read_texts(self, pairs):
        """[(field, text)] as values of ``crm.lead``, read as the import reads cells.

        :raises UserError: when a text cannot be taken
        """
        pairs = [(target, text) for target, text in pairs if target and text]
        reader = self._make_reader(
            {"mapping": {at: target for at, (target, _text) in enumerate(pairs)}},
            [target for target, _text in pairs],
        )
        row = reader.read_row(1, [text for _target, text in pairs])
        if row.outcome == "failed" and pairs:
            raise UserError(row.full_reason)
        return ReadValues(row.values, row.notes)

    # --- Lines for a person ---------------------------------------------------------

    def _spread(self, values=None):
        """Lay out what a message says as lines that a person can correct.

        :param dict values: of ``crm.lead``, where they were found; else the keys of the
            payload, with the fields that they seem to be
        """
        if self.line_ids:
            return
        names = {entry.path: entry.name for entry in read_payload(self.payload or {})}
        lines = [
            (names[path], text, target)
            for path, text, target in self._guess(self.payload)
        ]
        if values and (self.given or hasattr(self, f"_prospect_map_{self.channel}")):
            # the channel knows better than the names of the keys
            leads = self.env["crm.lead"]
            lines = [
                (
                    field_label(self.env, leads._name, target),
                    self._describe_value(target, value),
                    target,
                )
                for target, value in values.items()
                if target in TARGETS and target != "id"
            ]
        # the database does not keep the order of the keys
        order = {target: position for position, target in enumerate(TARGETS)}
        lines.sort(key=lambda line: (order.get(line[2], len(order)), line[0]))
        # sudo: written by the machine, which is no correction
        self.env["prospect.capture.line"].sudo().create(
            [
                {
                    "capture_id": self.id,
                    "sequence": sequence,
                    "key": key,
                    "value": text,
                    "target": target,
                }
                for sequence, (key, text, target) in enumerate(lines, start=1)
            ]
        )

    def _describe_value(self, fname, value):
        """A value of a field as the text that reads as it."""
        field = self.env["crm.lead"]._fields[fname]
        if field.comodel_name and value:
            records = self.env[field.comodel_name].browse(value).exists()
            names = records.mapped("login" if fname == "user_id" else "display_name")
            return ", ".join(names)
        if field.type == "html":
            return html2plaintext(value or "")
        return str(value or "")
