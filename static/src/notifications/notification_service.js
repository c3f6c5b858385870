import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Pop-ups that tell of prospects, with a button that opens them. */
export const prospectNotificationService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        bus.subscribe("prospect_notification", ({ title, message, model, id }) => {
            const close = notification.add(message, {
                title,
                type: "info",
                sticky: true,
                className: "o_prospect_popup",
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction({
                                type: "ir.actions.act_window",
                                res_model: model,
                                res_id: id,
                                views: [[false, "form"]],
                            });
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("prospect_notification", prospectNotificationService);
