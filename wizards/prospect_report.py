from odoo import models


class ProspectReport(models.Model):
    """A report is asked for again from its page."""

    _name = "prospect.report"
    _inherit = ["prospect.report"]

    def action_again(self):
        """Ask for the same again, perhaps with other columns."""
        self.ensure_one()
        self.check_access("read")
        return self.env["prospect.report.ask"]._open(
            self.selection,
            name=self.name,
            columns=self.columns,
            file_format=self.file_format,
            lang=self.lang,
        )
