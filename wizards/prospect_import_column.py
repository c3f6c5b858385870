from odoo import api, fields, models

from ..tools.columns import OPTED_OUT, TARGETS
from ..tools.properties import CUSTOM, PROPERTY, READ_PROPERTIES


class ProspectImportColumn(models.TransientModel):
    """One column of a file, and the field that it goes to."""

    _name = "prospect.import.column"
    _description = "Column of an Import"
    _order = "position"

    import_id = fields.Many2one(
        comodel_name="prospect.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(readonly=True, aggregator=None)
    header = fields.Char(string="Column of the File", readonly=True)
    samples = fields.Char(string="First Values", readonly=True)
    target = fields.Selection(
        selection="_get_targets",
        string="Goes To",
        help="The field of the prospect that takes these values. Empty: the column is"
        " left out.",
    )
    why = fields.Selection(
        selection=[
            ("saved", "As you chose before"),
            ("technical", "By its name"),
            ("label", "By its name"),
            ("header", "By its name"),
            ("content", "By its content"),
            ("manual", "Chosen by you"),
        ],
        string="Found",
        readonly=True,
    )

    @api.model
    def _get_targets(self):
        """The fields of a prospect, in the person's language, and the notes."""
        leads = self.env["crm.lead"]
        names = [name for name in TARGETS if name in leads._fields or name == "id"]
        labels = {
            "id": self.env._("Number of the Prospect"),
            "description": self.env._("Notes"),
            "name": self.env._("Opportunity Name"),
            "user_id": self.env._("Salesperson"),
        }
        targets = [
            (
                name,
                labels.get(name) or leads._fields[name]._description_string(self.env),
            )
            for name in names
        ]
        return [
            *targets,
            (OPTED_OUT, self.env._("Opted Out")),
            *self._get_property_targets(),
            ("note", self.env._("Notes, after the name of the column")),
        ]

    @api.model
    def _get_property_targets(self):
        """The custom fields of all prospects, and the properties of teams."""
        custom = [
            (f"{CUSTOM}{key}", label)
            for key, label in self.env["prospect.property"]._get_import_targets(
                READ_PROPERTIES
            )
        ]
        teams = self.env["crm.team"]
        if not teams.has_access("read"):
            return custom
        return [
            *custom,
            *(
                (
                    f"{PROPERTY}{definition['name']}",
                    self.env._(
                        "Property of %(team)s: %(property)s",
                        team=team.name,
                        property=definition.get("string") or definition["name"],
                    ),
                )
                for team in teams.search([])
                for definition in team.lead_properties_definition or []
                if definition["type"] in READ_PROPERTIES
            ),
        ]

    @api.onchange("target")
    def _onchange_target(self):
        self.why = "manual"

    def write(self, vals):
        if "target" in vals and "why" not in vals:
            vals = {**vals, "why": "manual"}
        return super().write(vals)
