import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { withBulkSelection } from "../bulk_selection/bulk_selection";
import { ProspectControlPanel } from "../segments/prospect_control_panel";

export class ProspectListController extends withBulkSelection(ListController) {}

export const prospectListView = {
    ...listView,
    Controller: ProspectListController,
    ControlPanel: ProspectControlPanel,
};

registry.category("views").add("prospect_list", prospectListView);
