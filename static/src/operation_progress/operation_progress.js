import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { useService } from "@web/core/utils/hooks";
import { Progress } from "../progress/progress";

/** How far an operation is. */
export class OperationProgress extends Progress {
    static template = "prospect.OperationProgress";
    static fields = ["state", "todo", "done_count", "todo_count"];

    /** @override */
    setup() {
        super.setup();
        this.undoToast = useService("prospect_undo_toast");
    }

    /** @override */
    async refresh() {
        const { todo } = this.state;
        await super.refresh();
        if (todo === "run" && this.state.state === "done") {
            await this.undoToast.showOperation(this.props.record.resId);
        }
    }

    get label() {
        const { state, todo } = this.state;
        if (state === "queued") {
            return _t("Waiting for its turn...");
        }
        return {
            plan: _t("Reading the file..."),
            run: _t("Writing..."),
            undo: _t("Reverting..."),
        }[todo];
    }

    get total() {
        return this.state.todo === "plan" ? 0 : this.state.todo_count;
    }

    get rows() {
        const done = formatInteger(this.state.done_count);
        return this.total
            ? _t("%(done)s of %(total)s rows", { done, total: formatInteger(this.total) })
            : _t("%(done)s rows", { done });
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
