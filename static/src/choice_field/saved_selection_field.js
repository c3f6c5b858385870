import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A selection that is saved as soon as it is chosen, since the page depends on it. */
export class SavedSelectionField extends SelectionField {
    /** @override */
    onChange(value) {
        return this.props.record.update({ [this.props.name]: value }, { save: true });
    }
}

registry.category("fields").add("prospect_saved_selection", {
    ...selectionField,
    component: SavedSelectionField,
    displayName: _t("Choice"),
    supportedTypes: ["selection"],
});
