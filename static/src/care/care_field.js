import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const COLOURS = { overdue: "text-danger", today: "text-warning-emphasis", planned: "text-success" };
const ICONS = {
    waiting: "fa-clock-o",
    sending: "fa-clock-o",
    sent: "fa-check text-success",
    failed: "fa-exclamation-triangle text-danger",
};

/**
 * Who has a prospect, since when and why; what is to be done, who was told of it and what
 * was sent to it.
 */
export class ProspectCare extends Component {
    static template = "prospect.Care";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get care() {
        return this.props.record.data[this.props.name];
    }

    getColour(task) {
        return COLOURS[task.state] || "";
    }

    getIcon(message) {
        return ICONS[message.state];
    }

    getDue(task) {
        return formatDate(deserializeDate(task.due));
    }

    get since() {
        return _t("since %s", this.care.owner.since);
    }

    /** What a message told besides this prospect. */
    getOthers(message) {
        return message.others === 1 ? _t("with another one") : _t("with %s others", message.others);
    }

    async openTask(task) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call("mail.activity", "action_prospect_open", [[task.id]]);
        await this.action.doAction(action, { onClose: () => record.model.load() });
    }
}

registry.category("fields").add("prospect_care", {
    component: ProspectCare,
    supportedTypes: ["json"],
});
