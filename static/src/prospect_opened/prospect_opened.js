import { Component, useEffect, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Nothing to see: whoever opens the page of a new prospect takes its mark away. */
export class ProspectOpened extends Component {
    static template = xml`<span/>`;
    static props = { ...standardWidgetProps };

    setup() {
        const orm = useService("orm");
        useEffect(
            (id, isUnread) => {
                if (id && isUnread) {
                    orm.silent.call("crm.lead", "prospect_mark_opened", [[id]]);
                }
            },
            () => [this.props.record.resId, this.props.record.data.prospect_is_unread]
        );
    }
}

registry.category("view_widgets").add("prospect_opened", {
    component: ProspectOpened,
    fieldDependencies: [{ name: "prospect_is_unread", type: "boolean" }],
});
