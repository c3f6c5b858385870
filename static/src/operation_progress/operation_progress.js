import { Component, onWillStart, onWillUnmount, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How often it is asked how far an operation is, in milliseconds. */
export const INTERVAL = 2000;

const UNDER_WAY = ["queued", "running"];

/**
 * How far an operation is, refreshed by itself. Only this is, so that the page stays where
 * it is scrolled to; at the end the page is loaded once.
 */
export class OperationProgress extends Component {
    static template = "prospect.OperationProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ ...this.props.record.data });
        onWillStart(() => this.plan());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get label() {
        const { state, todo } = this.state;
        if (state === "queued") {
            return _t("Waiting for its turn...");
        }
        return {
            plan: _t("Reading the file..."),
            run: _t("Writing..."),
            undo: _t("Taking back..."),
        }[todo];
    }

    get total() {
        return this.state.todo === "plan" ? 0 : this.state.todo_count;
    }

    /** From 0 to 100; null while nobody knows how much there is. */
    get percent() {
        return this.total ? Math.min(100, (100 * this.state.done_count) / this.total) : null;
    }

    get rows() {
        const done = formatInteger(this.state.done_count);
        return this.total
            ? _t("%(done)s of %(total)s rows", { done, total: formatInteger(this.total) })
            : _t("%(done)s rows", { done });
    }

    plan() {
        if (UNDER_WAY.includes(this.props.record.data.state)) {
            this.timer = browser.setTimeout(() => this.refresh(), INTERVAL);
        }
    }

    async refresh() {
        const { record } = this.props;
        let values;
        try {
            [values] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                ["state", "todo", "done_count", "todo_count"]
            );
        } catch (error) {
            // A server that restarts; it goes on meanwhile, or after.
            values = this.state;
            if (error.name !== "ConnectionLostError" && error.name !== "ConnectionAbortedError") {
                throw error;
            }
        }
        if (status(this) === "destroyed") {
            return;
        }
        Object.assign(this.state, values);
        if (UNDER_WAY.includes(values.state)) {
            this.plan();
        } else {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("prospect_operation_progress", {
    component: OperationProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "todo", type: "selection" },
        { name: "done_count", type: "integer" },
        { name: "todo_count", type: "integer" },
    ],
});
