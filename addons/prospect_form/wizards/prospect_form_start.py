from odoo import api, fields, models


class ProspectFormStart(models.TransientModel):
    """Begin a form with a template [IY-04]."""

    _name = "prospect.form.start"
    _description = "New Form"

    template = fields.Selection(
        selection="_select_templates",
        string="Begin With",
        required=True,
        default="contact",
    )
    description = fields.Text(compute="_compute_description")
    name = fields.Char(help="Empty: the name of the template.")

    @api.model
    def _select_templates(self):
        templates = self.env["prospect.form"]._get_templates()
        return [(name, template["name"]) for name, template in templates.items()]

    @api.depends("template")
    def _compute_description(self):
        """What a template asks for, in a line."""
        templates = self.env["prospect.form"]._get_templates()
        for wizard in self:
            questions = templates.get(wizard.template, {}).get("questions", ())
            wizard.description = " · ".join(
                question["label"]
                for question in questions
                if question.get("target") != "section"
            )

    def action_make(self):
        """Make the form and open it."""
        self.ensure_one()
        values = {"name": self.name} if self.name else {}
        form = self.env["prospect.form"]._make_from_template(self.template, values)
        return form.get_formview_action()
