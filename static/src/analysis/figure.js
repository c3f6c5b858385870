import { Component } from "@odoo/owl";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";

const HOURS_A_DAY = 24;

/** A share as people read it: whole per cents, and one decimal where these say nothing. */
export function formatShare(value, of) {
    if (!of) {
        return "–";
    }
    const share = (100 * value) / of;
    const digits = share > 0 && share < 1 ? 1 : 0;
    return _t("%(share)s%", { share: formatFloat(share, { digits: [0, digits] }) });
}

/** A time in the unit that suits it. */
export function formatHours(hours) {
    if (hours < 1) {
        return _t("%(minutes)s min", { minutes: formatInteger(Math.round(hours * 60)) });
    }
    if (hours < 2 * HOURS_A_DAY) {
        return _t("%(hours)s h", {
            hours: formatFloat(hours, { digits: [0, hours < 10 ? 1 : 0] }),
        });
    }
    const days = hours / HOURS_A_DAY;
    return _t("%(days)s d", { days: formatFloat(days, { digits: [0, days < 10 ? 1 : 0] }) });
}

/**
 * One figure of the analysis (see prospect.analysis): a number that opens the prospects
 * behind it, with its denominator beside it.
 */
export class Figure extends Component {
    static template = "prospect.Figure";
    static props = {
        cell: Object,
        onOpen: Function,
        currencyId: { type: [Number, Boolean], optional: true },
        label: { type: String, optional: true },
        hint: { type: String, optional: true },
        isBare: { type: Boolean, optional: true },
    };

    get hint() {
        return this.props.hint || _t("See the prospects behind this figure");
    }

    get isEmpty() {
        return this.props.cell.value === null || this.props.cell.value === undefined;
    }

    get text() {
        const { value, type, of } = this.props.cell;
        if (this.isEmpty) {
            return "–";
        }
        switch (type) {
            case "rate":
                return formatShare(value, of);
            case "days":
                return formatHours(value * HOURS_A_DAY);
            case "hours":
                return formatHours(value);
            case "money":
                return formatMonetary(value, { currencyId: this.props.currencyId });
        }
        return formatInteger(value) + (this.props.cell.is_more ? "+" : "");
    }

    /** What stands small beside a rate or a median, or nothing. */
    get denominator() {
        const { value, type, of } = this.props.cell;
        if (of === null || of === undefined || this.isEmpty) {
            return "";
        }
        if (type === "rate") {
            return _t("%(value)s of %(of)s", {
                value: formatInteger(value),
                of: formatInteger(of),
            });
        }
        return _t("of %(of)s", { of: formatInteger(of) });
    }

    get canOpen() {
        const { value, of, open, type } = this.props.cell;
        const behind = ["count", "rate", "money"].includes(type) ? value : of;
        return Boolean(open && behind && !this.isEmpty);
    }
}
