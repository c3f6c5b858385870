from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.duplicates import Rule, make_rules

KINDS = [
    ("email", "Same e-mail address"),
    ("mailbox", "Same mailbox, written differently"),
    ("phone", "Same phone number"),
    ("name_company", "Similar name, same company"),
    ("name_domain", "Similar name, same e-mail domain"),
    ("name_street", "Similar name, same address"),
    ("name_zip", "Similar name, same postcode"),
    ("name", "Similar name, on top of another reason"),
    ("company", "Similar company, no person named"),
    ("different", "Different people"),
]


class ProspectDuplicateRule(models.Model):
    """What makes two records look like one person, and how much it counts [BX-39].

    A pair has the points of all the rules that apply, at most 100; of the rules about a
    name at a place, only the strongest applies. *Different people* speaks against: its
    points are below zero, and are taken off in the end.
    """

    _name = "prospect.duplicate.rule"
    _description = "Rule for Duplicates"
    _order = "sequence, id"
    _rec_name = "kind"

    kind = fields.Selection(selection=KINDS, string="What counts", required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Integer(
        string="Points",
        required=True,
        help="From 0 to 100; evidence against a duplicate, from -100 to 0.",
    )
    minimum = fields.Integer(
        string="Similarity From",
        required=True,
        default=80,
        help="In percent: how similar names or companies must be to count.",
    )
    skip_shared = fields.Boolean(
        string="Ignore Shared Mailboxes",
        default=True,
        help="Addresses that several people read, such as info@ or contact@, do not"
        " count.",
    )
    skip_free = fields.Boolean(
        string="Ignore Free Providers",
        default=True,
        help="Public e-mail providers, such as gmail.com, do not identify a company.",
    )
    help_text = fields.Char(string="Meaning", compute="_compute_help_text")

    _kind_unique = models.UniqueIndex("(kind)", "There is already a rule for this.")

    @api.depends("kind")
    def _compute_help_text(self):
        texts = self._get_help_texts()
        for rule in self:
            rule.help_text = texts.get(rule.kind)

    @api.model
    def _get_help_texts(self):
        """{kind: a sentence}, in the person's language."""
        return {
            "email": self.env._("The same address, whatever its case."),
            "mailbox": self.env._(
                "Without what follows a +, and without dots where the provider ignores"
                " them."
            ),
            "phone": self.env._("The same number, however it was typed."),
            "name_company": self.env._(
                "Regardless of accents, typos, swapped names, initials and legal forms."
            ),
            "name_domain": self.env._("Colleagues have a different name."),
            "name_street": self.env._(
                "House number and street, in either line, in one town, regardless of"
                " abbreviations and typos. Another first name is another person."
            ),
            "name_zip": self.env._("Weak in large towns: people have namesakes."),
            "name": self.env._("Confirms the same address or number."),
            "company": self.env._("For records that name no person."),
            "different": self.env._(
                "Two clearly different names: a family, colleagues, somebody's"
                " successor."
            ),
        }

    @api.constrains("kind", "weight", "minimum")
    def _check_weight(self):
        for rule in self:
            low, high = (-100, 0) if rule.kind == "different" else (0, 100)
            if not low <= rule.weight <= high:
                raise ValidationError(
                    self.env._(
                        "The points of “%(rule)s” go from %(low)s to %(high)s.",
                        rule=dict(
                            self._fields["kind"]._description_selection(self.env)
                        )[rule.kind],
                        low=low,
                        high=high,
                    )
                )
            if not 60 <= rule.minimum <= 100:
                raise ValidationError(
                    self.env._("Similarity goes from 60 to 100 percent.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_outdates(self):
        """What a rule has found is outdated without it: the next search sees that the
        rules were changed.
        """
        others = self.with_context(active_test=False).search(
            [("id", "not in", self.ids)]
        )
        if others:
            others[0].sequence = others[0].sequence

    @api.model
    def _get_rules(self):
        """The rules in force, as :func:`~..tools.duplicates.score` takes them."""
        # sudo: the rules are the same whoever looks for duplicates
        return make_rules(
            Rule(
                rule.id,
                rule.kind,
                rule.weight,
                rule.skip_shared,
                rule.skip_free,
                rule.minimum,
            )
            for rule in self.sudo().search([])
        )

    @api.model
    def _get_last_change(self):
        """When the rules were changed last; what was found before it is outdated."""
        # sudo: as above
        rules = self.sudo().with_context(active_test=False)
        return rules.search([], order="write_date desc", limit=1).write_date
