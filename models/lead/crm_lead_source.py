from datetime import timedelta

from odoo import api, fields, models


class CrmLead(models.Model):
    """What a source says about the prospects that come from it [MO-29].

    Status, lists, tags and team are for new prospects whose values say nothing about
    it, whatever the channel; existing people stay as they are.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_gate_suggest(self, incoming, defaults=None):
        """Give rows of the gate what their source suggests, one query for all.

        :param list incoming: rows that were read, whose company is known
        :param dict defaults: of new prospects
        """
        default = (defaults or {}).get("source_id")
        numbers = {row.values.get("source_id") or default for row in incoming}
        suggestions = self._prospect_read_suggestions(numbers)
        if not suggestions:
            return
        for row in incoming:
            found = suggestions.get(row.values.get("source_id") or default, ())
            row.suggested = {}
            for fname, value, company_id in found:
                if company_id and company_id != row.company:
                    continue
                if isinstance(value, list):
                    value = [*row.suggested.get(fname, ()), *value]
                row.suggested[fname] = value

    @api.model
    def _prospect_read_suggestions(self, source_ids):
        """What sources suggest, see ``utm.source._get_prospect_suggestions``."""
        numbers = [number for number in source_ids if number]
        if not numbers:
            return {}
        # sudo: visitors and the mail gateway read no sources
        sources = self.env["utm.source"].sudo().browse(numbers)
        return sources._get_prospect_suggestions()

    @api.model
    def _prospect_add_suggestions(self, values, company=None):
        """Add to the values of one new prospect what its source suggests.

        For channels that create prospects by Odoo and not through the gate.

        :param dict values: as for ``create``, changed in place
        :param company: of the prospect; else the current one
        """
        source_id = values.get("source_id")
        found = self._prospect_read_suggestions([source_id]).get(source_id, ())
        company_id = values.get("company_id") or (company or self.env.company).id
        for fname, value, owner_id in found:
            if owner_id and owner_id != company_id:
                continue
            if fname == "team_id" and values.get("user_id"):
                continue
            if isinstance(value, list):
                # commands: a channel may have some of its own
                links = [(4, number) for number in value]
                values[fname] = [*(values.get(fname) or ()), *links]
            elif not values.get(fname):
                values[fname] = value

    @api.onchange("source_id")
    def _onchange_prospect_source(self):
        """What the source suggests for a prospect that somebody is typing."""
        for lead in self:
            if lead._origin or not lead.source_id or lead.type != "lead":
                continue
            values = {"source_id": lead.source_id._origin.id}
            self._prospect_add_suggestions(values, lead.company_id)
            default_id = self.env["prospect.status"]._get_default_id()
            is_given = self.env.context.get("default_status_id")
            is_first = lead.status_id.id in (False, default_id)
            if "status_id" in values and is_first and not is_given:
                lead.status_id = values["status_id"]
            if "team_id" in values and not lead.user_id:
                lead.team_id = values["team_id"]
            for fname in ("list_ids", "tag_ids"):
                if fname in values:
                    lead[fname] = values[fname]

    def _prospect_plan_source_activities(self):
        """Plan what the source wants done with those whom nobody has yet.

        Who has somebody gets the activity of the assignment.
        """
        planning = self.env["utm.source"]._get_planning_ids()
        # sudo: what the source says, for channels without rights
        leads = self.sudo().filtered(
            lambda lead: lead.source_id.id in planning and not lead.user_id
        )
        for source, members in leads.grouped("source_id").items():
            members._prospect_plan_activities(
                source.activity_type_id,
                source.activity_delay,
                source.activity_summary,
                # whoever gets the prospect gets this one, and no other beside it
                prospect_automatic=True,
            )

    def _prospect_plan_activities(
        self, activity_type, delay=0, summary=False, **values
    ):
        """Plan an activity for each prospect, all at once: for its salesperson, or for
        whoever takes it.

        :param activity_type: ``mail.activity.type``; empty: nothing is planned
        :param int delay: days until it is due
        :param str summary: else that of the type
        :param values: more values of the activities
        :return: the activities
        """
        # one of several prospects is not announced: it would be a mail each
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=len(self) > 1
        )
        if not activity_type or not self:
            return activities
        due = fields.Date.context_today(self) + timedelta(days=max(0, delay or 0))
        return activities.create(
            [
                {
                    **lead._prospect_prepare_activity(activity_type, due, summary),
                    **values,
                }
                for lead in self
            ]
        )

    def _prospect_prepare_activity(self, activity_type, due, summary=False):
        """Values of an activity of one prospect, for its salesperson.

        :param activity_type: ``mail.activity.type``
        :param date due: its deadline
        :param str summary: else that of the type
        """
        return {
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": self.id,
            "activity_type_id": activity_type.id,
            "summary": summary or activity_type.summary or False,
            "note": activity_type.default_note or False,
            "date_deadline": due,
            "user_id": self.user_id.id,
        }

    # --- Reactions ------------------------------------------------------------------

    def _prospect_on_created(self):
        result = super()._prospect_on_created()
        self._prospect_plan_source_activities()
        return result
