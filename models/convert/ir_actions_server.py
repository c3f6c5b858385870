from odoo import api, fields, models


class IrActionsServer(models.Model):
    """Convert prospects by an automation rule or an action of one's own [BX-30]."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("prospect_convert", "Convert the Prospect"), ("followers",)],
        ondelete={"prospect_convert": "cascade"},
    )
    prospect_make_contact = fields.Boolean(string="Create a Contact", default=True)
    prospect_make_company = fields.Boolean(string="Create a Company", default=True)
    prospect_make_opportunity = fields.Boolean(
        string="Create an Opportunity", default=True
    )

    @api.depends("state")
    def _compute_available_model_ids(self):
        converting = self.filtered(lambda action: action.state == "prospect_convert")
        if converting:
            converting.available_model_ids = self.env["ir.model"]._get("crm.lead")
        return super(IrActionsServer, self - converting)._compute_available_model_ids()

    def _generate_action_name(self):
        if self.state == "prospect_convert":
            return self.env._("Convert the prospect")
        return super()._generate_action_name()

    @api.model
    def _warning_depends(self):
        return [
            *super()._warning_depends(),
            *(
                "prospect_make_contact",
                "prospect_make_company",
                "prospect_make_opportunity",
            ),
        ]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "prospect_convert" and not self._get_prospect_targets():
            warnings.append(
                self.env._(
                    "Choose what to create: a contact, a company, an opportunity."
                )
            )
        return warnings

    def _get_prospect_targets(self):
        """What the action makes of prospects: names of targets."""
        return [
            target
            for target in ("contact", "company", "opportunity")
            if self[f"prospect_make_{target}"]
        ]

    def _run_action_prospect_convert_multi(self, eval_context=None):
        """Convert the open prospects among the records; others are left alone.

        A rule of the administrator converts, not the person who happened to start it:
        whoever moves a card needs no right to convert.
        """
        records = eval_context.get("records") or eval_context.get("record")
        if not records or self._is_recompute():
            return False
        leads = records.filtered(
            lambda lead: lead.type == "lead" and lead.status_kind in ("new", "open")
        )
        leads._prospect_convert_to(self._get_prospect_targets())
        return False
