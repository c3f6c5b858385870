import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PLANNED = ["draft", "previewed"];

/**
 * The five steps of an import, of which the first three are the wizard's and the last two
 * the operation's. A click on an earlier one goes back to it, where that is possible.
 */
export class ImportSteps extends Component {
    static template = "prospect.ImportSteps";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get steps() {
        const current = this.current;
        const names = [
            ["file", _t("File")],
            ["columns", _t("Columns")],
            ["options", _t("What to do")],
            ["preview", _t("Preview")],
            ["receipt", _t("Receipt")],
        ];
        const place = names.findIndex(([name]) => name === current);
        return names.map(([name, label], index) => ({
            name,
            label,
            number: index + 1,
            isCurrent: index === place,
            isPast: index < place,
            isClickable: index < place && index < 3 && this.canGoBack,
        }));
    }

    get isOperation() {
        return "state" in this.props.record.data;
    }

    get current() {
        const { state, started_at, step } = this.props.record.data;
        if (!this.isOperation) {
            return step;
        }
        return PLANNED.includes(state) || !started_at ? "preview" : "receipt";
    }

    get canGoBack() {
        const { state, started_at } = this.props.record.data;
        return !this.isOperation || (!started_at && !["queued", "running"].includes(state));
    }

    async onClickStep({ name }) {
        const { record } = this.props;
        if (!this.isOperation) {
            return record.update({ step: name }, { save: true });
        }
        const action = await this.orm.call(record.resModel, "action_edit", [[record.resId], name]);
        return this.action.doAction(action, { stackPosition: "replaceCurrentAction" });
    }
}

registry.category("view_widgets").add("prospect_import_steps", { component: ImportSteps });
