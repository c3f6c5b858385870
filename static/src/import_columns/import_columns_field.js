import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The columns of a file, each with its first values and the field that it goes to, which
 * can be chosen without opening anything. Those that go nowhere stand out.
 */
export class ImportColumnsField extends Component {
    static template = "prospect.ImportColumnsField";
    static props = { ...standardFieldProps };

    get columns() {
        return this.props.record.data[this.props.name].records;
    }

    get leftOut() {
        return this.columns.filter(({ data }) => !data.target).length;
    }

    /** [value, label] of the fields, in the alphabetical order of the labels. */
    getTargets(column) {
        const targets = [...column.fields.target.selection];
        return targets.sort(([, one], [, other]) => one.localeCompare(other));
    }

    getWhy({ data, fields }) {
        return fields.why.selection.find(([value]) => value === data.why)?.[1] || "";
    }

    onChange(column, ev) {
        return column.update({ target: ev.target.value || false, why: "manual" });
    }
}

registry.category("fields").add("prospect_import_columns", {
    component: ImportColumnsField,
    supportedTypes: ["one2many"],
    useSubView: true,
});
