import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Prospects side by side: which one stays, and whose value of each field. A click on the
 * head of a column keeps that prospect, one on a value keeps that value.
 */
export class MergeTableField extends Component {
    static template = "prospect.MergeTableField";
    static props = { ...standardFieldProps };

    get table() {
        return this.props.record.data.table || { leads: [], rows: [] };
    }

    get picks() {
        return this.props.record.data[this.props.name] || {};
    }

    get survivorId() {
        return this.props.record.data.survivor_id.id;
    }

    isSurvivor(lead) {
        return lead.id === this.survivorId;
    }

    isPicked(row, lead) {
        return this.picks[row.name] === lead.id;
    }

    isAll(row) {
        return this.picks[row.name] === "all";
    }

    /** Whether a value stays: its own, or with all the others. */
    isKept(row, lead, index) {
        return Boolean(row.texts[index]) && (this.isPicked(row, lead) || this.isAll(row));
    }

    getCreated(lead) {
        return _t("Created %s", formatDate(deserializeDate(lead.created)));
    }

    getLabel(row, lead) {
        return _t("%(field)s of %(prospect)s", { field: row.label, prospect: lead.name });
    }

    keep(lead) {
        return this.props.record.update({
            survivor_id: { id: lead.id, display_name: lead.name },
        });
    }

    pick(row, number) {
        return this.props.record.update({
            [this.props.name]: { ...this.picks, [row.name]: number },
        });
    }
}

registry.category("fields").add("prospect_merge_table", {
    component: MergeTableField,
    displayName: _t("Prospects side by side"),
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "table", type: "json" },
        { name: "survivor_id", type: "many2one" },
    ],
});
