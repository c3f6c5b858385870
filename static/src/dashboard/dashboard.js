import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Figure } from "../analysis/figure";
import { FigureTable } from "../analysis/figure_table";
import { FunnelChart } from "../analysis/funnel_chart";
import { getFigureAction } from "../analysis/open_figure";

/** The first page of Reporting: today, this week, the last month, and what wants somebody. */
export class ProspectDashboard extends Component {
    static template = "prospect.Dashboard";
    static components = { Layout, Figure, FigureTable, FunnelChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ page: null });
        this.onOpen = this.onOpen.bind(this);
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call("prospect.dashboard", "get_page", []);
    }

    get momentText() {
        const { moment, is_large, is_old } = this.state.page;
        if (!moment) {
            return _t(
                "The figures are being calculated for the first time. Come back in a few minutes."
            );
        }
        const date = toLocaleDateTimeString(deserializeDateTime(moment));
        if (is_old) {
            return _t("Figures as of %(date)s: the job that calculates them has not run since.", {
                date,
            });
        }
        return is_large
            ? _t("Today is live; the rest is as of %(date)s.", { date })
            : _t("Figures as of %(date)s", { date });
    }

    get lastDays() {
        return _t("Last %(days)s days", { days: this.state.page.days });
    }

    onOpen(cell, name) {
        return this.action.doAction(getFigureAction(cell, name));
    }

    onAlert(alert) {
        return this.action.doAction(getFigureAction(alert.cell, alert.label, alert.model));
    }

    onAnalysis(kind) {
        return this.action.doAction(`prospect.prospect_analysis_action_${kind}`);
    }
}

registry.category("actions").add("prospect_dashboard", ProspectDashboard);
