import { Component, onWillStart, onWillUnmount, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { INTERVAL } from "../operation_progress/operation_progress";

const UNDER_WAY = ["queued", "running"];

/** How far a report is, refreshed by itself; at the end the page is loaded once. */
export class ReportProgress extends Component {
    static template = "prospect.ReportProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ ...this.props.record.data });
        onWillStart(() => this.plan());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** From 0 to 100; null while nobody knows how much there is. */
    get percent() {
        const { count, done_count: done } = this.state;
        return count ? Math.min(100, (100 * done) / count) : null;
    }

    get rows() {
        const { count, done_count: done } = this.state;
        return count
            ? _t("%(done)s of %(total)s prospects", {
                  done: formatInteger(done),
                  total: formatInteger(count),
              })
            : _t("Waiting for its turn...");
    }

    plan() {
        if (UNDER_WAY.includes(this.props.record.data.state)) {
            this.timer = browser.setTimeout(() => this.refresh(), INTERVAL);
        }
    }

    async refresh() {
        const { record } = this.props;
        let values = this.state;
        try {
            [values] = await this.orm.silent.read(
                record.resModel,
                [record.resId],
                ["state", "done_count", "count"]
            );
        } catch (error) {
            // A server that restarts; it goes on after.
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

registry.category("view_widgets").add("prospect_report_progress", {
    component: ReportProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "done_count", type: "integer" },
        { name: "count", type: "integer" },
    ],
});
