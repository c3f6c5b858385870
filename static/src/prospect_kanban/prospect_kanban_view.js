import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ProspectKanbanModel } from "./prospect_kanban_model";

export const prospectKanbanView = {
    ...kanbanView,
    Model: ProspectKanbanModel,
};

registry.category("views").add("prospect_kanban", prospectKanbanView);
