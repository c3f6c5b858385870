import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useSortable } from "@web/core/utils/sortable_owl";
import { normalize } from "@web/core/l10n/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Columns that are shown of the preview. */
const PREVIEWED = 12;

/**
 * The columns of a report: all that there are under their headings, to tick; those that are
 * ticked in the order of the file, to drag; and how the first rows will look.
 */
export class ReportColumnsField extends Component {
    static template = "prospect.ReportColumnsField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ search: "" });
        this.chosenRef = useRef("chosen");
        useSortable({
            ref: this.chosenRef,
            elements: ".o_prospect_report_chosen",
            handle: ".o_handle",
            cursor: "grabbing",
            onDrop: ({ element, previous }) => this.move(element, previous),
        });
    }

    get choices() {
        return this.props.record.data.choices || [];
    }

    get keys() {
        return this.props.record.data[this.props.name] || [];
    }

    /** The chosen columns that there are, in order. */
    get chosen() {
        const byKey = Object.fromEntries(this.choices.map((choice) => [choice.key, choice]));
        return this.keys.filter((key) => key in byKey).map((key) => byKey[key]);
    }

    /** Columns as the file will have them, with one for each list where all are chosen. */
    get columns() {
        const lists = this.choices.filter((choice) => choice.key.startsWith("list:"));
        const columns = this.chosen.flatMap((choice) =>
            choice.key === "lists:all" ? lists : [choice]
        );
        return [...new Set(columns)];
    }

    get previewed() {
        return this.columns.slice(0, PREVIEWED);
    }

    get rows() {
        const count = Math.max(0, ...this.columns.map((column) => column.samples.length));
        return [...Array(count).keys()];
    }

    get more() {
        const count = this.columns.length - PREVIEWED;
        return count > 0 ? _t("and %s more columns", count) : "";
    }

    /** [{name, choices}] of what is looked for. */
    get sections() {
        const text = normalize(this.state.search.trim());
        const sections = new Map();
        for (const choice of this.choices) {
            if (normalize(`${choice.label} ${choice.section}`).includes(text)) {
                if (!sections.has(choice.section)) {
                    sections.set(choice.section, []);
                }
                sections.get(choice.section).push(choice);
            }
        }
        return [...sections].map(([name, choices]) => ({ name, choices }));
    }

    isChosen(choice) {
        return this.keys.includes(choice.key);
    }

    set(keys) {
        return this.props.record.update({ [this.props.name]: keys });
    }

    toggle(choice) {
        return this.set(
            this.isChosen(choice)
                ? this.keys.filter((key) => key !== choice.key)
                : [...this.keys, choice.key]
        );
    }

    move(element, previous) {
        const key = element.dataset.key;
        const keys = this.chosen.map((choice) => choice.key).filter((each) => each !== key);
        keys.splice(previous ? keys.indexOf(previous.dataset.key) + 1 : 0, 0, key);
        return this.set(keys);
    }
}

registry.category("fields").add("prospect_report_columns", {
    component: ReportColumnsField,
    displayName: _t("Columns of a report"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "choices", type: "json" }],
});
