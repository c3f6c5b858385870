import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { ExportDataDialog } from "@web/views/view_dialogs/export_data_dialog";

/** What is exported unless the person chooses otherwise. */
const FIELDS = [
    "title_id",
    "first_name",
    "last_name",
    "partner_name",
    "email_from",
    "phone",
    "city",
    "country_id",
    "status_id",
    "source_id",
    "user_id",
];

/** Odoo's dialog of exports, on all prospects of a segment. */
async function exportSegment(env, action) {
    const { domain } = action.params;
    const { context } = user;
    env.services.dialog.add(ExportDataDialog, {
        context,
        defaultExportList: FIELDS.map((name) => ({ name })),
        root: { resModel: "crm.lead" },
        getExportedFields: (isCompatible, parentParams) =>
            rpc("/web/export/get_fields", {
                model: "crm.lead",
                domain: parentParams ? [] : domain,
                import_compat: isCompatible,
                ...parentParams,
            }),
        download: async (fields, importCompat, format) => {
            const exported = fields.map((field) => ({
                name: field.name || field.id,
                label: field.label || field.string,
                store: field.store,
                type: field.field_type || field.type,
            }));
            if (importCompat) {
                exported.unshift({ name: "id", label: _t("External ID") });
            }
            const data = {
                model: "crm.lead",
                import_compat: importCompat,
                context,
                domain,
                fields: exported,
                groupby: [],
                ids: false,
            };
            await download({
                url: `/web/export/${format}`,
                data: { data: JSON.stringify(data) },
            });
        },
    });
}

registry.category("actions").add("prospect_segment_export", exportSegment);
