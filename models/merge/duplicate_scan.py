from odoo import SUPERUSER_ID, models

PARAMETER = "prospect.duplicate_merge"


class ProspectDuplicateScan(models.Model):
    """What follows a search by schedule: sure duplicates become one [BX-40].

    Only where an administrator has said so in the settings.
    """

    _inherit = "prospect.duplicate.scan"

    def _finish(self):
        more = super()._finish()
        # sudo: the setting is read by the job
        parameters = self.env["ir.config_parameter"].sudo()
        if self.is_scheduled and parameters.get_param(PARAMETER) == "1":
            pairs = self.env["prospect.duplicate.pair"].with_user(SUPERUSER_ID)
            operation = pairs._make_automatic_merge(is_scheduled=True)
            if operation:
                operation.action_run()
        return more
