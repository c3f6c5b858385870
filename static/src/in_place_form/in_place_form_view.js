import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

// The other pages that buttons open are something else, and come after this one.
const IN_PLACE = new Set([
    "action_next",
    "action_edit",
    "action_run",
    "action_undo",
    "action_cancel",
]);

/**
 * An import on its way: what its buttons open takes the place of the page, so that going
 * back and forth leaves one entry in the breadcrumbs.
 */
export class InPlaceFormController extends FormController {
    /** @override */
    setup() {
        super.setup();
        this.undoToast = useService("prospect_undo_toast");
    }

    /** @override */
    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(...arguments);
        const { resModel, resId } = this.model.root;
        if (clickParams.name === "action_run" && resModel === "prospect.operation") {
            await this.undoToast.showOperation(resId);
        }
    }

    /** @override */
    async beforeExecuteActionButton(clickParams) {
        if (IN_PLACE.has(clickParams.name)) {
            clickParams.stackPosition = "replaceCurrentAction";
        }
        return super.beforeExecuteActionButton(...arguments);
    }
}

export const inPlaceFormView = { ...formView, Controller: InPlaceFormController };

registry.category("views").add("prospect_in_place_form", inPlaceFormView);
