import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/**
 * Convert, for who may not: grey, with the names of who may, and the dialog that asks
 * one of them.
 */
export class AskToConvert extends Component {
    static template = "prospect.AskToConvert";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    get who() {
        return this.props.record.data.prospect_convert_hint || "";
    }

    async onClick() {
        const { record } = this.props;
        // what was typed is not lost with the page behind the dialog
        if (await record.save()) {
            await this.action.doAction("prospect.prospect_convert_ask_action", {
                additionalContext: { active_model: "crm.lead", active_id: record.resId },
                onClose: () => record.load(),
            });
        }
    }
}

registry.category("view_widgets").add("prospect_ask_to_convert", {
    component: AskToConvert,
    fieldDependencies: [{ name: "prospect_convert_hint", type: "char" }],
});
