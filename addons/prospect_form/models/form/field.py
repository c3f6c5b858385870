from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.keys import make_key

# Fields of prospects that a stranger may fill in: an explicit list. Owner, team,
# status, lists, tags and source are for the form to say. [IY-05]
FILLABLE = {
    "title_id": ("dropdown", "single"),
    "first_name": ("char",),
    "last_name": ("char",),
    "contact_name": ("char",),
    "partner_name": ("char",),
    "function": ("char", "dropdown", "single"),
    "email_from": ("email",),
    "phone": ("phone",),
    "assistant_email": ("email",),
    "website": ("char",),
    "street": ("char",),
    "street2": ("char",),
    "zip": ("char",),
    "city": ("char",),
    "country_id": ("dropdown",),
    "lang_id": ("dropdown", "single"),
    "name": ("char", "dropdown", "single", "hidden"),
    "description": ("text", "char"),
}
TYPES = [
    ("char", "Short text"),
    ("text", "Long text"),
    ("single", "Single choice"),
    ("multiple", "Multiple choice"),
    ("dropdown", "Drop-down list"),
    ("integer", "Number"),
    ("float", "Decimal number"),
    ("date", "Date"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("boolean", "Yes or no"),
    ("consent", "Consent"),
    ("hidden", "Hidden value"),
    ("file", "File"),
    ("section", "Section"),
]
# Types whose answers are choices.
CHOOSING = ("single", "multiple", "dropdown")
# Relations of prospects that are asked for: the model, and what its records are called.
CHOICES_OF = {
    "title_id": ("prospect.title", "id"),
    "country_id": ("res.country", "code"),
    "lang_id": ("res.lang", "iso_code"),
}
# Types of custom fields of prospects, and the types of questions that fill them.
PROPERTY_TYPES = {
    "char": ("char", "single", "dropdown", "hidden"),
    "text": ("text", "char"),
    "integer": ("integer",),
    "float": ("float", "integer"),
    "boolean": ("boolean",),
    "date": ("date",),
    "selection": ("dropdown", "single"),
    "tags": ("multiple",),
}
# Kinds of files that a form can ask for, and what they are by their contents.
FILE_KINDS = [
    ("image", "Pictures (JPEG, PNG)"),
    ("pdf", "PDF"),
    ("office", "Documents (Word, Excel, OpenDocument)"),
    ("all", "All of these"),
]


class ProspectFormField(models.Model):
    """A question of a form, or the title of a section of it [IY-05 to IY-09].

    Its answer goes into a field of the prospect, into a custom one, or is kept as it
    is. One that is hidden by its conditions is neither required nor kept.
    """

    _name = "prospect.form.field"
    _inherit = ["prospect.cached.mixin"]
    _description = "Question of a Form"
    _order = "form_id, sequence, id"
    _rec_name = "label"

    form_id = fields.Many2one(
        comodel_name="prospect.form", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="form_id.company_id")
    sequence = fields.Integer(default=10)
    target = fields.Selection(
        selection=[
            ("field", "A field of the prospect"),
            ("property", "A custom field"),
            ("question", "A free question"),
            ("section", "The title of a section"),
        ],
        string="Answer Goes Into",
        required=True,
        default="question",
    )
    fname = fields.Selection(
        selection="_select_fnames",
        string="Field",
        help="Of the prospect: the answer is written there.",
    )
    property_id = fields.Many2one(
        comodel_name="prospect.property",
        string="Custom Field",
        domain=[("kind", "in", list(PROPERTY_TYPES))],
        help="Of all prospects: the answer is written there.",
    )
    key = fields.Char(
        readonly=True,
        help="Name of the question in prefilled addresses and for other programs.",
    )
    type = fields.Selection(selection=TYPES, required=True, default="char")
    label = fields.Char(required=True, translate=True)
    help = fields.Char(translate=True, help="Shown below the question.")
    placeholder = fields.Char(
        translate=True, help="Shown in the empty field. It never replaces the label."
    )
    required = fields.Boolean()
    width = fields.Selection(
        selection=[("full", "Whole line"), ("half", "Half a line")],
        required=True,
        default="full",
    )
    default_value = fields.Char(
        help="In the field when the page opens; for a choice, its label or its value."
    )
    choice_ids = fields.One2many(
        comodel_name="prospect.form.choice",
        inverse_name="field_id",
        string="Choices",
        copy=True,
    )
    # consent
    purpose = fields.Char(
        help="What the visitor agrees to, for the register: newsletter, for example."
    )
    consent_text = fields.Html(
        translate=True,
        help="What the visitor agrees to, word for word. Empty: the label.",
    )
    # files
    file_kind = fields.Selection(
        selection=FILE_KINDS, string="Files", required=True, default="pdf"
    )
    file_size = fields.Integer(
        string="Largest File", required=True, default=5, help="In megabytes."
    )
    # conditions
    condition_mode = fields.Selection(
        selection=[("all", "All conditions are met"), ("any", "One condition is met")],
        string="Shown When",
        required=True,
        default="all",
    )
    condition_ids = fields.One2many(
        comodel_name="prospect.form.condition",
        inverse_name="field_id",
        string="Conditions",
        copy=False,
        help="Without any, it is always shown.",
    )

    _key_unique = models.UniqueIndex("(form_id, key)")
    _file_size_sensible = models.Constraint(
        "CHECK (file_size BETWEEN 1 AND 25)", "Files may have 1 to 25 megabytes."
    )

    @api.model
    def _select_fnames(self):
        leads = self.env["crm.lead"]._fields
        return [
            (fname, leads[fname]._description_string(self.env)) for fname in FILLABLE
        ]

    @api.onchange("target", "fname", "property_id")
    def _onchange_target(self):
        """What a field of prospects is called, and how it is asked for."""
        for field in self:
            if field.target == "section":
                field.type = "section"
            elif field.type == "section":
                field.type = "char"
            possible = field._get_possible_types()
            if possible and field.type not in possible:
                field.type = possible[0]
            if field.target == "field" and field.fname and not field.label:
                field.label = dict(self._select_fnames())[field.fname]
            elif field.target == "property" and field.property_id and not field.label:
                field.label = field.property_id.name

    def _get_possible_types(self):
        """The types that the answer's place can take; empty: all of them."""
        self.ensure_one()
        if self.target == "field":
            return FILLABLE.get(self.fname, ())
        if self.target == "property":
            # sudo: what kind a custom field is of, which everybody sees
            return PROPERTY_TYPES.get(self.property_id.sudo().kind, ())
        if self.target == "section":
            return ("section",)
        return tuple(kind for kind, _label in TYPES if kind != "section")

    # --- For pages ----------------------------------------------------------------

    def _is_required(self):
        """Whether an answer is needed: who has to confirm an address has to give it."""
        if self.type in ("section", "hidden"):
            return False
        return self.required or (
            self.form_id.double_opt_in and self.fname == "email_from"
        )

    def _get_choices(self, items):
        """What is offered: [{"key", "label", "id", "value"}].

        ``id`` is of the form's own choice, ``value`` what the prospect's field gets.

        :param dict items: definitions of custom fields, by name
        """
        if self.type not in CHOOSING:
            return []
        if self.target == "field" and self.fname in CHOICES_OF:
            return self._get_record_choices()
        if self.target == "property":
            item = items.get(self.property_id.key) or {}
            options = item.get("selection") or item.get("tags") or []
            if options:
                return [
                    {"key": option[0], "label": option[1], "id": 0, "value": option[0]}
                    for option in options
                ]
        return [
            {
                "key": choice.key,
                "label": choice.name or "",
                "id": choice.id,
                "value": choice.name or "",
            }
            for choice in self.choice_ids.sorted()
        ]

    def _get_record_choices(self):
        """The records that a relation of prospects can be, as choices."""
        model, key = CHOICES_OF[self.fname]
        # pylint: disable=no-search-all
        records = self.env[model].with_context(active_test=True).search([])
        if self.fname == "country_id":
            # in the order of their names in the visitor's language
            records = records.sorted("name")
        return [
            {
                "key": str(record[key]),
                "label": record.name or "",
                "id": 0,
                "value": record.id,
            }
            for record in records
            if record[key]
        ]

    # --- Rows ---------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        taken = self._get_keys({vals.get("form_id") for vals in vals_list})
        for vals in vals_list:
            keys = taken.setdefault(vals.get("form_id"), set())
            vals["key"] = make_key(vals.get("key") or vals.get("label"), keys)
            keys.add(vals["key"])
            if vals.get("target") == "section":
                vals["type"] = "section"
        return super().create(vals_list)

    def write(self, vals):
        # the key is what answers are known by: it stays
        vals = {fname: value for fname, value in vals.items() if fname != "key"}
        if vals.get("target") == "section":
            vals["type"] = "section"
        return super().write(vals)

    @api.model
    def _get_keys(self, form_ids):
        """{form id: the keys of its questions}."""
        # sudo: names that must not be taken twice
        fields_ = self.sudo().search([("form_id", "in", [n for n in form_ids if n])])
        return {
            form.id: set(members.mapped("key"))
            for form, members in fields_.grouped("form_id").items()
        }

    # --- Checks -------------------------------------------------------------------

    @api.constrains("target", "fname", "property_id", "type")
    def _check_target(self):
        for field in self:
            if field.target == "field" and field.fname not in FILLABLE:
                raise ValidationError(
                    self.env._(
                        "Choose the field of the prospect that “%(label)s” fills in.",
                        label=field.label,
                    )
                )
            if field.target == "property" and not field.property_id:
                raise ValidationError(
                    self.env._(
                        "Choose the custom field that “%(label)s” fills in.",
                        label=field.label,
                    )
                )
            possible = field._get_possible_types()
            if field.type not in possible:
                types = dict(self._fields["type"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "“%(label)s” cannot be of the type %(type)s. Possible:"
                        " %(possible)s.",
                        label=field.label,
                        type=types[field.type],
                        possible=", ".join(types[kind] for kind in possible),
                    )
                )

    @api.constrains("form_id", "target", "fname", "property_id")
    def _check_asked_once(self):
        """A field of the prospect is asked for once in a form."""
        for form in self.form_id:
            seen = set()
            for field in form.field_ids:
                place = (
                    (field.target == "field" and field.fname)
                    or (field.target == "property" and field.property_id.id)
                    or None
                )
                if place and place in seen:
                    raise ValidationError(
                        self.env._(
                            "“%(label)s” fills in what another question of the form"
                            " fills in already. Remove one of them.",
                            label=field.label,
                        )
                    )
                seen.add(place)
