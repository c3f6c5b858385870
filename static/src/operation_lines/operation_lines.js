import { Component, markup, onWillStart, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Lines on one page. */
export const LIMIT = 20;

const SPECIFICATION = {
    number: {},
    who: {},
    outcome: {},
    reason: {},
    changes: {},
    lead_id: { fields: { display_name: {} } },
    is_replanned: {},
    target_number: {},
    undo_outcome: {},
    undo_reason: {},
};
const LINE = "prospect.operation.line";

/**
 * The counts of an operation as cards, and its lines below them. A click on a card shows
 * its lines only, a second one all of them again.
 */
export class OperationLines extends Component {
    static template = "prospect.OperationLines";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ card: false, offset: 0, lines: [], total: 0, isLoaded: false });
        onWillStart(() => this.load());
        useEffect(
            () => {
                if (this.state.isLoaded) {
                    this.state.card = false;
                    this.state.offset = 0;
                    this.load();
                }
            },
            () => [this.props.record.resId, this.props.record.data.state]
        );
    }

    get updatedLabel() {
        const labels = { convert: _t("Converted"), merge: _t("Merged") };
        return labels[this.props.record.data.kind] || _t("Updated");
    }

    get isUndone() {
        return this.props.record.data.state === "undone";
    }

    /** What the cards say, what they count, and which lines they show. */
    get cards() {
        const { data } = this.props.record;
        const outcome = (name, label, icon, color) => ({
            ...{ name, label, icon, color, count: data[`${name}_count`] },
            domain: [["outcome", "=", name]],
        });
        const answer = (name, label, icon, color) => ({
            ...{ name, label, icon, color, count: data[`${name}_count`] },
            domain: [["undo_outcome", "=", name]],
        });
        const cards = this.isUndone
            ? [
                  answer("reversed", _t("Reverted"), "fa-undo", "success"),
                  answer("kept", _t("Skipped (edited since)"), "fa-hand-paper-o", "warning"),
                  answer("impossible", _t("Not reverted"), "fa-ban", "danger"),
              ]
            : [
                  outcome("created", _t("New"), "fa-plus", "success"),
                  outcome("updated", this.updatedLabel, "fa-pencil", "info"),
                  outcome("repeat", _t("Returning"), "fa-repeat", "info"),
                  outcome("unchanged", _t("Unchanged"), "fa-check", "secondary"),
                  outcome("skipped", _t("Skipped"), "fa-step-forward", "secondary"),
                  outcome("failed", _t("Rejected"), "fa-exclamation-triangle", "danger"),
              ];
        if (!this.isUndone && data.replanned_count) {
            cards.push({
                name: "replanned",
                label: _t("Recalculated"),
                icon: "fa-random",
                color: "warning",
                count: data.replanned_count,
                domain: [["is_replanned", "=", true]],
            });
        }
        if (!this.isUndone && data.told_count) {
            cards.push({
                name: "told",
                label: _t("With remarks"),
                icon: "fa-users",
                color: "warning",
                count: data.told_count,
                domain: [["is_told", "=", true]],
            });
        }
        return cards.filter(({ count }) => count);
    }

    /** What a badge says of a line, and its colour. */
    getBadge({ outcome }) {
        return {
            created: { label: _t("New"), color: "success" },
            updated: { label: this.updatedLabel, color: "info" },
            repeat: { label: _t("Returning"), color: "info" },
            unchanged: { label: _t("Unchanged"), color: "secondary" },
            skipped: { label: _t("Skipped"), color: "secondary" },
            failed: { label: _t("Rejected"), color: "danger" },
        }[outcome];
    }

    getUndoBadge({ undo_outcome }) {
        return {
            reversed: { label: _t("Reverted"), color: "success" },
            kept: { label: _t("Kept"), color: "warning" },
            impossible: { label: _t("Not reverted"), color: "danger" },
        }[undo_outcome];
    }

    get domain() {
        const card = this.cards.find(({ name }) => name === this.state.card);
        return [["operation_id", "=", this.props.record.resId], ...(card?.domain || [])];
    }

    get from() {
        return formatInteger(this.state.offset + 1);
    }

    get to() {
        return formatInteger(this.state.offset + this.state.lines.length);
    }

    get hasNext() {
        return this.state.total > this.state.offset + LIMIT;
    }

    formatInteger(value) {
        return formatInteger(value);
    }

    async load() {
        const { resId } = this.props.record;
        if (!resId) {
            return;
        }
        const { length, records } = await this.keepLast.add(
            this.orm.webSearchRead(LINE, this.domain, {
                specification: SPECIFICATION,
                limit: LIMIT,
                offset: this.state.offset,
                order: "number, id",
                count_limit: this.state.offset + LIMIT + 1,
            })
        );
        // The server has escaped what the file says.
        this.state.lines = records.map((line) => ({
            ...line,
            changes: markup(line.changes || ""),
        }));
        this.state.total = length;
        this.state.isLoaded = true;
    }

    onClickCard({ name }) {
        this.state.card = this.state.card === name ? false : name;
        this.state.offset = 0;
        return this.load();
    }

    onClickPage(step) {
        this.state.offset = Math.max(0, this.state.offset + step * LIMIT);
        return this.load();
    }

    onClickLead(line) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_lead",
            resModel: LINE,
            resId: line.id,
        });
    }

    onClickAll() {
        return this.action.doAction("prospect.prospect_operation_line_action", {
            additionalContext: { active_id: this.props.record.resId },
        });
    }
}

const COUNTS = [
    ...["created", "updated", "unchanged", "repeat", "skipped", "failed"],
    ...["replanned", "reversed", "kept", "impossible", "told"],
];

registry.category("view_widgets").add("prospect_operation_lines", {
    component: OperationLines,
    fieldDependencies: [
        { name: "state", type: "selection" },
        ...COUNTS.map((name) => ({ name: `${name}_count`, type: "integer" })),
    ],
});
