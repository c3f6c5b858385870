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

    hasPrevious({ previous }) {
        return Boolean(previous) && previous.value !== null && previous.of !== 0;
    }

    get leftOut() {
        return _t("%(count)s more lines are not shown.", { count: this.props.page.left_out });
    }

    get totalRow() {
        return { label: _t("Total") };
    }
}
