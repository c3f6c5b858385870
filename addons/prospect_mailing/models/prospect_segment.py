from odoo import models

GROUP = "mass_mailing.group_mass_mailing_user"


class ProspectSegment(models.Model):
    """A mailing can be made of a segment [MO-36]."""

    _inherit = "prospect.segment"

    def _get_segment_actions(self):
        actions = super()._get_segment_actions()
        if self.env.user.has_group(GROUP):
            actions.append(
                {
                    "method": "action_mailing",
                    "label": self.env._("Create a mailing"),
                    "icon": "fa-envelope-o",
                }
            )
        return actions

    def action_mailing(self):
        """A new mailing to who is in the segment when it is sent."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create a mailing"),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "default_mailing_domain": repr(list(self._get_domain())),
            },
        }
