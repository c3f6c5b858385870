import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A text that is one of those that another field of the record holds, saved at once. */
export class ChoiceField extends SelectionField {
    static props = { ...SelectionField.props, choicesField: String };

    /** @override */
    get options() {
        const choices = this.props.record.data[this.props.choicesField] || [];
        return choices.map((choice) => [choice, choice]);
    }

    /** @override */
    get string() {
        return this.value || "";
    }

    /** @override */
    onChange(value) {
        return this.props.record.update({ [this.props.name]: value }, { save: true });
    }
}

registry.category("fields").add("prospect_choice", {
    ...selectionField,
    component: ChoiceField,
    displayName: _t("Choice"),
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ choicesField: options.choices, required: true }),
});
