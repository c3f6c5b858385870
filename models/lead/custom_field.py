from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.sql import drop_view_if_exists

from .property_reader import PropertyReader

# Types that have a list of choices.
CHOOSING = ("selection", "tags")
# Types that need more than a row says (which records, which currency), or that not
# all versions of Odoo have.
ELSEWHERE = ("many2many", "many2one", "monetary", "signature")


class ProspectProperty(models.Model):
    """A custom field of all prospects, whatever their team [BX-64, MO-28].

    They are Odoo's properties without a parent, ``crm.lead.properties``: Odoo
    shows them in forms, lists, filters, groups and exports. This is the editable list
    of their definition, which is the only place where they are kept: each row is one
    item of it, and changing rows changes the definition.
    """

    _name = "prospect.property"
    _description = "Custom Field of Prospects"
    _auto = False
    _order = "sequence, id"
    _depends = {"properties.base.definition": ["properties_definition"]}

    name = fields.Char(string="Label", required=True)
    key = fields.Char(readonly=True, help="Technical name.")
    kind = fields.Selection(
        selection=[
            ("char", "Text"),
            ("text", "Text on several lines"),
            ("integer", "Number"),
            ("float", "Decimal number"),
            ("boolean", "Yes or no"),
            ("date", "Date"),
            ("datetime", "Date and time"),
            ("selection", "Single choice"),
            ("tags", "Multiple choice"),
            ("many2one", "Record"),
            ("many2many", "Several records"),
            ("html", "Formatted text"),
            ("monetary", "Amount"),
            ("signature", "Signature"),
            ("separator", "Title of a section"),
        ],
        string="Type",
        required=True,
        default="char",
    )
    choices = fields.Text(help="One on each line.")
    in_cards = fields.Boolean(
        string="On Cards", help="Shown on the cards of the board."
    )
    sequence = fields.Integer()

    def init(self):
        """A view of the definition: what it says, row by row."""
        # pylint: disable=missing-return
        super().init()
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """CREATE VIEW %s AS
               SELECT ('x' || substr(md5(item.value->>'name'), 1, 7))::bit(28)::int + 1
                      AS id,
                      item.value->>'name' AS key,
                      COALESCE(item.value->>'string', item.value->>'name') AS name,
                      item.value->>'type' AS kind,
                      (SELECT string_agg(choice.value->>1, E'\\n' ORDER BY choice.place)
                         FROM jsonb_array_elements(
                              CASE item.value->>'type'
                              WHEN 'selection' THEN item.value->'selection'
                              WHEN 'tags' THEN item.value->'tags'
                              ELSE '[]' END
                              ) WITH ORDINALITY AS choice (value, place)
                      ) AS choices,
                      COALESCE((item.value->>'view_in_cards')::bool, FALSE) AS in_cards,
                      item.place::int AS sequence
                 FROM properties_base_definition AS definition
                 JOIN ir_model_fields AS field
                   ON field.id = definition.properties_field_id
           CROSS JOIN jsonb_array_elements(definition.properties_definition)
                      WITH ORDINALITY AS item (value, place)
                WHERE field.model = 'crm.lead' AND field.name = 'properties'""",
                SQL.identifier(self._table),
            )
        )

    # --- The definition -----------------------------------------------------------

    @api.model
    def _get_holder(self):
        """Odoo's record that holds the definition."""
        # sudo: administrators of sales change the fields of prospects, and no others;
        # who may is asked by each method that writes
        holders = self.env["properties.base.definition"].sudo()
        return holders._get_definition_for_property_field("crm.lead", "properties")

    @api.model
    def _read_items(self):
        """The items of the definition, as copies."""
        return [dict(item) for item in self._get_holder().properties_definition or []]

    @api.model
    def _write_items(self, items):
        """Write the definition.

        :raises ValidationError: when two fields have one label
        """
        labels = [(item.get("string") or "").strip().casefold() for item in items]
        if len(set(labels)) < len(labels):
            raise ValidationError(
                self.env._(
                    "Two custom fields have the same label: give each its own, "
                    "since import files refer to it."
                )
            )
        self._get_holder().properties_definition = items
        self.env.flush_all()
        self.invalidate_model()
        self.env["crm.lead"].invalidate_model(["properties"])

    @api.model
    def _choose(self, item, text):
        """Give an item the choices of a text; those there were keep their values.

        A line that has changed is the same choice under another name.
        """
        fname = "tags" if item["type"] == "tags" else "selection"
        labels = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
        former = item.get(fname) or []
        known = {choice[1]: choice for choice in former}
        is_renamed = len(labels) == len(former)
        choices = []
        for place, label in enumerate(labels):
            choice = known.get(label)
            if not choice and is_renamed and former[place][1] not in labels:
                choice = former[place]
            color = [choice[2] if choice else place % 11 + 1] if fname == "tags" else []
            choices.append([choice[0] if choice else uuid4().hex[:16], label, *color])
        item[fname] = choices

    @api.model
    def _change(self, item, vals):
        """Apply values of a row to an item of the definition."""
        if vals.get("name"):
            item["string"] = vals["name"].strip()
        if vals.get("in_cards") is not None:
            item["view_in_cards"] = bool(vals["in_cards"])
        if "choices" in vals and item["type"] in CHOOSING:
            self._choose(item, vals["choices"] or "")
        if item["type"] in CHOOSING and not item.get(
            "tags" if item["type"] == "tags" else "selection"
        ):
            raise ValidationError(
                self.env._(
                    "Give the choices of the field %(field)s, one on each line.",
                    field=item["string"],
                )
            )

    # --- Rows ---------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # pylint: disable=method-required-super
        self.check_access("create")
        items, keys = self._read_items(), []
        for vals in vals_list:
            if not (vals.get("name") or "").strip():
                raise ValidationError(self.env._("A custom field needs a label."))
            kind = vals.get("kind") or "char"
            if kind in ELSEWHERE:
                raise ValidationError(
                    self.env._(
                        "Records, amounts and signatures need more than this page asks"
                        " for: add the field %(field)s in the form of a prospect, by"
                        " Edit Properties in its menu.",
                        field=vals["name"],
                    )
                )
            # Odoo knows formatted texts by their names
            key = uuid4().hex[:16] + "_html" * (kind == "html")
            item = {"name": key, "type": kind, "string": vals["name"]}
            self._change(item, vals)
            items.append(item)
            keys.append(item["name"])
        self._write_items(items)
        made = {row.key: row.id for row in self.search([("key", "in", keys)])}
        return self.browse(made[key] for key in keys)

    def write(self, vals):
        # pylint: disable=method-required-super
        self.check_access("write")
        rows = {row.key: row for row in self}
        items = self._read_items()
        for place, item in enumerate(items, start=1):
            row = rows.get(item["name"])
            item["place"] = place
            if not row:
                continue
            if vals.get("kind", item["type"]) != item["type"]:
                raise UserError(
                    self.env._(
                        "The type of the field %(field)s is fixed, because prospects"
                        " have values of it. Add another field instead.",
                        field=item.get("string"),
                    )
                )
            self._change(item, vals)
            if "sequence" in vals:
                item["place"] = vals["sequence"]
        items.sort(key=lambda item: item["place"])
        for item in items:
            del item["place"]
        self._write_items(items)
        return True

    def unlink(self):
        # pylint: disable=method-required-super
        self.check_access("unlink")
        keys = set(self.mapped("key"))
        self._write_items([it for it in self._read_items() if it["name"] not in keys])
        return True

    @api.model
    def _read_value(self, key, text):
        """A text as a value of a field, or None when it cannot be one."""
        return PropertyReader(self.env, {}).read(key, text)[0]

    @api.model
    def _get_import_targets(self, kinds):
        """[(key, label)] of the fields that a column of a file can fill.

        :param kinds: types that can be read
        """
        # sudo: the labels of fields that everybody sees on the form
        rows = self.sudo().search([("kind", "in", kinds)])
        return [(row.key, row.name) for row in rows]
