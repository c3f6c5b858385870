from odoo import models
from odoo.tools import SQL
from odoo.tools.mail import email_normalize


class PrivacyLookupWizard(models.TransientModel):
    """Odoo's privacy lookup finds what is ours as well."""

    _name = "privacy.lookup.wizard"
    _inherit = ["privacy.lookup.wizard"]

    def _get_query_models_blacklist(self):
        # found by all that they say, and not by some of their columns
        ours = [
            source.model
            for source in self.env["prospect.person"]._get_sources()
            if self.env[source.model]._original_module.startswith("prospect")
        ]
        return [*super()._get_query_models_blacklist(), *ours]

    def _get_query(self):
        query = super()._get_query()
        for model, ids in self._find_prospect_rows().items():
            query = SQL(
                """%s
                   UNION ALL
                   SELECT %s AS res_model_id, number AS res_id, TRUE AS is_active
                     FROM unnest(%s::int[]) AS number""",
                query,
                self.env["ir.model"]._get_id(model),
                ids,
            )
        return SQL(
            """SELECT res_model_id, res_id, bool_and(is_active) AS is_active
                 FROM (%s) AS found
             GROUP BY res_model_id, res_id
             ORDER BY res_model_id, res_id""",
            query,
        )

    def _collect_prospect_person(self):
        """What the person of the lookup is known by, in all companies.

        The address, its prospects and contacts, and what these are known by; a name
        alone is Odoo's to find.
        """
        email = email_normalize(self.email)
        # sudo: as Odoo's lookup, for those who administer the database
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        person = self.env["prospect.person"]._collect(
            leads.search([("email_normalized", "=", email)]),
            partners.search([("email_normalized", "=", email)]),
            [email],
        )
        person.update(
            companies=[],
            addresses=sorted({*person["addresses"], email}),
            elsewhere=[],
        )
        return person

    def _find_prospect_rows(self):
        """{model: ids} of what our sources hold of the person."""
        persons = self.env["prospect.person"]
        person = self._collect_prospect_person()
        found = {}
        for source in persons._get_sources():
            if source.how == "contact" or self.env[source.model]._transient:
                continue
            if source.how == "attachment":
                ids = persons._find_files(person)
            else:
                rows, linked = persons._find_rows(person, source)
                ids = {*rows, *linked}
            if ids:
                found[source.model] = sorted(ids)
        return found

    def action_prospect_erase(self):
        """Open our dialog, which erases all of it and refuses the person afterwards."""
        self.ensure_one()
        leads = self.line_ids.filtered(lambda line: line.res_model == "crm.lead")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "prospect.prospect_erase_action"
            ),
            "context": {
                "default_lead_ids": leads.mapped("res_id"),
                "default_addresses": self.email,
            },
        }
