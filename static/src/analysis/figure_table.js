import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Figure } from "./figure";

const { DateTime } = luxon;

/** A table of figures: each opens the prospects behind it. */
export class FigureTable extends Component {
    static template = "prospect.FigureTable";
    static components = { Figure };
    static props = {
        page: Object,
        title: String,
        onOpen: Function,
        interval: { type: String, optional: true },
    };

    getLabel(row) {
        if (!row.date) {
            return row.label;
        }
        const date = DateTime.fromISO(row.date);
        return this.props.interval === "month"
            ? date.toFormat("LLLL yyyy")
            : _t("Week of %(date)s", { date: formatDate(date) });
    }

    getCellLabel(row, index) {
        return `${this.getLabel(row)}, ${this.props.page.columns[index].label}`;
    }

    /** Whether there is something to compare a figure with; nothing with nothing is not. */
    hasPrevious({ value, previous }) {
        return Boolean(previous?.of !== 0 && (previous?.value || (previous?.value === 0 && value)));
    }

    get leftOut() {
        return _t("%(count)s more lines are not shown.", { count: this.props.page.left_out });
    }

    get totalRow() {
        return { label: _t("Total") };
    }
}
