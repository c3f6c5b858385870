import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { StatusBarField, statusBarField } from "@web/views/fields/statusbar/statusbar_field";
import { askConversion } from "../convert/ask_conversion";

/**
 * The status of a prospect over its form. *Converted* asks what it is converted to, as the
 * button does; Escape leaves the status as it was.
 */
export class ProspectStatusBarField extends StatusBarField {
    /** @override */
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
    }

    /** @override */
    async selectItem(item) {
        const { name, record } = this.props;
        if (record.resId && record.data[name]?.id !== item.value) {
            const { converted } = await this.orm.call("prospect.status", "get_asking", []);
            if (converted.includes(item.value)) {
                // what was typed belongs to what is converted
                if (await record.save()) {
                    await askConversion(this.action, record.resId, () => record.load());
                }
                return;
            }
        }
        return super.selectItem(item);
    }
}

registry.category("fields").add("prospect_statusbar", {
    ...statusBarField,
    component: ProspectStatusBarField,
    additionalClasses: ["o_field_statusbar"],
});
