from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.prospect.tools.matching import POLICY_CHOICES

from ...tools.addresses import is_web_address
from ...tools.colours import READABLE, clean_colour, contrast

# Fonts that every machine has: nothing is fetched from elsewhere.
FONTS = [
    ("system", "The visitor's own"),
    ("sans", "Without serifs"),
    ("serif", "With serifs"),
    ("round", "Rounded"),
    ("mono", "Typewriter"),
]
COLOURS = ("colour_primary", "colour_background", "colour_text")
# Letters of an address.
LONGEST_SLUG = 60


class ProspectForm(models.Model):
    """A form that anybody can fill in, on a page of its own or in any web site
    [BX-06, IY-04, MO-48 to MO-51].

    Each answer goes through the inbox and the gate: it makes one prospect or updates
    one. What new prospects get is said by the form's source, see
    ``prospect.lead.source.mixin``.
    """

    _name = "prospect.form"
    _inherit = ["prospect.cached.mixin"]
    _description = "Form"
    _order = "sequence, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    slug = fields.Char(
        string="Address",
        copy=False,
        help="The end of the form's web address.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # --- What an answer does
    source_id = fields.Many2one(
        comodel_name="utm.source",
        copy=False,
        index=True,
        domain=[("prospect_channel", "=", "form")],
        ondelete="restrict",
        help="The source of the prospects that the form brings in. Empty: a new one, "
        "named after the form.",
    )
    status_id = fields.Many2one(
        related="source_id.prospect_status_id", readonly=False, string="Status"
    )
    list_ids = fields.Many2many(
        related="source_id.prospect_list_ids",
        # not of lists that are hidden from the person
        related_sudo=False,
        readonly=False,
        string="Lists",
    )
    tag_ids = fields.Many2many(
        related="source_id.prospect_tag_ids", readonly=False, string="Tags"
    )
    team_id = fields.Many2one(
        related="source_id.prospect_team_id", readonly=False, string="Sales Team"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        domain=[("share", "=", False)],
        check_company=True,
        help="Gets all new prospects of the form. Empty: the rotation decides, or they "
        "stay unassigned.",
    )
    policy = fields.Selection(
        selection=POLICY_CHOICES,
        string="Existing Prospects",
        required=True,
        default="fill",
        help="What an answer does with existing prospects. Anybody can type anybody's"
        " address: existing values are safe unless they are to be overwritten.",
    )

    # --- When, for whom
    lang_ids = fields.Many2many(
        comodel_name="res.lang",
        relation="prospect_form_lang_rel",
        column1="form_id",
        column2="lang_id",
        string="Languages",
        help="Offered to visitors. Empty: all that are installed.",
    )
    date_open = fields.Datetime(string="Opens", copy=False)
    date_close = fields.Datetime(string="Closes", copy=False)
    answer_max = fields.Integer(
        string="Maximum Number of Answers",
        help="The form closes after this number. 0: no limit.",
    )
    closed_message = fields.Text(
        translate=True, help="What visitors read while the form is closed."
    )

    # --- How it looks
    colour_primary = fields.Char(string="Colour of Buttons", default="#1f5f8b")
    colour_background = fields.Char(string="Background", default="#ffffff")
    colour_text = fields.Char(string="Colour of Texts", default="#1f2933")
    font = fields.Selection(selection=FONTS, required=True, default="system")
    width = fields.Integer(
        required=True,
        default=640,
        help="Maximum, in pixels. Phones use their full width.",
    )
    intro = fields.Html(
        string="Introduction", translate=True, help="Shown above the questions."
    )
    button_label = fields.Char(
        string="Text of the Button", translate=True, help="Empty: Send."
    )
    thanks = fields.Html(
        string="Thank-you Message", translate=True, help="Shown after an answer."
    )
    thanks_url = fields.Char(
        string="Thank-you Address",
        help="A web page to go to after an answer, instead of the message.",
    )

    # --- What is sent
    mail_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Confirmation",
        domain=[("model", "=", "prospect.form.answer")],
        ondelete="set null",
        help="Sent to the address in the answer.",
    )
    double_opt_in = fields.Boolean(
        string="Confirm the Address",
        help="An answer counts when the visitor has pressed the button of a page whose"
        " link was sent to the address.",
    )
    opt_in_hours = fields.Integer(string="Hours to Confirm", required=True, default=72)

    field_ids = fields.One2many(
        comodel_name="prospect.form.field",
        inverse_name="form_id",
        string="Questions",
        copy=True,
    )
    answer_ids = fields.One2many(
        comodel_name="prospect.form.answer", inverse_name="form_id", string="Answers"
    )

    _slug_unique = models.UniqueIndex(
        "(slug)", "Another form has this address: choose another one."
    )
    _answer_max_positive = models.Constraint(
        "CHECK (answer_max >= 0)", "The number of answers cannot be negative."
    )
    _opt_in_hours_positive = models.Constraint(
        "CHECK (opt_in_hours BETWEEN 1 AND 8760)",
        "The time to confirm is between one hour and a year.",
    )
    _width_sensible = models.Constraint(
        "CHECK (width BETWEEN 280 AND 1600)",
        "The width is between 280 and 1600 pixels.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_close > date_open)", "A form closes after it opens."
    )

    # --- Rows ---------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        slugs = set()
        for vals in vals_list:
            vals["slug"] = self._make_slug(
                vals.get("slug") or vals.get("name"), taken=slugs
            )
            slugs.add(vals["slug"])
            if not vals.get("source_id"):
                vals["source_id"] = self._make_source(vals.get("name")).id
        return super().create(vals_list)

    def write(self, vals):
        if "slug" in vals:
            text = vals["slug"] or self[:1].name
            vals = {**vals, "slug": self._make_slug(text, but=self)}
        if "source_id" in vals and not vals["source_id"]:
            vals = {**vals, "source_id": self._make_source(self[:1].name).id}
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy has a name and, by it, an address and a source of its own."""
        vals_list = super().copy_data(default=default)
        if not (default or {}).get("name"):
            for vals in vals_list:
                vals["name"] = self.env._("%s (copy)", vals["name"])
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default=default)
        for form, copied in zip(self, copies, strict=True):
            form._copy_conditions(copied)
        return copies

    def _copy_conditions(self, copied):
        """Give the fields of a copy the conditions of the originals, which name the
        copied questions and choices.
        """
        former, new = self.field_ids.sorted(), copied.field_ids.sorted()
        twins = dict(zip(former.ids, new.ids, strict=True))
        choices = {}
        for one, other in zip(former, new, strict=True):
            choices.update(zip(one.choice_ids.ids, other.choice_ids.ids, strict=True))
        self.env["prospect.form.condition"].create(
            [
                {
                    "field_id": twins[condition.field_id.id],
                    "question_id": twins[condition.question_id.id],
                    "operator": condition.operator,
                    "choice_ids": [
                        (6, 0, [choices[number] for number in condition.choice_ids.ids])
                    ],
                    "texts": condition.texts,
                }
                for condition in former.condition_ids
            ]
        )

    @api.model
    def _make_source(self, name):
        """A source of a form's own [MO-48, MO-49]: of its name, and new."""
        # Odoo makes the name unique; people read the label
        return self.env["utm.source"].create(
            {"name": name, "prospect_label": name, "prospect_channel": "form"}
        )

    @api.model
    def _make_slug(self, text, but=None, taken=()):
        """An address that no other form has, readable, made from a text.

        :param but: forms whose address may be the same
        :param taken: more addresses that are not free
        """
        slugify = self.env["ir.http"]._slugify
        # French joins words by apostrophes
        words = (
            (text or "")
            .replace("'", " ")
            .replace("\N{RIGHT SINGLE QUOTATION MARK}", " ")
        )
        base = slugify(words, max_length=LONGEST_SLUG) or "form"
        # sudo: forms of other companies have addresses of the same site
        forms = self.sudo().with_context(active_test=False)
        known = forms.search([("slug", "=like", f"{base}%")]) - (but or forms.browse())
        taken = {*taken, *known.mapped("slug")}
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug

    # --- Checks -------------------------------------------------------------------

    @api.constrains(*COLOURS)
    def _check_colours(self):
        """Refuse what cannot be read, WCAG 2 AA."""
        for form in self:
            for fname in COLOURS:
                if form[fname] and form[fname] != clean_colour(form[fname]):
                    raise ValidationError(
                        self.env._(
                            "%(colour)s is not a colour: write it like #1f5f8b.",
                            colour=form[fname],
                        )
                    )
            background = form.colour_background or "#ffffff"
            for fname in ("colour_text", "colour_primary"):
                found = form[fname] and contrast(form[fname], background)
                if found and found < READABLE:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot be read on this background: their"
                            " contrast is %(found).1f, and has to be %(least)s at"
                            " least. Choose a darker or a lighter one.",
                            field=form._fields[fname]._description_string(self.env),
                            found=found,
                            least=READABLE,
                        )
                    )

    @api.constrains("thanks_url")
    def _check_thanks_url(self):
        for form in self:
            if form.thanks_url and not is_web_address(form.thanks_url):
                raise ValidationError(
                    self.env._(
                        "%(address)s is not a web address: it has to begin with https://.",
                        address=form.thanks_url,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """A form that was answered is archived: its answers stay."""
        if self.env["prospect.form.answer"].search_count(
            [("form_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "This form has answers, which would be lost: archive it instead."
                )
            )
