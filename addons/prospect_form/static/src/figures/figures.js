import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Figure, formatShare } from "@prospect/analysis/figure";

const PERIODS = [
    ["7", _t("Last 7 days")],
    ["30", _t("Last 30 days")],
    ["90", _t("Last 90 days")],
    ["365", _t("Last 365 days")],
    ["all", _t("All time")],
];

/**
 * The figures of one form: who saw, began and sent it, at which question people stop, and
 * what they answer. Each number opens what is behind it.
 */
export class FormFigures extends Component {
    static template = "prospect_form.Figures";
    static components = { Layout, Figure };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        const { params, context } = this.props.action;
        // of an address that was opened again, what the address knows
        this.formId = params?.form_id || context?.active_id || this.props.resId;
        const period = this.props.state?.period || "90";
        this.state = useState({ page: null, period });
        this.onOpen = this.onOpen.bind(this);
        useSetupAction({ getLocalState: () => ({ period: this.state.period }) });
        onWillStart(() => this.formId && this.load());
    }

    async load() {
        this.state.page = await this.keepLast.add(
            this.orm.call("prospect.form.figures", "get_page", [
                this.formId,
                { period: this.state.period },
            ])
        );
    }

    get periods() {
        return PERIODS;
    }

    get openHint() {
        return _t("See the details");
    }

    get isEmpty() {
        return this.state.page.totals.every(({ cell }) => !cell.value);
    }

    /** The question at which most of those who left have stopped, if there is one. */
    get worst() {
        const rows = this.state.page.questions.filter((row) => row.stops.value);
        return rows.sort((one, other) => other.stops.value - one.stops.value)[0];
    }

    get worstText() {
        const { label, stops } = this.worst;
        return _t("Most people stop at “%(question)s”: %(value)s of the %(of)s who left.", {
            question: label,
            value: formatInteger(stops.value),
            of: formatInteger(stops.of),
        });
    }

    getWidth({ value, of }) {
        return of ? `width: ${Math.min((100 * value) / of, 100)}%` : "width: 0";
    }

    getSentence(row, cell) {
        return _t("%(label)s: %(share)s, %(value)s of %(of)s", {
            label: row.label,
            share: formatShare(cell.value, cell.of),
            value: cell.value,
            of: cell.of,
        });
    }

    getAnswered(chart) {
        return chart.is_multiple
            ? _t("%(of)s have answered, with one choice or several", {
                  of: formatInteger(chart.of),
              })
            : _t("%(of)s have answered", { of: formatInteger(chart.of) });
    }

    getLeftOut(chart) {
        return _t("%(count)s more answers are not shown.", { count: chart.left_out });
    }

    onPeriod(period) {
        this.state.period = period;
        return this.load();
    }

    onOpen(cell, name) {
        const isCount = cell.model === "prospect.form.count";
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: name || this.state.page.form.name,
            res_model: cell.model,
            domain: cell.open,
            context: { create: false, active_test: false },
            views: isCount
                ? [
                      [false, "list"],
                      [false, "graph"],
                  ]
                : [
                      [false, "list"],
                      [false, "form"],
                  ],
        });
    }

    onBack() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "prospect.form",
            res_id: this.state.page.form.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("prospect_form_figures", FormFigures);
