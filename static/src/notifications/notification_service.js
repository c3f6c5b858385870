import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Pop-ups that announce prospects, with a button that opens them. */
export const prospectNotificationService = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, { action, bus_service: bus, notification, orm }) {
        const open = async (model, id) =>
            action.doAction(await orm.call(model, "get_formview_action", [[id]]));
        const take = async (model, id) => {
            await orm.call(model, "action_prospect_take", [[id]]);
            return open(model, id);
        };
        bus.subscribe("prospect_notification", ({ title, message, model, id, can_take }) => {
            const buttons = can_take
                ? [
                      {
                          name: _t("Take it"),
                          onClick: () => {
                              close();
                              return take(model, id);
                          },
                      },
                  ]
                : [];
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
                            return open(model, id);
                        },
                    },
                    ...buttons,
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("prospect_notification", prospectNotificationService);
