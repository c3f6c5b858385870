import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FigureTable } from "./figure_table";
import { FunnelChart } from "./funnel_chart";
import { getFigureAction } from "./open_figure";

const PERIODS = [
    ["7", _t("Last 7 days")],
    ["30", _t("Last 30 days")],
    ["90", _t("Last 90 days")],
    ["365", _t("Last 365 days")],
    ["all", _t("All time")],
    ["custom", _t("From … to …")],
];
const FIRST_DAY = "1900-01-01";
// The kept tables that can be grouped in any way.
const TABLES = {
    funnel: "prospect.prospect_lifecycle_step_action",
    cohorts: "prospect.prospect_lifecycle_action",
    people: "prospect.prospect_lifecycle_salesperson_action",
    sources: "prospect.prospect_lifecycle_action",
};

/**
 * One page of the analysis: filters above, figures below. The server counts; each figure
 * opens the prospects behind it.
 */
export class Analysis extends Component {
    static template = "prospect.Analysis";
    static components = { Layout, FunnelChart, FigureTable };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.kind = this.props.action.params?.kind || "funnel";
        const filters = this.props.state?.filters || this.props.action.params?.filters || {};
        this.state = useState({ page: null, filters: { compare: true, ...filters }, busy: false });
        this.onOpen = this.onOpen.bind(this);
        // who comes back from the prospects behind a figure finds the same filters
        useSetupAction({ getLocalState: () => ({ filters: { ...this.state.filters } }) });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.busy = true;
        try {
            const page = await this.keepLast.add(
                this.orm.call("prospect.analysis", "get_page", [this.kind, this.state.filters])
            );
            this.state.page = page;
            this.state.filters = { ...page.filters };
        } finally {
            this.state.busy = false;
        }
    }

    get periods() {
        return PERIODS;
    }

    get selects() {
        const { choices } = this.state.page;
        return [
            { name: "team", label: _t("Sales team"), none: _t("Without team") },
            { name: "person", label: _t("Salesperson"), none: _t("Unassigned") },
            { name: "source", label: _t("Source"), none: _t("No source") },
            { name: "list", label: _t("List") },
            { name: "company", label: _t("Company") },
        ]
            .map((select) => ({ ...select, options: choices[select.name] }))
            .filter(({ name, options }) => options.length > (name === "company" ? 1 : 0));
    }

    get momentText() {
        const { moment, is_large } = this.state.page;
        if (!moment) {
            return _t(
                "The figures are being calculated for the first time. Come back in a few minutes."
            );
        }
        const date = toLocaleDateTimeString(deserializeDateTime(moment));
        return is_large
            ? _t("Figures as of %(date)s, refreshed every 15 minutes.", { date })
            : _t("Figures as of %(date)s", { date });
    }

    get intro() {
        switch (this.kind) {
            case "funnel":
                return _t(
                    "Of the prospects that arrived in the period: how many have reached each step until now."
                );
            case "cohorts":
                return _t(
                    "Prospects by arrival period: where they are now, and how soon they converted."
                );
            case "people":
                return _t("What people did with the prospects that they received in the period.");
        }
        return _t("What the prospects that arrived in the period became, by source.");
    }

    get isEmpty() {
        const { page } = this.state;
        return page.kind === "funnel" ? !page.total.value : !page.rows.length;
    }

    isChosen(name) {
        return Number.isInteger(this.state.filters[name]);
    }

    get tableTitle() {
        return { cohorts: _t("Arrived"), people: _t("Person"), sources: _t("Source") }[this.kind];
    }

    onFilter(name, value) {
        const filters = { ...this.state.filters, [name]: value };
        if (name === "period" && value === "custom" && !filters.date_from) {
            const today = luxon.DateTime.now();
            Object.assign(filters, {
                date_from: today.minus({ days: 29 }).toISODate(),
                date_to: today.toISODate(),
            });
        }
        this.state.filters = filters;
        return this.load();
    }

    onSelect(name, value) {
        return this.onFilter(name, value === "" ? null : parseInt(value));
    }

    /** A date field is empty while somebody types a day that does not exist. */
    onDay(name, value) {
        const { date_from, date_to } = { ...this.state.filters, [name]: value };
        this.state.filters[name] = value;
        // nor is it the year that is meant after its first digits
        if (date_from && date_to && date_from <= date_to && date_from >= FIRST_DAY) {
            return this.onFilter(name, value);
        }
    }

    onOpen(cell, name) {
        return this.action.doAction(getFigureAction(cell, name));
    }

    async onTable() {
        const action = await this.action.loadAction(TABLES[this.kind]);
        action.domain = this.state.page.domain;
        return this.action.doAction(action);
    }
}

registry.category("actions").add("prospect_analysis", Analysis);
