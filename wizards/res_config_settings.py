from odoo import api, fields, models
from odoo.tools import formatLang

from ..tools.wording import labelled


class ResConfigSettings(models.TransientModel):
    """The way of working is switched from the settings, see ``prospect.mode``."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings"]

    prospect_open_text = fields.Char(
        string="Open Prospects", compute="_compute_prospect_open_text"
    )

    @api.depends("prospect_mode")
    @api.depends_context("uid", "lang")
    def _compute_prospect_open_text(self):
        """How many prospects are open, by company where there are several."""
        counts = self.env["prospect.mode"]._count_open()
        total = formatLang(self.env, sum(count for _company, count in counts), digits=0)
        parts = ", ".join(
            labelled(self.env, company.name or self.env._("no company"), count)
            for company, count in counts
        )
        several = len(counts) > 1
        for settings in self:
            settings.prospect_open_text = f"{total} ({parts})" if several else total

    def action_prospect_view_open(self):
        """Open the prospects that nobody has converted."""
        return self.env["crm.lead"]._prospect_action(
            self.env["prospect.mode"]._get_open_domain(),
            name=self.env._("Open Prospects"),
        )

    def action_prospect_classic(self):
        """Work with prospects again: nothing is lost, and everything is loaded anew."""
        self.env["prospect.mode"]._check_may_switch()
        self.create({"group_use_lead": True}).execute()
        return {"type": "ir.actions.client", "tag": "reload"}
