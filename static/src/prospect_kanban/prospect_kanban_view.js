import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { withBulkSelection } from "../bulk_selection/bulk_selection";
import { ProspectControlPanel } from "../segments/prospect_control_panel";
import { ProspectKanbanModel } from "./prospect_kanban_model";
import { ProspectKanbanRenderer } from "./prospect_kanban_renderer";

export class ProspectKanbanController extends withBulkSelection(KanbanController) {}

export const prospectKanbanView = {
    ...kanbanView,
    Controller: ProspectKanbanController,
    ControlPanel: ProspectControlPanel,
    Model: ProspectKanbanModel,
    Renderer: ProspectKanbanRenderer,
};

registry.category("views").add("prospect_kanban", prospectKanbanView);
