from odoo import models


class BaseAutomation(models.Model):
    """The host's automation rules, which an import does not start by itself."""

    _inherit = "base.automation"

    def _get_actions(self, records, triggers):
        """No rule for prospects that are written without automation [BX-52].

        The gate says so by the context key ``prospect_no_automation``.
        """
        automations = super()._get_actions(records, triggers)
        if records._name == "crm.lead" and self.env.context.get(
            "prospect_no_automation"
        ):
            return automations.browse()
        return automations
