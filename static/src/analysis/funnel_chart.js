import { Component } from "@odoo/owl";
import { formatInteger } from "@web/views/fields/formatters";
import { _t } from "@web/core/l10n/translation";
import { Figure } from "./figure";

/**
 * The funnel as bars that lie under each other: how many have reached a step, of how many,
 * how many of those before went on, and how long they stayed.
 */
export class FunnelChart extends Component {
    static template = "prospect.FunnelChart";
    static components = { Figure };
    static props = {
        page: Object,
        onOpen: Function,
        isShort: { type: Boolean, optional: true },
    };

    get groups() {
        const { steps, exits } = this.props.page;
        return [
            { name: "way", title: "", steps },
            { name: "exits", title: _t("Dropped out"), steps: exits },
        ].filter((group) => group.steps.length);
    }

    getWidth(value, of) {
        return of ? `width: ${Math.max((100 * value) / of, value ? 0.5 : 0)}%` : "width: 0";
    }

    /** The whole bar as a sentence, for who does not see it. */
    getSentence(step) {
        return _t("%(step)s: %(value)s of %(of)s prospects", {
            step: step.label,
            value: formatInteger(step.rate.value),
            of: formatInteger(step.rate.of),
        });
    }

    /** Of how many: what stands small after "46% moved on". */
    getShare({ value, of }) {
        return _t("(%(value)s of %(of)s)", {
            value: formatInteger(value),
            of: formatInteger(of),
        });
    }

    /** Over how many prospects the median and the percentile were taken. */
    getPeople({ of }) {
        return of === 1
            ? _t("(1 prospect)")
            : _t("(%(count)s prospects)", { count: formatInteger(of) });
    }

    onBar(step) {
        if (step.count.value) {
            this.props.onOpen(step.count, step.label);
        }
    }
}
