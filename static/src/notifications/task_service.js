import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";

/**
 * Opens what is to be done over the page that was asked for, where the address names it:
 * the button of an e-mail leads to such an address. The web client takes the name of the
 * task out of the address by itself, so that a reload does not open it again.
 */
export const prospectTaskService = {
    dependencies: ["action", "orm"],
    start(env, { action, orm }) {
        const taskId = Number(router.current.prospect_task);
        if (!taskId) {
            return;
        }
        const open = async () => {
            env.bus.removeEventListener("ACTION_MANAGER:UI-UPDATED", open);
            const task = await orm.call("mail.activity", "action_prospect_open", [[taskId]]);
            await action.doAction(task, { onClose: () => action.doAction("soft_reload") });
        };
        env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", open);
    },
};

registry.category("services").add("prospect_task", prospectTaskService);
