from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# Fields of this type take a value of any other as text.
TEXTS = ("char", "text")
# Fields of these types go nowhere.
UNFIT = ("binary", "many2one_reference", "one2many", "properties")


class ProspectConversionField(models.Model):
    """Which field of a prospect fills which field of a contact at conversion [BX-29].

    Fields that an administrator has added to both under the same name go over by
    themselves. Everything stays on the opportunity, which is the same record.
    """

    _name = "prospect.conversion.field"
    _inherit = ["prospect.cached.mixin"]
    _description = "Field Carried over at Conversion"
    _order = "sequence, id"
    _rec_name = "target_field_id"
    _prospect_cache = "stable"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source_field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        string="Field of the Prospect",
        domain=[
            ("model", "=", "crm.lead"),
            ("ttype", "not in", ("one2many", "binary", "properties")),
        ],
        ondelete="cascade",
        index="btree_not_null",
    )
    property_label = fields.Char(
        string="Property",
        help="Instead of a field: the label of a property of the sales teams, as the"
        " form of the prospect shows it.",
    )
    target = fields.Selection(
        selection=[
            ("contact", "Contact"),
            ("company", "Company"),
            ("both", "Contact and company"),
        ],
        string="Into the",
        required=True,
        default="contact",
    )
    target_field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        string="Field of the Contact",
        required=True,
        domain=[
            ("model", "=", "res.partner"),
            ("store", "=", True),
            ("readonly", "=", False),
            ("ttype", "not in", ("one2many", "binary")),
        ],
        ondelete="cascade",
        index=True,
    )

    @api.constrains("source_field_id", "property_label", "target_field_id")
    def _check_fields(self):
        # sudo: administrators of sales may not read all about fields
        for row in self.sudo():
            source, target = row.source_field_id, row.target_field_id
            if bool(source) == bool(row.property_label):
                raise ValidationError(
                    self.env._("Choose a field of the prospect or name a property.")
                )
            if (
                target.model != "res.partner"
                or (source and source.model != "crm.lead")
                or target.name in ("id", "name", "parent_id", "is_company")
                or target.ttype in UNFIT
                or not target.store
                or target.readonly
            ):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be filled from a prospect.",
                        field=target.field_description,
                    )
                )
            if source and (
                source.ttype in UNFIT or not self._is_compatible(source, target)
            ):
                raise ValidationError(
                    self.env._(
                        "“%(origin)s” does not fit into “%(target)s”: choose fields of"
                        " the same type, or a text to fill.",
                        origin=source.field_description,
                        target=target.field_description,
                    )
                )

    @api.model
    def _is_compatible(self, source, target):
        """Whether a value of one field can be written into another one."""
        if target.ttype in TEXTS:
            return True
        return source.ttype == target.ttype and source.relation == target.relation

    @api.model
    def _carry(self, lead, target):
        """Values of ``res.partner`` that come from fields of a prospect.

        :param lead: one prospect
        :param str target: ``contact`` or ``company``
        :return: dict of values, without empty ones
        """
        values = {}
        properties = None
        same = [(name, "", name) for name in self._get_same_fields()]
        for source, label, name in [*same, *self._get_rules(target)]:
            if not self._may_carry(lead, source, name):
                continue
            if source:
                value = self._convert(lead[source], lead._fields[source], name)
            else:
                if properties is None:
                    properties = self._read_properties(lead)
                value = self._convert_property(properties.get(label), name)
            if value not in (None, False, ""):
                values[name] = value
        return {name: value for name, value in values.items() if value}

    @api.model
    @tools.ormcache("target", cache="stable")
    def _get_rules(self, target):
        """The rules of the administrator, read once for all prospects.

        :return: tuple of (field of prospects, or empty; label of a property; field of
            contacts)
        """
        # sudo: everybody converts by the rules of the administrator
        return tuple(
            (
                row.source_field_id.name or "",
                (row.property_label or "").strip().casefold(),
                row.target_field_id.name,
            )
            for row in self.sudo().search([("target", "in", (target, "both"))])
        )

    @api.model
    def _may_carry(self, lead, source, name):
        """Whether both fields are there, and for the eyes of the person.

        :param str source: field of prospects, or empty for a property
        :param str name: field of contacts
        """
        source = source or "lead_properties"
        partners = self.env["res.partner"]
        return (
            source in lead._fields
            and name in partners._fields
            and lead._has_field_access(lead._fields[source], "read")
            and partners._has_field_access(partners._fields[name], "write")
        )

    @api.model
    def _get_same_fields(self):
        """Names of fields that administrators have added to both alike."""
        partners = self.env["res.partner"]._fields
        return [
            name
            for name, field in self.env["crm.lead"]._fields.items()
            if field.manual
            and field.store
            and name in partners
            and partners[name].manual
            and partners[name].type == field.type
            and partners[name].comodel_name == field.comodel_name
            and field.type not in UNFIT
            and not partners[name].compute
        ]

    @api.model
    def _convert(self, value, field, name):
        """A value of a prospect as a contact's field takes it."""
        target = self.env["res.partner"]._fields[name]
        if target.type in TEXTS and field.type not in TEXTS:
            if isinstance(value, models.BaseModel):
                # sudo: the names alone, of what the prospect names
                return ", ".join(value.sudo().mapped("display_name"))
            if field.type == "selection":
                labels = dict(field._description_selection(self.env))
                return labels.get(value) or False
            return str(value) if value else False
        if target.type == "selection":
            # the same name does not make the same choices
            return value if value in target.get_values(self.env) else False
        if isinstance(value, models.BaseModel):
            return self._carry_records(value, field)
        return value

    @api.model
    def _carry_records(self, records, field):
        """What a relation of a prospect names, for one of the same kind."""
        if not records:
            return False
        if field.type == "reference":
            return f"{records._name},{records.id}"
        if field.type == "many2many":
            return [(6, 0, records.ids)]
        return records.id

    @api.model
    def _read_properties(self, lead):
        """{label in lower case: property, as ``read`` gives it} of a prospect.

        Those of its team before the custom fields of all prospects.
        """
        (values,) = lead.read(["lead_properties", "properties"])
        return {
            (item.get("string") or "").casefold(): item
            for fname in ("properties", "lead_properties")
            for item in values[fname] or []
        }

    @api.model
    def _convert_property(self, item, name):
        """The value of a property as a contact's field takes it, or False."""
        value = (item or {}).get("value")
        if not value:
            return False
        target = self.env["res.partner"]._fields[name]
        kind = item["type"]
        if kind == "selection":
            value = dict(item["selection"]).get(value, value)
        elif kind == "tags":
            labels = {tag[0]: tag[1] for tag in item.get("tags") or []}
            value = ", ".join(labels.get(tag, tag) for tag in value)
        elif kind == "many2one":
            if target.type == "many2one" and target.comodel_name == item["comodel"]:
                return value[0]
            value = value[1]
        elif kind == "many2many":
            value = ", ".join(label for _number, label in value)
        if target.type in TEXTS:
            return str(value)
        return value if target.type == kind else False
