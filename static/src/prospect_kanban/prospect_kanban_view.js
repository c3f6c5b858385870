import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ProspectKanbanModel } from "./prospect_kanban_model";
import { ProspectKanbanRenderer } from "./prospect_kanban_renderer";

export const prospectKanbanView = {
    ...kanbanView,
    Model: ProspectKanbanModel,
    Renderer: ProspectKanbanRenderer,
};

registry.category("views").add("prospect_kanban", prospectKanbanView);
