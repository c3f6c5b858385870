import { onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { withBulkSelection } from "../bulk_selection/bulk_selection";
import { ProspectControlPanel } from "../segments/prospect_control_panel";
import { ProspectKanbanModel } from "./prospect_kanban_model";
import { ProspectKanbanRenderer } from "./prospect_kanban_renderer";
import { ProspectSearchPanel } from "./prospect_search_panel";

/** How long nothing may have changed, or be dragged, before is counted again, in ms. */
export const QUIET = 1000;

export class ProspectKanbanController extends withBulkSelection(KanbanController) {
    /** @override */
    setup() {
        super.setup();
        this.segments = useService("prospect_segments");
        useBus(this.model.bus, "prospect-counts-changed", () => this.planCounts());
        onWillUnmount(() => browser.clearTimeout(this.countsTimer));
    }

    /** Count again as soon as nothing is being dragged. */
    planCounts() {
        browser.clearTimeout(this.countsTimer);
        this.countsTimer = browser.setTimeout(() => {
            if (document.querySelector(".o_dragged")) {
                this.planCounts();
                return;
            }
            this.env.searchModel.trigger("prospect-counts-changed");
            if (this.segments.state.segments) {
                this.segments.loadCounts();
            }
        }, QUIET);
    }
}

export const prospectKanbanView = {
    ...kanbanView,
    Controller: ProspectKanbanController,
    ControlPanel: ProspectControlPanel,
    Model: ProspectKanbanModel,
    Renderer: ProspectKanbanRenderer,
    SearchPanel: ProspectSearchPanel,
};

registry.category("views").add("prospect_kanban", prospectKanbanView);
