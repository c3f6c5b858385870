from odoo import models

from odoo.addons.prospect.tools.trusted import read_trusted


class BaseAutomation(models.Model):
    """Odoo's automation rules, which an import does not start by itself."""

    _inherit = "base.automation"

    def _get_actions(self, records, triggers):
        """No rule for prospects that are written without automation [BX-52].

        The gate says so by the context key ``prospect_no_automation``, which no client
        can send.
        """
        automations = super()._get_actions(records, triggers)
        if records._name == "crm.lead" and read_trusted(
            self.env.context, "prospect_no_automation"
        ):
            return automations.browse()
        return automations
