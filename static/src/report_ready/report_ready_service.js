import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const TYPES = { done: "success", failed: "danger" };

/** Says that a report has ended, wherever the person works, and opens it. */
export const reportReadyService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        const open = (id) =>
            action.doAction({
                type: "ir.actions.act_url",
                url: `/prospect/report/${id}/download`,
                target: "download",
            });
        const look = (id) =>
            action.doAction({
                type: "ir.actions.act_window",
                res_model: "prospect.report",
                res_id: id,
                views: [[false, "form"]],
            });
        bus.subscribe("prospect_report", ({ id, state, title, message }) => {
            const close = notification.add(message, {
                title,
                type: TYPES[state] || "info",
                sticky: true,
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: () => {
                            close();
                            return state === "done" ? open(id) : look(id);
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("prospect_report_ready", reportReadyService);
