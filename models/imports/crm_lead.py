from odoo import api, models

from ...tools.trusted import trusted


class CrmLead(models.Model):
    """Odoo's own import of prospects, and who is offered ours."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def load(self, fields, data):
        self.env["prospect.right"]._check("import")
        return super().load(fields, data)

    @api.model
    def _load_records_create(self, vals_list):
        if not self.env.context.get("import_file"):
            return super()._load_records_create(vals_list)
        source = self.env.ref("prospect.utm_source_import", raise_if_not_found=False)
        for vals in vals_list:
            if source and not vals.get("source_id"):
                vals["source_id"] = source.id
        leads = self.with_context(
            **trusted(prospect_cause="import", prospect_rotation=False)
        )
        return super(CrmLead, leads)._load_records_create(vals_list)

    def _load_records_write(self, values):
        leads = self
        if self.env.context.get("import_file"):
            leads = self.with_context(**trusted(prospect_cause="import"))
        return super(CrmLead, leads)._load_records_write(values)

    @api.model
    def get_import_templates(self):
        """Our template in the person's language first, then the other one [IE-17]."""
        templates = [
            {
                "label": self.env._("Import Template for Prospects (French)"),
                "template": "/prospect/static/csv/modele_prospects.csv",
            },
            {
                "label": self.env._("Import Template for Prospects (English)"),
                "template": "/prospect/static/csv/prospects_template.csv",
            },
        ]
        if not (self.env.lang or "").startswith("fr"):
            templates.reverse()
        return templates + super().get_import_templates()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Who may not import is not offered to."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("kanban", "list") and not self._prospect_may_import():
            arch.set("import", "0")
            action = self.env.ref("prospect.prospect_import_action")
            for node in arch.xpath("//header/button[@name=$name]", name=str(action.id)):
                node.getparent().remove(node)
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type in ("kanban", "list"):
            key += (self._prospect_may_import(),)
        return key

    @api.model
    def _prospect_may_import(self):
        return self.env["prospect.right"]._may("import")
