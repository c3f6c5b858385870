from odoo import api, models

from ...tools.names import complete_names, join_name


class CrmLead(models.Model):
    """How the three names of a person and the title of a prospect stay in step."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_complete_names(self, vals, first_name=False, last_name=False):
        """Bring the three names of ``vals`` in step; the contact name wins.

        :param dict vals: values of one lead, changed in place
        :param first_name, last_name: what the lead has, for those not in ``vals``
        """
        first_name = vals.get("first_name", first_name)
        last_name = vals.get("last_name", last_name)
        contact_name = vals.get("contact_name")
        if contact_name:
            if join_name(first_name, last_name) != contact_name:
                first_name, last_name = complete_names(
                    contact_name, vals.get("first_name"), vals.get("last_name")
                )
        else:
            vals["contact_name"] = join_name(first_name, last_name) or False
        vals["first_name"] = first_name or False
        vals["last_name"] = last_name or False

    def _prospect_write_names(self, vals):
        """Write a first or last name, in one write for each other name there is."""
        groups = self.grouped(
            lambda lead: tuple(
                False if fname in vals else lead[fname]
                for fname in ("first_name", "last_name")
            )
        )
        for (first_name, last_name), leads in groups.items():
            values = dict(vals)
            self._prospect_complete_names(values, first_name, last_name)
            leads.write(values)
        return True

    @api.model
    def _prospect_get_title(self, values):
        """What a prospect is called when nobody gave it a title.

        :param values: a lead, or the values of one
        """
        for fname in ("contact_name", "partner_name", "email_from", "phone"):
            value = values.get(fname) if isinstance(values, dict) else values[fname]
            if value:
                return value
        return ""

    def _prospect_get_own_titles(self, vals):
        """Prospects whose title is their name, when ``vals`` may change that."""
        if "name" in vals or not {
            "contact_name",
            "partner_id",
            "partner_name",
            "email_from",
            "phone",
        } & set(vals):
            return self.browse()
        return self.filtered(
            lambda lead: (
                lead.status_id and lead.name in (self._prospect_get_title(lead), False)
            )
        )

    def _prospect_update_titles(self):
        """Let the titles follow the new names."""
        groups = self.grouped(self._prospect_get_title)
        for title, group in groups.items():
            stale = group.filtered(lambda lead, title=title: lead.name != title)
            if title and stale:
                stale.name = title
