from odoo import models

from odoo.addons.prospect.tools.trusted import trusted


class CrmLead(models.Model):
    """A lead that a form of the website brings in."""

    _inherit = "crm.lead"

    def website_form_input_filter(self, request, values):
        """A form of the website brings in a prospect [BX-06].

        Odoo asks whether the *visitor* works with leads, who never does, and
        makes an opportunity of every form without a team. A team that was told to work
        without leads still gets opportunities.
        """
        owner = values.get("user_id") or request.website.crm_default_user_id.id
        values = super().website_form_input_filter(request, values)
        if self._prospect_get_simple_targets() or (
            not values.get("team_id") and self._prospect_uses_leads()
        ):
            # without leads it is converted as soon as it is there
            values["type"] = "lead"
        if values.get("type") == "lead" and not values.get("source_id"):
            # sudo: the visitor's campaign cookie may name a source that is new
            source_id = self.sudo().default_get(["source_id"]).get("source_id")
            values["source_id"] = (
                source_id or self.env.ref("prospect.utm_source_form").id
            )
        if values.get("type") == "lead":
            self._prospect_add_suggestions(values)
        if not owner and values.get("type") == "lead":
            # Odoo gives all forms to the leader of the team, unless its own
            # assignment is on: a rotation comes before that
            route = self.env["prospect.rotation"]._find_route(
                values.get("team_id"), values.get("source_id")
            )
            if route:
                values["user_id"] = False
        request.update_context(**trusted(prospect_cause="form"))
        return values
