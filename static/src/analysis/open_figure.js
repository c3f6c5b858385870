import { _t } from "@web/core/l10n/translation";

/**
 * The action that lists the records behind a figure.
 *
 * @param {Object} cell see prospect.analysis
 * @param {string} name what the figure is called
 * @param {string} [model]
 */
export function getFigureAction(cell, name, model = "crm.lead") {
    const form = [false, "form"];
    return {
        type: "ir.actions.act_window",
        name: name || _t("Prospects"),
        res_model: model,
        domain: cell.open,
        context: { active_test: false },
        views:
            model === "crm.lead"
                ? [[false, "list"], [false, "kanban"], form]
                : [[false, "list"], form],
    };
}
