import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { Progress } from "../progress/progress";

/** How far a report is. */
export class ReportProgress extends Progress {
    static template = "prospect.ReportProgress";
    static fields = ["state", "done_count", "count"];

    get total() {
        return this.state.count;
    }

    get rows() {
        return this.total
            ? _t("%(done)s of %(total)s prospects", {
                  done: formatInteger(this.state.done_count),
                  total: formatInteger(this.total),
              })
            : _t("Waiting for its turn...");
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
