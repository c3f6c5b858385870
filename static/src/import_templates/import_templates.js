import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Files to download, fill in and import: the one in the person's language first. */
export class ImportTemplates extends Component {
    static template = "prospect.ImportTemplates";
    static props = { ...standardWidgetProps };

    get templates() {
        const templates = [
            { file: "prospects_template.csv", label: _t("Template in English") },
            { file: "modele_prospects.csv", label: _t("Template in French") },
        ];
        return user.lang.startsWith("fr") ? templates.reverse() : templates;
    }
}

registry.category("view_widgets").add("prospect_import_templates", {
    component: ImportTemplates,
});
