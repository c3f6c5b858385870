import json
from hashlib import sha256

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, html2plaintext

from ...tools.copying import copy_rows
from ...tools.identity import read_names
from ...tools.remarks import remark
from ...tools.told import PAIRS

# What a note does not repeat: it stands on the prospect already.
UNSAID = frozenset(("list_ids", "properties", "lead_properties", "tag_ids"))
# Codes whose own words are a note on the prospect.
NOTED = frozenset(
    ("gate.assistant_address", "gate.matched_by_phone", "gate.several_people")
)
HIDDEN = "…"
COLUMNS = (
    *("model", "res_id", "body", "message_type", "subtype_id", "author_id"),
    *("email_from", "date", "message_id", "is_internal"),
    *("create_uid", "write_uid", "create_date", "write_date"),
)


class ProspectGate(models.AbstractModel):
    """Remarks: what people should know of a row, and the notes on its prospect.

    A note that says the same is there once: the digest of what it says is its
    Message-Id.
    """

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    # --- Rows -------------------------------------------------------------------------

    @api.model
    def _put_in_words(self, incoming):
        """Make remarks of what the match has noticed; nobody is named to those who may
        not see them.
        """
        noticed = [row for row in incoming if row.noticed and not row.is_pinned]
        if not noticed:
            return
        numbers = {
            face.number
            for row in noticed
            for _code, _key, face in row.noticed
            if face.number
        }
        leads = self.env["crm.lead"].browse(numbers).exists()
        seen = set(leads._filtered_access("read").ids)
        for row in noticed:
            row.told = []
            for code, key, face in row.noticed:
                self._add_remark(row, f"gate.{code}", key, face, seen)
            row.noticed = []

    def _add_remark(self, row, code, key, face, seen):
        """One remark of a row.

        :param set seen: ids of prospects that the person may see
        """
        is_hidden = face.number and face.number not in seen
        if is_hidden and code in PAIRS:
            code = "gate.other_person_hidden"
        told = remark(
            self.env,
            code,
            key=key,
            known=HIDDEN if is_hidden else face.name or face.email or key,
            name=self._get_name(row) or key,
        )
        if code != "gate.similar_name":
            row.told.append(told)
        elif told not in row.notes:
            row.notes.append(told)

    @api.model
    def _get_name(self, row):
        """The name that a row gives, as one text."""
        values = row.values
        name = read_names(
            values.get("first_name"),
            values.get("last_name"),
            values.get("contact_name"),
        )[2]
        return name or values.get("partner_name") or ""

    # --- Notes ------------------------------------------------------------------------

    @api.model
    def _plan_notes(self, incoming, terms):
        """Plan the notes that say the same on the prospects.

        Those that are there already are left out: a row that does nothing but say them
        again changes nothing.
        """
        pairs = {}
        for row in incoming:
            if row.told and row.outcome in (
                "created",
                "repeat",
                "updated",
                "unchanged",
            ):
                for told in row.told:
                    self._note_told(row, told, terms, pairs)
        saying = [row for row in incoming if row.says]
        if not saying:
            return
        said = self._find_said(saying)
        for row in saying:
            person = row.existing or ("row", row.target or row.number)
            row.says = [note for note in row.says if (person, note[0]) not in said]
            said.update((person, note[0]) for note in row.says)
            if row.outcome == "unchanged" and any(note[2] for note in row.says):
                row.outcome = "updated"

    def _note_told(self, row, told, terms, pairs):
        """The note of one remark, where it makes one.

        :param dict pairs: {(code, key): note} of those that say the same of everybody
        """
        values = told.values
        if told.code in PAIRS:
            if row.creates:
                # whoever reads it may not see the other one
                parts = (told.code, values["key"])
                if parts not in pairs:
                    text = remark(self.env, "gate.note_pair", key=values["key"])
                    pairs[parts] = self._make_note(text, *parts)
                self._add_note(row, pairs[parts])
        elif told.code in NOTED:
            self._note(row, told, told.code, values["key"], values.get("name"))
        elif told.code == "gate.name_differs" and terms.channel == "email":
            text = remark(self.env, "gate.note_mail", **values)
            self._note(row, text, told.code, values["key"], values.get("name"))

    def _note_name(self, person, terms):
        """Note on a person that a row with another name has given it."""
        if not terms.may_rename or not any(row.contradicts for row in person["rows"]):
            return
        for row in person["rows"]:
            was = row.before.get("contact_name")
            if was and row.after.get("contact_name"):
                values = {"was": was, "now": row.after["contact_name"]}
                key = row.email or row.phone or ""
                text = remark(self.env, "gate.note_renamed", key=key, **values)
                self._note(row, text, "renamed", key, values)

    def _note_said(self, row, current):
        """Note all that somebody has said who used another one's address; it changes
        nothing of that one.
        """
        known = current.get("contact_name") or current.get("partner_name") or ""
        said = self._describe_said(row)
        row.told.append(remark(self.env, "gate.name_differs_kept"))
        name, key = self._get_name(row), row.email or row.phone or ""
        text = remark(self.env, "gate.note_said", key=key, name=name, known=known)
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            str(text),
            Markup().join(
                Markup("<li><b>%s</b> %s</li>") % (label, value)
                for label, value in said
            ),
        )
        self._note(row, body, "said", key, name, sorted(said), counts=True)

    @api.model
    def _describe_said(self, row):
        """What a row says, in words: [(label, text)]."""
        fields, said = self.env["crm.lead"]._fields, []
        for fname, value in row.values.items():
            if fname in UNSAID:
                continue
            field = fields[fname]
            if field.type == "many2one":
                # sudo: the names of records that the row names
                value = self.env[field.comodel_name].sudo().browse(value).display_name
            elif field.type == "html":
                value = html2plaintext(value)
            said.append((field._description_string(self.env), str(value)))
        for fname in ("properties", "lead_properties"):
            said += [
                (str(name), str(value))
                for name, value in (row.values.get(fname) or {}).items()
            ]
        return said

    def _note(self, row, text, *parts, counts=False):
        """Plan a note on the prospect of a row.

        :param text: what it says; Markup, or a plain text
        :param parts: what it is known by
        :param bool counts: whether it is a change of the prospect
        """
        self._add_note(row, self._make_note(text, *parts, counts=counts))

    @api.model
    def _make_note(self, text, *parts, counts=False):
        """A note as rows keep it: its digest, its text as HTML, whether it counts."""
        digest = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
        body = text if isinstance(text, Markup) else Markup("<p>%s</p>") % str(text)
        return digest, str(body), counts

    @api.model
    def _add_note(self, row, note):
        """Plan a note on the prospect of a row, once."""
        if all(note[0] != known for known, *_rest in row.says):
            row.says.append(note)

    @api.model
    def _get_message_id(self, digest):
        return f"<prospect-{digest}@note.invalid>"

    @api.model
    def _find_said(self, rows):
        """{(lead id, digest)} of notes that prospects have already."""
        numbers = {row.existing for row in rows if row.existing}
        if not numbers:
            return set()
        self.env["mail.message"].flush_model(["message_id", "model", "res_id"])
        digests = {
            self._get_message_id(note[0]): note[0] for row in rows for note in row.says
        }
        found = self.env.execute_query(
            SQL(
                """SELECT res_id, message_id FROM mail_message
                    WHERE model = 'crm.lead' AND res_id = ANY(%s)
                      AND message_id = ANY(%s)""",
                list(numbers),
                list(digests),
            )
        )
        return {(number, digests[text]) for number, text in found}

    @api.model
    def _say(self, rows):
        """Write the planned notes of rows whose prospects are there; by SQL, as there
        may be one for each row of a file.
        """
        saying = [row for row in rows if row.says and row.lead_id]
        if not saying:
            return
        author = self.env.user.partner_id
        subtype = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        now = self.env.cr.now()
        copy_rows(
            self.env.cr,
            "mail_message",
            COLUMNS,
            (
                (
                    *("crm.lead", row.lead_id, body, "notification", subtype),
                    *(author.id, author.email_formatted or None, now),
                    *(self._get_message_id(digest), True),
                    *(self.env.uid, self.env.uid, now, now),
                )
                for row in saying
                for digest, body, _counts in row.says
            ),
        )
        self.env["mail.message"].invalidate_model()
        self.env["crm.lead"].invalidate_model(["message_ids"])
